"""Personal data on paper that strangers handle: what GB/T 41833-2022 wants hidden on an express waybill.

At least one character of the name, at least six digits of the phone number, and the unit and room of the address. What
comes with stars in a row, or a name with any, was masked by its carrier and stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

_STAR = "*"
_NUMBER = r"[0-9０-９A-Za-zＡ-Ｚａ-ｚ一二三四五六七八九十百零〇]"
_NUMBERS = rf"(?>{_NUMBER}+(?:[-－—~]{_NUMBER}+)*)"

_UNIT_OR_ROOM = re.compile(rf"{_NUMBERS}(?=\s*(?:单元|室|号?房|户(?!外)|门(?![口店市诊])))|(?<=单元)\s*{_NUMBERS}")
_ROOM_NUMBER = re.compile(rf"(?:号楼|[栋幢])\s*[-－]?\s*({_NUMBERS})(?=号(?!楼))|号\s*([0-9０-９]{{3,4}}[A-Za-z]?)\s*$")
_AFTER_BUILDING = re.compile(rf"(?:号楼|[0-9*]门|[栋幢座楼层])\s*[-－]?\s*({_NUMBERS})(?!\s*(?:号楼|[栋幢座楼层号弄]))")
_TRAILING_NUMBER = re.compile(
    r"(?<=[\u4e00-\u9fff])\s*[A-Za-z]?[0-9０-９]+(?:[-－—][0-9０-９A-Za-z]+)+\s*$|\s[0-9０-９]{3,4}\s*$"
)
_ENGLISH = re.compile(
    r"\b(?:apartment|apt|unit|room|rm|suite|ste|flat)\b\.?\s*#?\s*([0-9A-Za-z][0-9A-Za-z/-]*)|#\s*([0-9A-Za-z][0-9A-Za-z-]*)",
    re.IGNORECASE,
)


class MaskPolicy(Enum):
    """Who hides a recipient's data."""

    HIDE = "hide"
    """We do, after GB/T 41833-2022."""
    CARRIER = "carrier"
    """The carrier did; its own masked text is printed as given."""
    SHOW = "show"
    """Nobody: the carrier's country wants the full address on paper."""


_POSTCODE = re.compile(r"\s*[0-9]{6}\s*")
_PERSON = re.compile(r"[\u3400-\u9fff·\U00020000-\U000323af]{2,4}|[A-Za-z.'-]+(?: [A-Za-z.'-]+){1,2}")
_FIRM = re.compile(
    r"公司|集团|仓|店|厂|行$|部$|中心|超市|商城|商贸|商场|工作室|物流|电商|旗舰|供应链|库$|堂$|坊$|屋$|铺$|馆$|社$|"
    r"\b(?:co|company|corp|inc|llc|ltd|limited|gmbh|ag|bv|shop|store|warehouse|depot|logistics|trading|outlet|centre|center|"
    r"hub|fulfil\w*|returns?|supply|group|services?|team|east|west|north|south|sender|office|factory|market|express)\b",
    re.IGNORECASE,
)


def is_person(name: str) -> bool:
    """True when `name` looks like a person's, as a sender's seldom does: short, and no word of a business in it."""
    return bool(_PERSON.fullmatch(name.strip())) and not _FIRM.search(name)


def mask_name(name: str) -> str:
    """The first character of each word, the rest as stars: 张三丰 → 张**, Jane Doe → J*** D**, 李 → *."""
    if _STAR in name:
        return name
    return " ".join(word[0] + _STAR * (len(word) - 1) if len(word) > 1 else _STAR for word in name.split())


def mask_phone(phone: str) -> str:
    """First and last three digits, never fewer than six hidden: 13800138234 → 1*******234. Separators stay."""
    if _STAR * 2 in phone:
        return phone
    total = sum(char.isdigit() for char in phone)
    first = 1 if total >= 10 else 0
    last = min(3, max(0, total - first - 6))
    masked, seen = "", 0
    for char in phone:
        if char.isdigit():
            seen += 1
            masked += char if seen <= first or seen > total - last else _STAR
        else:
            masked += char
    return masked


def mask_address(address: str) -> str:
    """Unit and room as stars, what leads to the building as given: 3幢2单元1501室 → 3幢*单元****室."""
    if _STAR * 2 in address:
        return address
    for pattern in (_UNIT_OR_ROOM, _ROOM_NUMBER, _AFTER_BUILDING, _TRAILING_NUMBER, _ENGLISH):
        address = pattern.sub(_hide, address)
    return address


def mask_lines(lines: Sequence[str]) -> list[str]:
    """An address on several lines, which may part a building from its room; a line that is a postcode stays."""
    whole = "\n".join(line.replace("\n", " ") for line in lines if not _POSTCODE.fullmatch(line))
    masked = iter(mask_address(whole).split("\n"))
    return [line if _POSTCODE.fullmatch(line) else next(masked) for line in lines]


def _hide(match: re.Match[str]) -> str:
    """Star the first group that took part, or the whole match; blanks and separators in it stay."""
    group = next((place for place in range(1, (match.lastindex or 0) + 1) if match[place] is not None), 0)
    start, end = match.start(group) - match.start(), match.end(group) - match.start()
    whole = match[0]
    return whole[:start] + re.sub(r"\w", _STAR, whole[start:end]) + whole[end:]

"""Whether an address can be delivered to, as far as it shows; and what tells that two of them are one.

China: mobile numbers have 11 digits and begin with 13 to 19, fixed ones have an area code that begins with 0, service
numbers begin with 400 or 800 (the ministry's 电信网编号计划, 2017); postcodes have 6 digits; an address goes from the
province by the city to the street. Elsewhere only what is missing is found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from wms.domain.recipients import PersonalData

_CITY_OF_ITSELF = ("北京", "天津", "上海", "重庆", "香港", "澳门")
PROVINCES = (
    *_CITY_OF_ITSELF,
    *("河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南"),
    *("广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏", "宁夏", "新疆"),
)
_CITY = re.compile("[市州盟县]|地区")
_HAN = re.compile("[\u3400-\u9fff]")
_CHINA = {"cn", "chn", "china", "中国", "prchina", "中华人民共和国", "peoplesrepublicofchina"}
_MOBILE = re.compile(r"1[3-9]\d{9}(?:[-,转#]\d{1,6})?")
_FIXED = re.compile(r"0\d{2,3}-?[2-9]\d{6,7}(?:[-,转#]\d{1,6})?|[48]00-?\d{3,4}-?\d{3,4}")
_SPACES = re.compile(r"[\s()（）]+")
_ABROAD = re.compile(r"^(?:\+|00)86-?")
_SHORTEST_STREET = 3


def alike(text: str) -> str:
    """The text without what people write now this way, now that: width, case, spaces, punctuation.

    >>> alike("Main St. １２-B") == alike("main st 12B")
    True
    """
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def is_hidden(text: str) -> bool:
    """Whether a platform masked the value with asterisks or encrypted it (Douyin's `##…` and `$$…`, Taobao's `~…~`)."""
    return "*" in text or text.startswith(("##", "$$")) or (len(text) > 8 and text[0] == text[-1] == "~")


def hides(person: PersonalData) -> bool:
    """Whether a platform keeps part of who it is to itself: it makes the label, and knows the rest."""
    return any(map(is_hidden, (person.name, person.phone, *person.address_lines)))


def country_of(person: PersonalData) -> str:
    """`CN` for China, also where none is named and the address is Chinese; else as the channel wrote it."""
    said = alike(person.country)
    if said in _CHINA or (not said and _HAN.search("".join((person.city, *person.address_lines)))):
        return "CN"
    return person.country.strip().upper()


def phone_of(text: str) -> str:
    """The number without country code and spaces, its extension kept: a platform's shared numbers differ in it alone.

    >>> phone_of("+86 138 0013 8000"), phone_of("８６-13800138000")
    ('13800138000', '13800138000')
    """
    digits = _ABROAD.sub("", _SPACES.sub("", unicodedata.normalize("NFKC", text)))
    bare = digits.removeprefix("86").removeprefix("-")
    return bare if digits.startswith("86") and _MOBILE.fullmatch(bare) else digits


def faults(person: PersonalData, phone_needed: Collection[str], postcode_needed: Collection[str]) -> Iterator[str]:
    """Reasons (`wms.domain.reasons`) why it can't be delivered as it stands. The countries whose carriers need a phone
    number or a postcode are named as `country_of` does. What a platform hides is not missing, and who came without
    name and street came without an address at all: the platform has it."""
    country, street = country_of(person), "".join(person.address_lines).strip()
    if hides(person) or not (person.name.strip() or street):
        return
    if not person.name.strip():
        yield "address_without_name"
    if len(alike(street)) < _SHORTEST_STREET:
        yield "address_without_street"
    if not _names_a_city(person, country):
        yield "address_without_city"
    yield from _phone_faults(person.phone, country, needed=country in phone_needed)
    yield from _postcode_faults(person.postcode, country, needed=country in postcode_needed)


def _names_a_city(person: PersonalData, country: str) -> bool:
    """In a Chinese address the city may stand among its lines, after the province it lies in."""
    if person.city.strip():
        return True
    text = "".join(person.address_lines)
    if country != "CN" or not _HAN.search(text):
        return bool(person.postcode.strip())
    province = next((name for name in PROVINCES if name in text), "")
    return province in _CITY_OF_ITSELF or bool(province and _CITY.search(text))


def _phone_faults(text: str, country: str, *, needed: bool) -> Iterator[str]:
    phone = phone_of(text)
    if not phone:
        if needed:
            yield "phone_missing"
    elif country == "CN" and not (_MOBILE.fullmatch(phone) or _FIXED.fullmatch(phone)):
        yield "phone_implausible"


def _postcode_faults(text: str, country: str, *, needed: bool) -> Iterator[str]:
    """Chinese platforms write 000000 where they have none."""
    postcode = unicodedata.normalize("NFKC", text).strip()
    if not postcode.strip("0") and country == "CN":
        postcode = ""
    if not postcode:
        if needed:
            yield "postcode_missing"
    elif country == "CN" and not (len(postcode) == 6 and postcode.isascii() and postcode.isdigit()):
        yield "postcode_implausible"

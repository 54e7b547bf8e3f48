"""GS1 Digital Link: the web address in a QR code or DataMatrix that holds a GS1 key in its path.

The rules are those of the GS1 Digital Link Standard, URI Syntax. Of the domain only the characters are checked, so
that ports and addresses of any kind pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote

from wms.domain.codes import GTIN_LENGTHS, is_digits
from wms.domain.gs1_elements import Element, is_ai, value_fault
from wms.domain.gs1_faults import Fault, Rejected

_SCHEME = re.compile(r"(?:https?|HTTPS?)://")
_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*", re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9\-.:\[\]]+", re.ASCII)

_QUALIFIERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "00": (), "253": (), "255": (), "401": (), "402": (), "8003": (), "8013": (),
    "01": (("22", "10", "21"), ("235",)), "8006": (("22", "10", "21"),),
    "414": (("254",), ("7040",)), "415": (("8020",),), "417": (("7040",),), "8004": (("7040",),),
    "8010": (("8011",),), "8017": (("8019",),), "8018": (("8019",),),
}  # fmt: skip
"""The keys that may stand in the path, each with the sequences its qualifiers may be taken from, in that order."""

_NEVER_ATTRIBUTES = frozenset(
    (
        "03",
        "21",
        "22",
        "235",
        "254",
        "7040",
        "7041",
        "8011",
        "8014",
        "8019",
        "8020",
        "8040",
        "8041",
        "8042",
        "8043",
        "8200",
    )
)
"""Application identifiers that may not stand in the query (GS1 Barcode Syntax Dictionary)."""


def is_web_address(text: str) -> bool:
    """Whether it begins as a Digital Link does. The scheme is all small or all capital letters, never mixed."""
    return _SCHEME.match(text) is not None


def parse_link(text: str, *, short_gtins: bool = False) -> tuple[Element, ...] | Rejected:
    """The (AI, value) pairs of a Digital Link: key and qualifiers of the path, then the attributes of the query.

    `short_gtins` takes a GTIN-8, -12 or -13 in the path too, as links of the standard's first releases have it.
    """
    if not _ADDRESS.fullmatch(text):
        return Rejected(Fault.DL_ILLEGAL_CHARACTER)
    address, _, _ = _SCHEME.sub("", text, count=1).partition("#")
    address, _, query = address.partition("?")
    domain, _, path = address.partition("/")
    if not _DOMAIN.fullmatch(domain):
        return Rejected(Fault.DL_ILLEGAL_CHARACTER if domain else Fault.DL_NO_KEY)
    from_path = _path_elements(path.split("/"), short_gtins=short_gtins)
    from_query = _query_elements(query)
    if isinstance(from_path, Rejected):
        return from_path
    if isinstance(from_query, Rejected):
        return from_query
    if fault := _faults(from_path, from_query):
        return fault
    return (*from_path, *from_query)


def _path_elements(segments: list[str], *, short_gtins: bool) -> tuple[Element, ...] | Rejected:
    """Pairs are read from the end of the path until one is a key; whatever stands before it is the stem."""
    for start in range(len(segments) - 2, -1, -2):
        ai = segments[start]
        if not is_ai(ai):
            break
        if ai in _QUALIFIERS:
            pairs = zip(segments[start::2], segments[start + 1 :: 2], strict=True)
            elements = [(name, unquote(value, "latin-1")) for name, value in pairs]
            if short_gtins:
                elements = [_padded(element) for element in elements]
            return tuple(elements)
    return Rejected(Fault.DL_NO_KEY)


def _query_elements(query: str) -> tuple[Element, ...] | Rejected:
    """Parameters with an AI for a name are elements; other names belong to the site that the link leads to."""
    found: list[Element] = []
    for parameter in query.split("&"):
        name, equals, value = parameter.partition("=")
        if not equals or not is_digits(name):
            continue
        if not is_ai(name):
            return Rejected(Fault.UNKNOWN_AI, name)
        found.append(_padded((name, unquote(value.replace("+", " "), "latin-1"))))
    return tuple(found)


def _padded(element: Element) -> Element:
    ai, value = element
    return (ai, value.zfill(14)) if ai == "01" and len(value) in GTIN_LENGTHS else element


def _faults(from_path: tuple[Element, ...], from_query: tuple[Element, ...]) -> Rejected | None:
    for ai, value in (*from_path, *from_query):
        if fault := value_fault(ai, value):
            return Rejected(fault, ai)
    path = [ai for ai, _ in from_path]
    if not _is_sequence(path):
        return Rejected(Fault.DL_QUALIFIERS, path[0])
    seen = set(path)
    for ai, _ in from_query:
        if ai in seen:
            return Rejected(Fault.DL_DUPLICATE, ai)
        if ai in _NEVER_ATTRIBUTES or any(_is_sequence(longer) for longer in _insertions(path, ai)):
            return Rejected(Fault.DL_ATTRIBUTE, ai)
        seen.add(ai)
    return None


def _is_sequence(path: list[str]) -> bool:
    """Whether the AIs are a key and some of its qualifiers in their order."""
    key, *qualifiers = path
    if key not in _QUALIFIERS:
        return False
    for allowed in _QUALIFIERS[key] or ((),):
        ranks = [allowed.index(ai) for ai in qualifiers if ai in allowed]
        if len(ranks) == len(qualifiers) and all(a < b for a, b in pairwise(ranks)):
            return True
    return False


def _insertions(path: list[str], ai: str) -> Iterator[list[str]]:
    for at in range(1, len(path) + 1):
        yield [*path[:at], ai, *path[at:]]

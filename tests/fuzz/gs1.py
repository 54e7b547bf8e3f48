"""python -m tests.fuzz.gs1 [-max_total_time=600] [CORPUS]

Coverage-guided search for texts that the GS1 parser does not stand, by atheris (pip install atheris). Nothing is
raised; no element says what the text does not; every reading of an element (date, weight, count) is of its type.
"""

from __future__ import annotations

import sys
from urllib.parse import unquote

import atheris

with atheris.instrument_imports(include=["wms.domain"]):
    from wms.domain.codes import gtin14
    from wms.domain.gs1 import Gs1, parse, parse_brackets

AIM_IDS = ("", "]C1", "]d2", "]Q3", "]e0", "]J1", "]Q1", "]d1", "]E0", "]E4", "]I1", "]C0")
PROPERTIES = [name for name, kind in vars(Gs1).items() if isinstance(kind, property)]


def target(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    aim = AIM_IDS[provider.ConsumeIntInRange(0, len(AIM_IDS) - 1)]
    short = provider.ConsumeBool()
    text = provider.ConsumeUnicodeNoSurrogates(400) if provider.ConsumeBool() else "".join(map(chr, data[3:]))
    for message in (parse(text, aim, short_gtins=short), parse(aim + text), parse_brackets(text)):
        if not isinstance(message, Gs1):
            continue
        said = unquote(text.replace("+", " "), "latin-1") + text
        for ai, value in message.elements:
            assert value in said or value.lstrip("0") in said or gtin14(value.lstrip("0").zfill(12)), (text, ai, value)
        for name in PROPERTIES:
            getattr(message, name)


def main() -> None:
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

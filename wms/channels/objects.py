"""JSON: the orders in it, whatever page they are wrapped in. Numbers keep their digits."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from wms.channels.encodings import text_blocks
from wms.channels.sources import MOST_JSON_BYTES, Source
from wms.domain.decode import Unreadable

_HALF = re.compile(r"[\ud800-\udfff]")


def read_json(source: Source, encoding: str) -> object:
    """What the text holds, fractions as `Decimal`. Raises `Unreadable` where it is broken or cut off."""
    if source.size > MOST_JSON_BYTES:
        raise Unreadable(f"too_large:{MOST_JSON_BYTES // 2**20}")
    text = "".join(text_blocks(source, encoding)).removeprefix("\ufeff")
    try:
        return json.loads(text, parse_float=Decimal, parse_int=_whole, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg
        raise Unreadable(f"cut_json:{error.lineno}" if cut else f"broken_json:{error.lineno}") from error
    except (RecursionError, ValueError, ArithmeticError) as error:
        raise Unreadable("broken_json:1") from error


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < 40 else Decimal(digits)


def _refuse(word: str) -> object:
    raise ValueError(word)


def said(value: object) -> str:
    """A scalar as text: '' for null and false, `2` for 2.0; for anything else that is no text, ''. Half a character,
    which no encoding can write, is marked as one that was lost."""
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if isinstance(value, Decimal):
        return str(int(value)) if value == value.to_integral_value() and abs(value) < 10**15 else str(value)
    if isinstance(value, str) and not value.isprintable():
        value = _HALF.sub("\ufffd", value)
    return str(value).strip() if isinstance(value, str | int) else ""

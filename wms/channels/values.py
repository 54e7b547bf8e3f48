"""Values as exports write them, and what spreadsheets do to them. What is not sure is refused, not guessed."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from wms.domain.money import WITHOUT_DECIMALS

MOST_UNITS = 999_999  # of one line; more is a barcode or an amount in the wrong column
EXCEL_DIGITS = 15  # spreadsheets keep so many of a number, and make the rest zeros
LONGEST_TEXT = 2_000  # characters of a name, an address, a remark
LONGEST_REFERENCE = 100
_WHOLE = re.compile(r"[0-9]{1,9}(?:\.0{1,6})?", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_NOT_MONEY = re.compile(r"[^\d.,\-]")
_ALLOWED_CONTROLS = frozenset("\t\n\r")


def whole(text: str, most: int = MOST_UNITS) -> int | None:
    """A count in plain ASCII digits (`2`, `2.0`, never `1,5`, `２`, `+3` or `1e3`), None if it is none or beyond
    `most`."""
    if not _WHOLE.fullmatch(text):
        return None
    found = int(text.partition(".")[0])
    return found if found <= most else None


def is_scientific(text: str) -> bool:
    """Whether a spreadsheet took a long number for a quantity and saved what it showed: `9.95E+18`."""
    return _SCIENTIFIC.fullmatch(text) is not None


def has_lost_digits(text: str) -> bool:
    """Whether nothing but zeros follows the digits a spreadsheet keeps: `9956431568476740000`. Three at least: a number
    that ends in one or two zeros by itself is common."""
    rest = text[EXCEL_DIGITS:]
    return text.isascii() and text.isdigit() and len(rest) >= 3 and not rest.strip("0")


def control_character(text: str) -> str:
    """The name of the first control character in it (`U+001B`), or of one that was lost on the way (`U+FFFD`); '' if
    there is none. Tabs and line ends are none."""
    if text.isprintable() and "\ufffd" not in text:
        return ""
    for char in text:
        if unicodedata.category(char) == "Cc" and char not in _ALLOWED_CONTROLS:
            return f"U+{ord(char):04X}"
        if 0xD800 <= ord(char) <= 0xDFFF or char == "\ufffd":
            return f"U+{ord(char):04X}"
    return ""


def minor_units(text: str, currency: str = "") -> int | None:
    """Money in the smallest unit of its currency, with whatever separators and sign; None if it can't be read.

    >>> minor_units("$1,234.50"), minor_units("1.234,5 €"), minor_units("¥100", "JPY")
    (123450, 123450, 100)
    """
    digits = _NOT_MONEY.sub("", text)
    at = max(digits.rfind("."), digits.rfind(","))
    decimals = len(digits) - at - 1 if at >= 0 else 0
    if at >= 0 and decimals in (1, 2, 4, 5, 6):
        digits = digits[:at].replace(",", "").replace(".", "") + "." + digits[at + 1 :]
    else:
        digits = digits.replace(",", "").replace(".", "")
    try:
        amount = Decimal(digits)
    except InvalidOperation:
        return None
    found = int((amount * (1 if currency.upper() in WITHOUT_DECIMALS else 100)).to_integral_value())
    return found if abs(found) < 10**13 else None


def is_hidden(text: str) -> bool:
    """Whether a platform masked the value with asterisks or encrypted it (Douyin's `##…` and `$$…`, Taobao's `~…~`)."""
    return "*" in text or text.startswith(("##", "$$")) or (len(text) > 8 and text[0] == text[-1] == "~")

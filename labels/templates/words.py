"""How figures, dates and amounts are written on labels: alike in every language, without separators that a reader or a
code page could take for something else."""

from __future__ import annotations

from datetime import date, datetime

from labels.errors import LayoutError

_WITHOUT_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_MINOR_DIGITS = {
    **dict.fromkeys(_WITHOUT_MINOR.split(), 0),
    **dict.fromkeys(_THOUSANDTHS.split(), 3),
}
"""ISO 4217: currencies whose smallest unit is not a hundredth."""


def moment(at: datetime | None) -> str:
    """Date and time to the minute, as it stands; '' for none."""
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def day(on: date | None) -> str:
    """A date; '' for none."""
    return on.isoformat() if on else ""


def kilograms(grams: int | None) -> str:
    """Grams as kilograms, to the gram; '' for none."""
    return "" if grams is None else f"{grams // 1000}.{grams % 1000:03d} kg"


def amount(minor: int | None, currency: str) -> str:
    """An amount in the smallest unit of `currency`, such as CNY 129.00; '' for none or 0. The code rather than a sign:
    `¥` is two currencies, and four bytes in GB18030."""
    if not minor:
        return ""
    if minor < 0:
        raise LayoutError("cod_minor", "is less than nothing")
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()):
        raise LayoutError("currency", f"{currency!r} is no currency code such as CNY")
    digits = _MINOR_DIGITS.get(currency, 2)
    whole, rest = divmod(minor, 10**digits)
    return f"{currency} {whole}" + (f".{rest:0{digits}d}" if digits else "")


def of(n: int, total: int) -> str:
    """`1/2`; '' while the total is not known."""
    return f"{n}/{total}" if total else ""

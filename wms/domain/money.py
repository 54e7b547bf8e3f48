"""Money as people read it."""

from __future__ import annotations

WITHOUT_DECIMALS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "HUF"})
"""Currencies that are counted in whole ones. All others count as having hundredths."""


def written(amount: int, currency: str) -> str:
    """`amount` in minor units of `currency`.

    >>> written(123450, "CNY"), written(1000, "JPY"), written(-5, "EUR")
    ('CNY 1234.50', 'JPY 1000', 'EUR -0.05')
    """
    if currency.upper() in WITHOUT_DECIMALS:
        return f"{currency} {amount}"
    sign, units = "-" if amount < 0 else "", abs(amount)
    return f"{currency} {sign}{units // 100}.{units % 100:02d}".strip()

"""What sticks on goods: articles, logistic units, the outcome of an inspection."""

from __future__ import annotations

from labels.data import ProductLabel, QcLabel, SsccLabel
from labels.model import Barcode, Label, Line, Space, Text
from labels.symbols import article_number, sscc_128
from labels.templates.captions import Captions, moment
from labels.templates.pieces import Fact, code_for, facts, headline, sheet, symbol_for, with_qr

_LOGISTIC_BAR_HEIGHT_MM = 31.75
"""GS1 General Specifications, 5.12.3.2: the least height of bars on a logistic unit."""


def product(data: ProductLabel, width_mm: float, words: Captions) -> Label:
    """Name, SKU and the article's own number, or the SKU as Code 128 where it has none."""
    if data.gtin:
        bars = Barcode(symbol_for("gtin", article_number, data.gtin), 16, "gtin", max_module_mm=0.66)
    else:
        bars = Barcode(code_for("sku", data.sku), 16, "sku", caption_mm=0)
    return sheet(
        width_mm,
        Text(data.name, 4.5, "name", min_mm=2.8, max_lines=2, bold=True, shorten=True),
        Text(data.sku, 4, "sku", min_mm=2.2),
        Space(1),
        bars,
    )


def sscc(data: SsccLabel, width_mm: float, words: Captions) -> Label:
    """Bars as wide as the head allows; GS1's 0.495 mm per module for logistic units needs a head of 832 dots."""
    bars = Barcode(
        symbol_for("sscc", sscc_128, data.sscc), _LOGISTIC_BAR_HEIGHT_MM, "sscc", 4.5, f"(00) {data.sscc}", 0.94
    )
    return sheet(
        width_mm,
        Text(words["logistic_unit"], 3.5, "sscc", bold=True),
        Text(data.title, 6, "title", min_mm=3, max_lines=3, bold=True),
        Space(1),
        bars,
    )


def quality(data: QcLabel, width_mm: float, words: Captions) -> Label:
    """The disposition white on black, then why, who and when."""
    details = (
        Text(data.title, 4.5, "title", min_mm=2.8, max_lines=3, bold=True),
        *facts(
            Fact(words["reason"], data.reason, "reason", max_lines=3),
            Fact(words["inspector"], data.inspector, "inspector"),
            Fact(words["at"], moment(data.at), "at"),
        ),
    )
    return sheet(
        width_mm,
        headline(words["quality"], data.code, "code", "code"),
        Text(data.disposition, 11, "disposition", min_mm=4, bold=True, align="center", inverse=True),
        Space(1),
        *with_qr(data.code, "code", details, width_mm, 18),
        Space(1),
        Line(0.13),
        Space(1),
        Barcode(code_for("code", data.code), 10, "code"),
    )

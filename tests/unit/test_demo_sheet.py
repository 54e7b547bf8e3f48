"""The sheet's bars are read back by a decoder we did not write, and what it reads means what stands below them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from wms.demo.furnish import furnish
from wms.demo.sheet import SheetCode, as_json, sheet, write_html
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.ids import Badge, DeviceId
from wms.domain.places import Place, PlaceKind
from wms.domain.projections import apply
from wms.domain.rows import MemoryTables, Rows
from wms.domain.stock import Lot
from wms.terminal.desk import KEYS_OF_COMMANDS
from wms.workflows import resolve as r
from wms.workflows.inputs import Scanned

NOW = 1_790_913_600  # 2026-10-02 04:00 UTC
MEANING: dict[str, type] = {
    "command": r.CommandScan,
    "badge": r.BadgeScan,
    "bin": r.PlaceScan,
    "item": r.ItemScan,
    "case": r.ItemScan,
    "lot": r.ItemScan,
    "tote": r.ToteScan,
    "cart": r.CartScan,
    "carrier": r.CarrierScan,
    "carton": r.CartonScan,
    "lane": r.PlaceScan,
}


def floor(*more: e.Event) -> MemoryTables:
    tables = MemoryTables()
    for n, event in enumerate((*furnish(NOW, 3), *more), 1):
        apply(tables, e.Fact(e.Key(DeviceId("T"), 1, n), NOW * 1000, Badge(""), event))
    return tables


@pytest.fixture(scope="module")
def rows() -> Rows:
    return floor()


@pytest.fixture(scope="module")
def codes(rows: Rows) -> tuple[SheetCode, ...]:
    return sheet(rows)


class Page(HTMLParser):
    """What a browser would make of the page: each figure's bars, width and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.figures: list[tuple[str, int, str]] = []
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.outside: list[str] = []
        self._width = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.add(tag)
        self.outside += [value for name, value in attrs if value and name in ("src", "href") and value[0] != "#"]
        if tag == "svg":
            self._width = int((values["viewbox"] or "").split()[2])
        if tag == "path":
            self.figures.append((values["d"] or "", self._width, ""))

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self.figures:
            bars, width, words = self.figures[-1]
            self.figures[-1] = (bars, width, words + data)


def drawn(bars: str, width: int) -> Image.Image:
    """The path as a printer of 203 dpi puts it on paper: 0.4 mm are three dots."""
    picture = Image.new("L", (width * 3, 120), 255)
    pen = ImageDraw.Draw(picture)
    for x, run in re.findall(r"M(\d+) 0h(\d+)v1h-\2z", bars):
        pen.rectangle((int(x) * 3, 0, (int(x) + int(run)) * 3 - 1, 119), fill=0)
    return picture


def decoded(bars: str, width: int) -> str:
    found = zxingcpp.read_barcodes(drawn(bars, width), text_mode=zxingcpp.TextMode.Plain)
    assert len(found) == 1, found
    return str(found[0].text)


def some_of_each_kind(codes: Iterable[SheetCode]) -> list[int]:
    by_kind: dict[str, list[int]] = {}
    for index, code in enumerate(codes):
        by_kind.setdefault(code.kind, []).append(index)
    return [index for indices in by_kind.values() for index in {*indices[:3], *indices[-2:]}]


def test_every_kind_is_there_and_every_code_means_what_it_says(codes: tuple[SheetCode, ...], rows: Rows) -> None:
    assert [*dict.fromkeys(code.kind for code in codes)] == [*MEANING]
    for code in codes:
        found = r.resolve(Scanned(code.code), rows)
        assert isinstance(found, MEANING[code.kind]), (code, found)
        if isinstance(found, r.PlaceScan):
            assert found.proven, code


def test_a_case_counts_its_units_and_a_lot_code_names_its_lot(codes: tuple[SheetCode, ...], rows: Rows) -> None:
    for code in codes:
        found = r.resolve(Scanned(code.code), rows)
        if code.kind == "case":
            assert isinstance(found, r.ItemScan)
            assert found.quantity == 12
        if code.kind == "lot":
            assert isinstance(found, r.ItemScan)
            lot = rows.get(Lot, found.sku, found.lot)
            assert lot is not None
            assert lot.expiry == found.expiry != ""


def test_nothing_that_can_be_scanned_is_left_out(codes: tuple[SheetCode, ...], rows: Rows) -> None:
    on_it = {code.code for code in codes}
    assert {f"CMD-{name}" for name in KEYS_OF_COMMANDS} <= on_it
    assert {f"BDG-{person.badge}" for person in rows.all(Person)} <= on_it
    assert sum(1 for code in codes if code.kind == "bin") == len(rows.where(Place, kind=PlaceKind.BIN))
    source = Path(r.__file__).parent
    named = {
        name
        for path in source.glob("*.py")
        for name in re.findall(r'CMD-([A-Z]+)"|CommandScan\(command="([A-Z]+)"', path.read_text(encoding="utf-8"))
    }
    assert named
    assert {f"CMD-{first or second}" for first, second in named} <= on_it


def test_the_drawn_bars_are_read_by_a_decoder(codes: tuple[SheetCode, ...], tmp_path: Path) -> None:
    write_html(codes, tmp_path / "sheet.html")
    page = Page((tmp_path / "sheet.html").read_text(encoding="utf-8"))
    assert len(page.figures) == len(codes)
    tried = some_of_each_kind(codes)
    assert len(tried) > 40
    for index in tried:
        bars, width, words = page.figures[index]
        assert decoded(bars, width) == codes[index].code
        assert codes[index].text in words
        assert codes[index].zh in words
        assert codes[index].en in words


def test_the_page_stands_alone_and_names_are_text(tmp_path: Path) -> None:
    person = Person(Badge("1099"), "<script>alert(1)</script> [bold]", "picker")
    rows = floor(e.PersonDefined(person))
    write_html(sheet(rows), tmp_path / "sheet.html")
    page = Page((tmp_path / "sheet.html").read_text(encoding="utf-8"))
    assert "script" not in page.tags
    assert page.outside == []
    assert any("<script>alert(1)</script> [bold]" in words for _, _, words in page.figures)


def test_as_json_gives_plain_data(codes: tuple[SheetCode, ...]) -> None:
    data = as_json(codes)
    assert len(data) == len(codes)
    assert data[0] == {
        "kind": "command",
        "code": "CMD-PICK",
        "text": "CMD-PICK",
        "title_zh": "拣货",
        "title_en": "Pick",
    }

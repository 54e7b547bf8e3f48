"""The bench prints by the site's own template, and says where one is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.fakes import FakePrinter
from tests.unit.test_printing_spool import Bench, scanned, spooling, until

PLAIN = 'label = "shipping"\n[[row]]\nqr = "bench {waybill}"\nsize_mm = 24\n'


@pytest.fixture
def own_bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "data")
    made.set_up()
    (tmp_path / "data" / "templates").mkdir()
    yield made
    made.store.close()


def test_a_sites_own_template_is_what_comes_out(own_bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "data" / "templates" / "shipping.toml").write_text(PLAIN)
    with FakePrinter() as printer, spooling(own_bench, printer.uri):
        parcel = own_bench.parcel()
        until(lambda: own_bench.states() == ["printed"])
    assert scanned(printer.jobs[0]) == {f"bench {own_bench.waybill(parcel)}"}


def test_a_mistake_in_it_is_told_and_nothing_is_printed(own_bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "data" / "templates" / "shipping.toml").write_text(PLAIN.replace("waybill", "waybil"))
    with FakePrinter() as printer, spooling(own_bench, printer.uri):
        own_bench.parcel()
        until(lambda: own_bench.states() == ["failed"])
    assert printer.jobs == []
    (told,) = own_bench.store.rows.connection.execute("SELECT reason FROM print_job").fetchone()
    assert told.startswith("layout,template,")
    assert "row 3, column 1" in told

"""From an empty directory to released work, all by commands; and what they say when something is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli_shell import ORDERS, Shell
from wms.cli.main import GROUPS, parser, run
from wms.domain import events as e
from wms.domain.events import RecipientRevealed
from wms.domain.ids import NO_LOT, Badge, CategoryCode, InspectionId, PlaceId, Sku
from wms.domain.inspection import draw
from wms.domain.records import replace
from wms.store import Store, journal

OLIST = Path(__file__).parents[3] / "shared" / "data" / "orders" / "olist"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


@pytest.fixture
def house(shell: Shell) -> Shell:
    return shell.set_up()


def test_a_warehouse_of_one_s_own_up_to_released_work(house: Shell) -> None:
    again = house.good("setup", "import", house.folder / "setup", "--json").json
    assert again["counts"]["same"] == len(again["rows"]) == 17
    booked = house.good(
        "stock", "receive", "--item", "16901234567899", "--quantity", 2, "--place", "a-01-1", "--lot", "L1",
        "--expiry", "2099-01-31", "--receipt", "D-1", "--json",
    ).json  # fmt: skip
    assert (booked["item"], booked["quantity"], booked["inspection"]) == ("TEA-01", 24, "D-1-TEA-01-L1")
    assert booked["stock"][0]["held"] is True

    taken = house.good("orders", "import", house.file("shop.csv", ORDERS), "--json").json["files"][0]
    results = {one["order"]: (one["outcome"], one["reason"]) for one in taken["outcomes"]}
    assert results == {
        "A-2": ("ready_nolabel", "no_recipient"),
        "A-3": ("hold", "unknown_item:GHOST"),
        "A-4": ("ready_nolabel", "no_recipient"),
        "A-5": ("reject", "bad_quantity:quantity:two"),
    }
    assert taken["counts"]["ready"] == {"orders": 1, "lines": 1, "units": 2}
    house.good("orders", "hold", "shop-A-2", "--reason", "asked, twice")
    listed = house.good("orders", "list", "--status", "held", "--json").json["orders"]
    assert [one["reference"] for one in listed] == ["A-2", "A-3", "A-4"]
    assert listed[0]["holds"] == ["by_hand:asked; twice"]
    assert listed[0]["ship_by"] == "2026-11-13T08:27:00Z"
    house.good("orders", "release", "A-2")

    planned = house.good("wave", "plan", "--json").json
    released = house.good("wave", "release", "--json").json
    assert {key: planned[key] for key in released} == released
    assert [(wave["wave"], wave["orders"], wave["units"]) for wave in released["waves"]] == [("W0001", 2, 3)]
    shown = house.good("wave", "show", "w0001", "--json").json
    assert [(task["order"], task["place"], task["quantity"]) for task in shown["tasks"]] == [
        ("shop-A-1", "A-01-2", 2),
        ("shop-A-2", "A-01-2", 1),
    ]
    assert house.good("wave", "list", "--json").json["waves"][0]["status"] == "released"
    order = house.good("orders", "show", "A-1", "--json").json
    assert (order["status"], order["wave"], order["lines"][0]["quantity"]) == ("in_wave", "W0001", 2)
    audited = house.good("qc", "audit", "QC-W0001", "--json").json
    assert (audited["agrees"], audited["reference"], audited["population"]) == (True, "W0001", 3)
    assert house.good("qc", "audit", "D-1-TEA-01-L1", "--json").json["population"] == 24
    assert house.good("verify", "--json").json["problems"] == []


def test_nobody_sees_a_recipient_unseen(house: Shell) -> None:
    house("orders", "import", house.file("shop.csv", ORDERS))
    for arguments in (("orders", "show", "A-1"), ("orders", "list"), ("orders", "show", "A-1", "--json")):
        said = house.good(*arguments).out
        assert "王*" in said
        assert "王小明" not in said
        assert "人民路" not in said
    assert house.good("orders", "show", "A-1", "--reveal", "courier rang", "--json").json["revealed"] == {
        "name": "王小明",
        "phone": "13800138000",
        "address": ["人民路1号"],
        "city": "上海",
        "postcode": "",
        "country": "",
    }
    store = Store(house.data)
    try:
        looks = [fact for fact in journal.replay(store.rows.connection) if isinstance(fact.body, RecipientRevealed)]
    finally:
        store.close()
    assert [(fact.body.order, fact.body.why, fact.person[:4]) for fact in looks] == [
        ("shop-A-1", "courier rang", "cli:")
    ]
    assert "without a recipient" in house.bad("orders", "show", "A-2", "--reveal", "why not")
    assert "must not be empty" in house.bad("orders", "show", "A-1", "--reveal", " ", code=2)


def test_the_same_file_twice_doubles_nothing(house: Shell) -> None:
    good = "".join(ORDERS.splitlines(keepends=True)[:5])
    house.good("orders", "import", house.file("shop.csv", good))
    events = house.good("verify", "--json").json["events"]
    again = house.good("orders", "import", house.file("shop.csv", good), "--json").json["files"][0]
    assert again["counts"]["skip"]["orders"] == len(again["outcomes"]) == 4
    assert {one["says"] for one in again["outcomes"]} == {"Known already"}
    assert house.good("verify", "--json").json["events"] == events


def test_a_dry_run_says_the_same_and_records_nothing(house: Shell) -> None:
    before = house.good("verify", "--json").json["events"]
    files = house.file("shop.csv", ORDERS)
    rehearsed = house("orders", "import", files, "--dry-run", "--json").json
    assert house.good("orders", "list", "--json").json["orders"] == []
    assert house.good("verify", "--json").json["events"] == before
    taken = house("orders", "import", files, "--json").json
    assert rehearsed | {"dry_run": False} == taken
    changed = house.file("totes.csv", "id,kind\nT-002,tote\n")
    assert house.good("setup", "import", changed, "--dry-run", "--json").json["counts"]["new"] == 1
    assert house.good("setup", "import", changed, "--json").json["counts"]["new"] == 1


def test_orders_wait_for_what_they_can_t_do_without(shell: Shell) -> None:
    files = shell.file("shop.csv", ORDERS)
    assert "no items are set up yet" in shell.bad("orders", "import", files)
    alone = shell("orders", "import", files, "--dry-run", "--json")
    assert (alone.json["checked"], alone.json["files"][0]["counts"]["ready_nolabel"]["orders"]) == (False, 3)
    assert "not checked" in alone.err


def test_a_program_gets_a_document_where_nothing_could_be_read(house: Shell) -> None:
    orders, list_of_none = house.file("shop.csv", ORDERS), house.file("goods.csv", "name\nTea\n")
    for given in (["nowhere.csv"], [orders, "--catalog", list_of_none], [orders, "--catalog", "nowhere.csv"]):
        refused = house("orders", "import", *given, "--dry-run", "--json")
        assert (refused.code, refused.json["files"]) == (1, [])
        assert refused.json["error"] in refused.err


def test_decisions_are_made_order_by_order(house: Shell) -> None:
    house("orders", "import", house.file("shop.csv", ORDERS))
    answer = house("orders", "cancel", "A-1", "A-99", "A-4", "--reason", "recalled", "--json")
    assert answer.code == 1
    assert answer.json["done"] == ["shop-A-1", "shop-A-4"]
    assert answer.json["refused"] == [{"order": "A-99", "says": "there is no order A-99"}]
    assert "names no item we have" in house.bad("orders", "release", "A-3")
    assert "already cancelled" in house.bad("orders", "cancel", "A-1", "--reason", "again")
    house.file("other.csv", "order,channel,sku,quantity\nA-2,fast,CAR-01,1\n")
    house.good("orders", "import", house.folder / "other.csv")
    assert "shop-A-2" in house.bad("orders", "show", "A-2")


def test_a_sample_that_was_not_drawn_is_found_out(house: Shell) -> None:
    sku, place, receipt = Sku("CAR-01"), PlaceId("A-01-1"), "D-7"
    picked = e.DrawnUnit(receipt, 3, sku, NO_LOT, place=place)
    seed = next(str(n) for n in range(100) if draw(str(n), 40, 2) != [3, 4])
    drawn = e.SampleDrawn(
        InspectionId("QC-7"), "inbound", receipt, CategoryCode("toys"), 40, 5, seed, (picked, replace(picked, unit=4))
    )
    store = Store(house.data)
    try:
        store.record([e.GoodsReceived(receipt, sku, NO_LOT, 40, place), drawn], Badge("P"))
    finally:
        store.close()
    answer = house("qc", "audit", "QC-7", "--json")
    assert (answer.code, answer.json["agrees"]) == (1, False)
    assert [one["unit"] for one in answer.json["drawn_again"]] == draw(seed, 40, 2)
    assert "not drawn from its seed" in answer.err


def test_stock_is_moved_and_corrected_with_a_reason(house: Shell) -> None:
    house.good("stock", "move", "--item", "CAR-01", "--quantity", 5, "--from", "A-01-2", "--to", "A-01-1")
    adjusted = house.good(
        "stock", "adjust", "--item", "CAR-01", "--difference", "-2", "--place", "A-01-1", "--reason", "broken", "--json"
    ).json
    assert [(one["place"], one["quantity"]) for one in adjusted["stock"]] == [("A-01-1", 3), ("A-01-2", 15)]
    assert house.good("stock", "show", "a-01-1", "--json").json["stock"][0]["free"] == 3
    assert "Only 15 free" in house.bad(
        "stock", "move", "--item", "CAR-01", "--quantity", 16, "--from", "A-01-2", "--to", "A-01-1"
    )
    assert "nothing lies there" in house.good("stock", "show", "R-1").out


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("orders", "import", "gone.csv"), 1, "gone.csv: no such file"),
        (("setup", "import", "gone.csv"), 1, "gone.csv: no such file"),
        (("stock", "receive", "--item", "CAR-01", "--quantity", "0", "--place", "A-01-1"), 2, "from 1 up, not '0'"),
        (("stock", "receive", "--item", "CAR-01", "--quantity", "1.5", "--place", "A-01-1"), 2, "not '1.5'"),
        (("stock", "receive", "--item", "CAR-01", "--quantity", "1", "--place", "Z-9"), 1, "no place Z-9"),
        (("stock", "receive", "--item", "GHOST", "--quantity", "1", "--place", "A-01-1"), 1, "no item GHOST"),
        (("stock", "receive", "--item", "TEA-01", "--quantity", "1", "--place", "A-01-1"), 2, "give its --lot"),
        (("stock", "receive", "--item", "CAR-01", "--quantity", "1", "--place", "A-01-1", "--lot", "L"), 2, "leave"),
        (
            ("stock", "receive", "--item", "TEA-01", "--quantity", "1", "--place", "A-01-1", "--expiry", "31.12.26"),
            2,
            "a date such as 2026-12-31",
        ),
        (("stock", "adjust", "--item", "CAR-01", "--difference", "0", "--place", "A-01-1", "--reason", "x"), 2, "0"),
        (("stock", "show", "nowhere"), 1, "no item and no place"),
        (("wave", "show", "W0009"), 1, "no wave W0009"),
        (("wave", "plan", "--category", "shoes"), 1, "known are: food, toys"),
        (("wave", "release"), 1, "No orders are ready"),
        (("qc", "audit", "QC-W0009"), 1, "no inspection"),
        (("qc", "plan", "--lot-size", "10", "--rule", "iso2859"), 2, "percent:P"),
        (("sync", "now"), 1, "works alone"),
        (("sync", "enrol", "hub:80", "CODE"), 2, "must look like https://"),
        (("orders",), 2, "required: SUBCOMMAND"),
        (("dance",), 2, "invalid choice"),
    ],
)
def test_what_can_t_be_done_is_refused_with_a_reason(
    house: Shell, arguments: tuple[str, ...], code: int, why: str
) -> None:
    assert why in house.bad(*arguments, code=code)


def test_a_mistyped_data_directory_is_no_empty_warehouse(shell: Shell) -> None:
    for arguments in (("orders", "list"), ("verify",), ("stock", "show"), ("backup", "x"), ("wave", "release")):
        assert "there is no warehouse" in shell.bad(*arguments)
    assert not shell.data.exists()


def test_a_data_directory_that_can_t_be_used(shell: Shell) -> None:
    shell.data = shell.file("plain", "a file")
    assert "can't be opened" in shell.bad("setup", "import", shell.file("t.csv", "id,kind\nT-1,tote\n"))
    shell.data = shell.folder / "other"
    shell.data.mkdir()
    (shell.data / "wms.sqlite3").write_bytes(b"not a database at all, but long enough to look like one" * 20)
    assert "can't be opened" in shell.bad("orders", "list")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_data_directory(house: Shell) -> None:
    paths = [house.data, *house.data.iterdir()]
    for path in paths:
        path.chmod(0o500)
    try:
        assert "can't be" in house.bad("stock", "receive", "--item", "CAR-01", "--quantity", 1, "--place", "A-01-1")
    finally:
        for path in paths:
            path.chmod(0o700)


def test_a_full_disk_is_said_and_nothing_is_half_done(house: Shell) -> None:
    """A limit on the size of files ends writing in the middle, as a full disk does."""
    rows = "".join(f"T-{n:05d},tote,{'zone' * 20}\n" for n in range(4000))
    many = house.file("many.csv", "id,kind,zone\n" + rows)
    command = f"ulimit -f 512; {sys.executable} -m wms setup import {many} --data {house.data}"
    done = subprocess.run(["bash", "-c", command], check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "nothing was saved" in done.stderr) == (1, True), done
    assert house.good("verify", "--json").json["problems"] == []
    assert house.good("setup", "import", many, "--json").json["counts"]["new"] == 4000


def test_templates_are_never_overwritten(shell: Shell) -> None:
    folder = shell.folder / "mine"
    written = shell.good("setup", "template", folder, "--json").json["written"]
    assert len(written) == 10
    assert shell.good("setup", "import", folder, "--json").json["rows"] == []
    (folder / "items.csv").write_text("mine")
    assert "not overwritten" in shell.bad("setup", "template", folder)
    assert (folder / "items.csv").read_text() == "mine"


def test_options_of_all_commands_before_or_after(house: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(house.data)]
    seen = []
    for arguments in (
        [*data, "--json", "stock", "show"],
        ["stock", *data, "--json", "show"],
        ["stock", "show", *data, "--json"],
    ):
        capsys.readouterr()
        assert run(arguments) == 0
        seen.append(capsys.readouterr().out)
    assert seen[0].startswith("{")
    assert seen[0] == seen[1] == seen[2]


def test_names_from_outside_do_not_reach_the_terminal_raw(house: Shell) -> None:
    text = "order,channel,sku,quantity,name,address\nE-1,\x1b[2Jev\x9bil,CAR-01,1,\x1b]0;x\x07,y\n"
    house.good("orders", "import", house.file("evil.csv", text))
    for answer in (house.good("orders", "list"), house.good("orders", "list", "--json")):
        assert "\x1b" not in answer.out
        assert "\x07" not in answer.out
        assert "\x9b" not in answer.out


def test_a_reader_that_leaves_early_is_no_fault(house: Shell) -> None:
    rows = "".join(f"{'L' * 90}-{n},shop,CAR-01,1\n" for n in range(900))
    files = house.file("long.csv", "order,channel,sku,quantity\n" + rows)
    command = f"{sys.executable} -m wms orders import {files} --dry-run --data {house.data} | head -1"
    done = subprocess.run(command, check=False, shell=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("long.csv")
    assert done.stderr == ""


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    import argparse

    def leaves(one: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
        inside = [a for a in one._actions if isinstance(a, argparse._SubParsersAction)]
        return [leaf for a in inside for sub in a.choices.values() for leaf in leaves(sub)] or [one]

    found = leaves(parser())
    assert len(found) > 30
    for leaf in found:
        text = leaf.format_help()
        assert "--data" in text
        assert "--json" in text
    assert run(["--help"]) == 0
    assert run(["wave", "plan", "--help"]) == 0
    assert "with --json:" in capsys.readouterr().out
    assert len(set(GROUPS)) == len(GROUPS)


def test_the_language_of_answers(house: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No orders are ready" in house.bad("wave", "release")
    assert "No orders are ready" not in house.bad("wave", "release", "--language", "zh_CN")
    assert "No orders are ready" not in house.bad("--language", "zh_CN", "wave", "release")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "No orders are ready" not in house.bad("wave", "release")
    assert "No orders are ready" in house.bad("wave", "release", "--language", "en")


@pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist orders are not here")
def test_a_folder_of_a_real_merchant(shell: Shell) -> None:
    answer = shell("orders", "import", OLIST, "--dry-run", "--json")
    assert (answer.code, answer.json["checked"]) == (0, False)
    assert {one["channel"] for one in answer.json["files"]} == {"olist"}
    counts = [one["counts"] for one in answer.json["files"]]
    assert sum(one[name]["orders"] for one in counts for name in ("ready_nolabel", "skip")) == 3000
    assert sum(one["skip"]["orders"] for one in counts) == 12

"""The merchants' files beside the checkout: every order becomes what their manifest says."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from wms.channels import FileAccount, Listed, Result, read, sums
from wms.intake.files import source_of

SHARED = Path(__file__).parents[3] / "shared" / "data"
FILES = SHARED / "imports"
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="the merchants' files are not here")
PAIR = ("taobao_ExportOrderList.csv", "taobao_ExportOrderDetailList.csv")


@cache
def goods() -> Listed:
    with (SHARED / "catalog" / "import_skus.csv").open(encoding="utf-8-sig", newline="") as file:
        return Listed(row["sku"] for row in csv.DictReader(file))


def manifest() -> list[dict[str, Any]]:
    if not FILES.is_dir():
        return []
    found: list[dict[str, Any]] = json.loads((FILES / "manifest.json").read_text("utf-8"))["files"]
    return found


def accounts(*names: str) -> list[FileAccount]:
    return read([source_of(FILES / name) for name in names], goods=goods()).files


def of(name: str) -> list[FileAccount]:
    return accounts(*PAIR) if name in PAIR else accounts(name)


@pytest.mark.parametrize("about", manifest(), ids=lambda about: about["file"])
def test_every_order_becomes_what_the_manifest_says(about: dict[str, Any]) -> None:
    account = next(one for one in of(about["file"]) if one.name == about["file"])
    assert (account.fault, account.records) == ("", about["records"])
    if about["file"] == PAIR[1]:
        assert account.entries == []  # the pair counts on the list
        return
    found = sums(account.entries)
    for name in ("ready", "ready_nolabel", "hold", "skip"):
        wanted = about["expect"][name]
        assert (found[name].orders, found[name].lines, found[name].units) == (
            wanted["orders"],
            wanted["lines"],
            wanted["units"],
        ), name
    done = found["already_done"]
    assert (done.lines, done.units) == (about["lines_already_done"], about["units_already_done"])
    assert (found["reject"].orders, found["reject"].lines) == (0, 0)
    said = {entry.reference: str(entry.result) for entry in account.entries if entry.result != Result.READY}
    assert said == {order: why.partition(":")[0] for order, why in about["expect"]["not_ready"].items()}


def test_all_of_them_at_once_are_told_apart() -> None:
    names = [about["file"] for about in manifest()]
    together = {account.name: sums(account.entries) for account in accounts(*names)}
    alone = {name: sums(account.entries) for name in names for account in of(name) if account.name == name}
    assert together == alone

"""Files as a test has them at hand, read as an import reads them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from wms.channels import AUTO, Entry, FileAccount, Listed, of_bytes, read, sums
from wms.channels.goods import Goods

SHARED = Path(__file__).parents[3] / "shared" / "data"
IMPORTS = SHARED / "imports"
needs_samples = pytest.mark.skipif(not IMPORTS.exists(), reason="the sample exports are not beside this checkout")

Counts = dict[str, tuple[int, int, int]]


def account(
    data: bytes | str, name: str = "orders.csv", *, channel: str = AUTO, zone: str = "UTC", goods: Goods | None = None
) -> FileAccount:
    source = of_bytes(name, data if isinstance(data, bytes) else data.encode())
    return read([source], channel, zone, goods).files[0]


def of_json(value: object, zone: str = "UTC") -> FileAccount:
    return account(json.dumps(value), "orders.json", zone=zone)


def entries(found: FileAccount) -> list[Entry]:
    assert not found.fault
    return found.entries


def told(found: FileAccount) -> list[tuple[str, str, str]]:
    return [(entry.reference, str(entry.result), entry.reason) for entry in entries(found)]


def only(found: FileAccount) -> Entry:
    (entry,) = entries(found)
    return entry


def judged(found: FileAccount) -> tuple[str, str, bool]:
    """Of the only order: its result, the reason, and whether its channel took it back."""
    entry = only(found)
    assert entry.order is not None
    return str(entry.result), entry.reason, entry.order.taken_back


def counts(found: FileAccount) -> Counts:
    """Orders, lines and units by result, without what is nought."""
    every = {name: (one.orders, one.lines, one.units) for name, one in sums(found.entries).items()}
    return {name: one for name, one in every.items() if any(one)}


def expected(name: str) -> Counts:
    """What the manifest says of a sample file."""
    listed = json.loads((IMPORTS / "manifest.json").read_text(encoding="utf-8"))["files"]
    said = next(one for one in listed if one["file"] == name)
    every = {kind: tuple(said["expect"][kind].values()) for kind in ("ready", "ready_nolabel", "hold", "skip")}
    every["already_done"] = (0, said["lines_already_done"], said["units_already_done"])
    return {kind: (one[0], one[1], one[2]) for kind, one in every.items() if any(one)}


def catalog() -> Listed:
    """The goods of the sample files."""
    with (SHARED / "catalog" / "import_skus.csv").open(encoding="utf-8-sig", newline="") as file:
        return Listed([row["sku"] for row in csv.DictReader(file)])


def sample(name: str) -> FileAccount:
    """A sample file as it is read beside the list of its goods."""
    return account((IMPORTS / name).read_bytes(), name, goods=catalog())

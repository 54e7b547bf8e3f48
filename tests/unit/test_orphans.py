"""A lost fact whose key was given away gets another, the same on every node."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from wms.domain import events as e
from wms.domain.events import Event, Fact, Key
from wms.domain.ids import NO_LOT, Badge, DeviceId, PlaceId, Sku
from wms.domain.stock import Stock
from wms.store import Forked, Store, verify
from wms.store.journal import Line, line_of
from wms.store.snapshot import adopt, make


def received(n: int) -> Event:
    return e.GoodsReceived(f"R{n}", Sku("S"), NO_LOT, n, PlaceId("B"))


def said(n: int, units: int, position: int, device: str = "A") -> Line:
    return line_of(Fact(Key(DeviceId(device), 1, n), 1000 + units, Badge("P"), received(units), position))


def member(folder: Path, device: str) -> Store:
    """It holds three facts of A's, of which a restored hub has lost two."""
    store = Store(folder, device, decides=False)
    store.receive([said(1, 1, 1), said(2, 2, 2), said(3, 3, 3)])
    assert store.rewind(1) == 2
    return store


def units(store: Store) -> int:
    row = store.rows.get(Stock, PlaceId("B"), Sku("S"), NO_LOT)
    return row.quantity if row is not None else 0


@pytest.fixture
def stores(tmp_path: Path):
    made = [member(tmp_path / name, name) for name in ("A", "B")]
    yield made
    for store in made:
        store.close()


def lost(store: Store) -> list[tuple[int, int, int]]:
    sql = "SELECT epoch, n, was FROM journal WHERE was IS NOT NULL ORDER BY was"
    return store.rows.connection.execute(sql).fetchall()


def test_it_goes_on_under_a_key_that_every_node_makes(stores: list[Store]) -> None:
    for store in stores:
        store.receive([said(1, 1, 1), said(2, 7, 2)])
        assert units(store) == 1 + 7 + 2 + 3
        assert verify(store.rows).problems == ()
    (first, second), other = lost(stores[0]), lost(stores[1])
    assert [first, second] == other
    assert first[0] < 0
    assert first[1:] == (1, 2)
    assert second == (1, 3, 3), "what follows it keeps its key"


def test_it_is_confirmed_once_whoever_gave_it_back(stores: list[Store]) -> None:
    store = stores[1]
    store.receive([said(2, 7, 2)])
    (epoch, n, _), _ = lost(store)
    back = line_of(Fact(Key(DeviceId("A"), epoch, n), 1002, Badge("P"), received(2), 3))
    store.receive([back, said(3, 3, 4)])
    assert (units(store), store.waiting(), store.head()) == (13, 0, 4)
    assert verify(store.rows).problems == ()


def test_a_snapshot_makes_way_for_it_too(stores: list[Store], tmp_path: Path) -> None:
    with_other = Store(tmp_path / "hub", "H", decides=False)
    with_other.receive([said(1, 1, 1), said(2, 7, 2)])
    make(with_other, tmp_path / "snapshot")
    with_other.close()
    adopt(stores[0], tmp_path / "snapshot")
    assert lost(stores[0])[0][0] < 0
    assert units(stores[0]) == 13
    assert verify(stores[0].rows).problems == ()


def test_two_copies_of_one_disk_make_the_same_keys(tmp_path: Path) -> None:
    """Both hold facts that nobody has heard of, and both find their keys taken."""
    first = Store(tmp_path / "one", "A", decides=False)
    first.record([received(4)], Badge("P"), 5)
    first.record([received(5)], Badge("P"), 6)
    first.close()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    keys = []
    for name in ("one", "two"):
        store = Store(tmp_path / name, decides=False)
        with closing(store):
            store.begin_epoch(2 if name == "one" else 3)
            assert store.refile(1, 1) == 2
            keys.append([key[:2] for key in lost(store)])
            assert units(store) == 9
            assert verify(store.rows).problems == ()
    assert keys[0] == keys[1]
    assert all(epoch < 0 for epoch, _ in keys[0])


def test_what_no_hub_ever_had_is_a_fork_as_before(stores: list[Store]) -> None:
    facts = stores[0].record([received(5)], Badge("P"), 9)
    with pytest.raises(Forked):
        stores[0].receive([said(2, 2, 2), said(3, 3, 3), said(facts[0].key.n, 7, 4)])

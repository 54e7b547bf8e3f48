"""The demonstration warehouse on this machine: furnished once, opened again as it was left."""

from __future__ import annotations

from pathlib import Path

from wms.channels import of_orders
from wms.demo.furnish import demo_orders, furnish
from wms.domain.commands import ReleaseWaves
from wms.domain.ids import Badge
from wms.intake import StoreGoods, take_in
from wms.store import Store

BADGE = Badge("1008")
"""May do all the work of the floor."""
SEED = 1
_MARK, _YES = "demonstration", "furnished"


class NotADemonstration(ValueError):
    """The folder holds somebody's own warehouse, which nobody furnishes with invented goods."""


def open_demonstration(folder: Path, seed: int = SEED) -> Store:
    """The store in `folder`, furnished and with waves released if it is new. Raises `NotADemonstration`."""
    fresh = not (folder / "wms.sqlite3").exists()
    store = Store(folder, "DEMO")
    if fresh:
        _furnish(store, seed)
    elif store.meta(_MARK) != _YES:
        store.close()
        raise NotADemonstration(f"{folder} holds a warehouse of its own: name another folder with --data")
    return store


def _furnish(store: Store, seed: int) -> None:
    now = store.clock() // 1000
    store.record(furnish(now, seed), Badge(""))
    orders = demo_orders(now, seed)
    take_in(store, of_orders("demo", "demo", orders, StoreGoods(store.rows)), store.execute, Badge(""))
    store.execute(ReleaseWaves(), Badge(""))
    store.set_meta(_MARK, _YES)

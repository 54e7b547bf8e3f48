"""`wms stock`: goods booked in, moved, corrected, and where they are."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, emit, opened, table
from wms.cli.parsing import command, day, difference, filled, group, language_flag, positive

if TYPE_CHECKING:
    from wms.domain.catalogue import Item
    from wms.domain.commands import Command
    from wms.domain.ids import LotId, PlaceId
    from wms.domain.rows import Rows
    from wms.store import Store

BOOKED = """\
  {"booked": "receive", "item": "TEA-01", "lot": "L2601", "quantity": 48, "receipt": "R20261111-093000",
   "inspection": "R20261111-093000-TEA-01-L2601",
   "stock": [{"place": "A-01-1", "item": "TEA-01", "lot": "L2601", "quantity": 48, "allocated": 0, "free": 48,
              "expiry": "2027-06-30", "held": true}]}

`receipt` stands there for `receive` only; `inspection` is '' unless a sample was drawn, until whose verdict the lot is
held. `stock` is the item everywhere, afterwards."""
SHOW = """\
  {"stock": [{"place": "A-01-1", "item": "TEA-01", "lot": "L2601", "quantity": 48, "allocated": 2, "free": 46,
              "expiry": "2027-06-30", "held": false}]}"""


def add(top: ArgumentParser, commands: Any) -> None:
    stock = group(commands, "stock", "goods booked in and about")
    receiving = command(stock, "receive", "book goods in", receive, BOOKED)
    moving = command(stock, "move", "book goods from one place to another", move, BOOKED)
    adjusting = command(stock, "adjust", "correct what is booked at a place", adjust, BOOKED)
    for parser in (receiving, moving, adjusting):
        parser.add_argument("--item", required=True, metavar="CODE", help="a SKU, or a code that stands on the goods")
        parser.add_argument("--lot", default="", metavar="LOT", help="of lot-controlled goods")
        language_flag(parser)
    for parser in (receiving, moving):
        parser.add_argument("--quantity", required=True, type=positive, metavar="N", help="packs, if CODE is a pack's")
    for parser in (receiving, adjusting):
        parser.add_argument("--place", required=True, metavar="PLACE")
    receiving.add_argument("--expiry", type=day, metavar="DATE", help="of the lot, such as 2026-12-31")
    receiving.add_argument("--receipt", type=filled, metavar="NAME", help="delivery note (default: made of the time)")
    moving.add_argument("--from", dest="source", required=True, metavar="PLACE")
    moving.add_argument("--to", dest="target", required=True, metavar="PLACE")
    moving.add_argument("--reason", default="", metavar="TEXT")
    adjusting.add_argument("--difference", required=True, type=difference, metavar="N", help="units, such as -3 or 5")
    adjusting.add_argument("--reason", required=True, type=filled, metavar="TEXT")
    showing = command(stock, "show", "what lies where", show, SHOW)
    showing.add_argument("what", nargs="?", metavar="ITEM|PLACE", help="only this (default: all)")


def receive(options: Namespace) -> int:
    from wms.domain.commands import ReceiveGoods

    with opened(options) as store:
        item, units = _item(store.rows, options.item)
        receipt = options.receipt or _receipt(store)
        lot, place = _lot(options, item), _place(store.rows, options.place)
        if options.expiry and not lot:
            raise Refusal(f"{item.sku} is not lot-controlled: leave --expiry out", 2)
        quantity = options.quantity * units
        return _booked(
            options,
            store,
            ReceiveGoods(receipt, item.sku, lot, quantity, place, options.expiry or ""),
            {"item": item.sku, "lot": lot, "quantity": quantity, "receipt": receipt},
        )


def _receipt(store: Store) -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from wms.cli.acting import zone_of

    return datetime.fromtimestamp(store.clock() / 1000, ZoneInfo(zone_of(store.rows))).strftime("R%Y%m%d-%H%M%S")


def move(options: Namespace) -> int:
    from wms.domain.commands import MoveStock

    with opened(options) as store:
        item, units = _item(store.rows, options.item)
        lot, quantity = _lot(options, item), options.quantity * units
        source, target = _place(store.rows, options.source), _place(store.rows, options.target)
        wanted = MoveStock(item.sku, lot, quantity, source, target, options.reason)
        return _booked(options, store, wanted, {"item": item.sku, "lot": lot, "quantity": quantity})


def adjust(options: Namespace) -> int:
    from wms.domain.commands import AdjustStock

    with opened(options) as store:
        item, _ = _item(store.rows, options.item)
        lot, place = _lot(options, item), _place(store.rows, options.place)
        wanted = AdjustStock(item.sku, lot, place, options.difference, options.reason)
        return _booked(options, store, wanted, {"item": item.sku, "lot": lot, "quantity": options.difference})


def _booked(options: Namespace, store: Store, wanted: Command, about: dict[str, Any]) -> int:
    from wms.cli.acting import carry_out
    from wms.domain.events import SampleDrawn

    recorded = carry_out(options, store, wanted)
    drawn = [fact.body.inspection for fact in recorded.facts if isinstance(fact.body, SampleDrawn)]
    inspection = drawn[0] if drawn else ""
    stock = _stock(store.rows, item=about["item"])
    document = {"booked": options.subcommand, **about, "inspection": inspection, "stock": stock}
    held = f"\n\nheld until inspection {inspection} is accepted" if inspection else ""
    emit(options, document, lambda: _table(stock) + held)
    return 0


def show(options: Namespace) -> int:
    from wms.domain.places import Place
    from wms.intake import item_of

    with opened(options) as store:
        rows, what = store.rows, options.what
        place = next((one for name in (what, (what or "").upper()) if name and (one := rows.get(Place, name))), None)
        item = item_of(rows, what) if what else None
        if what and place is None and item is None:
            raise Refusal(f"there is no item and no place {what}")
        stock = _stock(rows, item[0] if item is not None else "", place.id if place is not None else "")
    emit(options, {"stock": stock}, lambda: _table(stock) if stock else "nothing lies there")
    return 0


def _stock(rows: Rows, item: str = "", place: str = "") -> list[dict[str, Any]]:
    """Units in the house: where they came from and whom they went to are places of the books only."""
    from wms.domain.places import COUNT_DIFFERENCE, CUSTOMER, SUPPLIER
    from wms.domain.stock import Lot, Stock

    if item:
        found = [one for one in rows.where(Stock, sku=item) if place in ("", one.place)]
    else:
        found = rows.where(Stock, place=place) if place else rows.all(Stock)
    described = []
    for one in found:
        lot = rows.get(Lot, one.sku, one.lot)
        if one.place not in (SUPPLIER, CUSTOMER, COUNT_DIFFERENCE):
            described.append(
                {
                    "place": one.place,
                    "item": one.sku,
                    "lot": one.lot,
                    "quantity": one.quantity,
                    "allocated": one.allocated,
                    "free": one.free,
                    "expiry": lot.expiry if lot is not None else "",
                    "held": lot.held if lot is not None else False,
                }
            )
    return described


def _table(stock: list[dict[str, Any]]) -> str:
    return table(
        ("PLACE", "ITEM", "LOT", "UNITS", "PROMISED", "EXPIRES", ""),
        [
            (s["place"], s["item"], s["lot"], s["quantity"], s["allocated"], s["expiry"], "held" if s["held"] else "")
            for s in stock
        ],
    )


def _item(rows: Rows, code: str) -> tuple[Item, int]:
    """The item that a code names, and how many units it stands for."""
    from wms.domain.catalogue import Item
    from wms.domain.rows import need
    from wms.intake import item_of

    found = item_of(rows, code)
    if found is None:
        raise Refusal(f"there is no item {code}, or several have this code: give the SKU")
    return need(rows, Item, found[0]), found[1]


def _lot(options: Namespace, item: Item) -> LotId:
    from wms.domain.ids import LotId

    if options.lot and not item.lot_controlled:
        raise Refusal(f"{item.sku} is not lot-controlled: leave --lot out", 2)
    if item.lot_controlled and not options.lot:
        raise Refusal(f"{item.sku} is lot-controlled: give its --lot", 2)
    return LotId(options.lot)


def _place(rows: Rows, name: str) -> PlaceId:
    from wms.domain.places import Place

    place = rows.get(Place, name) or rows.get(Place, name.upper())
    if place is None:
        raise Refusal(f"there is no place {name}")
    return place.id

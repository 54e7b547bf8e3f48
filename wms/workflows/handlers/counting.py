"""Counts: asked for, and done."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.ids import LotId, PlaceId, Sku
from wms.domain.mending import CountTask
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.workflows.handling import Answer, Context, handles, refuse
from wms.workflows.prompt import msg


@handles(c.CheckZero)
def check_zero(command: c.CheckZero, rows: Rows, context: Context) -> Answer:
    expected = booked(rows, command.place, command.sku, command.lot)
    return (e.ZeroChecked(command.place, command.sku, command.lot, command.left, expected),)


def booked(rows: Rows, place: PlaceId, sku: Sku, lot: LotId) -> int:
    stock = rows.get(Stock, place, sku, lot)
    return stock.quantity if stock is not None else 0


@handles(c.AskCount)
def ask_count(command: c.AskCount, rows: Rows, context: Context) -> Answer:
    place = rows.get(Place, command.place)
    if place is None or place.kind != PlaceKind.BIN or rows.get(Item, command.sku) is None:
        return refuse(msg("{place} is no bin that could be counted", place=command.place))
    task = rows.get(CountTask, command.place, command.sku, command.lot)
    if task is not None and task.open:
        return refuse(msg("Somebody has already been asked to count there"))
    return (e.CountAsked(command.place, command.sku, command.lot, command.review),)


@handles(c.CountStock)
def count_stock(command: c.CountStock, rows: Rows, context: Context) -> Answer:
    if command.counted < 0:
        return refuse(msg("Type how many lie in the bin"))
    expected = booked(rows, command.place, command.sku, command.lot)
    return (e.StockCounted(command.sku, command.lot, command.place, command.counted, expected),)

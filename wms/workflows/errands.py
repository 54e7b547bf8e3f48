"""Errands between walks: bring goods back to a bin, or count one. Each is walked with scans.

What somebody holds too many of, because another one had the walk by then, goes back first and without being asked for.
"""

from __future__ import annotations

from typing import assert_never

from wms.domain import commands as c
from wms.domain.catalogue import Item, Person
from wms.domain.ids import Badge, LotId, PlaceId, Sku, TaskId
from wms.domain.mending import CountTask, PutBack, Surplus
from wms.domain.places import Place, hand_of, whose_hand
from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.domain.stock import Lot, Stock
from wms.domain.waves import PickTask
from wms.workflows import resolve as r
from wms.workflows.inputs import Chose, Entered, Pressed
from wms.workflows.keys import HELP, MORE
from wms.workflows.prompt import NOTHING, Entry, Key, Line, Msg, Prompt, Said, info, msg, msg_n, no, ok
from wms.workflows.say import item_name, kind_of, lot_line, tail, text_of, unit_name, what_it_is
from wms.workflows.workflow import Happening, Who, is_scan


class Bring(Record):
    """Goods to a bin: `left` units from `source`. `id` is the put-back's, '' for what is in the own hand."""

    id: str
    sku: Sku
    lot: LotId
    left: int
    source: PlaceId
    target: PlaceId
    task: TaskId
    has: bool  # the goods are in the hand
    there: bool = False  # the bin was scanned


class Count(Record):
    place: PlaceId
    sku: Sku
    lot: LotId
    there: bool = False


class Did(Record):
    """What an input came to: commands, the verdict, the errand as it goes on. `leave` lets it be for now."""

    errand: Bring | Count
    commands: tuple[c.Command, ...] = ()
    said: Said | None = None
    leave: bool = False


Errand = Bring | Count


def screen(errand: Errand) -> str:
    match errand:
        case Count():
            return "errand.count" if errand.there else "errand.bin"
        case Bring():
            if not errand.has:
                return "errand.source"
            return "errand.item" if errand.there else "errand.bin"
    assert_never(errand)


def in_own_hand(rows: Rows, who: Who) -> Bring | None:
    """What this person holds and nobody needs."""
    for row in rows.where(Surplus, person=who.badge):
        task = rows.get(PickTask, row.task)
        if task is not None and row.place == hand_of(row.task, who.badge):
            held = [stock for stock in rows.where(Stock, place=row.place) if stock.quantity > 0]
            lot = held[-1].lot if held else task.lot
            return Bring("", row.sku, lot, row.quantity, row.place, task.place, row.task, has=True)
    return None


def waiting(rows: Rows, who: Who) -> list[Errand]:
    """What there is to do: what I have begun, then what nobody has."""
    put_backs = [one for one in rows.where(PutBack, open=True) if one.person in ("", who.badge)]
    put_backs.sort(key=lambda one: (one.person != who.badge, one.source, one.id))
    counts = [Count(task.place, task.sku, task.lot) for task in rows.where(CountTask, open=True)]
    return [*(_bring(one, who.badge) for one in put_backs), *counts]


def _bring(one: PutBack, badge: Badge) -> Bring:
    left = one.quantity - one.done
    return Bring(one.id, one.sku, one.lot, left, one.source, one.target, one.task, has=one.person == badge)


def begun(rows: Rows, who: Who) -> Errand | None:
    return next((one for one in waiting(rows, who) if isinstance(one, Bring) and one.has), None)


def again(rows: Rows, who: Who, last: Errand | None) -> Errand | None:
    """The errand as the rows know it now; None once it is done, or somebody else does it."""
    match last:
        case None:
            return None
        case Count():
            task = rows.get(CountTask, last.place, last.sku, last.lot)
            return last if task is not None and task.open else None
        case Bring(id=""):
            now = in_own_hand(rows, who)
            return replace(now, there=last.there) if now is not None and now.task == last.task else now
    now = next((one for one in waiting(rows, who) if isinstance(one, Bring) and one.id == last.id), None)
    return replace(now, there=last.there) if isinstance(now, Bring) else None


def step(errand: Errand, happening: Happening, rows: Rows) -> Did:
    if (
        isinstance(happening, Pressed)
        and happening.key == "escape"
        and not (isinstance(errand, Bring) and not errand.id)
    ):
        return Did(errand, leave=True)
    match screen(errand):
        case "errand.source":
            return _source(errand, happening, rows)
        case "errand.bin":
            return _bin(errand, happening, rows)
        case "errand.item":
            return _item(errand, happening, rows)
    return _counted(errand, happening, rows)


def _source(errand: Errand, happening: Happening, rows: Rows) -> Did:
    assert isinstance(errand, Bring)  # noqa: S101
    begin = (c.BeginPutBack(errand.id),)
    taken = ok(msg("Take {n} x {item}", n=errand.left, item=item_name(rows, errand.sku)))
    match happening:
        case r.ToteScan(place=place) | r.PlaceScan(place=place, wrong_digits=False) if place == errand.source:
            return Did(errand, begin, taken)
        case Pressed(key="enter") if whose_hand(errand.source) is not None:
            return Did(errand, begin, taken)
    return _wrong(errand, happening, rows, _go_to_source(errand, rows))


def _bin(errand: Errand, happening: Happening, rows: Rows) -> Did:
    target = errand.target if isinstance(errand, Bring) else errand.place
    match happening:
        case r.PlaceScan(place=place, proven=True) if place == target:
            return Did(replace(errand, there=True), said=ok(msg("{place}: right place", place=place)))
        case r.PlaceScan(place=place, wrong_digits=False) if place == target and not _has_digits(rows, place):
            return Did(replace(errand, there=True), said=ok(msg("{place}: right place", place=place)))
        case Entered(text=text) if text and _digits(rows, target) == text:
            return Did(replace(errand, there=True), said=ok(msg("{place}: right place", place=target)))
        case Entered(text=text) if text:
            return Did(errand, said=no(msg("The check digits are wrong"), msg("Go to {place}", place=target)))
    return _wrong(errand, happening, rows, msg("Go to {place}", place=target), msg("Scan the label there"))


def _digits(rows: Rows, place: str) -> str:
    row = rows.get(Place, place)
    return row.check_digits if row is not None else ""


def _has_digits(rows: Rows, place: str) -> bool:
    return bool(_digits(rows, place))


def _item(errand: Errand, happening: Happening, rows: Rows) -> Did:
    assert isinstance(errand, Bring)  # noqa: S101
    match happening:
        case r.ItemScan(sku=sku, quantity=quantity, lot=lot) if sku == errand.sku and lot in ("", errand.lot):
            if quantity > errand.left:
                return Did(errand, said=no(msg("That is {n} too many", n=quantity - errand.left)))
            left = errand.left - quantity
            then = msg_n("{n} to go", "{n} to go", left) if left else msg("All of it is back")
            back = msg("{item} lies in {place}", item=item_name(rows, sku), place=errand.target)
            return Did(errand, (_laid(errand, quantity),), ok(back, then))
    wanted = msg("Wanted: {item} ({tail})", item=item_name(rows, errand.sku), tail=tail(rows, errand.sku))
    return _wrong(errand, happening, rows, wanted, msg("Scan what you lay into the bin"))


def _laid(errand: Bring, quantity: int) -> c.Command:
    return c.PutBackUnits(errand.id, quantity) if errand.id else c.ReturnUnits(errand.task, quantity)


def _counted(errand: Errand, happening: Happening, rows: Rows) -> Did:
    assert isinstance(errand, Count)  # noqa: S101
    match happening:
        case Entered(text=text):
            if not text.isascii() or not text.isdigit():
                return Did(errand, said=no(msg("Type how many lie in the bin"), msg("0 if it is empty")))
            counted = int(text[:9])
            command = c.CountStock(errand.place, errand.sku, errand.lot, counted)
            return Did(errand, (command,), ok(msg("{place} counted: {n}", place=errand.place, n=counted)))
        case r.ItemScan(sku=sku) if sku == errand.sku:
            return Did(errand, said=info(msg("Right item. Type how many lie in the bin")))
    return _wrong(errand, happening, rows, msg("Type how many lie in the bin"))


def _wrong(errand: Errand, happening: Happening, rows: Rows, *lines: Msg) -> Did:
    """A scan that does not count is kept and said in red; keys that mean nothing here are let pass."""
    if isinstance(happening, (Pressed, Chose, Entered)) or not is_scan(happening):
        return Did(errand)
    refuse = c.RefuseScan(text_of(happening), screen(errand), kind_of(happening))
    return Did(errand, (refuse,), no(what_it_is(happening, rows), *lines))


def prompt(errand: Errand, rows: Rows) -> Prompt:
    item, name = rows.get(Item, errand.sku), msg("{item}", item=item_name(rows, errand.sku))
    lot = lot_line(rows.get(Lot, errand.sku, errand.lot) or Lot(errand.sku, errand.lot))
    back = () if isinstance(errand, Bring) and not errand.id else (Key("escape", msg("Later")),)
    title = msg("Count") if isinstance(errand, Count) else msg("Put back")
    base = Prompt(screen(errand), (title,), keys=(HELP, *back, MORE), handbook="picking")
    details = (Line(name, short=name), *((Line(lot, short=lot),) if lot is not NOTHING else ()))
    into = msg("into {place}", place=errand.target if isinstance(errand, Bring) else errand.place)
    match errand, screen(errand):
        case Bring(), "errand.source":
            return _source_prompt(base, errand, details, rows)
        case _, "errand.bin":
            return _bin_prompt(base, errand, details, rows)
        case Bring(), _:
            return base.but(
                verb=msg("Put back"),
                target=str(errand.left),
                unit=msg("{unit}", unit=unit_name(item)),
                ask=msg("Scan each as you lay it in"),
                what=(*details, Line(into, short=into)),
                expects=(errand.sku,),
            )
    place = errand.place if isinstance(errand, Count) else ""
    ask = msg("How many lie in the bin? 0 if empty")
    return base.but(verb=msg("Count"), target=place, ask=ask, entry=Entry.NUMBER, what=details)


def _source_prompt(base: Prompt, errand: Bring, details: tuple[Line, ...], rows: Rows) -> Prompt:
    wanted = msg("Take {n} x {item}", n=errand.left, item=item_name(rows, errand.sku))
    take = Line(wanted, short=wanted)
    holder = whose_hand(errand.source)
    if holder is not None:
        person = rows.get(Person, holder)
        name = person.name if person is not None else holder
        return base.but(
            verb=msg("Fetch it from {name}", name=name), ask=msg("Press Enter when you have it"), what=(take,)
        )
    expects = (_label(rows, errand.source),)
    return base.but(
        verb=msg("Go to"), target=errand.source, ask=msg("Scan its label"), what=(take, *details[1:]), expects=expects
    )


def _bin_prompt(base: Prompt, errand: Errand, details: tuple[Line, ...], rows: Rows) -> Prompt:
    target = errand.target if isinstance(errand, Bring) else errand.place
    entry = Entry.TEXT if _has_digits(rows, target) else Entry.NONE
    if isinstance(errand, Bring):
        why = () if errand.id else (Line(msg("Somebody else picked this line"), short=msg("Picked by somebody else")),)
        n = msg("Put back {n} x {item}", n=errand.left, item=item_name(rows, errand.sku))
        what = (*why, Line(n, short=n), *details[1:])
    else:
        what = details
    verb = msg("Back to") if isinstance(errand, Bring) else msg("Go to")
    return base.but(
        verb=verb, target=target, ask=msg("Scan the bin"), entry=entry, what=what, expects=(_label(rows, target),)
    )


def _label(rows: Rows, place: str) -> str:
    digits = _digits(rows, place)
    return f"{place}*{digits}" if digits else place


def _go_to_source(errand: Bring, rows: Rows) -> Msg:
    holder = whose_hand(errand.source)
    if holder is None:
        return msg("Go to {place}", place=errand.source)
    person = rows.get(Person, holder)
    return msg("Fetch it from {name}", name=person.name if person is not None else holder)

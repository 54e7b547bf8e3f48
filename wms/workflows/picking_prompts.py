"""What a picker sees at each step of the walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms.domain.catalogue import Item
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.stock import Lot
from wms.domain.waves import PickTask, Slot, Wave
from wms.workflows import errands
from wms.workflows.handlers.picking import packing_lanes
from wms.workflows.keys import HELP, KEYS, MORE, UNDO
from wms.workflows.prompt import NOTHING, Choice, Entry, Key, Line, Msg, Prompt, Size, msg, msg_n, plain
from wms.workflows.say import category_name, item_name, lot_line, lot_short, tail, unit_name

if TYPE_CHECKING:
    from wms.workflows.picking import Picking

SLOT_COLOURS = (msg("red"), msg("yellow"), msg("blue"), msg("green"), msg("white"), msg("orange"))


def prompt(state: Picking, rows: Rows) -> Prompt:
    if state.errand is not None:
        return errands.prompt(state.errand, rows)
    if state.aside:
        return _aside(state, rows)
    if state.batch is None:
        return _cart(state, rows)
    wave = rows.get(Wave, state.batch.wave)
    where: tuple[Msg, ...] = (
        msg("{wave} {category}", wave=state.batch.wave, category=category_name(rows, wave.category if wave else "")),
    )
    base = Prompt(state.screen, where, state.batch.ship_by, keys=KEYS, handbook="picking")
    if state.task is None and not state.ask:
        return _end(base, state, rows)
    base = base.but(where=(*where, plain(f"{min(state.n, state.total)}/{state.total}")))
    if state.looked is not None and state.screen == "pick.left":
        return base.but(
            verb=msg("Count"),
            target=state.looked.place,
            ask=msg("How many lie in the bin? 0 if empty"),
            entry=Entry.NUMBER,
            what=(Line(msg("{item}", item=item_name(rows, state.looked.sku))),),
        )
    assert state.task is not None  # noqa: S101
    return _line(base, state, state.task, rows)


def _aside(state: Picking, rows: Rows) -> Prompt:
    """Totes of a walk that somebody else has now."""
    lanes = packing_lanes(rows)
    totes = tuple(Line(msg("Tote {tote}", tote=slot.tote)) for slot in state.aside)
    return Prompt(
        "pick.aside",
        (msg("Picking"),),
        verb=msg("Bring the totes to"),
        target=lanes[0] if lanes else "",
        ask=msg("Scan the packing lane"),
        what=(Line(msg("Somebody else has this walk now")), *totes[:4]),
        keys=(HELP, MORE),
        expects=tuple(label(rows, lane) for lane in lanes),
        handbook="picking",
    )


def _cart(state: Picking, rows: Rows) -> Prompt:
    carts = tuple(place.id for place in rows.where(Place, kind=PlaceKind.CART))
    waiting = (Line(msg_n("{n} errand waits: F2", "{n} errands wait: F2", state.errands)),) if state.errands else ()
    return Prompt(
        "pick.cart",
        (msg("Picking"),),
        verb=msg("Take a cart"),
        ask=msg("Scan its label"),
        what=(Line(msg("You get the walk that must ship first")), *waiting),
        keys=(HELP, Key("f2", msg("Errands")), MORE) if state.errands else (HELP, MORE),
        expects=carts,
        handbook="picking",
    )


def _end(base: Prompt, state: Picking, rows: Rows) -> Prompt:
    lanes = packing_lanes(rows)
    if not state.totes:
        return base.but(verb=msg("Nothing to drop"), ask=msg("Press Enter to finish the walk"), keys=(HELP, UNDO, MORE))
    slots = rows.where(Slot, batch=state.batch.id) if state.batch is not None else []
    totes = tuple(
        Line(msg("{slot}: {tote}", slot=slot.n, tote=slot.tote)) for slot in slots if slot.tote and not slot.aside
    )
    return base.but(
        verb=msg("Bring the totes to"),
        target=lanes[0] if lanes else "",
        ask=msg("Scan the packing lane"),
        what=totes[:5],
        keys=(HELP, UNDO, MORE),
        expects=tuple(label(rows, lane) for lane in lanes),
    )


def _line(base: Prompt, state: Picking, task: PickTask, rows: Rows) -> Prompt:
    item, lot, place = rows.get(Item, task.sku), rows.get(Lot, task.sku, task.lot), rows.get(Place, task.place)
    slot = rows.get(Slot, task.batch, task.slot)
    named = msg("{item}", item=item_name(rows, task.sku))
    name = Line(named, short=named)
    unit = msg("{unit}", unit=unit_name(item))
    match state.screen:
        case "pick.bin" | "pick.typed":
            take = msg("Take {n} {unit}   {lot}", n=task.quantity, unit=unit, lot=lot_line(lot))
            short = msg("Take {n} {unit} > slot {slot}", n=task.quantity, unit=unit, slot=task.slot)
            return base.but(
                verb=msg("Go to"),
                target=task.place,
                ask=msg("Type the check digits") if state.screen == "pick.typed" else msg("Scan the bin"),
                entry=Entry.TEXT if place is not None and place.check_digits else Entry.NONE,
                what=(name, Line(take, short=short), Line(_into(task, slot), short=lot_short(lot))),
                expects=(label(rows, task.place),),
            )
        case "pick.item":
            return base.but(
                verb=msg("Take"),
                target=str(task.quantity - task.taken),
                unit=unit,
                ask=msg("Scan the item ({n} taken, {left} to go)", n=task.taken, left=task.quantity - task.taken)
                if task.taken
                else msg("Scan the item"),
                entry=Entry.NUMBER if task.taken else Entry.NONE,
                what=(
                    name,
                    Line(
                        msg("No. ..{tail}   {lot}", tail=tail(rows, task.sku), lot=lot_line(lot)),
                        short=msg("..{tail} {lot}", tail=tail(rows, task.sku), lot=lot_short(lot)),
                    ),
                    Line(
                        msg("{place}  ->  {into}", place=task.place, into=_into(task, slot)),
                        short=msg("> slot {slot}", slot=task.slot),
                    ),
                ),
                expects=(task.sku,),
            )
        case "pick.tote":
            return base.but(
                verb=msg("Put {n} into slot", n=task.taken - task.put),
                target=str(task.slot),
                unit=SLOT_COLOURS[(task.slot - 1) % len(SLOT_COLOURS)],
                ask=_which_tote(slot, state),
                what=(name, Line(_into(task, slot), short=NOTHING)),
                expects=(slot.tote,) if slot is not None and slot.tote else (),
            )
    return _question(base, state, task, rows, name)


def _which_tote(slot: Slot | None, state: Picking) -> Msg:
    if slot is None or not slot.tote:
        return msg("Scan an empty tote")
    if slot.claim and slot.person != state.who.badge:
        return msg("Scan tote {tote}, or an empty one", tote=slot.tote)
    return msg("Scan tote {tote}", tote=slot.tote)


def _question(base: Prompt, state: Picking, task: PickTask, rows: Rows, name: Line) -> Prompt:
    match state.screen:
        case "pick.reason":
            return base.but(
                verb=msg("What is wrong here?"),
                choices=(
                    Choice(msg("Too few here"), "CMD-EMPTY"),
                    Choice(msg("Damaged"), "CMD-DAMAGED"),
                    Choice(msg("Can't find the item"), "CMD-NOTFOUND"),
                    Choice(msg("Skip for now"), "CMD-SKIP"),
                    Choice(msg("Give the walk back"), "CMD-GIVEBACK"),
                ),
                what=(name,),
                keys=(HELP, Key("escape", msg("Back"))),
            )
        case "pick.damaged":
            return base.but(
                verb=msg("How many are damaged?"),
                ask=msg("Type the number, then Enter"),
                entry=Entry.NUMBER,
                what=(name,),
                keys=(HELP, Key("escape", msg("Back"))),
            )
    choices = tuple(Choice(lot_line(rows.get(Lot, task.sku, lot) or Lot(task.sku, lot))) for lot in state.lots)
    return base.but(verb=msg("Which lot is on the label?"), choices=choices, what=(name,), target_size=Size.BOLD)


def label(rows: Rows, place: str) -> str:
    """What the label of a place says to a scanner."""
    row = rows.get(Place, place)
    return f"{place}*{row.check_digits}" if row is not None and row.check_digits else place


def _into(task: PickTask, slot: Slot | None) -> Msg:
    colour = SLOT_COLOURS[(task.slot - 1) % len(SLOT_COLOURS)]
    if slot is not None and slot.tote:
        return msg("slot {slot} ({colour}) {tote}", slot=task.slot, colour=colour, tote=slot.tote)
    return msg("slot {slot} ({colour})", slot=task.slot, colour=colour)

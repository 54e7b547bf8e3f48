"""What a packer sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wms.domain.catalogue import Carrier, Carton, Item
from wms.domain.labelling import known_carrier, lacks_label
from wms.domain.orders import OrderLine
from wms.domain.packing import Parcel
from wms.domain.places import Place, PlaceKind, inside
from wms.domain.rows import Rows
from wms.domain.stock import Stock
from wms.workflows import packing_labels
from wms.workflows.handlers.packing import expected_weight
from wms.workflows.keys import CANT, HELP, KEYS, MORE, UNDO
from wms.workflows.on_scale import scale_keys, what_to_do
from wms.workflows.packing_notes import pages
from wms.workflows.picking_prompts import label
from wms.workflows.printer_words import label_reason
from wms.workflows.prompt import Bilingual, Choice, Entry, Key, Line, Mark, Msg, Prompt, Size, msg, msg_n, plain
from wms.workflows.say import carrier_name, item_name

if TYPE_CHECKING:
    from wms.workflows.packing import Packing

BACK = (HELP, Key("escape", msg("Back")))


def prompt(state: Packing, rows: Rows) -> Prompt:
    where = [msg("Pack"), plain(state.who.device)]
    if state.screen == "pack.stop":
        return _stop(state, rows)
    if state.order is None or state.parcel is None:
        return _between(state, tuple(where), rows)
    where.append(msg("order {order}", order=state.order.reference))
    base = Prompt(state.screen, tuple(where), state.order.ship_by, keys=KEYS, handbook="packing")
    match state.screen:
        case "pack.aside":
            return base.but(
                verb=msg("Set it aside"),
                ask=msg("Put everything back into the tote, then press Enter"),
                what=(Line(msg("Units are missing. The supervisor decides")),),
                keys=(HELP, MORE),
                expects=("CMD-ENTER",),
            )
        case "pack.heed":
            return _heed(base, state)
        case "pack.item":
            return _items(base, state, rows)
        case "pack.bind":
            return packing_labels.bind_prompt(base, state, rows)
        case "pack.print":
            return packing_labels.made_prompt(base, state, rows)
        case "pack.carton":
            return _carton(base, state, state.parcel, rows)
        case "pack.weigh":
            return _weigh(base, state, state.parcel, rows)
        case "pack.label" if (why := state.who.unprinted.why(state.parcel.id)).text:
            return base.but(
                verb=msg("Wait for the label"),
                target=state.parcel.waybill,
                target_size=Size.BOLD,
                ask=why,
                what=_parcel_lines(state, state.parcel, rows),
                keys=(HELP, Key("f2", msg("No label")), MORE),
            )
        case "pack.label":
            return base.but(
                verb=msg("Stick the label on"),
                target=state.parcel.waybill,
                target_size=Size.BOLD,
                ask=msg("Scan the printed label"),
                what=_parcel_lines(state, state.parcel, rows),
                keys=(HELP, Key("f2", msg("No label")), MORE),
                expects=(state.parcel.waybill,),
            )
        case "pack.look":
            return _look(base, state, state.parcel)
        case "pack.stage":
            place = staging(state.parcel, rows)
            return base.but(
                verb=msg("Bring it to"),
                target=place,
                target_size=Size.BOLD,
                ask=msg("Scan the place"),
                what=_parcel_lines(state, state.parcel, rows),
                keys=(HELP, UNDO, MORE) if state.parcel.bound else (HELP, MORE),
                expects=(label(rows, place),),
            )
    return _question(base, state, state.parcel, rows)


def _between(state: Packing, where: tuple[Msg, ...], rows: Rows) -> Prompt:
    """No order is on the bench."""
    base = Prompt(state.screen, where, handbook="packing")
    if state.waits:
        return packing_labels.waits_prompt(base, rows)
    waiting = packing_labels.waiting_lines(rows)
    return base.but(
        verb=msg("Take a tote"),
        ask=msg("Scan its label"),
        what=(Line(msg("Totes stand in the packing lane")), *waiting),
        keys=(HELP, Key("f5", msg("Waiting")), MORE) if waiting else (HELP, MORE),
    )


def _heed(base: Prompt, state: Packing) -> Prompt:
    """What must be read before anything is packed, a page at a time."""
    found = pages(state.notes)
    page = min(state.page, len(found) - 1)
    more = page + 1 < len(found)
    number = msg("{n} of {total}", n=page + 1, total=len(found))
    return base.but(
        where=(*base.where, number) if len(found) > 1 else base.where,
        verb=msg("Read this first"),
        ask=msg("Enter: next page") if more else msg("Enter: I have read it"),
        what=found[page],
        keys=(*BACK, MORE) if page else (HELP, MORE),
        expects=("CMD-ENTER",),
    )


def _reminders(state: Packing) -> tuple[Line, ...]:
    """The notes once more while the carton is open."""
    return tuple(Line(note, short=note) for note in state.notes)


def _stop(state: Packing, rows: Rows) -> Prompt:
    shelves = rows.where(Place, kind=PlaceKind.RETURNS)
    return Prompt(
        "pack.stop",
        (msg("Pack"), plain(state.who.device)),
        verb=msg("STOP"),
        target=shelves[0].id if shelves else "",
        target_size=Size.BOLD,
        ask=msg("Put everything on the returns shelf and scan the shelf"),
        what=(Line(msg("The customer cancelled this order")), Line(msg("Do not label it"), Mark.BAD)),
        keys=(HELP,),
        alarm=True,
        expects=tuple(label(rows, shelf.id) for shelf in shelves),
        handbook="packing",
    )


def _items(base: Prompt, state: Packing, rows: Rows) -> Prompt:
    """Lines still open come first, so that a long order needs no scrolling."""
    done, total = sum(line.packed for line in state.lines), sum(line.picked for line in state.lines)
    waiting = [line for line in state.lines if line.packed < line.picked]
    ready = [line for line in state.lines if line.picked and line.packed >= line.picked]
    lines = [Line(_item(line, rows), Mark.NEXT if line is waiting[0] else Mark.TODO) for line in waiting]
    lines += [Line(_item(line, rows), Mark.DONE) for line in ready]
    if state.order is not None and lacks_label(rows, state.order):
        lines.append(Line(msg("Its label comes from the platform")))
    return base.but(
        verb=msg("Scan each item"),
        target=f"{done}/{total}",
        ask=msg("Parcel {n}. Then: carton, weigh, label", n=state.parcel.n if state.parcel is not None else 1),
        what=tuple(lines),
        keys=(HELP, CANT, UNDO, Key("f5", msg("New parcel"))),
        entry=Entry.NUMBER if state.last else Entry.NONE,
        expects=tuple(line.sku for line in waiting),
    )


def _item(line: OrderLine, rows: Rows) -> Msg:
    name, n = item_name(rows, line.sku), f"{line.packed}/{line.picked}"
    return msg("{item}   {n}   gift", item=name, n=n) if line.gift else msg("{item}   {n}", item=name, n=n)


def cartons(parcel: Parcel, rows: Rows) -> list[Carton]:
    """Cartons in the order they should be tried: the smallest that holds the volume first, too small ones last."""
    volume = 0
    for stock in rows.where(Stock, place=inside(parcel.id)):
        item = rows.get(Item, stock.sku)
        if item is not None:
            volume += item.length_mm * item.width_mm * item.height_mm * stock.quantity

    def room(carton: Carton) -> int:
        return carton.length_mm * carton.width_mm * carton.height_mm

    return sorted(rows.all(Carton), key=lambda carton: (room(carton) < volume, room(carton), carton.code))[:6]


def _carton(base: Prompt, state: Packing, parcel: Parcel, rows: Rows) -> Prompt:
    found = cartons(parcel, rows)
    return base.but(
        verb=msg("Choose the carton"),
        ask=msg("Press its number or scan it"),
        choices=tuple(
            Choice(msg("{code} {name}", code=c.code, name=Bilingual(c.zh, c.en)), f"CTN-{c.code}") for c in found
        ),
        what=(
            *_reminders(state),
            Line(msg_n("{n} unit in this parcel", "{n} units in this parcel", parcel.units)),
        ),
        expects=tuple(f"CTN-{c.code}" for c in found[:1]),
        keys=(HELP, MORE),
    )


def _weigh(base: Prompt, state: Packing, parcel: Parcel, rows: Rows) -> Prompt:
    expected = expected_weight(parcel, rows)
    about = (Line(msg("It should weigh about {n} g", n=expected)),) if expected else ()
    scale = state.who.scale
    instead = what_to_do(scale, parcel.id)
    tared = (Line(msg("The scale takes a tare off"), Mark.BAD),) if scale.net else ()
    return base.but(
        verb=msg("Weigh it"),
        ask=instead if instead.text else msg("Put the parcel on the scale, or type grams"),
        entry=Entry.NUMBER,
        what=(*about, *tared),
        keys=(HELP, *scale_keys(scale), MORE),
    )


def _question(base: Prompt, state: Packing, parcel: Parcel, rows: Rows) -> Prompt:
    match state.screen:
        case "pack.cant":
            line = next((line for line in state.lines if line.packed < line.picked), None)
            name = (Line(msg("{item}", item=item_name(rows, line.sku)), Mark.NEXT),) if line is not None else ()
            lacks = state.order is not None and lacks_label(rows, state.order)
            return base.but(
                verb=msg("What is wrong?"),
                choices=(
                    Choice(msg("It is not in the tote")),
                    Choice(msg("It is damaged")),
                    Choice(msg("Set the tote aside")),
                    *((Choice(msg("It waits for its label")),) if lacks else ()),
                ),
                what=name,
                keys=BACK,
            )
        case "pack.off":
            return base.but(
                verb=msg("Weight differs"),
                target=str(state.grams),
                unit=msg("g, expected {n}", n=expected_weight(parcel, rows)),
                choices=(
                    Choice(msg("Weigh it again")),
                    Choice(msg("Right: packing material")),
                    Choice(msg("Right: the item's weight is wrong")),
                ),
                keys=BACK,
            )
        case "pack.typed":
            return base.but(
                verb=msg("Why typed?"),
                target=str(state.grams),
                unit=msg("g"),
                choices=(Choice(msg("The scale is broken")), Choice(msg("Too large for the scale"))),
                keys=BACK,
            )
    return base.but(
        verb=msg("Print it again?"),
        choices=(
            Choice(msg("Nothing came out")),
            Choice(msg("It can't be read")),
            Choice(msg("It is torn")),
            Choice(msg("Give a new number")),
        ),
        keys=BACK,
    )


def _look(base: Prompt, state: Packing, parcel: Parcel) -> Prompt:
    """What came out of a printer that was interrupted, only a person can tell."""
    detail = state.fault.split(",")
    if detail[0] == "layout":
        return base.but(
            verb=msg("No label"),
            what=(Line(label_reason(detail), Mark.BAD), Line(msg("Call the supervisor"))),
            choices=(Choice(msg("It is mended: print")),),
            keys=(HELP, MORE),
        )
    return base.but(
        verb=msg("Look at the printer"),
        target=parcel.waybill,
        target_size=Size.BOLD,
        ask=msg("Whole? Stick it on and scan it"),
        what=(Line(label_reason(detail), Mark.BAD, short=msg("It stopped in mid-label")),),
        choices=(Choice(msg("Nothing came out")), Choice(msg("Damaged or cut off"))),
        keys=(HELP, Key("f2", msg("No label")), MORE),
        expects=(parcel.waybill,),
    )


def _parcel_lines(state: Packing, parcel: Parcel, rows: Rows) -> tuple[Line, ...]:
    live = [p for p in state.parcels if p.status != "void"]
    carrier = carrier_name(rows, known_carrier(rows, parcel))
    first = msg("{carrier}   parcel {n} of {total}", carrier=carrier, n=parcel.n, total=len(live))
    if not carrier:
        first = msg("Parcel {n} of {total}", n=parcel.n, total=len(live))
    masked = (Line(plain(state.order.masked)),) if state.order is not None and state.order.masked else ()
    return (Line(first), *masked, Line(msg("{n} g", n=parcel.weight_g)))


def staging(parcel: Parcel, rows: Rows) -> str:
    carrier = rows.get(Carrier, parcel.carrier)
    return carrier.staging if carrier is not None else ""

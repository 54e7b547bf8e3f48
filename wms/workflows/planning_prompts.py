"""What the planning screen shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wms.domain.ids import OrderId
from wms.domain.orders import Order
from wms.domain.rows import Rows
from wms.workflows.keys import HELP, MORE
from wms.workflows.plan_state import Planning
from wms.workflows.planning_words import clock, load_words, metres, reason_words, saved, span
from wms.workflows.prompt import Choice, Drawing, Key, Line, Mark, Msg, Prompt, Size, msg, msg_n, plain
from wms.workflows.workflow import Who

if TYPE_CHECKING:
    from wms.planning.figures import LateOrder, PlanFigures, TourFigures
    from wms.planning.replenish import Hint
    from wms.planning.wave_draft import Drift, WaveDraft
    from wms.planning.wave_notes import TourNote

_BACK = Key("escape", msg("Back"))
_NEXT_PAGE = Key("f2", msg("Next page"), msg("Next"))
_NEXT_TOUR = Key("f2", msg("Next tour"), msg("Next"))
_NAMED = 3


def nothing_yet(who: Who, rows: Rows) -> Prompt:
    from wms.domain.waiting import to_plan

    base = _base("plan", who, HELP, _BACK, MORE)
    count = len(to_plan(rows, who.now))
    if not count:
        return base.but(verb=msg("No order waits"), what=_troubles(who.planning))
    plan = Choice(msg_n("Plan the order", "Plan {n} orders", count), "CMD-ENTER")
    later = msg("Nothing is released before you say so")
    waits = msg_n("1 order waits", "{n} orders wait", count)
    return base.but(verb=waits, what=(*_troubles(who.planning), Line(later, short=later)), choices=(plan,))


def searching(who: Who) -> Prompt:
    search = who.planning.search
    percent = min(100, search.done * 100 // search.of) if search.of else 0
    if search.compiling:
        ask = msg("The planner is made ready, once: half a minute")
    elif search.seconds:
        ask = msg(
            "Best so far: {minutes} min of work, {saved} min less ({metres} m)",
            minutes=-(-search.seconds // 60),
            saved=search.saved // 60,
            metres=search.metres,
        )
    else:
        ask = msg("Nothing is released yet")
    stop = Choice(msg("Stop planning"), "CMD-UNDO")
    base = _base("plan.searching", who, HELP, _BACK, MORE)
    return base.but(verb=msg("Planning"), ask=ask, percent=percent, choices=(stop,))


def answers(who: Who) -> tuple[str, ...]:
    """What each number means where the plan as a whole is shown; pages by their names."""
    draft = who.planning.draft
    if draft is None:
        return ()
    late = draft.figures.late if draft.figures is not None else ()
    offered = (
        ("release", bool(draft.waves)),
        ("tours", bool(draft.waves)),
        ("late", bool(late)),
        ("left", bool(draft.left)),
        ("empty", bool(draft.hints)),
        ("again", True),
        ("drop", True),
    )
    return tuple(name for name, there in offered if there)


def shown(who: Who) -> Prompt:
    """The plan as a whole."""
    draft, figures = _draft(who), _draft(who).figures
    count = sum(1 for _ in draft.batches)
    labels = {
        "release": Choice(msg_n("Release the tour", "Release {n} tours", count), "CMD-ENTER"),
        "tours": Choice(msg("Look at the tours"), "CMD-CANT"),
        "late": Choice(msg("Late: {n}", n=len(figures.late) if figures is not None else 0)),
        "left": Choice(msg("Left out: {n}", n=len(draft.left))),
        "empty": Choice(msg("Bins that run out: {n}", n=len(draft.hints))),
        "again": Choice(msg("Plan anew")),
        "drop": Choice(msg("Drop the plan")),
    }
    lines = list(_troubles(who.planning))
    if figures is not None and draft.waves:
        length, less = metres(figures.walk_mm), saved(figures.walk_mm, figures.plain_mm)
        text = msg("{metres} m, no shorter than first come", metres=length)
        if less:
            text = msg("{metres} m, {saved} % less than first come", metres=length, saved=less)
        lines.append(Line(text, short=msg("{metres} m, {saved} % less", metres=length, saved=less)))
        lines += _promise(figures)
        lines.append(Line(_work(draft, figures, who.zone)))
    lines += _drifted(who.planning.drift)
    lines += [Line(reason_words(reason), Mark.BAD) for reason in draft.warnings]
    verb = msg_n("1 tour, {orders} orders", "{n} tours, {orders} orders", count, orders=len(draft.planned))
    return _base("plan.shown", who, HELP, Key("f2", msg("Tours")), _BACK, MORE).but(
        verb=verb, what=tuple(lines), choices=tuple(labels[name] for name in answers(who)), expects=("CMD-ENTER",)
    )


def _work(draft: WaveDraft, figures: PlanFigures, zone: str) -> Msg:
    pickers = sum(one.tours > 0 for one in figures.pickers)
    end = max((one.end for one in figures.pickers), default=0)
    return msg_n(
        "{minutes} min of work for 1 picker, until {time}",
        "{minutes} min of work for {n} pickers, until {time}",
        pickers,
        minutes=-(-figures.seconds // 60),
        time=clock(draft.made + end, zone),
    )


def _promise(figures: PlanFigures) -> Iterator[Line]:
    """Whom to call, and whom more pickers could still help."""
    certain = [one for one in figures.late if one.certain]
    planned = [one for one in figures.late if not one.certain]
    if certain:
        text = msg_n("1 will be late, whatever we do: call", "{n} will be late, whatever we do: call", len(certain))
        yield Line(text, Mark.BAD, msg("Late for sure: {n}", n=len(certain)))
    if planned:
        text = msg_n("1 more is late in this plan", "{n} more are late in this plan", len(planned))
        yield Line(text, Mark.BAD, msg("Late so: {n}", n=len(planned)))
    if not figures.late:
        yield Line(msg("All are packed in time"), Mark.DONE, msg("All in time"))


def _drifted(drift: Drift | None) -> Iterator[Line]:
    """What has become otherwise since the plan was made."""
    if drift is None:
        return
    if drift.left:
        text = msg_n("1 order can't go any more", "{n} orders can't go any more", len(drift.left))
        yield Line(text, Mark.BAD, msg("Can't go: {n}", n=len(drift.left)))
    if drift.moved:
        yield Line(msg_n("1 order takes other bins now", "{n} orders take other bins now", len(drift.moved)))
    if drift.new:
        text = msg_n("1 new order is not in it", "{n} new orders are not in it", len(drift.new))
        yield Line(text, Mark.BAD, msg("New: {n}", n=len(drift.new)))
    if drift.rules:
        yield Line(msg("The rules or the floor were changed: plan again"), Mark.BAD, msg("Other rules now"))


def count_of(who: Who, page: str, tour: int) -> int:
    """How many entries the list on the page has."""
    draft = who.planning.draft
    if draft is None:
        return 0
    match page:
        case "tours":
            return sum(1 for _ in draft.tours)
        case "late":
            return len(draft.figures.late) if draft.figures is not None else 0
        case "left":
            return len(draft.left)
        case "empty":
            return len(draft.hints)
    return len(orders_of(draft, tour))


def orders_of(draft: WaveDraft, tour: int) -> tuple[OrderId, ...]:
    batch = list(draft.batches)[tour]
    return tuple(dict.fromkeys(batch.orders))


_TITLES = {
    "tours": msg("Tours"),
    "late": msg("Late"),
    "left": msg("Left out"),
    "empty": msg("Bins that run out"),
}
_ASKED = {
    "tours": msg("Press the number of one to look at it"),
    "left": msg("The number of one that was taken out puts it back"),
    "orders": msg("Number, scan or type: takes it out"),
}


def entries(who: Who, page: str, tour: int, first: int, per_page: int, rows: Rows) -> Prompt:
    """A list out of the plan, some at a time."""
    draft = _draft(who)
    count = count_of(who, page, tour)
    pages = plain(f"{first // per_page + 1}/{-(-count // per_page)}" if count > per_page else "")
    name = list(draft.batches)[tour].id if page == "orders" else ""
    verb = msg("Orders of {tour}", tour=name) if page == "orders" else _TITLES[page]
    base = _base(f"plan.{page}", who, HELP, _NEXT_PAGE, _BACK, MORE, last=pages).but(verb=verb)
    if page in _ASKED:
        base = base.but(ask=_ASKED[page])
    part = slice(first, first + per_page)
    if page == "late":
        late = draft.figures.late if draft.figures is not None else ()
        return base.but(what=tuple(_late_line(one, who, rows) for one in late[part]))
    said = _entries(who, page, tour, part, rows)
    if page == "empty":
        return base.but(what=tuple(Line(text, short=text) for text in said))
    return base.but(choices=tuple(map(Choice, said)))


def _entries(who: Who, page: str, tour: int, part: slice, rows: Rows) -> list[Msg]:
    draft = _draft(who)
    match page:
        case "tours":
            return [_tour_line(draft, figures, note) for _, figures, note in list(draft.tours)[part]]
        case "left":
            left = draft.left[part]
            return [msg("{order}: {why}", order=_number(one, rows), why=reason_words(why)) for one, why in left]
        case "empty":
            return [_hint_line(hint) for hint in draft.hints[part]]
    orders = [rows.get(Order, one) for one in orders_of(draft, tour)[part]]
    due = [(order.reference, clock(order.ship_by, who.zone)) for order in orders if order is not None]
    return [msg("{order}  due {time}", order=order, time=time) for order, time in due]


def _hint_line(hint: Hint) -> Msg:
    if hint.where:
        return msg("{bin} {sku}: {n} elsewhere", bin=hint.bin, sku=hint.sku, n=hint.reserve)
    return msg("{bin} {sku}: nothing elsewhere", bin=hint.bin, sku=hint.sku)


def _number(order: str, rows: Rows) -> str:
    row = rows.get(Order, order)
    return row.reference if row is not None else order


def _late_line(late: LateOrder, who: Who, rows: Rows) -> Line:
    number, by, packed = _number(late.order, rows), clock(late.by, who.zone), clock(late.packed, who.zone)
    short = msg("{order} by {by}", order=number, by=by)
    if late.certain:
        return Line(msg("Call {order}: by {by}, packed {packed}", order=number, by=by, packed=packed), Mark.BAD, short)
    return Line(msg("{order} by {by}, packed {packed}", order=number, by=by, packed=packed), short=short)


def _tour_line(draft: WaveDraft, tour: TourFigures, note: TourNote) -> Msg:
    """What matters most stands first: a narrow screen shows no more."""
    wave, _, n = tour.batch.removeprefix("W").partition("-")
    return msg(
        "{tour} {metres} m {slack}, {saved} % less, {n} ord.",
        tour=f"{wave.lstrip('0')}-{n}{'*' if tour.batch in draft.locked else ''}",
        metres=metres(tour.walk_mm),
        slack=msg("late") if tour.late else span(note.due - draft.made - tour.end),
        saved=saved(tour.walk_mm, tour.s_shape_mm),
        n=tour.orders,
    )


def tour(who: Who, index: int) -> Prompt:
    """One tour in figures."""
    draft = _draft(who)
    batch, figures, note = list(draft.tours)[index]
    locked = batch.id in draft.locked
    count = plain(f"{index + 1}/{sum(1 for _ in draft.batches)}")
    keys = (HELP, _NEXT_TOUR, Key("f3", msg("Unlock") if locked else msg("Lock")), _BACK)
    choices = (
        Choice(msg("Its map")),
        Choice(msg_n("Its order", "Its {n} orders", figures.orders)),
        Choice(msg("Unlock it") if locked else msg("Lock it")),
    )
    return _base("plan.tour", who, *keys, last=count).but(
        verb=msg("Tour {tour}, locked", tour=batch.id) if locked else msg("Tour {tour}", tour=batch.id),
        what=tuple(_about(draft, figures, note, who.zone)),
        choices=choices,
    )


def _about(draft: WaveDraft, tour: TourFigures, note: TourNote, zone: str) -> Iterator[Line]:
    length = msg(
        "{metres} m; in an S-shape {plain} m, {saved} % saved",
        metres=metres(tour.walk_mm),
        plain=metres(tour.s_shape_mm),
        saved=saved(tour.walk_mm, tour.s_shape_mm),
    )
    short = msg("{metres} m, {saved} % less", metres=metres(tour.walk_mm), saved=saved(tour.walk_mm, tour.s_shape_mm))
    yield Line(length, short=short)
    yield Line(msg("Orders: {n}, lines: {lines}, pieces: {units}", n=tour.orders, lines=tour.lines, units=tour.units))
    times = f"{clock(draft.made + tour.begin, zone)}-{clock(draft.made + tour.end, zone)}"
    yield Line(msg("{times}, {minutes} min, {picker}", times=times, minutes=-(-tour.seconds // 60), picker=tour.picker))
    if tour.late:
        late = tuple(dict.fromkeys(tour.late))
        names = ", ".join(late[:_NAMED]) + (" ..." if len(late) > _NAMED else "")
        yield Line(msg("Late: {orders}", orders=names), Mark.BAD, msg("Late: {n}", n=len(late)))
    else:
        left = msg("{time} to spare", time=span(note.due - draft.made - tour.end))
        yield Line(left, Mark.DONE, left)
    for load in tour.loads:
        yield Line(load_words(load), short=load_words(load))
    if tour.waits:
        yield Line(msg("Waits {n} s for narrow aisles", n=tour.waits))


def tour_map(who: Who, index: int, first: int) -> Prompt:
    draft, floor = _draft(who), who.planning.floor
    batch, figures, _ = list(draft.tours)[index]
    verb = msg("{tour}: {metres} m, {stops} bins", tour=batch.id, stops=figures.stops, metres=metres(figures.walk_mm))
    base = _base("plan.map", who, HELP, _NEXT_TOUR, Key("down", msg("Further"), msg("On")), _BACK)
    if floor is None:
        return base.but(verb=verb)
    nodes = (floor.node_of(task.place) for task in sorted(batch.tasks, key=lambda task: task.sequence))
    route = tuple(dict.fromkeys(node for node in nodes if node is not None))
    return base.but(verb=verb, target_size=Size.BOLD, drawing=Drawing(floor, route, first))


def _draft(who: Who) -> WaveDraft:
    draft = who.planning.draft
    assert draft is not None  # noqa: S101 - the phase says so
    return draft


def _troubles(planning: Planning) -> tuple[Line, ...]:
    return (Line(planning.trouble, Mark.BAD, planning.trouble),) if planning.trouble.text else ()


def _base(name: str, who: Who, *keys: Key, last: Msg | None = None) -> Prompt:
    made = who.planning.draft.made if who.planning.draft is not None else 0
    when = last if last is not None else plain(clock(made, who.zone) if made else "")
    return Prompt(name, (msg("Plan waves"), when), keys=keys, handbook="plan")

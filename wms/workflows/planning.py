"""Planning waves: short tours are searched for, looked at, changed, and only then released.

Searching goes on beside this work (`Who.planning`); whoever leaves finds the plan here again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from wms.domain.catalogue import Channel
from wms.domain.commands import ReleasePlan
from wms.domain.ids import BatchId, OrderId
from wms.domain.orders import Order
from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.workflows import planning_prompts as prompts
from wms.workflows import resolve as r
from wms.workflows.inputs import Chose, Pressed
from wms.workflows.plan_state import ChangePlan, DropPlan, MakePlan, PlanPhase, StopPlanning
from wms.workflows.planning_words import reason_words
from wms.workflows.prompt import Prompt, info, look, msg, msg_n, ok, plain
from wms.workflows.say import what_it_is
from wms.workflows.workflow import Happening, Step, Who, is_scan

if TYPE_CHECKING:
    from wms.planning.wave_draft import WaveDraft

PER_PAGE = 6


class Page(StrEnum):
    """What is looked at: the plan as a whole, a list out of it, a tour, its orders, its way."""

    PLAN = ""
    TOURS = "tours"
    LATE = "late"
    LEFT = "left"
    EMPTY = "empty"
    TOUR = "tour"
    ORDERS = "orders"
    MAP = "map"


_ABOVE = {Page.TOUR: Page.TOURS, Page.ORDERS: Page.TOUR, Page.MAP: Page.TOUR}


_OF_TOURS = (Page.TOURS, Page.TOUR, Page.ORDERS, Page.MAP)


class Drafting(Record):
    """`first` is the first entry of the list on the screen, or the first row of the map; `tour` the one looked at, by
    index."""

    who: Who
    page: Page = Page.PLAN
    first: int = 0
    tour: int = 0

    @property
    def screen(self) -> str:
        phase = self.who.planning.phase
        if phase is not PlanPhase.SHOWN:
            return f"plan.{phase}" if phase else "plan"
        return f"plan.{self.page or 'shown'}"


class PlanWorkflow:
    """`resume`, `step` and `prompt` of the planning screen."""

    def resume(self, rows: Rows, who: Who, last: Drafting | None = None) -> Drafting:
        draft = who.planning.draft
        if last is None or draft is None:
            return Drafting(who)
        before = last.who.planning.draft
        if before is None or before is draft:
            return replace(last, who=who)
        tour = _same_tour(before, draft, last.tour)
        if last.page in _OF_TOURS and tour is None:
            return Drafting(who)
        return replace(last, who=who, tour=tour or 0, first=last.first if last.page is Page.MAP else 0)

    def prompt(self, state: Drafting, rows: Rows) -> Prompt:
        return _prompt(state, rows)

    def step(self, state: Drafting, happening: Happening, rows: Rows) -> Step[Drafting]:
        draft = state.who.planning.draft
        shown = state.who.planning.phase is PlanPhase.SHOWN
        if is_scan(happening):
            return _scanned(state, draft if shown else None, happening, rows)
        if not shown or draft is None:
            return _before(state, happening)
        if state.page is Page.PLAN:
            return _decided(state, draft, happening, rows)
        if state.page is Page.TOUR:
            return _toured(state, draft, happening)
        if state.page is Page.MAP:
            return _mapped(state, draft, happening)
        return _listed(state, draft, happening, rows)


def _same_tour(before: WaveDraft, draft: WaveDraft, tour: int) -> int | None:
    """The tour that has most of the orders that this one had: tours get other names and turns when one is changed."""
    had = set(prompts.orders_of(before, tour)) if tour < sum(1 for _ in before.batches) else set()
    shared = [(len(had.intersection(batch.orders)), -n) for n, batch in enumerate(draft.batches)]
    most, n = max(shared, default=(0, 0))
    return -n if most else None


def _before(state: Drafting, happening: Happening) -> Step[Drafting]:
    searching = state.who.planning.phase is PlanPhase.SEARCHING
    match happening:
        case Pressed(key="escape"):
            return Step(state, work="board")
        case Chose(index=0):
            return Step(state, planning=StopPlanning() if searching else MakePlan())
    return Step(state)


def _scanned(state: Drafting, draft: WaveDraft | None, code: r.Code, rows: Rows) -> Step[Drafting]:
    """The number of an order takes it out of the plan."""
    order = _order(code, rows)
    if order is None or draft is None:
        return Step(state, said=info(what_it_is(code, rows)))
    if order.id in draft.planned:
        return _taken_out(state, order.id, order.reference)
    why = dict(draft.left).get(order.id, "")
    here = reason_words(why) if why else msg("Not in this plan")
    return Step(state, said=look(msg("Order {order}", order=order.reference), here))


def _order(code: r.Code, rows: Rows) -> Order | None:
    match code:
        case r.OrderScan(order_id=order):
            return rows.get(Order, order)
        case r.Unknown(text=text):
            alike = (rows.where(Order, channel=one.code, reference=text) for one in rows.all(Channel))
            found = [order for orders in alike for order in orders]
            return found[0] if len(found) == 1 else None
    return None


def _taken_out(state: Drafting, order: OrderId, reference: str) -> Step[Drafting]:
    from wms.planning.wave_draft import Change

    said = info(msg("Taken out: {order}", order=reference), msg("It waits for another plan"))
    return Step(state, said=said, planning=ChangePlan(Change(without=(order,))))


def _decided(state: Drafting, draft: WaveDraft, happening: Happening, rows: Rows) -> Step[Drafting]:
    """Nothing but the number, or the card, releases anything: Enter may be a scanner's."""
    match happening:
        case Pressed(key="escape"):
            return Step(state, work="board")
        case Pressed(key="f2") if draft.waves:
            return Step(replace(state, page=Page.TOURS, first=0))
        case Chose(index=index) if index < len(answers := prompts.answers(state.who)):
            match answers[index]:
                case "release":
                    return _released(state, draft, rows)
                case "again":
                    return Step(state, planning=MakePlan())
                case "drop":
                    return Step(state, planning=DropPlan(), said=info(msg("Nothing was released")))
                case page:
                    return Step(replace(state, page=Page(page), first=0))
    return Step(state)


def _released(state: Drafting, draft: WaveDraft, rows: Rows) -> Step[Drafting]:
    from wms.planning.wave_draft import drift

    if not draft.settled:
        return Step(state, said=look(msg("One moment: the plan is being changed")))
    found = drift(rows, state.who.now, state.who.zone, draft)
    tours = sum(1 for _ in draft.batches)
    lines = [msg_n("1 tour released", "{n} tours released", tours)]
    if found.left:
        order, why = found.left[0]
        lines.append(msg_n("1 order does not go:", "{n} orders do not go, the first:", len(found.left)))
        lines.append(msg("{order}: {why}", order=order, why=reason_words(why)))
    said = look(*lines) if found.left else ok(*lines)
    return Step(
        state, (ReleasePlan(draft.waves, draft.left, draft.asked.orders, draft.asked.slots),), said, planning=DropPlan()
    )


def _listed(state: Drafting, draft: WaveDraft, happening: Happening, rows: Rows) -> Step[Drafting]:
    count = prompts.count_of(state.who, state.page, state.tour)
    match happening:
        case Pressed(key="escape"):
            above = _ABOVE.get(state.page, Page.PLAN)
            return Step(replace(state, page=above, first=0))
        case Pressed(key="f2" | "enter" | "down" | "pagedown"):
            return Step(replace(state, first=state.first + PER_PAGE if state.first + PER_PAGE < count else 0))
        case Pressed(key="up" | "pageup"):
            return Step(replace(state, first=max(0, state.first - PER_PAGE)))
        case Chose(index=index) if index < PER_PAGE and state.first + index < count:
            return _chosen(state, draft, state.first + index, rows)
    return Step(state)


def _chosen(state: Drafting, draft: WaveDraft, n: int, rows: Rows) -> Step[Drafting]:
    from wms.planning.wave_draft import TAKEN_OUT, Change

    if state.page is Page.TOURS:
        return Step(replace(state, page=Page.TOUR, tour=n, first=0))
    if state.page is Page.ORDERS:
        order = rows.get(Order, prompts.orders_of(draft, state.tour)[n])
        return _taken_out(replace(state, first=0), order.id, order.reference) if order is not None else Step(state)
    if state.page is Page.LEFT:
        order_id, why = draft.left[n]
        if why == TAKEN_OUT:
            back = Change(put_back=(order_id,))
            return Step(replace(state, first=0), said=info(msg("Back in the plan")), planning=ChangePlan(back))
        row = rows.get(Order, order_id)
        return Step(state, said=info(plain(row.reference if row is not None else order_id), reason_words(why)))
    return Step(state)


def _toured(state: Drafting, draft: WaveDraft, happening: Happening) -> Step[Drafting]:
    tours = [batch.id for batch in draft.batches]
    match happening:
        case Pressed(key="escape"):
            return Step(replace(state, page=Page.TOURS, first=state.tour // PER_PAGE * PER_PAGE))
        case Pressed(key="f2" | "down" | "pagedown"):
            return Step(replace(state, tour=(state.tour + 1) % len(tours)))
        case Pressed(key="up" | "pageup"):
            return Step(replace(state, tour=(state.tour - 1) % len(tours)))
        case Chose(index=0):
            return Step(replace(state, page=Page.MAP, first=0))
        case Chose(index=1):
            return Step(replace(state, page=Page.ORDERS, first=0))
        case Chose(index=2) | Pressed(key="f3"):
            return _turned(state, draft, tours[state.tour])
    return Step(state)


def _turned(state: Drafting, draft: WaveDraft, tour: BatchId) -> Step[Drafting]:
    from wms.planning.wave_draft import Change

    if tour in draft.locked:
        return Step(
            state,
            said=info(msg("{tour} may change again", tour=tour)),
            planning=ChangePlan(Change((), (), (), (tour,))),
        )
    said = info(msg("{tour} stays as it is", tour=tour), msg("Planning again changes the others only"))
    return Step(state, said=said, planning=ChangePlan(Change(lock=(tour,))))


def _mapped(state: Drafting, draft: WaveDraft, happening: Happening) -> Step[Drafting]:
    tours = sum(1 for _ in draft.batches)
    match happening:
        case Pressed(key="escape" | "enter"):
            return Step(replace(state, page=Page.TOUR, first=0))
        case Pressed(key="f2"):
            return Step(replace(state, tour=(state.tour + 1) % tours, first=0))
        case Pressed(key="down" | "pagedown"):
            return Step(replace(state, first=state.first + 1))
        case Pressed(key="up" | "pageup"):
            return Step(replace(state, first=max(0, state.first - 1)))
    return Step(state)


def _prompt(state: Drafting, rows: Rows) -> Prompt:
    who = state.who
    match who.planning.phase:
        case PlanPhase.SEARCHING:
            return prompts.searching(who)
        case PlanPhase.NONE:
            return prompts.nothing_yet(who, rows)
    match state.page:
        case Page.PLAN:
            return prompts.shown(who)
        case Page.TOUR:
            return prompts.tour(who, state.tour)
        case Page.MAP:
            return prompts.tour_map(who, state.tour, state.first)
    return prompts.entries(who, state.page, state.tour, state.first, PER_PAGE, rows)

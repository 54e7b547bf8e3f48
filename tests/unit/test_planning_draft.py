"""Drafts of plans: orders taken out and put back, tours locked, what became otherwise since."""

from __future__ import annotations

import pytest

from tests.unit import planned
from tests.unit.floor import RICE, SOAP, SOAP_BIN, TEA, TEA_BIN, TEA_RESERVE, Floor, a_warehouse
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.waves import LeftOut
from wms.planning.earlier import Earlier
from wms.planning.wave_draft import TAKEN_OUT, Asked, Change, NotInDraft, WaveDraft, changed, drafted, drift
from wms.planning.wave_search import Searched, Unsearched

ZONE = "Asia/Shanghai"


@pytest.fixture
def floor() -> Floor:
    """Seven orders, three to a cart."""
    floor = a_warehouse(percent=0)
    floor.say(e.WaveRulesSet("[cart]\nslots = 3\n"))
    for n in range(7):
        floor.order(f"web-{n}", ((RICE, TEA, SOAP)[n % 3], 1), (TEA, 1), hours=24 + n)
    return floor


def draft_of(floor: Floor, before: WaveDraft | None = None, **how) -> WaveDraft:
    effort = how.pop("effort", Searched())
    return drafted(floor.rows, floor.now, ZONE, 1, Asked(), effort, before, **how)


def carts(draft: WaveDraft) -> list[set[str]]:
    return [set(batch.orders) for batch in draft.batches]


def test_what_is_taken_out_is_out_at_once_and_the_rest_as_it_was(floor):
    draft = draft_of(floor)
    batch = next(batch for batch in draft.batches if len(batch.orders) == 3)
    first, second, third = batch.orders
    after = changed(draft, Change(without=(second,)))
    (rest,) = [one for one in after.batches if one.id == batch.id]
    assert rest.orders == (first, third)
    assert [(task.order, task.slot) for task in rest.tasks] == [
        (task.order, {1: 1, 3: 2}[task.slot]) for task in batch.tasks if task.order != second
    ]
    assert (second, TAKEN_OUT) in after.left
    assert [one for one in after.batches if one.id != batch.id] == [one for one in draft.batches if one.id != batch.id]
    assert after.settled


def test_a_tour_with_nothing_left_on_it_goes_with_its_figures(floor):
    draft = draft_of(floor)
    batch = next(draft.batches)
    after = changed(changed(draft, Change(lock=(batch.id,))), Change(without=batch.orders))
    assert len(list(after.tours)) == len(list(draft.tours)) - 1
    assert all(one.id == figures.batch == note.batch for one, figures, note in after.tours)
    assert after.locked == ()
    events = floor.must(c.ReleasePlan(after.waves, after.left))
    assert floor.status(batch.orders[0]) == "ready"
    assert floor.rows.get(LeftOut, batch.orders[0]).reason == TAKEN_OUT
    assert len([event for event in events if isinstance(event, e.OrdersLeft)]) == 1


def test_what_is_put_back_is_planned_again_without_touching_the_carts(floor):
    draft = draft_of(floor)
    some = next(batch for batch in draft.batches if len(batch.orders) == 3).orders[0]
    out = changed(draft, Change(without=(some,)))
    floor.order("new", (TEA, 1))
    back = changed(out, Change(put_back=(some,)))
    assert not back.settled
    again = draft_of(floor, back, effort=Unsearched(), more=False)
    assert again.settled
    assert sorted(map(sorted, carts(again))) == sorted(map(sorted, carts(draft)))
    assert "new" in draft_of(floor, again).planned


def test_locked_tours_keep_their_orders_and_bins_whatever_comes(floor):
    draft = draft_of(floor)
    lone = min(draft.batches, key=lambda batch: len(batch.orders))
    assert len(lone.orders) < 3
    marked = changed(draft, Change(lock=(lone.id,)))
    alike = [(task.sku, task.quantity) for task in lone.tasks if task.order == lone.orders[0]]
    floor.order("alike", *alike, hours=26)  # alone on a cart, where it might share the locked one
    again = draft_of(floor, marked)
    (kept,) = [batch for batch in again.batches if batch.id in again.locked]
    assert kept.orders == lone.orders
    assert {(task.place, task.lot) for task in kept.tasks} == {(task.place, task.lot) for task in lone.tasks}
    assert len(again.planned) == 8
    loose = draft_of(floor, changed(again, Change(unlock=(kept.id,))))
    assert loose.locked == ()


def test_goods_are_taken_where_the_plan_before_took_them(floor):
    draft = draft_of(floor)
    task = next(draft.batches).tasks[0]
    far = Earlier(draft.waves).far(task.order, lambda place, others: 7)
    assert (far(task.place, ()), far("Z-99", ())) == (0, 8)


def test_a_large_order_on_several_carts_goes_on_from_its_own_carts(floor):
    floor.say(e.WaveRulesSet("[cart]\nslots = 3\nkg = 6\n"))
    floor.order("large", (RICE, 2), (TEA, 3))
    draft = draft_of(floor)
    mine = [batch for batch in draft.batches if "large" in batch.orders]
    assert len(mine) > 1
    again = draft_of(floor, draft, effort=Unsearched())
    assert sorted(map(sorted, carts(again))) == sorted(map(sorted, carts(draft)))
    wanted, taken = planned.wanted_and_picked(floor.rows, again.waves)
    assert wanted == taken


def test_nothing_has_changed_until_something_has(floor):
    draft = draft_of(floor)
    assert not drift(floor.rows, floor.now, ZONE, draft).any
    floor.cancel("web-1")
    floor.order("new", (TEA, 1))
    found = drift(floor.rows, floor.now, ZONE, draft)
    assert (found.left, found.new, found.moved, found.rules) == ((("web-1", "not_waiting"),), ("new",), (), False)
    floor.say(e.StockAdjusted(SOAP, "", SOAP_BIN, -floor.stock(SOAP_BIN, SOAP), "count"))
    found = drift(floor.rows, floor.now, ZONE, draft)
    assert dict(found.left) == {"web-1": "not_waiting", "web-2": "no_stock:SOAP:1", "web-5": "no_stock:SOAP:1"}
    assert found.any


def test_orders_that_are_picked_elsewhere_now_are_named(floor):
    draft = draft_of(floor)
    here = {task.place for batch in draft.batches for task in batch.tasks if task.sku == TEA}
    assert here <= {TEA_BIN, TEA_RESERVE}
    gone = min(here)
    floor.say(e.StockAdjusted(TEA, "", gone, -floor.stock(gone, TEA), "count"))
    moved = {task.order for batch in draft.batches for task in batch.tasks if task.place == gone}
    found = drift(floor.rows, floor.now, ZONE, draft)
    assert set(found.moved) | {order for order, _ in found.left} >= moved
    assert found.any


def test_only_what_is_in_the_draft_can_be_changed(floor):
    draft = draft_of(floor)
    floor.order("new", (TEA, 1))
    for change in (
        Change(without=("new",)),
        Change(put_back=("web-1",)),
        Change(lock=("W0099-01",)),
        Change(unlock=("W0099-01",)),
        Change(unlock=(next(draft.batches).id,)),
    ):
        with pytest.raises(NotInDraft):
            changed(draft, change)
    out = changed(draft, Change(without=("web-1",)))
    assert changed(out, Change(without=("web-1",))) == out


def test_what_is_raised_while_it_is_told_ends_a_search(floor, monkeypatch):
    monkeypatch.setattr("wms.planning.solve.has_compiled", lambda: False)

    def progress(seconds: float, best: int, start: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draft_of(floor, effort=Searched(seconds=5, progress=progress))

"""Each conflict: what the supervisor reads, what each way out does, and that nothing is lost by any of them."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from tests.unit.floor import (
    CHEN,
    ENGLISH,
    LABELS,
    LANE,
    LI,
    RETURNS,
    SOAP,
    TEA,
    TEA_BIN,
    TEA_CODE,
    ZHAO,
    Floor,
    Worker,
    a_courier_is_here,
    a_packer,
    a_packer_with_a_tote,
    a_picker,
    a_picker_on_a_walk,
    a_warehouse,
    packed,
    picked,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.events import Fact
from wms.domain.mending import CountTask, PutBack, Surplus
from wms.domain.orders import OrderLine
from wms.domain.projections import apply
from wms.domain.review import Review
from wms.domain.stock import Stock
from wms.domain.waves import Batch, PickTask, Slot
from wms.workflows.handling import Refused
from wms.workflows.prompt import Tone
from wms.workflows.reviews import decisions, facts, sentence
from wms.workflows.supervising import SuperviseWorkflow

SAY = ENGLISH.say


@pytest.fixture
def floor() -> Floor:
    warehouse = a_warehouse()
    warehouse.say(e.PersonDefined(Person(CHEN, "Chen", "supervisor", "en")))
    return warehouse


def replayed(said: list[Fact]) -> Floor:
    """The picture of a node that holds these facts in this order."""
    again = Floor()
    again.facts = said
    for fact in said:
        apply(again.rows, fact)
    again._count.update(dict.fromkeys(("OFFICE", "T1", "T2", "T3"), 1000))  # keys are not used twice
    return again


def away(floor: Floor) -> Floor:
    """A terminal that walks into a dead zone with what it knows."""
    return replayed(list(floor.facts))


def news(of: Floor, since: Floor) -> list[Fact]:
    return of.facts[len(since.facts) :]


def a_supervisor(floor: Floor) -> Worker:
    return Worker(floor, SuperviseWorkflow(), CHEN, "OFFICE")


def review(floor: Floor, kind: str) -> Review:
    (found,) = [one for one in floor.rows.where(Review, open=True) if one.kind == kind]
    return found


def case(floor: Floor, kind: str) -> list[str]:
    found = review(floor, kind)
    return [SAY(sentence(found, floor.rows)), *map(SAY, facts(found, floor.rows))]


def ways(floor: Floor, kind: str) -> list[str]:
    return [SAY(way.label) for way in decisions(review(floor, kind), floor.rows)]


def decide(floor: Floor, kind: str, label: str) -> None:
    """At the board, as a supervisor does."""
    chen = a_supervisor(floor)
    index = [need.kind for need in chen.state.needs].index(kind)
    for _ in range(index):
        chen.press("down")
    chen.press("enter").choose(ways(floor, kind).index(label))
    assert chen.tone is Tone.OK, chen.says


def in_the_books(floor: Floor) -> None:
    assert floor.in_balance()
    for line in floor.rows.all(OrderLine):
        assert 0 <= line.packed <= line.picked <= line.quantity
    over = {(s.place, s.sku): s.quantity for s in floor.rows.all(Surplus)}
    for (place, sku), units in over.items():
        assert sum(s.quantity for s in floor.rows.where(Stock, place=place) if s.sku == sku) >= units


# (a) picked twice, because the lease was lost


def both_pick(floor: Floor, *lines: tuple[str, int]) -> tuple[list[Fact], list[Fact]]:
    """Li picks offline what the hub gave to Zhao meanwhile. Her facts and his, and the floor as the hub knew it."""
    a_picker_on_a_walk(floor, *lines)
    li = away(floor)
    a_picker(li).go_on(until="pick.drop").scan(LANE)
    hers = news(li, floor)
    floor.must(c.ReassignBatch(floor.rows.all(Batch)[0].id, ZHAO))
    zhao = away(floor)
    worker = a_picker(zhao, ZHAO, "T2")
    while worker.screen != "pick.drop":
        worker.scan("TOTE-009" if worker.screen == "pick.tote" else worker.prompt.expects[0])
        assert worker.tone is Tone.OK, worker.says
    worker.scan(LANE)
    return hers, news(zhao, floor)


@pytest.mark.parametrize("first", [0, 1])
def test_the_second_to_arrive_is_too_many_and_lies_in_its_tote(floor, first):
    streams = both_pick(floor, (TEA, 3))
    hub = replayed([*floor.facts, *streams[first], *streams[1 - first]])
    task = hub.rows.all(PickTask)[0]
    assert (hub.line("web-1").picked, task.put, task.taken) == (3, 3, 3)
    late, tote = ((ZHAO, "TOTE-009"), (LI, "TOTE-001"))[first]
    (over,) = hub.rows.all(Surplus)
    assert (over.person, over.place, over.quantity) == (late, tote, 3)
    assert (hub.stock("TOTE-001"), hub.stock("TOTE-009"), hub.stock(TEA_BIN), hub.promised(TEA_BIN)) == (3, 3, 14, 0)
    name, device = ("Zhao", "T2") if late == ZHAO else ("李雷", "T1")
    assert case(hub, "over_pick") == [
        "3 x Green tea too many for order web-1",
        f"By {name} at {device}",
        f"3 in {tote}",
        "From bin A-02-1-1",
    ]
    in_the_books(hub)


def test_every_interleaving_caps_the_line_and_loses_nothing(floor):
    hers, his = both_pick(floor, (TEA, 2))
    length = len(hers) + len(his)
    placings = list(combinations(range(length), len(hers)))
    for hers_at in placings[:: max(len(placings) // 80, 1)]:
        left, right = iter(hers), iter(his)
        hub = replayed([*floor.facts, *(next(left if n in hers_at else right) for n in range(length))])
        assert hub.line("web-1").picked == 2
        assert sum(row.quantity for row in hub.rows.all(Surplus)) == 2
        assert sum(hub.stock(place) for place in ("TOTE-001", "TOTE-009")) == 4
        in_the_books(hub)


def known_as_too_many(floor: Floor) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in floor.rows.all(Surplus):
        found[row.place] = found.get(row.place, 0) + row.quantity
    return found


def test_what_the_holder_of_a_walk_puts_after_the_order_was_packed_is_too_many_where_it_lies(floor):
    """A bench packed two of four units before anybody at the hub knew of the holder's."""
    a_picker_on_a_walk(floor, (TEA, 2))
    (task,), (walk,) = floor.tasks("web-1"), floor.rows.all(Batch)
    floor.say(e.ToteAssigned(walk.id, 1, "TOTE-001", walk.since), person=LI, device="T1")
    floor.say(e.UnitsTaken(task.id, 2, "", walk.since), person=LI, device="T1")
    for body in (e.UnitsTaken(task.id, 2, "", walk.since), e.UnitsPut(task.id, 2, "TOTE-001", walk.since)):
        floor.say(body, person=ZHAO, device="T9")
    assert known_as_too_many(floor) == {"TOTE-001": 2}
    floor.say(
        e.PackingStarted("web-1", "web-1/1"),
        e.UnitsPacked("web-1/1", 1, TEA, "", "TOTE-001", 2),
        e.PackingVerified("web-1"),
        device="T2",
    )
    assert known_as_too_many(floor) == {}
    floor.say(e.UnitsPut(task.id, 2, "TOTE-001", walk.since), person=LI, device="T1")
    assert (floor.line("web-1").picked, floor.stock("TOTE-001"), known_as_too_many(floor)) == (2, 2, {"TOTE-001": 2})
    assert f"over_pick/{task.id},{LI}" in floor.reviews()
    in_the_books(floor)


def test_what_one_order_owes_a_tote_hides_nothing_of_another(floor):
    floor.order("web-1", (TEA, 2))
    floor.order("web-2", (TEA, 2))
    floor.release()
    floor.say(e.PackingStarted("web-1", "web-1/1"), e.UnitsPacked("web-1/1", 1, TEA, "", "TOTE-009", 2), device="T2")
    (task,) = floor.tasks("web-2")
    floor.say(e.UnitsTaken(task.id, 2, ""), e.UnitsPut(task.id, 2, "TOTE-001"), person=LI, device="T1")
    floor.say(e.UnitsTaken(task.id, 2, ""), e.UnitsPut(task.id, 2, "TOTE-009"), person=ZHAO, device="T3")
    assert (floor.stock("TOTE-009"), known_as_too_many(floor)) == (0, {"TOTE-009": 2})


@pytest.mark.parametrize("bench_saw", ["hers", "his"])
def test_whatever_comes_back_first_after_a_restore_the_surplus_is_where_it_lies(floor, bench_saw):
    """Two picked, a bench packed what one of them put; the hub lost all of it and gets it back in any order."""
    hers, his = both_pick(floor, (TEA, 2))
    known = [fact for fact in floor.facts if bench_saw == "his" or not isinstance(fact.body, e.BatchReassigned)]
    seen, tote = (hers, "TOTE-001") if bench_saw == "hers" else (his, "TOTE-009")
    bench = replayed([*known, *seen])
    begun = len(bench.facts)
    packed(bench, tote)
    streams = (hers, his, bench.facts[begun:])
    turns = [n for n, stream in enumerate(streams) for _ in stream]
    chance = random.Random(7)
    for _ in range(150):
        chance.shuffle(turns)
        left = [iter(stream) for stream in streams]
        hub = replayed([*floor.facts, *(next(left[n]) for n in turns)])
        assert (hub.line("web-1").picked, hub.line("web-1").packed) == (2, 2)
        over = known_as_too_many(hub)
        assert (sum(over.values()), over) == (2, {p: n for p in ("TOTE-001", "TOTE-009") if (n := hub.stock(p))})
        in_the_books(hub)


def over_picked(floor: Floor) -> Floor:
    hers, his = both_pick(floor, (TEA, 3))
    return replayed([*floor.facts, *his, *hers])


def test_a_put_back_walks_somebody_to_the_bin(floor):
    hub = over_picked(floor)
    assert ways(hub, "over_pick") == [
        "Put-back task",
        "Back in its bin",
        "Gone: book it off",
    ]
    decide(hub, "over_pick", "Put-back task")
    assert "Put-back under way: 0 of 3" in case(hub, "over_pick")
    assert "Put-back task" not in ways(hub, "over_pick")
    (asked,) = hub.rows.all(PutBack)
    assert (asked.asked_by, asked.source, asked.target, asked.quantity) == (CHEN, "TOTE-001", TEA_BIN, 3)
    zhao = a_picker(hub, ZHAO, "T3")
    assert (zhao.screen, zhao.shows[-1]) == ("pick.cart", "1 errand waits: F2")
    zhao.press("f2")
    assert (zhao.screen, zhao.prompt.target) == ("errand.source", "TOTE-001")
    zhao.scan("TOTE-009")
    assert (zhao.tone, zhao.says) == (Tone.NO, ["This is tote TOTE-009", "Go to TOTE-001"])
    zhao.scan("TOTE-001").restart()
    assert (zhao.screen, zhao.prompt.target) == ("errand.bin", TEA_BIN)
    zhao.scan(LABELS[TEA_BIN], TEA_CODE, TEA_CODE)
    assert (zhao.screen, zhao.prompt.target) == ("errand.item", "1")
    zhao.scan(TEA_CODE)
    assert (zhao.screen, hub.stock(TEA_BIN), hub.stock("TOTE-001"), hub.reviews()) == ("pick.cart", 17, 0, set())
    assert hub.rows.get(Review, f"over_pick/{asked.task},{LI}").decision == "put back"
    in_the_books(hub)


@pytest.mark.parametrize(("label", "in_bin", "lost"), [("Back in its bin", 17, 0), ("Gone: book it off", 14, 3)])
def test_what_needs_no_walk_is_booked_by_the_supervisor(floor, label, in_bin, lost):
    hub = over_picked(floor)
    decide(hub, "over_pick", label)
    assert (hub.stock(TEA_BIN), hub.stock("@count"), hub.stock("TOTE-001")) == (in_bin, lost, 0)
    (settled,) = hub.said_by(e.SurplusSettled)
    assert next(fact.person for fact in hub.facts if fact.body == settled) == CHEN
    assert (hub.rows.all(Surplus), hub.reviews()) == ([], set())
    in_the_books(hub)


def test_what_one_missed_and_the_other_had_makes_the_order_whole(floor):
    a_picker_on_a_walk(floor, (TEA, 3))
    li = away(floor)
    a_picker(li).go_on(until="pick.drop").scan(LANE)
    hers = news(li, floor)
    floor.say(e.StockAdjusted(TEA, "", "A-09-1-1", -5, "none elsewhere"))
    floor.must(c.ReassignBatch(floor.rows.all(Batch)[0].id, ZHAO))
    a_picker(floor, ZHAO, "T2").scan(LABELS[TEA_BIN]).press("f2").choose(0).enter("0").press("enter")
    assert floor.status("web-1") == "short"
    hub = replayed([*floor.facts, *hers])
    assert (hub.status("web-1"), hub.line("web-1").picked, hub.line("web-1").short) == ("picked", 3, 0)
    assert "order_short/web-1" not in hub.reviews()
    assert [slot.tote for slot in hub.rows.all(Slot) if slot.aside and slot.dropped] == ["TOTE-001"]
    in_the_books(hub)


def test_surplus_fills_what_turned_out_short_at_the_bench(floor):
    hub = over_picked(floor)
    packer = a_packer(hub, "T2").scan("TOTE-009")
    hub.must(c.ReportMissing("web-1", TEA, 1, damaged=True), LI, "T2")
    assert hub.status("web-1") == "short"
    assert ways(hub, "over_pick")[0] == "Use for the order"
    decide(hub, "over_pick", "Use for the order")
    assert (hub.status("web-1"), hub.line("web-1").picked) == ("picked", 3)
    assert sum(row.quantity for row in hub.rows.all(Surplus)) == 2
    packer.look_again().scan("TOTE-001").go_on(until="pack.tote")
    assert hub.status("web-1") == "packed"
    assert sum(row.quantity for row in hub.rows.all(Surplus)) == 2  # in whichever tote they are left
    in_the_books(hub)


# (b) cancelled after it was picked


def test_a_cancelled_order_is_put_back_from_its_tote(floor):
    floor.order("web-1", (TEA, 2), (SOAP, 1))
    picked(floor)
    floor.cancel("web-1")
    assert case(floor, "cancelled_in_work")[1:] == [
        "By Chen at OFFICE",
        "TOTE-001: 1 x Soap",
        "TOTE-001: 2 x Green tea",
    ]
    decide(floor, "cancelled_in_work", "Put-back task")
    worker = a_picker(floor, ZHAO, "T3").press("f2")
    while worker.screen.startswith("errand") or worker.press("f2").screen.startswith("errand"):
        worker.scan(worker.prompt.expects[0])
        assert worker.tone is Tone.OK, worker.says
    assert (floor.status("web-1"), floor.stock(TEA_BIN), floor.stock("B-01-1-1", SOAP)) == ("cancelled", 20, 10)
    assert floor.reviews() == set()
    assert not [slot for slot in floor.rows.all(Slot) if slot.tote]


def test_an_order_that_was_cancelled_by_mistake_is_sent_after_all(floor):
    floor.order("web-1", (TEA, 2))
    picked(floor)
    floor.cancel("web-1")
    decide(floor, "cancelled_in_work", "Send it after all")
    packed(floor)
    assert (floor.status("web-1"), floor.reviews()) == ("packed", set())


def test_an_order_of_which_something_is_missing_is_not_sent_after_all(floor):
    a_picker_on_a_walk(floor, (TEA, 1), (SOAP, 1)).scan(LABELS[TEA_BIN], TEA_CODE, "TOTE-001")
    floor.cancel("web-1")
    assert "Send it after all" not in ways(floor, "cancelled_in_work")
    assert isinstance(floor.do(c.ResumeOrder("web-1")), Refused)


def test_goods_on_the_returns_shelf_are_put_back_from_there(floor):
    floor.order("web-1", (TEA, 2))
    picked(floor)
    floor.cancel("web-1")
    a_packer(floor).scan("TOTE-001", RETURNS)
    assert case(floor, "put_back")[-1] == "The goods are on RET-1"
    decide(floor, "put_back", "Put-back task")
    a_picker(floor).press("f2").scan(RETURNS, LABELS[TEA_BIN], TEA_CODE, TEA_CODE)
    assert (floor.stock(RETURNS), floor.stock(TEA_BIN), floor.reviews()) == (0, 20, set())


def test_an_errand_ends_when_the_bench_was_faster(floor):
    floor.order("web-1", (TEA, 2))
    picked(floor)
    floor.cancel("web-1")
    decide(floor, "cancelled_in_work", "Put-back task")
    a_packer(floor).scan("TOTE-001", RETURNS)
    assert not floor.rows.where(PutBack, open=True)


def test_two_who_walk_the_same_errand_book_it_once(floor):
    hub = over_picked(floor)
    decide(hub, "over_pick", "Put-back task")
    streams = []
    for badge, device in ((LI, "T1"), (ZHAO, "T3")):
        node = away(hub)
        a_picker(node, badge, device).press("f2").scan("TOTE-001", LABELS[TEA_BIN], TEA_CODE, TEA_CODE, TEA_CODE)
        streams.append(news(node, hub))
    both = replayed([*hub.facts, *streams[0], *streams[1]])
    assert (both.stock(TEA_BIN), both.stock("TOTE-001")) == (17, 0)
    assert review(both, "count_race").subject == f"{TEA_BIN},{TEA},"
    in_the_books(both)


# (c) one number on two parcels


def two_parcels_one_number(floor: Floor) -> None:
    for order in ("web-1", "web-2"):
        floor.order(order, (TEA, 1))
    picked(floor)
    packed(floor, "TOTE-001", "TOTE-002")
    number = floor.parcel("web-1").waybill
    floor.say(e.WaybillAssigned("web-2/1", "SF", number, "SF-51", 51), e.LabelVerified("web-2/1"), device="T2")
    floor.say(e.ParcelStaged("web-2/1", "SHIP-SF"), device="T2")


def test_one_of_two_parcels_with_one_number_gets_a_new_one(floor):
    two_parcels_one_number(floor)
    number = floor.parcel("web-1").waybill
    assert case(floor, "waybill_twice")[-2:] == ["Parcel web-1/1: staged, SHIP-SF", "Parcel web-2/1: staged, SHIP-SF"]
    assert ways(floor, "waybill_twice") == [
        "Relabel web-2/1",
        "Relabel web-1/1",
        "Only one was used",
    ]
    decide(floor, "waybill_twice", "Relabel web-2/1")
    assert (floor.parcel("web-2").waybill, floor.status("web-2")) == ("", "picked")
    packer = a_packer(floor).scan("web-2")
    assert packer.screen in ("pack.weigh", "pack.carton")
    packer.go_on(until="pack.tote")
    fresh = floor.parcel("web-2").waybill
    assert fresh != number
    assert (floor.parcel("web-1").waybill, floor.status("web-2"), floor.reviews()) == (number, "packed", set())


def test_the_number_may_stay_with_the_other_one(floor):
    two_parcels_one_number(floor)
    number = floor.parcel("web-1").waybill
    decide(floor, "waybill_twice", "Relabel web-1/1")
    courier = a_courier_is_here(floor)
    courier.scan(number)
    assert (floor.parcel("web-2").status, floor.parcel("web-1").status) == ("loaded", "open")


def test_a_parcel_that_has_gone_keeps_its_number(floor):
    two_parcels_one_number(floor)
    a_courier_is_here(floor).scan(floor.parcel("web-1").waybill)
    assert ways(floor, "waybill_twice") == ["Relabel web-2/1", "Only one was used"]
    revoke = c.RevokeNumber("web-1/1", floor.parcel("web-1").waybill, "web-2/1", "x")
    assert isinstance(floor.do(revoke), Refused)


# (d) a count against a movement


def test_a_movement_while_somebody_counted_is_told_and_counted_again(floor):
    counting = away(floor)
    counting.must(c.AdjustStock(TEA, "", TEA_BIN, -2, "counted"), CHEN, "T3")
    floor.must(c.MoveStock(TEA, "", 5, TEA_BIN, "A-09-1-1"))
    hub = replayed([*floor.facts, *news(counting, away(a_floor_of(counting, 1)))])
    assert case(hub, "count_race") == [
        "A-02-1-1: Green tea moved while it was counted",
        "By Chen at T3",
        "Chen counted 18 where 20 were booked",
        "The hub had 15 by then",
        "Booked there now: 13 x Green tea",
    ]
    decide(hub, "count_race", "Count task")
    assert [one.place for one in hub.rows.where(CountTask, open=True)] == [TEA_BIN]
    li = a_picker(hub).press("f2")
    assert (li.screen, li.prompt.target) == ("errand.bin", TEA_BIN)
    li.scan(LABELS[TEA_BIN])
    assert li.screen == "errand.count"
    li.enter("15")
    assert (hub.stock(TEA_BIN), hub.reviews(), li.screen) == (15, set(), "pick.cart")
    in_the_books(hub)


def a_floor_of(node: Floor, less: int) -> Floor:
    return replayed(node.facts[:-less])


def test_a_count_with_nothing_in_between_raises_nothing(floor):
    floor.must(c.AdjustStock(TEA, "", TEA_BIN, -2, "counted"))
    assert (floor.stock(TEA_BIN), floor.reviews()) == (18, set())


def test_the_books_may_be_kept_as_they_are(floor):
    floor.say(e.StockCounted(TEA, "", TEA_BIN, 7, 9))
    assert floor.stock(TEA_BIN) == 18
    decide(floor, "count_race", "Keep the books")
    assert (floor.stock(TEA_BIN), floor.reviews()) == (18, set())


# (e) two at one order


def test_the_totes_of_two_pickers_come_together(floor):
    a_picker_on_a_walk(floor, (TEA, 1), (SOAP, 1))
    li = away(floor)
    a_picker(li).scan(LABELS[TEA_BIN], TEA_CODE, "TOTE-001")
    floor.must(c.ReassignBatch(floor.rows.all(Batch)[0].id, ZHAO))
    hub = replayed([*floor.facts, *news(li, a_floor_of(floor, 1))])
    zhao = a_picker(hub, ZHAO, "T2").scan(LABELS["B-01-1-1"], "9520000000035", "TOTE-009")
    assert (zhao.tone, zhao.screen) == (Tone.OK, "pick.drop")
    zhao.scan(LANE)
    assert case(hub, "two_pickers") == [
        "Order web-1 was picked by two: it has two totes",
        "By 李雷 at T1",
        "TOTE-009 of Zhao: at the packing lane",
        "TOTE-001 of 李雷: still on the cart",
    ]
    assert a_packer(hub, "T3").scan("TOTE-009").says[0] == "Not all here: TOTE-001 is still on the walk"
    decide(hub, "two_pickers", "All totes are here")
    packed(hub, "TOTE-009")
    assert (hub.status("web-1"), hub.reviews()) == ("packed", set())
    in_the_books(hub)


def test_one_of_two_benches_goes_on(floor):
    a_packer_with_a_tote(floor, (TEA, 2))
    floor.say(e.PackingStarted("web-1", "web-1/1"), person=ZHAO, device="T9")
    assert case(floor, "packed_twice")[-1] == "At the benches T2, T9"
    assert ways(floor, "packed_twice") == ["T2 goes on", "T9 goes on", "Done"]
    decide(floor, "packed_twice", "T2 goes on")
    a_packer(floor).go_on(until="pack.tote")
    assert (floor.status("web-1"), floor.reviews()) == ("packed", set())


def test_a_copy_of_a_bench_is_another_bench(floor):
    a_packer_with_a_tote(floor, (TEA, 2))
    floor.say(e.PackingStarted("web-1", "web-1/1"), person=ZHAO, device="T2", epoch=2)
    assert case(floor, "packed_twice")[-1] == "At T2 and at a copy of it"
    assert ways(floor, "packed_twice") == ["T2 goes on", "Done"]
    decide(floor, "packed_twice", "T2 goes on")
    floor.say(e.PackingStarted("web-1", "web-1/1"), person=ZHAO, device="T2", epoch=1)
    assert floor.reviews() == set(), "the supervisor has said who goes on"


def test_a_bench_that_goes_on_in_another_life_is_the_same_bench(floor):
    bench = a_packer_with_a_tote(floor, (TEA, 2))
    bench.press("escape")
    floor.say(e.PackingSetAside("web-1"), device="T2", epoch=2)
    floor.say(e.PackingStarted("web-1", "web-1/1"), device="T2", epoch=2)
    floor.say(e.PackingStarted("web-1", "web-1/1"), device="T2", epoch=2)
    assert floor.reviews() == set()


def test_a_copy_that_goes_on_with_a_job_it_takes_for_its_own_is_told_when_more_is_packed_than_there_is(floor):
    a_packer_with_a_tote(floor, (TEA, 2)).scan(TEA_CODE)
    floor.say(e.UnitsPacked("web-1/1", 1, TEA, "", "TOTE-001", 1), device="T2", epoch=2)
    assert "packed_twice/web-1" not in floor.reviews(), "it may be the same bench in its next life"
    floor.say(e.UnitsPacked("web-1/1", 1, TEA, "", "TOTE-001", 1), device="T2", epoch=2)
    assert case(floor, "packed_twice")[-1] == "At T2 and at a copy of it"


@pytest.mark.parametrize("bench", [("T9", 1), ("T2", 2)])
def test_an_order_that_is_packed_is_begun_by_nobody_who_knows_it(floor, bench):
    floor.order("web-1", (TEA, 2))
    picked(floor)
    packed(floor, "TOTE-001")
    floor.say(e.PackingStarted("web-1", "web-1/1"), person=ZHAO, device=bench[0], epoch=bench[1])
    assert case(floor, "packed_twice")[1:] == [f"By Zhao at {bench[0]}", "Parcel web-1/1: staged, SHIP-SF"]
    assert ways(floor, "packed_twice") == ["Done"]


# (f) what can't be read, (g) copies


def test_a_message_that_cannot_be_read_is_mended_by_hand(floor):
    floor.say(e.FactUnreadable("UnitsThrown", '{"far": 3}'), person=LI, device="T1")
    assert case(floor, "unreadable")[0] == "A message of T1 can't be read: UnitsThrown"
    chen = a_supervisor(floor).press("enter").choose(0)
    assert chen.screen == "board.reason"
    chen.enter("it was a test")
    assert floor.reviews() == set()
    assert floor.rows.all(Review)[0].decision == "it was a test"


def test_two_copies_of_a_terminal_have_the_bins_of_their_walk_counted(floor):
    a_picker_on_a_walk(floor, (TEA, 2), (SOAP, 1))
    floor.say(e.ReviewRaised("two_copies", "T1"))
    assert ways(floor, "two_copies") == ["Copy switched off", "Count its bins"]
    decide(floor, "two_copies", "Count its bins")
    assert {one.place for one in floor.rows.where(CountTask, open=True)} == {TEA_BIN, "B-01-1-1"}
    decide(floor, "two_copies", "Copy switched off")
    assert floor.reviews() == set()


# Walks on the board


def test_a_supervisor_gives_a_walk_to_a_picker_at_work(floor):
    a_picker_on_a_walk(floor, (TEA, 2))
    floor.say(e.SignedIn(LI, "pick"), person=LI, device="T1")
    floor.say(e.SignedIn(ZHAO, "pick"), person=ZHAO, device="T2")
    chen = a_supervisor(floor).press("f2").press("f2")
    assert chen.screen == "board.walks"
    assert [SAY(choice.label) for choice in chen.prompt.choices] == ["W0001-01  李雷  0/1"]
    chen.choose(0)
    assert chen.shows[:4] == [
        "W0001-01 Food",
        "With 李雷 at T1, cart CART-1",
        "0 of 1 lines",
        "The lease ends in 239 min",
    ]
    assert [SAY(choice.label) for choice in chen.prompt.choices] == ["To the next picker", "To Zhao"]
    chen.choose(1)
    batch = floor.rows.all(Batch)[0]
    assert (chen.tone, batch.person, batch.fence) == (Tone.OK, ZHAO, 2)
    chen.press("escape")
    assert chen.screen == "board"


def test_an_order_on_a_dead_bench_goes_on_at_another(floor):
    a_packer_with_a_tote(floor, (TEA, 2)).scan(TEA_CODE)
    assert a_packer(floor, "T1").scan("TOTE-001").says[0] == "T2 is packing this order"
    chen = a_supervisor(floor).press("f2").press("f2")
    assert [SAY(choice.label) for choice in chen.prompt.choices] == ["web-1  李雷 at T2"]
    chen.choose(0)
    assert chen.shows[:2] == ["Order web-1", "By 李雷 at T2"]
    assert "1 of 2 units packed" in chen.shows
    chen.choose(0)
    assert chen.tone is Tone.OK
    a_packer(floor, "T1").scan("TOTE-001").go_on(until="pack.tote")
    assert (floor.status("web-1"), floor.reviews()) == ("packed", set())

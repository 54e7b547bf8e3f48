"""The board: what needs a person first, a decision with its reason, and the flow around it."""

import pytest

from tests.unit.floor import (
    CHEN,
    HOUR,
    LABELS,
    LI,
    SOAP,
    SOAP_CODE,
    TEA,
    TEA_BIN,
    TEA_CODE,
    ZHAO,
    Worker,
    a_packer_with_a_tote,
    a_picker,
    a_picker_at_the_bin,
    a_warehouse,
    an_inspector,
    picked,
)
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.inspection import InspectionLot
from wms.domain.review import Review
from wms.domain.rows import MemoryTables
from wms.store import Store
from wms.store.tables import SqliteTables
from wms.terminal.messages import speech
from wms.workflows.prompt import Entry, Tone
from wms.workflows.reviews import decisions, hold_reason, printer_reason, sentence
from wms.workflows.supervising import SuperviseWorkflow, board

SAY = speech("en").say


@pytest.fixture
def floor():
    return a_warehouse()


def a_supervisor(floor):
    return Worker(floor, SuperviseWorkflow(), badge=CHEN, device="OFFICE")


def needs(worker):
    worker.look_again()
    return [SAY(need.text) for need in board(worker.state, worker.floor.rows).needs]


def too_many(floor, name="web-1"):
    """An order for more than there is."""
    return floor.order(name, (SOAP, 12))


# What is shown of many


def waits(floor, kind, *subjects, **more):
    for n, subject in enumerate(subjects):
        floor.rows.put(Review(f"{kind}/{subject}", kind, subject, floor.now + n, **more))


def shown(floor):
    return [need.id for need in board(a_supervisor(floor).look_again().state, floor.rows).needs]


def test_of_many_the_most_urgent_are_listed_and_all_are_counted(floor):
    waits(floor, "order_held", *(f"h{n:03}" for n in range(180)))
    waits(floor, "send_together", *(f"s{n:03}" for n in range(120)))
    waits(floor, "printer", "T1")
    waits(floor, "order_short", "old")
    waits(floor, "order_held", "asked", asked=floor.now)
    assert board(a_supervisor(floor).look_again().state, floor.rows).needing == 303
    newest = [f"order_held/h{n:03}" for n in range(179, 132, -1)]
    assert shown(floor) == ["order_held/asked", "printer/T1", "order_short/old", *newest]


def test_newer_suggestions_hide_nothing_that_is_held(floor):
    waits(floor, "order_held", "h1", "h2")
    floor.now += HOUR
    waits(floor, "send_together", *(f"s{n:04}" for n in range(1200)))
    assert shown(floor)[:3] == ["order_held/h2", "order_held/h1", "send_together/s1199"]


def test_the_database_answers_as_memory_does(tmp_path):
    store, memory = Store(tmp_path, "T1"), MemoryTables()
    held = [Review(f"order_held/{n}", "order_held", str(n), 5 + n % 7, open=n % 3 > 0, asked=n % 2) for n in range(40)]

    def put(connection):
        tables = SqliteTables(connection)
        for review in held:
            tables.put(review)
            memory.put(review)

    store.writer.do(put)
    for by, equal in (("at", {}), ("asked", {}), ("at", {"kind": "order_held"}), ("at", {"kind": "short"})):
        found = store.rows.highest(Review, 9, by, open=True, **equal)
        assert found == memory.highest(Review, 9, by, open=True, **equal)
        assert len(found) == (0 if equal.get("kind") == "short" else 9)
    with pytest.raises(LookupError):
        store.rows.highest(Review, 9, "note", open=True)
    store.close()


# Decisions


def test_an_order_above_stock_is_held_and_the_shortage_named(floor):
    too_many(floor)
    assert needs(a_supervisor(floor)) == ["Order web-1 is held: 2 x Soap not in stock"]
    assert floor.status("web-1") == "held"


def test_a_held_order_is_released_by_a_person(floor):
    too_many(floor)
    floor.say(e.GoodsReceived("R2", SOAP, "", 5, "B-01-1-1"))
    chen = a_supervisor(floor).press("enter")
    assert (chen.screen, [SAY(choice.label) for choice in chen.prompt.choices]) == (
        "board.decide",
        ["Release", "Cancel the order", "Ask the customer"],
    )
    chen.choose(0)
    assert (chen.screen, chen.tone, floor.status("web-1"), needs(chen)) == ("board", Tone.OK, "ready", [])


def test_cancelling_needs_a_reason(floor):
    too_many(floor)
    chen = a_supervisor(floor).press("enter").choose(1)
    assert (chen.screen, chen.prompt.entry) == ("board.reason", Entry.TEXT)
    assert chen.enter("  ").says == ["A decision needs a reason"]
    chen.enter("sold out")
    assert (floor.status("web-1"), floor.said_by(e.OrderCancelled)[0].reason, needs(chen)) == (
        "cancelled",
        "sold out",
        [],
    )


def test_escape_decides_nothing(floor):
    too_many(floor)
    chen = a_supervisor(floor).press("enter").choose(1).press("escape")
    assert (chen.screen, floor.status("web-1")) == ("board", "held")


def test_a_short_order_goes_in_part(floor):
    a_packer_with_a_tote(floor, (TEA, 2)).press("f2").choose(0)
    chen = a_supervisor(floor)
    assert needs(chen) == ["Order web-1 is short: send in part?"]
    chen.press("enter").choose(0)
    assert (floor.status("web-1"), needs(chen)) == ("picked", [])


def test_a_short_order_comes_back_when_it_is_cancelled(floor):
    a_packer_with_a_tote(floor, (TEA, 2)).press("f2").choose(0)
    chen = a_supervisor(floor).press("enter").choose(1).enter("customer agrees")
    assert needs(chen) == ["Order web-1 cancelled after picking: its goods come back"]


def test_a_short_order_with_nothing_in_it_can_only_be_cancelled(floor):
    picker = a_picker_at_the_bin(floor, (SOAP, 1)).press("f2").choose(0).enter("0")
    picker.press("enter")
    chen = a_supervisor(floor)
    while "short: send in part" not in needs(chen)[chen.state.selected]:
        chen.press("down")
    chen.press("enter").choose(0)
    assert (chen.tone, chen.says) == (Tone.NO, ["Nothing of order web-1 was picked: cancel it"])
    chen.choose(1).enter("sold out")
    assert floor.status("web-1") == "cancelled"
    assert not any(review.startswith("order_short") for review in floor.reviews())


@pytest.mark.parametrize(("answer", "disposition"), [(0, "sorting"), (1, "accepted"), (2, "rejected")])
def test_a_held_batch_is_sorted_accepted_or_rejected_with_a_reason(answer, disposition):
    floor = a_warehouse(percent=50)
    floor.order("web-1", (TEA, 2))
    picked(floor)
    inspector = an_inspector(floor).scan(TEA_CODE).press("f2").choose(0)
    chen = a_supervisor(floor)
    assert needs(chen)[0] == "Batch W0001 Food held: 1 of 1 samples failed (seal intact)"
    chen.press("enter").choose(answer)
    assert chen.screen == "board.reason"
    chen.enter("looked at it")
    assert floor.said_by(e.LotDisposed)[0].reason == "looked at it"
    assert inspector.look_again().screen == ("qc.item" if answer == 0 else "qc.wait")
    assert floor.rows.get(InspectionLot, "QC-W0001").disposition == disposition


def test_what_somebody_else_has_decided_meanwhile_closes_by_itself(floor):
    too_many(floor)
    chen = a_supervisor(floor).press("enter")
    floor.cancel("web-1")
    assert chen.look_again().screen == "board"
    assert floor.do(c.CloseReview("order_held/web-1", "done")).lines[0].text == "Somebody has already done this"


def test_the_gravest_need_comes_first(floor):
    too_many(floor, "web-9")
    floor.now += 60
    a_packer_with_a_tote(floor, (TEA, 1))
    floor.cancel("web-1")
    floor.now += 60
    floor.say(e.ReviewRaised("clock", "T1", "9"))
    assert needs(a_supervisor(floor)) == [
        "Order web-1 cancelled after picking: its goods come back",
        "The clock of T1 jumped by 9 s: set it",
        "Order web-9 is held: 2 x Soap not in stock",
    ]


def test_the_selection_stays_within_the_list(floor):
    chen = a_supervisor(floor).press("down").press("up")
    assert (chen.state.selected, chen.press("enter").screen) == (0, "board")
    too_many(floor, "a")
    too_many(floor, "b")
    assert chen.press("down").press("down").press("down").state.selected == 1
    floor.cancel("a")
    assert chen.look_again().state.selected == 0


def test_a_need_is_raised_once_and_may_come_again_after_it_was_closed(floor):
    floor.say(e.ReviewRaised("printer", "T1", "paper_out"), e.ReviewRaised("printer", "T1", "cover_open"))
    assert needs(a_supervisor(floor)) == ["Printer of T1: paper out: put in a new roll"]
    floor.must(c.CloseReview("printer/T1", "done"))
    floor.say(e.ReviewRaised("printer", "T1", "cover_open"))
    assert needs(a_supervisor(floor)) == ["Printer of T1: cover open: close it"]


KINDS = {
    "order_held": ("web-1", "no_stock:TEA:3"),
    "order_short": ("web-1", ""),
    "short": ("W1-01-001", "web-1,TEA,2,empty"),
    "batch_held": ("QC-W0001", "1,3,torn"),
    "batch_rejected": ("QC-W0001", "W0001"),
    "cancelled_in_work": ("web-1", ""),
    "cancelled_after_handover": ("web-1", ""),
    "put_back": ("web-1", "RET-1"),
    "count_difference": ("A-02-1-1,TEA,", "20,7"),
    "printer": ("T1", "offline"),
    "left_behind": ("SF-T1-1", "2"),
    "weight_accepted": ("web-1/1", "900,580,packing material"),
    "restored_copy": ("T1", ""),
    "clock": ("T1", "-7"),
    "packed_twice": ("web-1", "T1,T2"),
    "waybill_twice": ("SF1", "a,b"),
    "stock_below_zero": ("A-02-1-1,TEA,", ""),
    "over_pick": ("W1-01-001,1001", "1001"),
    "two_pickers": ("web-1", "W1-01,1001"),
    "count_race": ("A-02-1-1,TEA,", "20,18,19,1001"),
    "unreadable": ("T1/1/7", "UnitsThrown"),
    "two_copies": ("T1", ""),
    "key_unreadable": ("T1/web-1", ""),
    "tote_shared": ("TOTE-001", "a,b"),
    "loaded_twice": ("web-1/1", "x,y"),
    "made_up": ("x", "y"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_need_has_a_sentence_and_an_answer(floor, kind):
    subject, detail = KINDS[kind]
    review = Review(f"{kind}/{subject}", kind, subject, 0, detail)
    assert SAY(sentence(review, floor.rows))
    assert "{" not in SAY(sentence(review, floor.rows))
    assert decisions(review, floor.rows)


@pytest.mark.parametrize(
    "reason", ["no_items", "unknown_item:X", "no_recipient", "by_hand:fraud", "no_stock:TEA:2,no_stock:SOAP:1", "else"]
)
def test_every_reason_to_hold_can_be_said(floor, reason):
    assert "{" not in SAY(hold_reason(reason, floor.rows))


@pytest.mark.parametrize("reason", ["offline", "timeout", "broken", "not_configured", "else"])
def test_every_printer_trouble_says_what_to_do(reason):
    assert SAY(printer_reason(reason))


# The flow


def test_waves_are_released_from_the_board(floor):
    chen = a_supervisor(floor).press("f3")
    assert (chen.tone, chen.says) == (Tone.NO, ["No orders are ready"])
    floor.order("web-1", (TEA, 1))
    assert chen.look_again().shows == ["1 orders ready: F3 releases them"]
    chen.press("f3")
    assert (chen.tone, floor.status("web-1")) == (Tone.OK, "in_wave")


def test_a_wave_shows_how_far_it_is_and_who_walks_it(floor):
    floor.order("web-1", (TEA, 1), (SOAP, 1), hours=4)
    floor.release()
    a_picker(floor).scan("CART-1").go_on(until="pick.tote").go_on(until="pick.bin")
    (line,) = board(a_supervisor(floor).state, floor.rows).waves
    assert (line.done, line.total, line.people, line.on_time, line.held) == (1, 2, ("李雷",), True, False)
    floor.now += 3 * HOUR
    assert not board(a_supervisor(floor).state, floor.rows).waves[0].on_time


def test_a_shipped_or_cancelled_wave_leaves_the_board(floor):
    floor.order("web-1", (TEA, 1))
    floor.release()
    floor.cancel("web-1")
    assert board(a_supervisor(floor).state, floor.rows).waves == ()


def test_the_last_hour_counts_what_people_did(floor):
    a_picker_at_the_bin(floor, (TEA, 2)).scan(SOAP_CODE, TEA_CODE, TEA_CODE, "TOTE-001")
    figures = board(a_supervisor(floor).state, floor.rows)
    assert (figures.lines_last_hour, figures.people_last_hour, figures.refused_last_hour) == (1, 1, 1)
    assert figures.scans_last_hour == 5  # bin, wrong item, two units, tote
    floor.now += 2 * HOUR
    assert board(a_supervisor(floor).state, floor.rows).lines_last_hour == 0


def test_an_undone_line_is_not_counted(floor):
    a_picker_at_the_bin(floor, (TEA, 1)).scan(TEA_CODE, "TOTE-001").press("f3")
    assert board(a_supervisor(floor).state, floor.rows).lines_last_hour == 0


def test_people_are_shown_where_they_are_signed_in(floor):
    floor.say(e.SignedIn(ZHAO, "pick"), person=ZHAO, device="T1")
    floor.say(e.SignedIn(LI, "pack"), person=LI, device="T2")
    floor.say(e.SignedOut(LI), person=LI, device="T2")
    chen = a_supervisor(floor)
    assert board(chen.state, floor.rows).people == ()
    chen.press("f2")
    assert [(name, SAY(what)) for name, what in board(chen.state, floor.rows).people] == [("Zhao", "Pick at T1")]
    assert chen.press("escape").screen == "board"


# Scan anything


def test_a_scan_on_the_board_tells_what_it_is_and_how_it_stands(floor):
    a_packer_with_a_tote(floor, (TEA, 1)).go_on(until="pack.tote")
    chen = a_supervisor(floor)
    assert chen.scan(TEA_CODE).says == [
        "This is Green tea (0028)",
        "A-02-1-1: 19, 19 free",
        "A-09-1-1: 5, 5 free",
    ]
    assert chen.scan(LABELS[TEA_BIN]).says == ["This is place A-02-1-1", "19 x Green tea"]
    assert chen.scan("SF000000000051").says == ["This is waybill SF000000000051", "order web-1, staged"]
    assert chen.scan("web-1").says == ["This is order web-1", "order web-1, packed"]
    assert chen.scan("NO-SUCH").says == ["Unknown code NO-SUCH"]
    assert floor.said_by(e.ScanRefused) == []
    assert board(chen.state, floor.rows) is not None

"""The hub's protocol, spoken by hand over a socket: what a terminal of any make may rely on."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any

import pytest

from tests.contract.floor import CARRIER, P, facts_of, until
from tests.contract.hand import START, Hand, chained, line
from tests.contract.hub_process import HubProcess
from wms.domain import events as e
from wms.hub import opening
from wms.hub.roles import TerminalRole
from wms.store import verify
from wms.sync import wire


def keys_of(lines: list[Any]) -> list[tuple[str, int, int]]:
    """Device, n and position."""
    return [(one[0], one[2], one[3]) for one in lines]


def test_pushed_facts_are_numbered_acknowledged_and_pulled_in_order(hub: HubProcess) -> None:
    a, b = Hand(hub, "A"), Hand(hub, "B")
    assert a.push(1, 3) == (200, {"highest": 3, "head": 3})
    assert b.push(1, 2) == (200, {"highest": 2, "head": 5})
    facts = a.pull()
    assert keys_of(facts) == [("A", 1, 1), ("A", 2, 2), ("A", 3, 3), ("B", 1, 4), ("B", 2, 5)]
    assert facts[2] == [*line("A", 3)[:3], 3, *line("A", 3)[4:]]  # as it was said, to the letter
    assert keys_of(b.pull(after=3)) == [("B", 1, 4), ("B", 2, 5)]
    assert keys_of(b.pull(after=1, limit=2)) == [("A", 2, 2), ("A", 3, 3)]


def test_the_same_push_again_changes_nothing_however_late_it_comes(hub: HubProcess) -> None:
    a, b = Hand(hub, "A"), Hand(hub, "B")
    first = a.push(1, 5)
    assert [a.push(1, 5) for _ in range(3)] == [first] * 3
    assert a.push(4, 4) == (200, {"highest": 7, "head": 7})  # two known, two new
    b.push(1, 3)
    assert a.push(2, 3) == (200, {"highest": 7, "head": 10})  # held up on the way, behind all the others
    assert keys_of(a.pull()) == [*(("A", n, n) for n in range(1, 8)), *(("B", n, n + 7) for n in range(1, 4))]


def test_copies_of_a_push_at_once_count_once(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: a.push(1, 100), range(6)))
    assert answers == [(200, {"highest": 100, "head": 100})] * 6
    assert len(a.pull()) == 100


def test_a_gap_is_told_with_the_number_to_go_on_from(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    a.push(1, 2)
    status, problem = a.push(4, 2)
    assert (status, problem["error"], problem["expected"]) == (409, "gap", 3)
    assert len(a.pull()) == 2
    assert a.hello("run-2", "elsewhere", epoch=1, n=2)["epoch"] == 2
    assert a.push(1, 1, epoch=2)[0] == 200  # a new epoch counts from one
    assert a.push(3, 3) == (200, {"highest": 5, "head": 6})


def test_another_fact_under_a_known_key_is_a_fork_and_nothing_of_that_push_is_taken(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    a.push(1, 3)
    other = line("A", 2)
    other[4] += 1
    for lines in ([other], [other, line("A", 3), line("A", 4)], [line("A", 1), other, line("A", 3), line("A", 4)]):
        answer = a.send(lines)
        assert (answer.status, answer.error, answer.body["expected"]) == (409, "fork", 2)
    assert len(a.pull()) == 3


def test_what_was_said_before_a_push_is_vouched_for_by_a_chain(hub: HubProcess) -> None:
    """Two disks with the same count but another history never go on from each other's facts."""
    a = Hand(hub, "A")
    lines = [line("A", n) for n in range(1, 6)]
    assert a.send(lines[:2], chain=_base64(START)).status == 200
    answer = a.send(lines[2:4], chain=_base64(chained(START, lines[1], lines[0])))
    assert (answer.status, answer.error, answer.body["expected"]) == (409, "fork", 3)
    assert len(a.pull()) == 2
    assert a.send(lines[2:4], chain=_base64(chained(START, *lines[:2]))).status == 200
    assert (
        a.send(lines[3:], chain=_base64(chained(START, *lines[:3]))).status == 200
    )  # partly known: these are compared
    assert len(a.pull()) == 5


def _base64(content: bytes) -> str:
    import base64

    return base64.b64encode(content).decode()


def test_a_token_opens_only_its_own_device(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    Hand(hub, "B")
    mine = {"device": "A", "epoch": 1, "first": 1, "facts": [line("A", 1)]}
    assert hub.send("POST", "/v1/push", mine).status == 401
    assert hub.send("POST", "/v1/push", mine, {"Authorization": "Bearer guess"}).status == 401
    foreign = {"device": "B", "epoch": 1, "first": 1, "facts": [line("B", 1)]}
    assert a.call("POST", "/v1/push", foreign).error == "device"
    assert a.call("POST", "/v1/push", mine | {"facts": [line("B", 1)]}).error == "message"
    assert a.pull() == []
    assert hub.send("GET", "/v1/pull").status == 401


def test_messages_out_of_shape_are_refused_and_leave_nothing(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    for body, status, error in (
        (b"{", 400, "message"),
        ({"device": "A", "epoch": 1, "first": 1, "facts": [line("A", n) for n in range(1, 502)]}, 400, "message"),
        ({"device": "A", "epoch": 1, "first": 2, "facts": [line("A", 1)]}, 400, "message"),
        ({"device": "A", "epoch": 1, "first": 1, "facts": [line("A", 1)[:7]]}, 400, "message"),
        (b'{"device": "' + b"x" * (8 * 1024 * 1024), 413, "too_large"),
    ):
        answer = a.call("POST", "/v1/push", body)
        assert (answer.status, answer.error) == (status, error)
    assert a.call("GET", "/v1/pull?after=x").error == "message"
    assert a.pull() == []


def test_a_fact_that_can_not_be_read_is_kept_as_it_is_and_nothing_waits_behind_it(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    misfit = line("A", 2, receipt=7, sku=None)
    unknown = line("A", 3, kind="GoodsTeleported", whereto="elsewhere")
    status = a.send([line("A", 1), misfit, unknown, line("A", 4)])
    assert (status.status, status.body["highest"]) == (200, 4)
    assert [one[6:] for one in a.pull()[1:3]] == [misfit[6:], unknown[6:]]
    assert a.send([line("A", 1), misfit, unknown, line("A", 4)]).body == status.body
    hub.kill()
    with hub.opened() as own:
        assert [type(fact.body) for fact in facts_of(own)] == [
            e.GoodsReceived, e.FactUnreadable, e.FactUnreadable, e.GoodsReceived,
        ]  # fmt: skip
        assert verify(own.rows).problems == ()


def test_a_waiting_pull_is_answered_as_soon_as_there_is_something(hub: HubProcess) -> None:
    a, b = Hand(hub, "A"), Hand(hub, "B")
    with ThreadPoolExecutor(20) as threads:
        waiting = [threads.submit(b.pull, 0, 20) for _ in range(20)]  # more than the hub has threads
        start = time.monotonic()
        assert a.push(1, 1)[0] == 200
        assert time.monotonic() - start < 2
        assert all(len(one.result(timeout=5)) == 1 for one in waiting)
    start = time.monotonic()
    assert b.pull(after=1, wait=1) == []
    assert 0.9 < time.monotonic() - start < 5


def test_a_waiting_pull_hears_of_what_another_process_commits(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    found: list[object] = []
    folder = hub.folder.with_name("other") if hub.database else hub.folder
    with opening.hubs(folder, hub.database, (hub.warehouse,)) as hubs:
        thread = threading.Thread(target=lambda: found.extend(a.pull(0, 20)))
        thread.start()
        hubs[hub.warehouse].record([e.SiteNamed("Somewhere", "UTC")], P)
        thread.join(5)
    assert len(found) == 1


def test_an_intent_asked_twice_is_decided_once(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    epoch = a.hello("run-2", "run-1")["epoch"]
    carrier = {name: getattr(CARRIER, name) for name in CARRIER.__struct_fields__}
    assert a.send([line("A", 1, kind="CarrierDefined", **carrier)]).status == 200

    def lease(request: str) -> Any:
        answer = a.ask(request, "LeaseWaybills", carrier="SF", device="A", epoch=epoch, count=10)
        assert answer.status == 200, answer.body
        return answer.body

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lease, ["r-1"] * 4))
    assert all(answer == answers[0] for answer in answers)
    assert leases(a) == [("A", 1, 10)]
    hub.kill()
    hub.start()
    assert lease("r-1") == answers[0]
    lease("r-2")
    assert leases(a) == [("A", 1, 10), ("A", 11, 20)]


def leases(hand: Hand) -> list[tuple[str, int, int]]:
    bodies = [one[7] for one in hand.pull() if one[6] == "WaybillsLeased"]
    return [(body["device"], body["first"], body["last"]) for body in bodies]


def test_only_intents_are_asked_and_only_for_oneself(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    for command, body, status in (
        ("LeaseWaybills", {"carrier": "SF", "device": "B", "epoch": 1}, 403),
        ("MoveStock", {}, 400),
        ("LeaseWaybills", {"carrier": 5}, 400),
        ("BendTime", {}, 400),
    ):
        assert a.ask("r", command, **body).status == status
    answer = a.ask("r", "HoldOrder", order="O-1", reason="x")
    assert answer.status == 200
    assert answer.body["refused"][0]["args"] == {"order": "O-1"}


def test_keys_travel_to_those_who_may_open_them_and_a_destroyed_one_never_comes_back(hub: HubProcess) -> None:
    packer, picker = Hand(hub, "A", TerminalRole.PACKER), Hand(hub, "B", TerminalRole.PICKER)
    secret, other = _base64(b"1" * 32), _base64(b"2" * 32)
    assert packer.send([], keys=[["O-1", secret], ["O-2", other]]).status == 200
    found = packer.pulled()
    assert found["keys"] == [["O-1", secret], ["O-2", other]]
    assert packer.pulled(keys_after=found["keys_next"])["keys"] == []
    seen = picker.pulled()
    assert (seen["keys"], seen["keys_next"]) == ([], found["keys_next"])
    packer.send([line("A", 1)], keys=[["O-1", None]])
    assert packer.pulled(keys_after=found["keys_next"])["keys"] == [["O-1", None]]
    assert picker.pulled(keys_after=found["keys_next"])["keys"] == [["O-1", None]]
    packer.send([], keys=[["O-1", secret], ["O-2", other]])  # one who has not heard of it
    assert packer.pulled()["keys"] == [["O-2", other], ["O-1", None]]


def test_it_leaves_at_once_when_told_and_its_journal_is_whole(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    a.push(1, 50)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(a.pull, 50, 20)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        start = time.monotonic()
        assert hub.terminate() == 0
        assert time.monotonic() - start < 3
        assert waiting.result() == []
    with hub.opened() as own:
        assert verify(own.rows).problems == ()
        assert len(facts_of(own)) == 50


def test_a_hub_killed_while_pushes_pour_in_keeps_what_it_acknowledged(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    acknowledged = [0]

    def kill_after(more: int) -> None:
        until(lambda: acknowledged[-1] >= more)
        hub.kill()

    for _ in range(3):
        killer = threading.Thread(target=kill_after, args=(acknowledged[-1] + 60,))
        killer.start()
        while True:
            try:
                status, answer = a.push(acknowledged[-1] + 1, 20)
            except (OSError, HTTPException, ValueError):
                break
            assert status == 200, answer
            acknowledged.append(answer["highest"])
        killer.join()
        hub.start()
        assert [one[2] for one in a.everything()][: acknowledged[-1]] == list(range(1, acknowledged[-1] + 1))
    hub.kill()
    with hub.opened() as own:
        facts = facts_of(own)
        assert [fact.key.n for fact in facts] == list(range(1, len(facts) + 1))
        assert len(facts) >= acknowledged[-1]


def test_versions_this_one_and_the_one_before_are_spoken(hub: HubProcess) -> None:
    a = Hand(hub, "A")
    for version, status, error in (
        (str(wire.VERSION + 1), 426, "hub_old"),
        (str(wire.VERSION - 2), 426, "terminal_old"),
        ("none", 426, "terminal_old"),
    ):
        answer = a.call("GET", "/v1/pull", Wms_Version=version)
        assert (answer.status, answer.error) == (status, error)
        assert hub.send("POST", "/v1/enrol", {"code": "X", "device": "X"}, {"Wms-Version": version}).error == error
    assert a.call("GET", "/v1/pull", Wms_Version=str(wire.VERSION - 1)).status == 200

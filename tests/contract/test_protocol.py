"""The hub's protocol, spoken by hand over a socket: what a terminal of any make may rely on."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest

from tests.contract.conftest import HubProcess, line
from wms.domain import events as e
from wms.domain.ids import Badge
from wms.hub import new_code
from wms.store import Store, verify


def test_pushed_facts_are_numbered_acknowledged_and_pulled_in_order(hub: HubProcess) -> None:
    a, b = hub.token("A"), hub.token("B")
    assert hub.push(a, "A", 1, 3) == (200, {"highest": 3, "head": 3})
    assert hub.push(b, "B", 1, 2) == (200, {"highest": 2, "head": 5})
    facts = hub.pull(a)
    assert [(fact[0], fact[2], fact[3]) for fact in facts] == [
        ("A", 1, 1), ("A", 2, 2), ("A", 3, 3), ("B", 1, 4), ("B", 2, 5),
    ]  # fmt: skip
    assert facts[2][7] | line("A", 3)[7] == facts[2][7]  # a new field may have been given its default
    assert [fact[3] for fact in hub.pull(b, after=3)] == [4, 5]


def test_the_same_push_again_changes_nothing(hub: HubProcess) -> None:
    token = hub.token("A")
    first = hub.push(token, "A", 1, 5)
    assert [hub.push(token, "A", 1, 5) for _ in range(3)] == [first] * 3
    assert hub.push(token, "A", 4, 4) == (200, {"highest": 7, "head": 7})  # two known, two new
    assert [fact[2] for fact in hub.pull(token)] == [1, 2, 3, 4, 5, 6, 7]


def test_two_copies_of_a_push_at_once_count_once(hub: HubProcess) -> None:
    token = hub.token("A")
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: hub.push(token, "A", 1, 100), range(6)))
    assert answers == [(200, {"highest": 100, "head": 100})] * 6
    assert len(hub.pull(token)) == 100


def test_a_gap_is_told_with_the_number_to_go_on_from(hub: HubProcess) -> None:
    token = hub.token("A")
    hub.push(token, "A", 1, 2)
    status, problem = hub.push(token, "A", 4, 2)
    assert (status, problem["error"], problem["expected"]) == (409, "gap", 3)
    assert len(hub.pull(token)) == 2
    assert hub.push(token, "A", 1, 1, epoch=2)[0] == 200  # a new epoch counts from one


def test_another_fact_under_a_known_key_is_not_taken_and_not_lost_silently(hub: HubProcess) -> None:
    token = hub.token("A")
    hub.push(token, "A", 1, 2)
    other = line("A", 2)
    other[4] += 1
    body = {"device": "A", "epoch": 1, "first": 2, "facts": [other, line("A", 3)]}
    status, problem, _ = hub.call("POST", "/v1/push", body, token)
    assert (status, problem["error"]) == (409, "fork")
    assert len(hub.pull(token)) == 2


def test_a_token_opens_only_its_own_device(hub: HubProcess) -> None:
    a = hub.token("A")
    hub.token("B")
    assert hub.push("", "A", 1, 1)[0] == 401
    assert hub.push("guess", "A", 1, 1)[0] == 401
    assert hub.push(a, "B", 1, 1)[0] == 403
    mixed = {"device": "A", "epoch": 1, "first": 1, "facts": [line("B", 1)]}
    assert hub.call("POST", "/v1/push", mixed, a)[0] == 400
    assert hub.pull(a) == []
    assert hub.call("GET", "/v1/pull")[0] == 401


def test_messages_out_of_shape_are_refused_with_a_reason(hub: HubProcess) -> None:
    token = hub.token("A")
    unknown = [*line("A", 1)[:6], "GoodsTeleported", {}]
    misfit = [*line("A", 1)[:7], {"receipt": 7}]
    for body, status, error in (
        (b"{", 400, "message"),
        ({"device": "A", "epoch": 1, "first": 1, "facts": [misfit]}, 400, "message"),
        ({"device": "A", "epoch": 1, "first": 1, "facts": [line("A", n) for n in range(1, 502)]}, 400, "message"),
        ({"device": "A", "epoch": 1, "first": 2, "facts": [line("A", 1)]}, 400, "message"),
        ({"device": "A", "epoch": 1, "first": 1, "facts": [unknown]}, 426, "hub_old"),
        (b'{"device": "' + b"x" * (8 * 1024 * 1024), 413, "too_large"),
    ):
        found, problem, _ = hub.call("POST", "/v1/push", body, token)
        assert (found, problem["error"], bool(problem["says"])) == (status, error, True)
    assert hub.call("GET", "/v1/pull?after=x", token=token)[0] == 400
    assert hub.pull(token) == []


def test_only_this_version_and_the_one_before_are_spoken(hub: HubProcess) -> None:
    token = hub.token("A")
    for version, status, error in (("99", 426, "hub_old"), ("none", 426, "terminal_old")):
        found, problem, _ = hub.call("GET", "/v1/pull", token=token, Wms_Version=version)
        assert (found, problem["error"]) == (status, error)


def test_a_code_enrols_once_and_secrets_are_kept_as_hashes(hub: HubProcess) -> None:
    code = new_code(hub.folder, "alpha")
    status, answer, _ = hub.call("POST", "/v1/enrol", {"code": code, "device": "A"})
    assert (status, answer["name"]) == (200, "alpha")
    assert len(answer["token"]) >= 43  # 256 bits
    assert hub.call("POST", "/v1/enrol", {"code": code, "device": "B"})[:1] == (403,)
    new = hub.token("A")  # enrolled again, for instance after its disk was copied
    assert hub.call("GET", "/v1/pull", token=answer["token"])[0] == 401
    assert hub.call("GET", "/v1/pull", token=new)[0] == 200
    hub.kill()
    stored = b"".join(path.read_bytes() for path in hub.folder.iterdir())
    assert new.encode() not in stored
    assert code.replace("-", "").encode() not in stored


def test_guessing_codes_is_slowed_down(hub: HubProcess) -> None:
    guesses = [hub.call("POST", "/v1/enrol", {"code": f"AAAA-{n:04}", "device": "A"})[0] for n in range(11)]
    assert guesses == [403] * 10 + [429]


def test_a_waiting_pull_is_answered_as_soon_as_there_is_something(hub: HubProcess) -> None:
    a, b = hub.token("A"), hub.token("B")
    with ThreadPoolExecutor(20) as threads:
        waiting = [threads.submit(hub.pull, b, 0, 20) for _ in range(20)]  # more than the hub has threads
        start = time.monotonic()
        assert hub.push(a, "A", 1, 1)[0] == 200
        assert time.monotonic() - start < 2
        assert all(len(one.result(timeout=5)) == 1 for one in waiting)
    start = time.monotonic()
    assert hub.pull(b, after=1, wait=1) == []
    assert 0.9 < time.monotonic() - start < 5


def test_a_waiting_pull_hears_of_what_another_process_commits(hub: HubProcess) -> None:
    token = hub.token("A")
    importer = Store(hub.folder)
    try:
        found: list[object] = []
        thread = threading.Thread(target=lambda: found.extend(hub.pull(token, 0, 20)))
        thread.start()
        importer.record([e.SiteNamed("Somewhere", "UTC")], Badge("P1"))
        thread.join(5)
        assert len(found) == 1
    finally:
        importer.close()


def test_an_intent_asked_twice_is_decided_once(hub: HubProcess) -> None:
    token = hub.token("A")
    carrier = {
        "code": "SF",
        "zh": "顺丰",
        "en": "SF",
        "staging": "S-1",
        "prefix": "SF",
        "digits": 12,
        "first": 1,
        "last": 9999,
    }
    fact = ["A", 1, 1, None, 1, "P1", "CarrierDefined", carrier]
    assert hub.call("POST", "/v1/push", {"device": "A", "epoch": 1, "first": 1, "facts": [fact]}, token)[0] == 200
    body = {"carrier": "SF", "device": "A", "epoch": 1, "count": 10}
    ask = {"request": "r-1", "person": "P1", "command": "LeaseWaybills", "body": body}
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: hub.call("POST", "/v1/ask", ask, token)[:2], range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0][0] == 200
    leases = [fact[7] for fact in hub.pull(token) if fact[6] == "WaybillsLeased"]
    assert [(lease["device"], lease["first"], lease["last"]) for lease in leases] == [("A", 1, 10)]
    hub.kill()
    hub.start()
    assert hub.call("POST", "/v1/ask", ask, token)[:2] == answers[0]
    hub.call("POST", "/v1/ask", ask | {"request": "r-2"}, token)
    assert [fact[7]["first"] for fact in hub.pull(token)[1:]] == [1, 11]


def test_only_intents_are_asked_and_only_for_oneself(hub: HubProcess) -> None:
    token = hub.token("A")
    for command, body, status in (
        ("LeaseWaybills", {"carrier": "SF", "device": "B", "epoch": 1}, 403),
        ("MoveStock", {}, 400),
        ("LeaseWaybills", {"carrier": 5}, 400),
        ("BendTime", {}, 426),
    ):
        ask = {"request": "r", "person": "P1", "command": command, "body": body}
        assert hub.call("POST", "/v1/ask", ask, token)[0] == status
    refused = {"request": "r", "person": "P1", "command": "HoldOrder", "body": {"order": "O-1", "reason": "x"}}
    status, answer, _ = hub.call("POST", "/v1/ask", refused, token)
    assert status == 200
    assert answer["refused"][0]["args"] == {"order": "O-1"}


def test_the_hub_knows_its_terminals(hub: HubProcess) -> None:
    token = hub.token("A")
    hub.token("B")
    hub.pull(token)
    _, found, _ = hub.call("GET", "/v1/terminals", token=token)
    assert [(one["device"], one["online"]) for one in found] == [("A", True), ("B", False)]
    _, health, _ = hub.call("GET", "/v1/health")
    assert (health["version"], health["head"]) == (1, 0)


def test_it_leaves_at_once_when_told_and_its_journal_is_whole(hub: HubProcess) -> None:
    token = hub.token("A")
    hub.push(token, "A", 1, 50)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(hub.pull, token, 50, 20)
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.3)
        start = time.monotonic()
        assert hub.terminate() == 0
        assert time.monotonic() - start < 3
        assert waiting.result() == []
    store = hub.store()
    assert verify(store.rows).problems == ()
    assert len(store.since(0, 100)) == 50
    store.close()


def test_a_hub_killed_while_pushes_pour_in_keeps_what_it_acknowledged(hub: HubProcess) -> None:
    token = hub.token("A")
    acknowledged, n = 0, 1
    for _ in range(3):
        timer = threading.Timer(0.15, hub.kill)
        timer.start()
        while True:
            try:
                status, answer = hub.push(token, "A", n, 20)
            except (OSError, HTTPException, json.JSONDecodeError):
                break
            assert status == 200
            acknowledged = answer["highest"]
            n = acknowledged + 1
        timer.join()
        hub.start()
        assert [fact[2] for fact in hub.pull(token)][:acknowledged] == list(range(1, min(acknowledged, 500) + 1))
    assert acknowledged > 60
    hub.kill()
    with sqlite3.connect(hub.folder / "wms.sqlite3") as db:
        count, highest = db.execute("SELECT count(*), max(n) FROM journal").fetchone()
    db.close()
    assert count == highest >= acknowledged

"""Whatever is said to the routes of sync, the hub has no fault, tells a problem, and goes on with what is sound."""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hub.gatehouse import Answer, House, Member, serving
from tests.hub.spoiling import MESSAGES, MOVED, ODD, PULLS, spoilt, written
from wms.domain.review import Review

steps = st.lists(st.integers(0, 9), max_size=4)
odd = st.sampled_from((*ODD, ...))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    url = server.fresh_database() if server is not None else ""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), url) as house:
        yield house


@pytest.fixture(scope="module")
def member(house: House) -> Member:
    return house.enrol("T1")


def sound(answer: Answer) -> None:
    assert answer.status < 500, answer.body
    if answer.status >= 400:
        assert answer.error
        assert "Traceback" not in answer.body["detail"]


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


def still_there(house: House, member: Member) -> None:
    answer = house.signed(member, "GET", "/v1/pull?after=0")
    assert answer.status == 200 or answer.error in ("session", "restored", "busy"), answer.body


@given(path=st.sampled_from(sorted(MESSAGES)), at=steps, odd=odd, cut=st.integers(0, 3), flip=st.integers(0, 2_000))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spoilt_messages_are_problems_and_nothing_else(
    house: House, member: Member, path: str, at: list[int], odd: Any, cut: int, flip: int
) -> None:
    body = written(spoilt(MESSAGES[path], at, odd), 0 if cut else flip, 0 if cut != 2 else flip)
    sound(house.signed(member, "POST", path, body))


@given(name=st.sampled_from(PULLS), value=st.one_of(st.text(max_size=30), st.integers().map(str)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spoilt_questions_are_problems_and_nothing_else(house: House, member: Member, name: str, value: str) -> None:
    from urllib.parse import urlencode

    if name == "wait" and value.isdigit():
        return  # it would wait
    sound(house.signed(member, "GET", f"/v1/pull?{urlencode({name: value}, errors='replace')}"))
    still_there(house, member)


def test_a_fact_that_cannot_be_read_does_not_hold_up_the_next(house: House) -> None:
    member = house.enrol("T9")
    bodies: list[Any] = [MOVED, {"sku": 7}, [], MOVED | {"quantity": 2**63 - 1}, MOVED]
    kinds = ["StockMoved", "StockMoved", "NobodyKnows", "StockMoved", "StockMoved"]
    facts = [["T9", 1, n, None, 1_700_000_000_000 + n, "P1", kinds[n - 1], body] for n, body in enumerate(bodies, 1)]
    answer = house.signed(member, "POST", "/v1/push", {"device": "T9", "epoch": 1, "first": 1, "facts": facts})
    assert (answer.status, answer.body["highest"]) == (200, 5)
    pulled = house.signed(member, "GET", f"/v1/pull?after={answer.body['head'] - 5}").body["facts"]
    assert [line[6:] for line in pulled] == [[kind, body] for kind, body in zip(kinds, bodies, strict=True)]


def test_a_key_that_is_none_holds_up_nothing_and_a_supervisor_hears_of_it(house: House) -> None:
    member, name = house.enrol("T8"), "0123456789abcdef"

    def key(length: int) -> str:
        return base64.b64encode(bytes(length)).decode()

    good = [f"web-8:{name}", key(32)]
    odd = [[f"web-7:{name}", key(31)], [f"web-7:{name}", ""], ["x" * 1_001, key(32)], ["", None], ["a\0b", key(32)]]
    odd.append(["é" * 501, None])
    fact = ["T8", 1, 1, None, 1_700_000_000_001, "P1", "StockMoved", MOVED]
    push = {"device": "T8", "epoch": 1, "first": 1, "facts": [fact], "keys": [*odd, good]}
    for again in range(2):
        answer = house.signed(member, "POST", "/v1/push", push)
        assert (answer.status, answer.body["highest"]) == (200, 1), again
        wait_for(lambda: all(house.hub.rows.get(Review, f"key_unreadable/T8/{order}") for order in ("", "web-7")))
    pulled = house.signed(member, "GET", "/v1/pull?after=0").body
    assert [line for line in pulled["keys"] if line[0] not in ("", "a")][-1] == good
    assert not [line for line in pulled["keys"] if line[0].startswith("web-7") or len(line[0]) > 100]
    raised = [
        line[7]["subject"] for line in pulled["facts"] if line[6] == "ReviewRaised" and "T8" in line[7]["subject"]
    ]
    assert sorted(raised) == ["T8/", "T8/web-7"], "told once, though it was sent twice"

"""Whatever is wrong with a request, on every route and with either engine: a problem told, nothing kept, nothing told
that was not known, and the next good request goes through."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.hub.gatehouse import Answer, House, Member
from wms.hub import sync_routes
from wms.hub.limits import LARGEST_BODY, SMALL_BODY
from wms.sync import wire

BODY = {"receipt": "R1", "sku": "SKU", "lot": "", "quantity": 1, "place": "A-01"}
FACT = ["A", 1, 1, None, 1_700_000_000_000, "P1", "GoodsReceived", BODY]
PUSH: dict[str, Any] = {"device": "A", "epoch": 1, "first": 1, "facts": [FACT]}
ASK = {"request": "r", "person": "P1", "command": "HoldOrder", "body": {"order": "O", "reason": "x"}}
HELLO = {"device": "A", "epoch": 1, "n": 0, "session": "run-1", "previous": "", "lives": [], "head": 0}

POSTS: dict[str, dict[str, Any]] = {
    "/v1/push": PUSH,
    "/v1/return": {"facts": [FACT]},
    "/v1/ask": ASK,
    "/v1/hello": HELLO,
}
GETS = ("/v1/pull?after=0", "/v1/snapshot", "/v1/snapshot/abc", "/v1/terminals")
ROUTES = [("POST", path) for path in POSTS] + [("GET", path) for path in GETS]

INJECTION = "'; DROP TABLE hub_terminal; --"
SURROGATE = b'"\\ud800"'
DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.fixture
def member(house: House) -> Iterator[Member]:
    """A terminal that is let in. At the end it looks whether its queue still moves and the tables are there."""
    member = house.enrol("A")
    yield member
    good = house.signed(member, "POST", "/v1/push", PUSH)
    assert (good.status, good.body["highest"]) == (200, 1), good.body
    assert house.terminals().listing(0)


def refused(house: House, answer: Answer, before: tuple[int, ...], *status: int, sent: object = None) -> None:
    assert answer.status in (status or range(400, 500)), (answer.status, answer.body, sent)
    assert answer.error
    text = json.dumps(answer.body)
    for leak in (
        "Traceback",
        "sqlite",
        "psycopg",
        "hub_terminal",
        "hub_event",
        "SELECT",
        "INSERT",
        "/work",
        ".py",
        INJECTION,
    ):
        assert leak not in text, text
    assert house.counts() == before


def body_of(path: str) -> bytes | None:
    return json.dumps(POSTS[path]).encode() if path in POSTS else None


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_in_particular_gets_anything(house: House, member: Member, method: str, path: str) -> None:
    before, body = house.counts(), body_of(path)
    good = house.headers(member, method, path, body or b"")

    def but(**changes: str) -> dict[str, str]:
        return {**good, **{name.replace("_", "-"): value for name, value in changes.items()}}

    for headers in (
        {},
        but(Authorization=""),
        but(Authorization="Basic QTpC"),
        but(Authorization="Bearer"),
        but(Authorization="Bearer " + "x" * 8000),
        but(Authorization="Bearer MAIN." + "x" * 43),
        but(Authorization="Bearer SOUTH." + member.token.partition(".")[2]),  # a warehouse that is not here
        but(Authorization="Bearer " + member.token.partition(".")[2]),
        but(Authorization=f"Bearer MAIN.{INJECTION}"),
        but(Authorization=f"Bearer {INJECTION}.{member.token.partition('.')[2]}"),
        but(Authorization="Bearer \u00e9.\u00ff"),
        but(Wms_Signature=""),
        but(Wms_Signature="AAAA"),
        but(Wms_Date=""),
        but(Wms_Date="-1"),
        but(Wms_Date="9" * 400),
        but(Wms_Date="\u00b2\u00b3"),  # digits that are no numbers
        but(Wms_Session="another"),
    ):
        refused(house, house.send(method, path, body, headers), before, 401)
    old = house.headers(member, method, path, body or b"", house.hub.now() - 400_000)
    replayed = house.send(method, path, body, old)
    refused(house, replayed, before, 401)
    assert replayed.error == "clock"
    for version, error in (("99", "hub_old"), ("", "terminal_old"), ("x", "terminal_old"), ("1" * 50, "terminal_old")):
        answer = house.send(method, path, body, good | {"Wms-Version": version})
        refused(house, answer, before, 426)
        assert answer.error == error


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_revoked_terminal_gets_nothing(small_house: House, method: str, path: str) -> None:
    member = small_house.enrol("A")
    small_house.terminals().revoke("A", "me", 1)
    before = small_house.counts()
    answer = small_house.signed(member, method, path, body_of(path))
    refused(small_house, answer, before, 401)
    assert answer.error == "token"


@pytest.mark.parametrize("path", POSTS)
def test_bodies_that_are_no_messages(house: House, member: Member, path: str) -> None:
    before, good = house.counts(), json.dumps(POSTS[path]).encode()
    for body in (
        b"",
        b"{",
        b"null",
        b"[]",
        b"5",
        b'"text"',
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf{}",
        b"{}",
        DEEP,
        b'{"facts": ' + DEEP + b"}",
        good[:-1],
        good + b"x",
        good.replace(b'"A"', b"5"),
        good.replace(b'"A"', SURROGATE),
        good.replace(b'"P1"', b"5"),
        good.replace(b'"P1"', SURROGATE),
        good.replace(b'"P1"', b'"\\u0000"'),
        good.replace(b'"P1"', b'"' + b"x" * 2_000 + b'"'),
        good.replace(b" 1,", b" 99999999999999999999999,"),
        good.replace(b" 1,", b" -1,"),
        good.replace(b" 1,", b" 1.5,"),
        b" " * (SMALL_BODY + 1) if path == "/v1/hello" else b"?",
    ):
        if body != good:
            refused(house, house.signed(member, "POST", path, body), before, sent=body[:99])


def test_a_body_beyond_all_bounds_is_not_read_to_its_end(house: House, member: Member) -> None:
    before = house.counts()
    for path in POSTS:
        refused(house, house.signed(member, "POST", path, b" " * (LARGEST_BODY + 1)), before, 413)
    refused(house, house.send("POST", "/v1/enrol", b" " * (SMALL_BODY + 1)), before, 413)


def test_facts_in_a_wrapping_that_can_not_be(house: House, member: Member) -> None:
    before = house.counts()

    def fact(at: int, value: object) -> list[Any]:
        return [*FACT[:at], value, *FACT[at + 1 :]]

    for odd in (
        fact(0, "B"), fact(0, INJECTION), fact(1, 2), fact(1, 2**80), fact(2, 2), fact(2, -1), fact(2, 0),
        fact(4, 2**70), fact(5, "\0"), fact(5, "x" * 5_000), fact(6, ""), fact(6, "K" * 101), fact(6, "\ud800"),
        FACT[:-1], {},
    ):  # fmt: skip
        refused(house, house.signed(member, "POST", "/v1/push", PUSH | {"facts": [odd]}), before, sent=odd)
    many = [[*FACT[:2], n, *FACT[3:]] for n in range(1, wire.BATCH + 2)]
    refused(house, house.signed(member, "POST", "/v1/push", PUSH | {"facts": many}), before, 400)
    for change in ({"device": "B"}, {"epoch": -1}, {"first": 0}, {"first": 2**63}, {"keys": [["a", "?"]]}, {"keys": 5}):
        refused(house, house.signed(member, "POST", "/v1/push", PUSH | change), before)
    for life in ("another", "", INJECTION):
        answer = house.signed(replace(member, life=life), "POST", "/v1/push", PUSH)
        refused(house, answer, before, 409)
    answer = house.signed(replace(member, session="run-2"), "POST", "/v1/push", PUSH)
    refused(house, answer, before, 409)
    assert answer.error == "session"


def test_intents_that_are_none(house: House, member: Member) -> None:
    before = house.counts()
    for change in (
        {"command": "MoveStock"},
        {"command": INJECTION},
        {"command": ""},
        {"command": "LeaseWaybills", "body": {"carrier": "SF", "device": "B", "epoch": 1}},
        {"command": "LeaseWaybills", "body": {"carrier": 5}},
        {"body": None},
        {"body": {"order": 5}},
        {"request": "x" * 5_000},
        {"request": "\0"},
        {"request": None},
        {"person": 5},
    ):
        refused(house, house.signed(member, "POST", "/v1/ask", ASK | change), before)
    for order in (INJECTION, "\U00020000" * 10, "O\u202eO"):  # odd, but texts: the rules say there is no such order
        answer = house.signed(
            member, "POST", "/v1/ask", ASK | {"request": order, "body": {"order": order, "reason": ""}}
        )
        assert (answer.status, bool(answer.body["refused"])) == (200, True)


def test_questions_that_are_none(house: House, member: Member) -> None:
    before = house.counts()
    for path in (
        "/v1/pull?after=x", "/v1/pull?after=-1", "/v1/pull?after=", "/v1/pull?after=1.5", "/v1/pull?after=%00",
        "/v1/pull?after=" + "9" * 30, "/v1/pull?after=0&limit=x", "/v1/pull?after=0&wait=-5",
        "/v1/pull?after=0&keys_after=%F0%9F%98%80", "/v1/pull?after=%C2%B2", "/v1/pull?after=1%20OR%201=1",
        "/v1/pull?after=5", "/v1/snapshot/..%2F..%2Fwms.sqlite3", "/v1/snapshot/%00", "/v1/snapshot/" + "x" * 3_000,
        "/v1/nothing", "/", "/v1/pull/x", "/v1/../v1/pull",
    ):  # fmt: skip
        refused(house, house.signed(member, "GET", path), before)
    for method, path in (("PUT", "/v1/push"), ("DELETE", "/v1/terminals"), ("GET", "/v1/push"), ("POST", "/v1/pull")):
        refused(house, house.signed(member, method, path), before, 405)


def test_enrolments_that_are_none(house: House, member: Member) -> None:
    before, key = house.counts(), base64.b64encode(bytes(32)).decode()
    good = {"code": "AAAA-AAAA", "device": "B", "public_key": key}
    for body in (
        b"", b"{", b"[]", b'{"code": 5}', json.dumps(good | {"public_key": "?"}).encode(),
        json.dumps(good | {"device": INJECTION}).encode(), json.dumps(good | {"device": "\0"}).encode(),
        json.dumps(good | {"device": "\ud800"}).encode(), json.dumps(good | {"code": "\ud800"}).encode(),
        json.dumps(good | {"code": "\0" * 50}).encode(), json.dumps(good | {"code": INJECTION}).encode(),
        json.dumps(good | {"code": "\u0131\u0131\u0131\u0131"}).encode(), DEEP,
    ):  # fmt: skip
        refused(house, house.send("POST", "/v1/enrol", body), before)


def test_a_fault_of_the_hubs_own_tells_no_more_than_a_number(
    small_house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    member = small_house.enrol("A")

    def broken(*_: object, **__: object) -> None:
        raise KeyError("王小明, 5 Secret Street")

    monkeypatch.setattr(type(small_house.hub), "page", broken)
    answer = small_house.signed(member, "GET", "/v1/pull")
    assert (answer.status, answer.error) == (500, "fault")
    assert "Secret" not in json.dumps(answer.body)
    assert "KeyError" not in json.dumps(answer.body)
    number = answer.body["detail"].split()[-1]
    assert any(number in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/v1/push", PUSH | {"first": 0, "facts": [["A", 1, 0, *FACT[3:]]]}, "counted from 1"),
        ("/v1/return", {"facts": [["B", 1, 0, *FACT[3:]]]}, "counted from 1"),
        ("/v1/push", PUSH | {"first": -1}, "out of all bounds"),
        ("/v1/push", b'{"more": ' + DEEP + b"}", "nested too deeply"),
        ("/v1/push", b'{"device": "\xff"}', "not UTF-8"),
    ],
    ids=["push-0", "return-0", "push--1", "deep", "no-utf-8"],
)
def test_what_is_wrong_is_told_in_words_for_people(
    house: House, member: Member, path: str, body: object, says: str
) -> None:
    before = house.counts()
    answer = house.signed(member, "POST", path, body)
    refused(house, answer, before, 400)
    assert says in answer.body["detail"], answer.body
    assert "Error" not in answer.body["detail"]


def test_a_fault_that_nobody_foresaw_says_nothing_of_itself(
    house: House, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("zip() argument 2 is shorter than argument 1")

    with monkeypatch.context() as patch:
        patch.setattr(house.hub, "push", fails)
        answer = house.signed(member, "POST", "/v1/push", PUSH)
    assert answer.error == "message"
    assert answer.body["detail"] == "the hub can not make sense of this request"


def test_who_is_to_come_back_is_told_whole_seconds(
    house: House, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_routes, "MOST_PUSHES", 0)
    answer = house.signed(member, "POST", "/v1/push", PUSH)
    assert (answer.status, answer.error) == (429, "busy")
    assert answer.headers["retry-after"].isdigit()
    monkeypatch.undo()

"""What must never get in: refused with a problem that says why, nothing stored, nothing of it repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hub.gatehouse import House
from tests.hub.programs import Program, furnish, order, program
from wms.hub.limits import Allowance
from wms.hub.roles import ClientRole

GOOD = order("1")
WITHOUT = object()


@pytest.fixture
def erp(house: House) -> Program:
    furnish(house.hub)
    return program(house)


def but(**changes: Any) -> bytes:
    return json.dumps({name: value for name, value in (GOOD | changes).items() if value is not WITHOUT}).encode()


def line(**changes: Any) -> bytes:
    return but(lines=[{"sku": "TEA", "quantity": 1} | changes])


BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"{", 400),
    "half a string": (b'{"channel": "sh', 400),
    "two documents": (but() + but(), 400),
    "not a number": (line(quantity=float("nan")), 400),
    "latin-1": (but(reference="x").replace(b'"x"', b'"\xe9"'), 400),
    "surrogates in UTF-8": (but(reference="x").replace(b'"x"', b'"\xed\xa0\x80"'), 400),
    "lone surrogate": (but(reference="x").replace(b'"x"', b'"\\ud800"'), 400),
    "deep nesting": (b"[" * 100_000, 422),
    "deep nesting in a field": (but(lines="x").replace(b'"x"', b"[" * 50_000 + b"]" * 50_000), 422),
    "deep nesting where nobody looks": (b'{"x": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}", 422),
    "a word": (b'"order"', 422),
    "null": (b"null", 422),
    "no orders": (b"[]", 422),
    "too many": (json.dumps([GOOD] * 201).encode(), 422),
    "one of a list is wrong": (b"[" + but() + b"," + line(quantity=0) + b"]", 422),
    "no channel": (but(channel=WITHOUT), 422),
    "empty reference": (but(reference=""), 422),
    "reference of spaces": (but(reference="  "), 422),
    "space at the end": (but(reference="1 "), 422),
    "line end at the end": (but(reference="1\n"), 422),
    "long reference": (but(reference="x" * 101), 422),
    "a number for a reference": (but(reference=17), 422),
    "NUL": (but(reference="a\0b"), 422),
    "NUL in the recipient": (but(recipient={"name": "a\0b"}), 422),
    "escape sequence": (but(recipient={"name": "\x1b[31m"}), 422),
    "C1 control": (but(recipient={"name": "\x9b31m"}), 422),
    "a field nobody knows": (but(prority=1), 422),
    "a field nobody knows, below": (line(qty=1), 422),
    "a person without a name": (but(recipient={"phone": "1"}), 422),
    "quantity as text": (line(quantity="2"), 422),
    "quantity as truth": (line(quantity=True), 422),
    "half a unit": (line(quantity=0.5), 422),
    "none": (line(quantity=0), 422),
    "less than none": (line(quantity=-1), 422),
    "too many units": (line(quantity=1_000_000), 422),
    "huge": (line(quantity=10**30), 422),
    "huge exponent": (line(quantity=1).replace(b'"quantity": 1', b'"quantity": 1e400'), 422),
    "no time": (but(ship_by="tomorrow"), 422),
    "a day that is none": (but(ship_by="2026-02-30T00:00:00Z"), 422),
    "a time without a zone": (but(ship_by="2026-11-24T12:00:00"), 422),
    "the year one": (but(placed_at="0001-01-01T00:00:00+08:00"), 422),
    "the year 9999": (but(ship_by="9999-12-31T23:59:59-12:00"), 422),
    "seconds": (but(ship_by=1_790_000_000), 422),
}


def test_orders_that_can_not_be(erp: Program) -> None:
    before = erp.house.counts()
    found = {name: erp.post("/v1/orders", body, "key") for name, (body, _) in BODIES.items()}
    assert {name: answer.status for name, answer in found.items()} == {name: due for name, (_, due) in BODIES.items()}
    assert all(answer.error for answer in found.values())
    assert erp.house.counts() == before


def test_what_was_sent_is_not_repeated(erp: Program) -> None:
    for body in (but(**{"<script>小明": 1}), but(reference="小明\0"), but(recipient={"name": 7, "小明": 1})):
        assert "小明" not in json.dumps(erp.post("/v1/orders", body).body, ensure_ascii=False)


def test_a_body_that_is_too_large_is_not_even_held(erp: Program) -> None:
    before = erp.house.counts()
    assert erp.post("/v1/orders", b" " * (2 * 1024 * 1024 + 1)).status == 413
    assert erp.post("/v1/orders/shop-1/hold", b" " * (64 * 1024 + 1)).error == "too_large"
    assert erp.house.counts() == before


KINDS = ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""]


def test_another_kind_of_body(erp: Program) -> None:
    for kind in KINDS:
        answer = erp.post("/v1/orders", but(), **{"Content-Type": kind})
        assert (answer.status, answer.error) == (415, "media_type")
    assert erp.post("/v1/orders", but(), **{"Content-Type": "application/json; charset=utf-8"}).status == 201


KEYS = ["", '""', "é", "a" * 256, f'"{"a" * 256}"', "tab\there"]


def test_a_key_that_is_none(erp: Program) -> None:
    for key in KEYS:
        answer = erp.post("/v1/orders", but(), **{"Idempotency-Key": key})
        assert (answer.status, answer.error) == (400, "idempotency_key")


QUESTIONS = [
    "/v1/orders?limit=0",
    "/v1/orders?limit=201",
    "/v1/orders?limit=99999999999999999999",
    "/v1/orders?limit=x",
    "/v1/orders?limit=",
    "/v1/orders?limit=5&limit=6",
    "/v1/orders?status=lost",
    "/v1/orders?status=null",
    "/v1/orders?nobody=1",
    "/v1/orders?channel=shop",
    "/v1/orders?channel=a%00b&reference=x",
    "/v1/orders?after=x",
    "/v1/orders?after=%F0%9F",
    "/v1/orders?after=W10",
    "/v1/orders?after=WyJvcmRlcnMiLCAxXQ",
    "/v1/orders?after=WyJpdGVtIiwgIngiXQ",
    "/v1/stock-places?sku=%0A",
    "/v1/feed?after=1",
    "/v1/feed?after=-1.x",
    "/v1/feed?after=1.nosuchlife",
    "/v1/feed?after=99999999999999999999.x",
    "/v1/feed?after=%D9%A1.x",
]


def test_a_question_that_makes_no_sense(erp: Program) -> None:
    for path in QUESTIONS:
        answer = erp.get(path)
        assert (answer.status, bool(answer.error)) == (422, True)


NAMES = ["nobody", "a%00b", "%0A", "%27%20OR%201=1%20--", "..%2F..%2Fetc", "%F0%9F", "x" * 4000]


def test_what_is_not_there(erp: Program) -> None:
    for name in NAMES:
        for path in ("orders", "shipments", "stock", "items", "exceptions", "webhooks"):
            answer = erp.get(f"/v1/{path}/{name}")
            assert (answer.status, bool(answer.error)) == (404, True)
        assert erp.delete(f"/v1/webhooks/{name}").status == 404
        assert erp.post(f"/v1/orders/{name}/hold", {"reason": "x"}).status == 404
        assert erp.post(f"/v1/exceptions/{name}/decide", {"way": "Done"}).status == 404
        assert erp.post(f"/v1/webhooks/{name}/enable").status == 404


def test_no_such_path_and_no_such_method_are_problems_too(erp: Program) -> None:
    assert erp.get("/v2/orders").error == "request"
    assert erp.get("/").status == 404
    wrong = erp.house.send("PATCH", "/v1/orders", b"{}", erp.headers())
    assert (wrong.status, wrong.error) == (405, "request")
    assert set(wrong.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "POST"}
    assert erp.house.send("TRACE", "/v1/orders", None, erp.headers()).status in {400, 405}


ASTRAY = [
    "http://example.com/",
    "https://127.0.0.1/",
    "https://169.254.169.254/",
    "https://user:pw@example.com/",
    "ftp://example.com/",
    "https://example.com/#x",
    "https://example.com/\r\nX-A: b",
    f"https://example.com/{'x' * 500}",
]


def test_a_webhook_that_leads_astray(erp: Program) -> None:
    for url in ASTRAY:
        answer = erp.post("/v1/webhooks", {"url": url})
        assert (answer.status, bool(answer.error)) == (422, True)
        assert erp.get("/v1/webhooks").body == {"webhooks": []}


def test_a_webhook_for_events_that_there_are_not(erp: Program) -> None:
    assert erp.post("/v1/webhooks", {"url": "https://example.com/", "types": ["order.lost"]}).error == "types"
    assert erp.post("/v1/webhooks", {"url": "https://example.com/", "after": "x"}).error == "cursor"


def test_webhooks_without_end(erp: Program) -> None:
    found = [erp.post("/v1/webhooks", {"url": f"https://example.com/{n}"}).status for n in range(21)]
    assert found == [201] * 20 + [409]


TOKENS = ["", "x", "MAIN.", "MAIN.x", "OTHER.x", "MAIN.' OR 1=1 --"]


def test_who_has_no_token_learns_nothing(erp: Program) -> None:
    for token in TOKENS:
        erp.token = token
        for answer in (erp.post("/v1/orders", but()), erp.get("/v1/orders"), erp.get("/v1/orders/nobody")):
            assert (answer.status, answer.error) == (401, "token")


def test_a_token_is_good_for_its_role_only(house: House) -> None:
    monitor = program(house, ClientRole.MONITOR)
    for answer in (monitor.post("/v1/orders", but()), monitor.get("/v1/feed"), monitor.get("/v1/webhooks")):
        assert (answer.status, answer.error) == (403, "role")
    terminal = house.enrol("T1")
    erp = Program(house, terminal.token)
    assert erp.get("/v1/orders").status == 401


def test_too_many_requests_are_told_how_many_whole_seconds_to_wait(erp: Program) -> None:
    erp.house.gate._requests = Allowance(0.001, 3)
    found = [erp.get("/v1/orders") for _ in range(5)]
    assert [answer.status for answer in found] == [200, 200, 200, 429, 429]
    assert found[-1].error == "busy"
    assert 1 <= int(found[-1].headers["retry-after"]) <= 3

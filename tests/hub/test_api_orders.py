"""Orders over the API: each once, whoever sends it how often, and nobody's name in the clear."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.hub.gatehouse import Answer, House, serving
from tests.hub.programs import WANG, Program, furnish, order, program, received
from wms.domain.orders import Order, Recipient
from wms.hub.api import orders as orders_api
from wms.hub.roles import ClientRole


@pytest.fixture
def erp(house: House) -> Program:
    furnish(house.hub)
    return program(house)


def outcomes(answer: Answer) -> list[tuple[str, str, list[str]]]:
    return [(one["id"], one["result"], one["reasons"]) for one in answer.body["orders"]]


def eventually(see: Callable[[], Any]) -> Any:
    """The picture may be a moment behind the journal."""
    ready = threading.Event()
    for _ in range(200):
        found = see()
        if found:
            return found
        ready.wait(0.02)
    raise AssertionError("it never came")


def told(erp: Program, name: str) -> dict[str, Any]:
    """The order as the API tells it."""
    answer: Answer = eventually(lambda: (found := erp.get(f"/v1/orders/{name}")).status == 200 and found)
    return dict(answer.body)


def test_an_order_is_taken_in_and_told_again_without_its_recipient(erp: Program) -> None:
    answer = erp.post("/v1/orders", order("1", quantity=2, ship_by="2026-11-24T12:00:00+08:00"))
    assert (answer.status, outcomes(answer)) == (201, [("shop-1", "ready", [])])
    found = told(erp, "shop-1")
    assert (found["status"], found["ship_by"], found["carrier"]) == ("ready", "2026-11-24T04:00:00Z", "sf")
    assert [(line["sku"], line["quantity"]) for line in found["lines"]] == [("TEA", 2)]
    assert found["recipient"] == "王* 1*******000 上海"
    assert not any(part in json.dumps(found, ensure_ascii=False) for part in ("小明", "13800138000", "人民路"))


def test_the_recipient_is_sealed_and_only_the_key_opens_it(erp: Program) -> None:
    erp.post("/v1/orders", order("1"))
    told(erp, "shop-1")
    rows = erp.house.hub.rows
    recipient = rows.get(Recipient, "shop-1")
    assert recipient is not None
    journal = rows.connection.execute("SELECT group_concat(body) FROM journal").fetchone()[0]
    assert not any(part in journal for part in (WANG["name"], WANG["phone"], WANG["address"][0]))
    name, _, sealed = recipient.sealed.partition(".")
    keys = {line.subject: line.key for line in erp.house.hub.page(0, 500, 0).keys}
    data = urlsafe_b64decode(sealed)
    person = json.loads(AESGCM(keys[f"shop-1:{name}"] or b"").decrypt(data[:12], data[12:], b"shop-1"))
    assert (person["name"], person["address_lines"]) == ("王小明", ["人民路1号"])


def test_sent_again_nothing_happens_twice_and_what_came_first_stands(erp: Program) -> None:
    erp.post("/v1/orders", order("1", quantity=2))
    told(erp, "shop-1")
    head = erp.house.hub.head()
    again = erp.post("/v1/orders", order("1", quantity=2))
    assert (again.status, outcomes(again)) == (200, [("shop-1", "skip", ["known"])])
    assert erp.house.hub.head() == head
    changed = erp.post("/v1/orders", order("1", quantity=7))
    assert (changed.status, outcomes(changed)) == (201, [("shop-1", "hold", ["changed:lines"])])
    assert told(erp, "shop-1")["lines"][0]["quantity"] == 2


def test_a_list_is_told_of_one_by_one(erp: Program) -> None:
    sent = [order("1", quantity=90), order("2", quantity=20), order("3", "NONE"), order("1")]
    answer = erp.post("/v1/orders", [*sent, order("4", cancelled=True)])
    assert answer.status == 201
    assert outcomes(answer) == [
        ("shop-1", "ready", []),
        ("shop-2", "ready", []),  # stock is not intake's business: the review holds it
        ("shop-3", "hold", ["unknown_item:NONE"]),
        ("shop-1", "skip", ["order_twice:orders:0"]),
        ("shop-4", "skip", ["cancelled"]),
    ]
    assert [one["cancelled"] for one in answer.body["orders"]] == [False] * 4 + [True]


def test_an_order_is_held_released_and_stopped_and_the_rules_say_no(erp: Program) -> None:
    erp.post("/v1/orders", order("1"))
    told(erp, "shop-1")
    assert erp.post("/v1/orders/shop-1/release").error == "refused"
    assert erp.post("/v1/orders/shop-1/hold", {"reason": "fraud?"}).status == 204
    assert eventually(lambda: told(erp, "shop-1")["holds"]) == ["by_hand:fraud?"]
    assert erp.post("/v1/orders/shop-1/release").status == 204
    assert erp.post("/v1/orders/shop-1/cancel", {"reason": "called", "refund": True}).status == 204
    assert eventually(lambda: told(erp, "shop-1")["stop"]) == "refund"
    again = erp.post("/v1/orders/shop-1/cancel", {"reason": "called"})
    assert (again.status, again.error) == (409, "refused")
    assert "already cancelled" in again.body["detail"]
    assert erp.post("/v1/orders/shop-2/cancel", {"reason": "x"}).error == "no_order"


def test_pages_tell_each_order_once_whatever_comes_between(erp: Program) -> None:
    erp.post("/v1/orders", [order(f"{n:02}") for n in range(25)])
    told(erp, "shop-24")
    seen: list[str] = []
    cursor = ""
    while True:
        found = erp.get(f"/v1/orders?limit=10&after={cursor}").body
        seen += [one["id"] for one in found["orders"]]
        erp.post("/v1/orders", order(f"00-{len(seen)}"))  # before the place where the reader stands
        if found["next"] is None:
            break
        cursor = found["next"]
    assert seen == [f"shop-{n:02}" for n in range(25)]
    assert erp.get(f"/v1/items?after={cursor}").error == "cursor"
    assert len(erp.get("/v1/orders?channel=shop&reference=07").body["orders"]) == 1
    assert erp.get("/v1/orders?status=held").body == {"orders": [], "next": None}


def test_odd_names_are_kept_as_they_are(erp: Program) -> None:
    """Four-byte Han, a slash, a hash, what looks like SQL."""
    for reference in ("𠮷𠮷", "2026/11/7", "#1001", "';DROP TABLE orders;--", "a b"):
        assert erp.post("/v1/orders", order(reference)).status == 201
    found = eventually(lambda: len(page := erp.get("/v1/orders").body["orders"]) == 5 and page)
    assert {one["reference"] for one in found} == {"𠮷𠮷", "2026/11/7", "#1001", "';DROP TABLE orders;--", "a b"}
    assert told(erp, "shop-2026%2F11%2F7")["reference"] == "2026/11/7"
    assert erp.post("/v1/orders/shop-2026/11/7/hold", {"reason": "x"}).status == 204


# Idempotency-Key


def test_the_same_key_gets_the_same_answer_and_no_second_effect(erp: Program) -> None:
    first = erp.post("/v1/orders", order("1"), "k-1")
    head = erp.house.hub.head()
    again = erp.post("/v1/orders", order("1"), '"k-1"')  # as a structured field
    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert erp.house.hub.head() == head
    other = erp.post("/v1/orders", order("2"), "k-1")
    assert (other.status, other.error) == (422, "key_reused")
    elsewhere = erp.post("/v1/orders/shop-1/hold", {"reason": "x"}, "k-1")
    assert elsewhere.error == "key_reused"
    assert program(erp.house, ClientRole.ADMIN).post("/v1/orders", order("2"), "k-1").status == 201  # another's key


def test_acts_on_orders_are_done_once_too(erp: Program) -> None:
    erp.post("/v1/orders", order("1"))
    told(erp, "shop-1")
    assert [erp.post("/v1/orders/shop-1/cancel", {"reason": "x"}, "c").status for _ in range(3)] == [204] * 3
    assert erp.post("/v1/orders/shop-1/cancel", {"reason": "x"}, "d").status == 409
    assert erp.post("/v1/orders/shop-1/cancel", {"reason": "x"}, "d").error == "refused"  # refusals are not kept


def test_the_answer_to_old_news_is_kept_as_well(erp: Program) -> None:
    erp.post("/v1/orders", order("1"))
    told(erp, "shop-1")
    first = erp.post("/v1/orders", order("1"), "k")
    assert (first.status, first.body) == (200, erp.post("/v1/orders", order("1"), "k").body)
    assert erp.post("/v1/orders", order("9"), "k").error == "key_reused"


def test_twenty_at_once_with_one_key_make_one_order(erp: Program) -> None:
    before = received(erp.house.hub)
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: erp.post("/v1/orders", order("1"), "same"), range(20)))
    done = [answer for answer in answers if answer.status == 201]
    assert len({json.dumps(answer.body) for answer in done}) == 1
    assert {answer.error for answer in answers if answer.status != 201} <= {"in_flight"}
    assert received(erp.house.hub) == before + 1
    assert erp.post("/v1/orders", order("1"), "same").body == done[0].body


def test_twenty_at_once_without_a_key_make_one_order(erp: Program) -> None:
    before = received(erp.house.hub)
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: erp.post("/v1/orders", order("1")), range(20)))
    assert sorted({answer.status for answer in answers}) == [200, 201]
    assert [answer.status for answer in answers].count(201) == 1
    assert received(erp.house.hub) == before + 1


def test_work_whose_answer_can_not_be_kept_is_not_done(erp: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the power went")

    before = received(erp.house.hub)
    with monkeypatch.context() as patch:
        patch.setattr(orders_api, "keep", fails)
        broken = erp.post("/v1/orders", order("1"), "k")
    assert (broken.status, broken.error) == (500, "fault")
    assert "power" not in broken.body["detail"]
    assert received(erp.house.hub) == before
    assert erp.post("/v1/orders", order("1"), "k").status == 201
    assert received(erp.house.hub) == before + 1


@pytest.fixture
def twins(tmp_path: Path, postgres_database: str) -> Iterator[tuple[Program, Program]]:
    """Two processes' worth of hub before one database."""
    with serving(tmp_path / "a", postgres_database) as one, serving(tmp_path / "b", postgres_database) as other:
        furnish(one.hub)
        erp = program(one)
        yield erp, Program(other, erp.token)


def test_two_hubs_before_one_database_answer_one_key_alike(twins: tuple[Program, Program]) -> None:
    before = received(twins[0].house.hub)
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda n: twins[n % 2].post("/v1/orders", order("1"), "same"), range(12)))
    done = [answer for answer in answers if answer.status == 201]
    assert len({json.dumps(answer.body) for answer in done}) == 1
    assert {answer.error for answer in answers if answer.status != 201} <= {"in_flight"}
    assert received(twins[1].house.hub) == before + 1
    assert all(twin.post("/v1/orders", order("1"), "same").body == done[0].body for twin in twins)
    assert eventually(lambda: twins[1].house.hub.rows.get(Order, "shop-1"))

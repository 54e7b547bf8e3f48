"""Label data over the API: printed as given, once, and never exchanged silently."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub.gatehouse import House
from tests.hub.programs import Program, furnish, order, program
from wms.domain.labelling import label_data
from wms.hub.roles import ClientRole

ONE = {"waybill": "SF1000000000001", "sort_code": "021-A", "qr": "https://sf.example/1", "masked_name": "王*"}
PATH = "/v1/orders/shop-1/label-data"


@pytest.fixture
def erp(house: House) -> Program:
    furnish(house.hub)
    found = program(house)
    found.post("/v1/orders", [order("1"), order("2")])
    return found


def test_it_is_taken_once(erp: Program) -> None:
    first = erp.post(PATH, ONE, key="k")
    assert (first.status, first.body) == (200, {"order": "shop-1", "result": "given"})
    assert erp.post(PATH, ONE, key="k").body["result"] == "given"
    assert erp.post(PATH, ONE).body["result"] == "same"
    found = label_data(erp.house.hub.rows, "shop-1")
    assert found is not None
    assert (found.waybill, found.sort_code, found.qr) == (ONE["waybill"], "021-A", ONE["qr"])


def test_a_second_number_is_a_conflict_as_often_as_it_is_sent(erp: Program) -> None:
    erp.post(PATH, ONE)
    for _ in range(2):
        answer = erp.post(PATH, {"waybill": "SF1000000000002"}, key="again")
        assert (answer.status, answer.body["error"]) == (409, "conflict")
    kinds = [one["kind"] for one in erp.get("/v1/exceptions").body["exceptions"]]
    assert kinds.count("label_conflict") == 1
    found = label_data(erp.house.hub.rows, "shop-1")
    assert found is not None
    assert found.waybill == ONE["waybill"]
    assert erp.post("/v1/orders/shop-2/label-data", ONE).status == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"waybill": "x"}, 422),
        ({"waybill": "SF1000000000001", "carrier": "nobody"}, 422),
        ({"masked_name": "王小明"}, 422),
        ({"masked_phone": "13800138000"}, 422),
        ({"waybill": "SF10000000\u001b0001"}, 422),
        ({"waybill": 75312345678901}, 422),
        ({"number": "SF1000000000001"}, 422),
        ({"qr": "x" * 1001}, 422),
    ],
)
def test_what_cannot_be_is_refused(erp: Program, body: dict[str, Any], status: int) -> None:
    answer = erp.post(PATH, body)
    assert answer.status == status
    assert not any(str(value) in str(answer.body) for value in body.values() if value in ("王小明", "13800138000"))


def test_an_order_nobody_knows_and_one_that_is_over(erp: Program) -> None:
    assert erp.post("/v1/orders/shop-9/label-data", ONE).status == 404
    erp.post("/v1/orders/shop-1/cancel", {"reason": "customer"})
    assert erp.post(PATH, ONE).status == 409


def test_who_may_not_order_may_not_label(erp: Program) -> None:
    assert program(erp.house, ClientRole.MONITOR).post(PATH, ONE).status == 403


def test_it_is_described(erp: Program) -> None:
    described = erp.get("/openapi.json").body["paths"]["/v1/orders/{id}/label-data"]["post"]
    assert any(one["name"] == "Idempotency-Key" for one in described["parameters"])
    assert {"200", "404", "409", "422"} <= set(described["responses"])

"""The review of orders at the hub: the same rules over its own picture, with the keys its engine keeps."""

from __future__ import annotations

from tests.hub.gatehouse import House
from tests.hub.programs import furnish, order, program
from wms.domain.auditing import Blocked
from wms.domain.events import ReviewRaised
from wms.domain.ids import Badge, OrderId
from wms.domain.orders import Order, Recipient
from wms.domain.records import replace
from wms.hub.order_review import review_at_hub
from wms.order_review.rules import defaults
from wms.store.sealing import key_of
from wms.sync.wire import KeyLine

P = Badge("api")
RULES = replace(defaults(), blocked=Blocked(phones=("13800138000",)))


def test_an_order_that_came_over_the_api_is_reviewed_with_the_hub_s_own_keys(house: House) -> None:
    furnish(house.hub)
    erp = program(house)
    erp.post("/v1/orders", [order("1"), order("2", recipient=None)])
    names = [OrderId("shop-1"), OrderId("shop-2")]
    findings = review_at_hub(house.hub, names, P, RULES)
    assert [(one.order, one.reason, one.done) for one in findings] == [("shop-1", "blocked_phone", True)]
    assert erp.get("/v1/orders/shop-1").body["status"] == "held"
    (told,) = erp.get("/v1/exceptions").body["exceptions"]
    assert (told["id"], told["says"]) == ("order_held/shop-1", "Order 1 is held: This phone number is blocked")
    assert [way["way"] for way in told["ways"]] == ["Release", "Cancel the order", "Ask the customer"]
    asked = {"way": "Ask the customer", "reason": "mailed"}
    assert erp.post("/v1/exceptions/order_held/shop-1/decide", asked).status == 204
    assert erp.post("/v1/exceptions/order_held/shop-1/decide", {"way": "Release"}).status == 204


def test_an_erp_is_told_what_a_channel_changed(house: House) -> None:
    furnish(house.hub)
    erp = program(house)
    erp.post("/v1/orders", order("1"))
    house.hub.record([ReviewRaised("order_changed", "shop-1", "lines")], P)
    (told,) = erp.get("/v1/exceptions").body["exceptions"]
    assert (told["id"], told["says"]) == (
        "order_changed/shop-1", "Order 1 was changed in the channel: other goods"
    )  # fmt: skip


def test_a_person_who_was_erased_is_not_known_any_more(house: House) -> None:
    furnish(house.hub)
    program(house).post("/v1/orders", order("1"))
    assert review_at_hub(house.hub, [], P, RULES) == ()
    found = house.hub.rows.get(Recipient, "shop-1")
    assert found is not None
    house.hub.keep_keys([KeyLine(key_of(OrderId("shop-1"), found.sealed), None)])
    assert review_at_hub(house.hub, [OrderId("shop-1")], P, RULES) == ()
    kept = house.hub.rows.get(Order, "shop-1")
    assert kept is not None
    assert kept.status == "ready"

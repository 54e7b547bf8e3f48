"""What comes out: the feed, shipments, stock, exceptions. In order, again on demand, and about nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hub.gatehouse import House
from tests.hub.programs import Program, furnish, order, program
from tests.hub.test_api_orders import eventually, told
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import NO_LOT, Badge, CarrierCode, ManifestId, OrderId, ParcelId, PlaceId, Sku
from wms.hub.api import exceptions
from wms.hub.api.events import TYPES
from wms.hub.roles import ClientRole
from wms.workflows.conflicts import Decision
from wms.workflows.prompt import msg

P = Badge("P")
PARCEL, MANIFEST, ORDER = ParcelId("PX1"), ManifestId("M1"), OrderId("shop-1")
TEA = Sku("TEA")


@pytest.fixture
def erp(house: House) -> Program:
    furnish(house.hub)
    return program(house)


def ship(erp: Program) -> None:
    """Order 1 is packed, labelled, staged and taken away; the courier's name is on the manifest."""
    erp.post("/v1/orders", order("1", quantity=2))
    erp.house.hub.record(
        [
            e.PackingStarted(ORDER, PARCEL),
            e.ParcelWeighed(PARCEL, 500, 490, "scale"),
            e.WaybillAssigned(PARCEL, CarrierCode("sf"), "SF000001", "L", 1),
            e.ParcelStaged(PARCEL, PlaceId("S-1")),
            e.ManifestOpened(MANIFEST, CarrierCode("sf")),
            e.ParcelLoaded(MANIFEST, PARCEL),
            e.ManifestClosed(MANIFEST, "李师傅"),
        ],
        P,
    )


def all_events(erp: Program, after: str = "", limit: int = 100) -> tuple[list[dict[str, Any]], str]:
    """Everything up to the hub's head."""
    head, events = erp.house.hub.head(), []
    cursor = after

    def page() -> bool:
        nonlocal cursor
        found = erp.get(f"/v1/feed?limit={limit}&after={cursor}").body
        events.extend(found["events"])
        cursor = found["next"]
        return int(cursor.partition(".")[0]) >= head

    eventually(page)
    return events, cursor


def test_the_feed_tells_what_happened_in_order(erp: Program) -> None:
    ship(erp)
    events, _ = all_events(erp)
    assert [one["type"] for one in events] == [
        "stock.changed",
        "order.received",
        "parcel.labelled",
        "parcel.packed",
        "order.shipped",
    ]
    assert events[0]["data"] == {"sku": "TEA", "lot": "", "place": "A-1", "change": 100, "cause": "received"}
    assert events[-1]["data"] == {
        "order": "shop-1",
        "manifest": "M1",
        "carrier": "sf",
        "parcels": [{"parcel": "PX1", "waybill": "SF000001", "weight_g": 500}],
    }
    assert len({one["id"] for one in events}) == len(events)
    assert set(TYPES) >= {one["type"] for one in events}


def test_the_feed_speaks_of_nobody(erp: Program) -> None:
    ship(erp)
    erp.post("/v1/orders/shop-1/hold", {"reason": "王小明 rang"})
    erp.post("/v1/orders", order("2"))
    told(erp, "shop-2")
    erp.post("/v1/orders/shop-2/hold", {"reason": "王小明 rang"})
    erp.post("/v1/orders/shop-2/cancel", {"reason": "王小明 rang"})
    events = [one | {"id": "", "timestamp": ""} for one in all_events(erp)[0]]  # any digits can stand in these
    said = json.dumps(events, ensure_ascii=False)
    assert not any(word in said for word in ("王", "138", "人民路", "李师傅", '"P"', "rang"))
    assert '"holds": ["by_hand"]' in said


def test_small_pages_tell_the_same_as_one_large(erp: Program) -> None:
    erp.post("/v1/orders", [order(str(n)) for n in range(20)])
    whole, end = all_events(erp)
    pieces, same_end = all_events(erp, limit=3)
    assert pieces == whole
    assert same_end == end
    assert all_events(erp, end) == ([], end)
    assert erp.get("/v1/feed?after=end").body == {"events": [], "next": end, "more": False}
    erp.post("/v1/orders", order("x"))
    assert [one["data"]["order"] for one in all_events(erp, end)[0]] == ["shop-x"]


def test_a_cursor_of_an_earlier_life_goes_back_to_where_the_lives_parted(erp: Program) -> None:
    """What comes again comes under the same ids."""
    erp.post("/v1/orders", order("1"))
    before, cursor = all_events(erp)
    position = int(cursor.partition(".")[0])

    def another_life(session: Any) -> None:
        session.execute(
            "INSERT INTO hub_life (wh, serial, life, branched, device, began) VALUES ('MAIN', 99, 'later', ?, 'X', 0)",
            (position - 2,),  # before the order, which came in and then was reviewed
        )

    erp.house.hub.database.write(another_life)
    again = erp.get(f"/v1/feed?after={cursor}").body["events"]
    assert again == before[-1:]


def test_a_cursor_beyond_the_end_is_refused_with_a_sentence(erp: Program) -> None:
    end = erp.get("/v1/feed?after=end").body["next"]
    position, _, life = end.partition(".")
    assert erp.get(f"/v1/feed?after={end}").status == 200
    for far in (int(position) + 1, 10**17):
        answer = erp.get(f"/v1/feed?after={far}.{life}")
        assert (answer.status, answer.error) == (400, "cursor"), answer.body
        assert "beyond the end" in answer.body["detail"]


def test_what_is_short_damaged_moved_counted(erp: Program) -> None:
    end = erp.get("/v1/feed?after=end").body["next"]
    erp.house.hub.record(
        [
            e.StockAdjusted(TEA, NO_LOT, PlaceId("A-1"), -3, "broken"),
            e.StockMoved(TEA, NO_LOT, 5, PlaceId("A-1"), PlaceId("S-1")),
            e.OrderCancelled(OrderId("shop-7"), refund=True),
        ],
        P,
    )
    told_of = [(one["type"], one["data"]) for one in all_events(erp, end)[0]]
    assert told_of[0][1]["change"] == -3
    assert told_of[1] == (
        "stock.moved",
        {"sku": "TEA", "lot": "", "quantity": 5, "source": "A-1", "target": "S-1"},
    )
    assert told_of[2] == ("order.cancelled", {"order": "shop-7", "refund": True})


def test_shipments_say_who_took_what_when(erp: Program) -> None:
    assert erp.get("/v1/shipments").body == {"shipments": [], "next": None}
    ship(erp)
    (shipment,) = eventually(lambda: erp.get("/v1/shipments").body["shipments"])
    (parcel,) = shipment["parcels"]
    assert (shipment["order"], shipment["reference"], shipment["status"]) == ("shop-1", "1", "handed_over")
    assert (parcel["waybill"], parcel["carrier"], parcel["weight_g"]) == ("SF000001", "sf", 500)
    assert parcel["handed_over_at"] == shipment["shipped_at"] != None  # noqa: E711
    assert erp.get("/v1/shipments/shop-1").body == shipment
    assert erp.get("/v1/shipments?status=packed").body["shipments"] == []
    erp.post("/v1/orders", order("2"))
    told(erp, "shop-2")
    assert erp.get("/v1/shipments/shop-2").error == "no_shipment"


def test_stock_by_item_and_by_place(erp: Program) -> None:
    erp.post("/v1/orders", order("1", quantity=30))
    told(erp, "shop-1")
    erp.house.hub.record([e.StockMoved(TEA, NO_LOT, 10, PlaceId("A-1"), PlaceId("S-1"))], P)
    eventually(lambda: erp.get("/v1/stock/TEA").body["in_work"])
    assert erp.get("/v1/stock/TEA").body == {
        "sku": "TEA", "available": 60, "in_bins": 90, "allocated": 0, "ordered": 30, "in_work": 10,
    }  # fmt: skip
    assert [one["sku"] for one in erp.get("/v1/stock").body["items"]] == ["JAM", "TEA"]
    places = erp.get("/v1/stock-places?sku=TEA").body["places"]
    assert [(one["place"], one["role"], one["quantity"]) for one in places] == [
        ("A-1", "bin", 90),
        ("S-1", "staging", 10),
    ]
    assert erp.get("/v1/stock-places?place=S-1").body["places"] == places[1:]
    assert erp.get("/v1/items/TEA").body["codes"] == ["06901234567892"]


def test_an_exception_is_told_and_decided(erp: Program) -> None:
    erp.post("/v1/orders", order("1", "JAM"))
    (found,) = eventually(lambda: erp.get("/v1/exceptions").body["exceptions"])
    assert (found["kind"], found["subject"]) == ("order_held", "shop-1")
    assert "Jam" in found["says"]
    assert {"way": "Release", "needs_reason": False} in found["ways"]
    name = found["id"]
    assert erp.post(f"/v1/exceptions/{name}/decide", {"way": "Burn it"}).error == "no_way"
    assert erp.post(f"/v1/exceptions/{name}/decide", {"way": "Cancel the order"}).error == "reason"
    assert erp.post(f"/v1/exceptions/{name}/decide", {"way": "Release"}, "k").status == 204
    assert eventually(lambda: told(erp, "shop-1")["status"] == "ready")
    assert eventually(lambda: erp.get("/v1/exceptions").body["exceptions"] == [])
    assert erp.post(f"/v1/exceptions/{name}/decide", {"way": "Release"}, "k").status == 204
    assert erp.post(f"/v1/exceptions/{name}/decide", {"way": "Release"}).error == "no_exception"


def test_a_way_out_of_several_steps_is_gone_to_its_end(erp: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    erp.post("/v1/orders", [order("1", "JAM"), order("2"), order("3")])
    told(erp, "shop-3")
    steps = (c.HoldOrder(OrderId("shop-2"), "x"), c.HoldOrder(OrderId("shop-3"), "x"))
    monkeypatch.setattr(exceptions, "decisions", lambda *_: (Decision(msg("Hold both"), lambda _: steps),))
    path = "/v1/exceptions/order_held/shop-1/decide"
    assert [erp.post(path, {"way": "Hold both"}, "k").status for _ in range(2)] == [204, 204]
    assert eventually(lambda: [told(erp, f"shop-{n}")["status"] for n in (2, 3)] == ["held", "held"])


def test_what_concerns_the_people_who_work_here_is_not_told(erp: Program) -> None:
    erp.house.hub.record([e.ReviewRaised("pin", "007", "5"), e.ReviewRaised("webhook", "wh_1", "gone")], P)
    (found,) = eventually(lambda: erp.get("/v1/exceptions").body["exceptions"])
    assert found["kind"] == "webhook"
    assert erp.get("/v1/exceptions/pin/007").status == 404
    assert erp.post("/v1/exceptions/pin/007/decide", {"way": "Done"}).status == 404
    admin = program(erp.house, ClientRole.ADMIN)
    assert {one["kind"] for one in admin.get("/v1/exceptions").body["exceptions"]} == {"pin", "webhook"}

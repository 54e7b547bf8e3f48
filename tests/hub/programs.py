"""Programs that speak to a served hub, as an ERP does: plain HTTP and JSON, nothing of the product."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.hub.gatehouse import Answer, House
from wms.domain import events as e
from wms.domain.catalogue import Item
from wms.domain.ids import NO_LOT, Badge, CarrierCode, CategoryCode, PlaceId, Sku
from wms.domain.places import Place, PlaceKind
from wms.hub.interface import HubStore
from wms.hub.roles import ClientRole

WANG = {"name": "王小明", "phone": "13800138000", "address": ["人民路1号"], "city": "上海"}


@dataclass
class Program:
    house: House
    token: str

    def get(self, path: str) -> Answer:
        return self.house.send("GET", path, None, self.headers())

    def delete(self, path: str) -> Answer:
        return self.house.send("DELETE", path, None, self.headers())

    def post(self, path: str, body: object = None, key: str = "", **headers: str) -> Answer:
        more = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {}) | headers
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.house.send("POST", path, content, self.headers() | more)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def program(house: House, role: ClientRole = ClientRole.ERP) -> Program:
    return Program(house, house.client_token(f"the-{role}", role))


def furnish(hub: HubStore, tea: int = 100) -> None:
    """A bin with tea, and nothing of jam."""
    hub.record(
        [
            e.PlaceDefined(Place(PlaceId("A-1"), PlaceKind.BIN)),
            e.PlaceDefined(Place(PlaceId("S-1"), PlaceKind.STAGING)),
            e.ItemDefined(Item(Sku("TEA"), "茶", "Tea", CategoryCode("food")), (("06901234567892", 1),)),
            e.ItemDefined(Item(Sku("JAM"), "酱", "Jam", CategoryCode("food")), ()),
            e.CarrierDefined(CarrierCode("sf"), "顺丰", "SF", PlaceId("S-1"), "SF", 6, 1, 900),
            e.GoodsReceived("R", Sku("TEA"), NO_LOT, tea, PlaceId("A-1")),
        ],
        Badge("P"),
    )


def order(reference: str, sku: str = "TEA", quantity: int = 1, **more: Any) -> dict[str, Any]:
    lines = [{"sku": sku, "quantity": quantity}]
    return {"channel": "shop", "reference": reference, "lines": lines, "recipient": WANG} | more


def received(hub: HubStore) -> int:
    """How many orders the journal says came in."""
    return [line.kind for line in hub.page(0, 1000, 0).facts].count("OrderReceived")

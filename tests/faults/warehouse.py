"""The warehouse of the rig: what stands in it, what people order, and what comes in by lorry."""

from __future__ import annotations

import random
from collections.abc import Iterator

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carton, Category, Channel, Item, Person
from wms.domain.events import Event
from wms.domain.ids import (
    NO_LOT,
    Badge,
    CarrierCode,
    CartonCode,
    CategoryCode,
    ChannelCode,
    OrderId,
    PlaceId,
    Sku,
)
from wms.domain.places import Place, PlaceKind

SKUS = tuple(Sku(f"SKU-{n:02}") for n in range(12))
BINS = tuple(PlaceId(f"A-{n:02}") for n in range(24))
TOTES = tuple(PlaceId(f"TOTE-{n:03}") for n in range(160))
CARTS = tuple(PlaceId(f"CART-{n:02}") for n in range(40))
LANE, SHIP, RETURNS = PlaceId("LANE"), PlaceId("SHIP"), PlaceId("RETURNS")
CARRIER, CHANNEL, CARTON = CarrierCode("SF"), ChannelCode("web"), CartonCode("S")
PLENTY = 400  # units of an item laid into each of its bins before the day begins


def home(sku: Sku) -> tuple[PlaceId, PlaceId]:
    """The two bins an item lies in."""
    n = SKUS.index(sku)
    return BINS[2 * n], BINS[2 * n + 1]


def badge_of(device: str) -> Badge:
    """Who works at a terminal."""
    return Badge(f"P-{device}")


def site() -> Iterator[Event]:
    """What setup says before anybody works."""
    yield e.SiteNamed("Rig", "Asia/Shanghai")
    yield e.CategoryDefined(Category(CategoryCode("food"), "食品", "Food", inspect_outbound=False))
    for sku in SKUS:
        yield e.ItemDefined(Item(sku, sku, sku, CategoryCode("food"), weight_g=100), ((f"95{sku[-2:]}", 1),))
    for n, place in enumerate(BINS):
        yield e.PlaceDefined(Place(place, PlaceKind.BIN, "A", n))
    for place in TOTES:
        yield e.PlaceDefined(Place(place, PlaceKind.TOTE))
    for place in CARTS:
        yield e.PlaceDefined(Place(place, PlaceKind.CART, slots=4))
    yield e.PlaceDefined(Place(LANE, PlaceKind.STAGING, "pack"))
    yield e.PlaceDefined(Place(SHIP, PlaceKind.STAGING, "ship"))
    yield e.PlaceDefined(Place(RETURNS, PlaceKind.RETURNS))
    for device in ("A", "B"):
        yield e.PersonDefined(Person(badge_of(device), device, "picker,packer,supervisor"))
    yield e.CartonDefined(Carton(CARTON, "小", "Small", 200, 150, 100, 50))
    yield e.CarrierDefined(CARRIER, "顺丰", "SF Express", SHIP, "SF", 10, 1, 999_999_999)
    yield e.ChannelDefined(Channel(CHANNEL, "官网", "Web shop", 48, CARRIER))


def delivery(sku: Sku, quantity: int, receipt: str, place: PlaceId) -> c.ReceiveGoods:
    return c.ReceiveGoods(receipt, sku, NO_LOT, quantity, place)


def order(name: str, chance: random.Random, now: int, sealed: str = "") -> c.IncomingOrder:
    """One to three lines, a few units each."""
    wanted = chance.sample(SKUS, chance.randint(1, 3))
    lines = tuple((sku, chance.randint(1, 4)) for sku in wanted)
    return c.IncomingOrder(OrderId(name), CHANNEL, name, now + 86_400, CARRIER, lines, sealed=sealed)

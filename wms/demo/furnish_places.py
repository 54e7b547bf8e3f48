"""Where things stand in the demonstration warehouse: bins on a walk, lanes, carriers' places, totes, carts."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from wms.domain.ids import PlaceId
from wms.domain.places import Place, PlaceKind

LANES = ("LANE-1", "LANE-2")
RETURNS = PlaceId("RETURN-1")
CARTS, SLOTS = 4, 12

AISLE_WIDTH_MM, BAY_WIDTH_MM, ZONE_GAP_MM = 3000, 1200, 6000


def bins(zones: str, wanted: int, chance: Random, *, bays: int = 6, levels: int = 4) -> list[Place]:
    """At least `wanted` bins for each letter of `zones`, `A-01-1-1` (zone, aisle, bay, level), in walking order.

    The walk snakes: odd aisles up, even ones down. Check digits never equal those of the bin before on the walk, so
    that the neighbour's label is no proof.
    """
    aisles = aisles_for(wanted, bays, levels)
    made: list[Place] = []
    for n, zone in enumerate(zones):
        x0 = n * (aisles * AISLE_WIDTH_MM + ZONE_GAP_MM)
        for aisle, bay, level in _snake(aisles, bays, levels):
            digits = _digits(chance, made[-1].check_digits if made else "")
            x, y = x0 + aisle * AISLE_WIDTH_MM, bay * BAY_WIDTH_MM
            name = PlaceId(f"{zone}-{aisle:02d}-{bay}-{level}")
            made.append(Place(name, PlaceKind.BIN, zone, len(made) + 1, digits, x_mm=x, y_mm=y))
    return made


def aisles_for(wanted: int, bays: int = 6, levels: int = 4) -> int:
    """How many aisles of a zone hold so many bins."""
    return -(-wanted // (bays * levels))


def _snake(aisles: int, bays: int, levels: int) -> Iterator[tuple[int, int, int]]:
    for aisle in range(1, aisles + 1):
        for bay in range(1, bays + 1) if aisle % 2 else range(bays, 0, -1):
            for level in range(1, levels + 1):
                yield aisle, bay, level


def _digits(chance: Random, before: str) -> str:
    while (digits := f"{chance.randrange(100):02d}") == before:
        pass
    return digits


def staging_of(carrier: str) -> PlaceId:
    return PlaceId(f"SHIP-{carrier}")


def equipment(carriers: tuple[str, ...], totes: int) -> Iterator[Place]:
    """Everything with a label that is no bin."""
    for lane in LANES:
        yield Place(PlaceId(lane), PlaceKind.STAGING, "pack")
    for carrier in carriers:
        yield Place(staging_of(carrier), PlaceKind.STAGING, "ship")
    yield Place(RETURNS, PlaceKind.RETURNS)
    for n in range(1, totes + 1):
        yield Place(PlaceId(f"TOTE-{n:03d}"), PlaceKind.TOTE)
    for n in range(1, CARTS + 1):
        yield Place(PlaceId(f"CART-{n}"), PlaceKind.CART, slots=SLOTS)

"""A day's work as the facts it leaves behind: orders come in, waves go out, carts are walked, parcels packed and handed
over. Made by the real rules, so that a backlog under measurement is what terminals really carry.
"""

from __future__ import annotations

import contextlib
import random
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Carton, Category, Channel, Item, Person
from wms.domain.events import Event, Fact, Key
from wms.domain.ids import (
    NO_LOT,
    Badge,
    BatchId,
    CarrierCode,
    CartonCode,
    CategoryCode,
    ChannelCode,
    DeviceId,
    OrderId,
    PlaceId,
    Sku,
)
from wms.domain.orders import OrderLine
from wms.domain.packing import Parcel
from wms.domain.places import Place, PlaceKind
from wms.domain.projections import apply
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot
from wms.store import Store
from wms.store.batch import BatchTables
from wms.workflows.handling import Context, Refused, handle

OFFICE = DeviceId("OFFICE")
SKUS, TOTES_OF_A_CART, UNITS = 200, 12, 2
WALKS = 6  # of each cart between two deliveries
MORNING = 1_795_000_000  # UTC seconds
CARRIER, CHANNEL, CARTON, FOOD = CarrierCode("SF"), ChannelCode("web"), CartonCode("B"), CategoryCode("food")
LANE, DOCK = PlaceId("LANE-1"), PlaceId("SHIP-SF")
Said = tuple[DeviceId, Event]


def a_day(devices: Sequence[str], events: int, seed: int = 1) -> list[Said]:
    """At least so many events, each with the device that recorded it. What one device does touches no order and no
    tote of another's, so that their facts may reach the hub in any order; what the office says comes first."""
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Store(Path(folder), OFFICE)) as store,
    ):
        return store.writer.do(lambda connection: _Day(connection, devices, events, seed).said)


class _Day:
    """Lived in one transaction, that nobody will ever see."""

    def __init__(self, connection: object, devices: Sequence[str], events: int, seed: int) -> None:
        self._tables = BatchTables(connection)
        self._devices = [DeviceId(name) for name in devices]
        self._chance = random.Random(seed)
        self._n: Counter[DeviceId] = Counter()
        self._now = MORNING
        self.said: list[Said] = []
        for event in site(self._devices):
            self._say(OFFICE, event)
        orders = 0
        while len(self.said) < events:
            wanted = len(devices) * TOTES_OF_A_CART * WALKS
            self._office(orders, wanted)
            orders += wanted
            walks = [self._walks(device, n) for n, device in enumerate(self._devices)]
            while walks:
                walks = [walk for walk in walks if next(walk, False)]
        self._tables.flush()

    def _say(self, device: DeviceId, event: Event) -> None:
        self._n[device] += 1
        apply(
            self._tables,
            Fact(Key(device, 1, self._n[device]), self._now * 1000, badge_of(device), event, len(self.said) + 1),
        )
        self.said.append((device, event))

    def _do(self, device: DeviceId, command: c.Command) -> Sequence[Event]:
        self._now += 1
        context = Context(device, 1, badge_of(device), self._now, lambda: secrets.token_hex(8), lambda _: 0)
        answer = handle(command, self._tables, context)
        assert not isinstance(answer, Refused), (command, answer)
        for event in answer:
            self._say(device, event)
        return answer

    def _office(self, after: int, orders: int) -> None:
        for n in range(SKUS):
            self._do(OFFICE, c.ReceiveGoods(f"R{after}", sku_of(n), NO_LOT, orders // 10 + 20, bin_of(n)))
        incoming = []
        for n in range(after, after + orders):
            lines = tuple(
                (sku_of(s), UNITS) for s in self._chance.sample(range(SKUS), self._chance.choice((1, 1, 2, 3)))
            )
            order = OrderId(f"web-{n}")
            incoming.append(c.IncomingOrder(order, CHANNEL, str(n), self._now + 86_400, CARRIER, lines, masked="张*"))
        self._do(OFFICE, c.TakeOrders(tuple(incoming)))
        self._do(OFFICE, c.ReleaseWaves(slots=TOTES_OF_A_CART, orders=orders))
        for device in self._devices:
            self._do(OFFICE, c.LeaseWaybills(CARRIER, device, 1, 2 * TOTES_OF_A_CART * WALKS))

    def _walks(self, device: DeviceId, n: int) -> Iterator[bool]:
        for _ in range(WALKS):
            yield from self._walk(device, n)

    def _walk(self, device: DeviceId, n: int) -> Iterator[bool]:
        """One cart from the first bin to the courier's dock."""
        yield bool(self._do(device, c.ClaimBatch(device, PlaceId(f"CART-{n}"))))
        rows = self._tables
        batch = next(b for b in rows.where(Batch, status=BatchStatus.CLAIMED) if b.device == device)
        yield from self._pick(device, n, batch.id)
        orders = [slot.order_id for slot in rows.where(Slot, batch=batch.id)]
        yield bool(self._do(device, c.DropTotes(batch.id, LANE)))
        for order in orders:
            yield from self._pack(device, order)

    def _pick(self, device: DeviceId, n: int, batch: BatchId) -> Iterator[bool]:
        for task in self._tables.where(PickTask, batch=batch):
            yield bool(self._do(device, c.ConfirmBin(task.id)))
            for _ in range(task.quantity):
                yield bool(self._do(device, c.TakeUnits(task.id, 1, task.lot)))
            yield bool(self._do(device, c.PutUnits(task.id, PlaceId(f"TOTE-{n}-{task.slot}"))))

    def _pack(self, device: DeviceId, order: OrderId) -> Iterator[bool]:
        yield bool(self._do(device, c.StartPacking(order)))
        for line in self._tables.where(OrderLine, order_id=order):
            for _ in range(line.picked):
                yield bool(self._do(device, c.PackUnits(order, line.sku, 1)))
        for parcel in self._tables.where(Parcel, order_id=order):
            for command in (
                c.ChooseCarton(parcel.id, CARTON),
                c.WeighParcel(parcel.id, 1_000, "scale", "heavy"),
                c.ReportPrinted(parcel.id, True),
                c.VerifyLabel(parcel.id),
                c.StageParcel(parcel.id, DOCK),
            ):
                yield bool(self._do(device, command))


def site(devices: Sequence[str]) -> Iterator[Event]:
    """What setup says of the warehouse; each device has a person and a cart."""
    yield e.SiteNamed("Bench", "Asia/Shanghai")
    yield e.CategoryDefined(Category(FOOD, "食品", "Food", inspect_outbound=False))
    yield e.CarrierDefined(CARRIER, "顺丰", "SF Express", DOCK, "SF", 12, 1, 10**9)
    yield e.ChannelDefined(Channel(CHANNEL, "官网", "Web shop", 48, CARRIER))
    yield e.CartonDefined(Carton(CARTON, "中箱", "Medium", 400, 300, 200, 150))
    yield e.PlaceDefined(Place(LANE, PlaceKind.STAGING, "pack"))
    yield e.PlaceDefined(Place(DOCK, PlaceKind.STAGING, "ship"))
    for n in range(SKUS):
        yield e.PlaceDefined(Place(bin_of(n), PlaceKind.BIN, "A", n, f"{n % 100:02}"))
        yield e.ItemDefined(
            Item(sku_of(n), f"商品{n}", f"Item {n}", FOOD, weight_g=500), ((f"{9520000000000 + n}", 1),)
        )
    for n, device in enumerate(devices):
        yield e.PersonDefined(Person(badge_of(device), device, "picker,packer", "en"))
        yield e.PlaceDefined(Place(PlaceId(f"CART-{n}"), PlaceKind.CART, slots=TOTES_OF_A_CART))
        for slot in range(1, TOTES_OF_A_CART + 1):
            yield e.PlaceDefined(Place(PlaceId(f"TOTE-{n}-{slot}"), PlaceKind.TOTE))


def badge_of(device: str) -> Badge:
    return Badge(f"P-{device}")


def sku_of(n: int) -> Sku:
    return Sku(f"S{n:04}")


def bin_of(n: int) -> PlaceId:
    return PlaceId(f"A-{n // 10:02}-{n % 10}-1")

"""The office: it sets the warehouse up, takes orders in, releases waves, cancels, and erases people."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults import warehouse as w
from tests.faults.hands import Ask, Hands
from tests.faults.ledger import Ledger
from wms.domain import commands as c
from wms.domain.catalogue import Site
from wms.domain.ids import OrderId
from wms.domain.orders import Order, OrderStatus
from wms.domain.recipients import PersonalData
from wms.domain.waves import Batch, BatchStatus
from wms.store import Store, erasure, sealing

WAITING = 24  # orders kept ahead of the pickers


class Office(Hands):
    """Whoever sits before the terminal in the office. Its intents are decided by the hub."""

    def __init__(self, store: Store, ask: Ask, ledger: Ledger, seed: int) -> None:
        super().__init__(store, ask, ledger, seed)
        self._sealed: list[OrderId] = []
        self._prefix = f"O{ledger.life}"
        self._orders = 0

    def set_up(self) -> None:
        """Say what the site is, and fill its shelves; harmless where it was said before."""
        rows = self.store.rows
        if rows.get(Site, "site") is not None:
            return
        self.store.record(tuple(w.site()), self.person)
        for sku in w.SKUS:
            for n, place in enumerate(w.home(sku)):
                self.act(w.delivery(sku, w.PLENTY, f"FIRST-{sku}-{n}", place), [(place, sku, "", w.PLENTY)])

    def _next_job(self) -> Iterator[bool]:
        often = (self._orders_in, self._orders_in, self._orders_in)
        return self._chance.choice((*often, self._cancel, self._erase, self._reassign))()

    def _orders_in(self) -> Iterator[bool]:
        rows = self.store.rows
        if rows.count(Order, status=OrderStatus.IN_WAVE) + rows.count(Order, status=OrderStatus.PICKED) > WAITING:
            return
        names = [f"{self._prefix}-{self._orders + n}" for n in range(6)]
        self._orders += 6
        now = self.store.clock() // 1000
        sealed = {OrderId(name): self._seal(OrderId(name)) for name in names[:2]}
        orders = tuple(w.order(name, self._chance, now, sealed.get(OrderId(name), "")) for name in names)
        if self.ask(c.TakeOrders(orders)):
            self._sealed += sealed
        yield True
        yield self.ask(c.ReleaseWaves(orders=12, slots=4))

    def _seal(self, order: OrderId) -> str:
        person = PersonalData("王小明", "13800000000", ("南京路 1 号",))
        return sealing.seal(self.store, order, person)

    def _cancel(self) -> Iterator[bool]:
        for status in (OrderStatus.IN_WAVE, OrderStatus.PICKED):
            found = [order.id for order in self.store.rows.first(Order, 40, status=status) if not order.stop]
            if found and self._chance.random() < 0.3:
                yield self.ask(c.CancelOrder(self._chance.choice(found)))

    def _reassign(self) -> Iterator[bool]:
        """Somebody is not heard of: whoever comes next gets the walk."""
        walks = self.store.rows.where(Batch, status=BatchStatus.CLAIMED)
        if walks and self._chance.random() < 0.2:
            yield self.ask(c.ReassignBatch(self._chance.choice(walks).id))

    def _erase(self) -> Iterator[bool]:
        if len(self._sealed) > 4:
            order = self._sealed.pop(0)
            if erasure.erase(self.store, [order], self.person, "asked"):
                self.ledger.erase(order)
            yield True

"""A person at a headless terminal: the real store, the real commands, and a ledger of what the hands did.

Everything is taken up again from the picture alone, as after a pulled plug.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator

from tests.faults import warehouse as w
from tests.faults.ledger import Ledger
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import NO_LOT, Badge, OrderId
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import PackJob, Parcel, ParcelStatus, WaybillRange
from wms.domain.stock import Stock
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus
from wms.store import Store, StoreUnwritable
from wms.sync.answers import Unreachable
from wms.workflows.handling import Recorded, Refused

Moved = Iterable[tuple[str, str, str, int]]
Ask = Callable[[c.Command, Badge], Recorded | Refused | Unreachable]
FEW_NUMBERS, NUMBERS = 4, 12


class Hands:
    """`work()` does one act or says that there is nothing to do. Not for two threads."""

    def __init__(self, store: Store, ask: Ask, ledger: Ledger, seed: int) -> None:
        self.store, self._ask, self.ledger = store, ask, ledger
        self.person = w.badge_of(store.device)
        self._chance = random.Random(seed)
        self._job: Iterator[bool] = iter(())
        self.green = self.refused = self.unwritable = 0

    def work(self) -> bool:
        """One act, of the job under way or of a new one; False where nothing could be done."""
        for _ in range(2):
            try:
                done = next(self._job, None)
            except StoreUnwritable:  # sealing a recipient on a full disk: nothing was begun
                self.unwritable, done = self.unwritable + 1, None
            if done is not None:
                return done
            self._job = self._next_job()
        return False

    def _next_job(self) -> Iterator[bool]:
        jobs = (self._walk, self._walk, self._pack, self._pack, self._pack, self._count, self._receive, self._divert)
        return self._chance.choice(jobs)()

    # Acts

    def act(self, command: c.Command, moved: Moved = ()) -> tuple[e.Event, ...]:
        """Do it, note it, and tell what the program recorded; empty where it was refused or could not be written."""
        at = self.ledger.before(self.store.clock(), type(command).__name__, moved)
        try:
            outcome = self.store.execute(command, self.person, at)
        except StoreUnwritable as error:
            self.unwritable += 1
            self.ledger.after(at, "refused", why=str(error))
            return ()
        if isinstance(outcome, Refused):
            self.refused += 1
            self.ledger.after(at, "refused", why=outcome.lines[0].text)
            return ()
        self.green += 1
        bodies = tuple(fact.body for fact in outcome.facts)
        for body in bodies:
            if isinstance(body, e.WaybillAssigned):  # the label comes out as the light turns green
                self.ledger.print_label(at, body.number, body.parcel)
        self.ledger.after(at, "green", len(bodies))
        return bodies

    def ask(self, command: c.Command) -> bool:
        return isinstance(self._ask(command, self.person), Recorded)

    # Picking

    def _walk(self) -> Iterator[bool]:
        mine = self.store.rows.where(Batch, person=self.person, status=BatchStatus.CLAIMED)
        if not mine:
            if not self.store.rows.where(Batch, status=BatchStatus.OPEN):
                return
            yield self.ask(c.ClaimBatch(self.store.device, self._chance.choice(w.CARTS)))
            mine = self.store.rows.where(Batch, person=self.person, status=BatchStatus.CLAIMED)
        for batch in mine[:1]:
            if self._chance.random() < 0.05:
                yield bool(self.act(c.GiveBackBatch(batch.id)))
                return
            for task in self.store.rows.where(PickTask, batch=batch.id):
                yield from self._pick(task)
            if not any(t.status == TaskStatus.OPEN for t in self.store.rows.where(PickTask, batch=batch.id)):
                yield bool(self.act(c.DropTotes(batch.id, w.LANE)))

    def _pick(self, task: PickTask) -> Iterator[bool]:
        """Take what is wanted in one or two grips, lay it into the tote; sometimes units are missing or go back."""
        now = self._now(task)
        if now.status != TaskStatus.OPEN:
            return
        yield bool(self.act(c.ConfirmBin(task.id)))
        while (now := self._now(task)).status == TaskStatus.OPEN and now.taken < now.quantity:
            dice, room = self._chance.random(), now.quantity - now.taken
            if dice < 0.03:
                if not self.act(c.ShortPick(task.id, 1, "empty")):
                    return
            else:
                quantity = self._chance.randint(1, room)
                moved = [(task.place, task.sku, task.lot, -quantity)]
                if not self.act(c.TakeUnits(task.id, quantity, task.lot), moved):
                    return
                if dice < 0.08:
                    self.act(c.ReturnUnits(task.id, quantity), [(task.place, task.sku, task.lot, quantity)])
            yield True
        if (now := self._now(task)).taken > now.put:
            yield bool(self.act(c.PutUnits(task.id, self._tote(now))))

    def _now(self, task: PickTask) -> PickTask:
        return self.store.rows.get(PickTask, task.id) or task

    def _tote(self, task: PickTask) -> w.PlaceId:
        slot = self.store.rows.get(Slot, task.batch, task.slot)
        if slot is not None and slot.tote:
            return slot.tote
        for _ in range(50):
            tote = self._chance.choice(w.TOTES)
            if not self.store.rows.where(Slot, tote=tote) and not self.store.rows.where(Stock, place=tote):
                return tote
        return w.TOTES[0]

    # Packing

    def _pack(self) -> Iterator[bool]:
        if self._numbers() < FEW_NUMBERS:
            yield self.ask(c.LeaseWaybills(w.CARRIER, self.store.device, self.store.epoch, NUMBERS))
            if not self._numbers():
                return
        order = self._order_to_pack()
        if order is None:
            return
        if self.store.rows.get(PackJob, order) is None and not self.act(c.StartPacking(order)):
            return
        yield True
        for line in self.store.rows.where(OrderLine, order_id=order):
            while (now := self.store.rows.get(OrderLine, order, line.n)) and now.packed < now.picked:
                if not self.act(c.PackUnits(order, line.sku, self._chance.randint(1, now.picked - now.packed))):
                    return
                yield True
        for parcel in self.store.rows.where(Parcel, order_id=order):
            yield from self._send(parcel)

    def _numbers(self) -> int:
        ranges = self.store.rows.where(WaybillRange, device=self.store.device, carrier=w.CARRIER)
        return sum(max(r.last - r.next + 1, 0) for r in ranges if r.epoch == self.store.epoch)

    def _order_to_pack(self) -> OrderId | None:
        """My unfinished order first, else one that was picked and that nobody packs."""
        rows = self.store.rows
        for job in rows.where(PackJob, device=self.store.device):
            if any(p.status == ParcelStatus.OPEN for p in rows.where(Parcel, order_id=job.order_id)):
                return job.order_id
        free = [o.id for o in rows.first(Order, 30, status=OrderStatus.PICKED) if rows.get(PackJob, o.id) is None]
        return self._chance.choice(free) if free else None

    def _send(self, parcel: Parcel) -> Iterator[bool]:
        if parcel.status == ParcelStatus.OPEN:
            if not self.act(c.WeighParcel(parcel.id, 500, "keypad", "typed")):
                return
            yield True
            self.act(c.ReportPrinted(parcel.id, True))
            if self._chance.random() < 0.05:
                self.act(c.VoidLabel(parcel.id, "smeared"))
            yield bool(self.act(c.VerifyLabel(parcel.id)))
            yield bool(self.act(c.StageParcel(parcel.id, w.SHIP)))

    def _divert(self) -> Iterator[bool]:
        stopped = [o for o in self.store.rows.first(Order, 30, status=OrderStatus.PICKED) if o.stop]
        if stopped:
            yield bool(self.act(c.DivertOrder(self._chance.choice(stopped).id, w.RETURNS)))

    # Goods

    def _count(self) -> Iterator[bool]:
        sku = self._chance.choice(w.SKUS)
        place = self._chance.choice(w.home(sku))
        difference = self._chance.choice((-2, -1, 1, 2))
        if self._chance.random() < 0.5:
            stock = self.store.rows.get(Stock, place, sku, NO_LOT)
            booked = stock.quantity if stock is not None else 0
            yield bool(self.act(c.CountStock(place, sku, NO_LOT, max(booked + difference, 0))))
            return
        yield bool(self.act(c.AdjustStock(sku, NO_LOT, place, difference, "count"), [(place, sku, "", difference)]))

    def _receive(self) -> Iterator[bool]:
        sku, quantity = self._chance.choice(w.SKUS), self._chance.randint(1, 5)
        place, receipt = self._chance.choice(w.home(sku)), f"R-{self.store.device}-{self._chance.randrange(10**9)}"
        yield bool(self.act(w.delivery(sku, quantity, receipt, place), [(place, sku, "", quantity)]))

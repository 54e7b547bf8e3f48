"""Who decides: this terminal for itself, or the hub for all. Facts are recorded here either way."""

from __future__ import annotations

from time import monotonic as steady_s
from typing import Protocol

from wms.domain.catalogue import Carrier
from wms.domain.commands import INTENTS, Command, LeaseWaybills, RenewWalk, StartPacking
from wms.domain.ids import Badge
from wms.domain.orders import Order
from wms.domain.packing import WaybillRange
from wms.domain.waves import Batch, BatchStatus
from wms.store import Store
from wms.sync.answers import Unreachable
from wms.workflows.handling import Outcome, Refused
from wms.workflows.prompt import msg

FEW_NUMBERS = 50
RETRY_S = 60.0


class Hub(Protocol):
    def ask(self, command: Command, person: Badge, timeout: float = ...) -> Outcome | Unreachable: ...


class Decider:
    """Carries out commands: facts here and now, intents where they are decided."""

    def __init__(self, store: Store, hub: Hub | None) -> None:
        self._store, self._hub = store, hub
        self._renew_at: dict[str, float] = {}

    def carry_out(self, command: Command, person: Badge) -> Outcome:
        """Raises `StoreUnwritable` when nothing can be recorded; an unreachable hub is a refusal with words."""
        if isinstance(command, StartPacking):
            self._see_to_numbers(command, person)
        if isinstance(command, INTENTS) and self._hub is not None:
            return self._asked(command, person)
        return self._store.execute(command, person)

    def keep_walk(self, person: Badge) -> None:
        """Renew the lease of the walk this person has, each quarter of its time: whoever loses the network then has
        three quarters of it left. A word to the hub now and then is cheaper than one with each scan, and the lease
        runs by the hub's clock alone."""
        if self._hub is None:
            return
        from wms.workflows.handlers.leasing import lease_seconds  # not before the first paint

        for walk in self._store.rows.where(Batch, person=person, status=BatchStatus.CLAIMED):
            now = steady_s()
            if now >= self._renew_at.get(walk.id, 0):
                answer = self._hub.ask(RenewWalk(walk.id, self._store.device), person, 3.0)
                pause = RETRY_S if isinstance(answer, Unreachable) else lease_seconds(self._store.rows) / 4
                self._renew_at[walk.id] = now + pause

    def top_up(self, person: Badge) -> None:
        """Lease new waybill numbers for every carrier of which only a few are left here."""
        for carrier in self._store.rows.all(Carrier):
            if self._left(carrier.code) < FEW_NUMBERS:
                self._lease(carrier.code, person)

    def _see_to_numbers(self, command: StartPacking, person: Badge) -> None:
        order = self._store.rows.get(Order, command.order)
        if order is not None and order.carrier and not self._left(order.carrier):
            self._lease(order.carrier, person)

    def _lease(self, carrier: str, person: Badge) -> None:
        """A refusal shows itself when the first parcel finds no number."""
        lease = LeaseWaybills(carrier, self._store.device, self._store.epoch)  # type: ignore[arg-type]
        if self._hub is not None:
            self._hub.ask(lease, person, 3.0)
        else:
            self._store.execute(lease, person)

    def _left(self, carrier: str) -> int:
        leases = self._store.rows.where(WaybillRange, device=self._store.device, carrier=carrier)
        return sum(lease.last - lease.next + 1 for lease in leases if lease.epoch == self._store.epoch)

    def _asked(self, command: Command, person: Badge) -> Outcome:
        assert self._hub is not None  # noqa: S101
        answer = self._hub.ask(command, person, 8.0)
        if isinstance(answer, Unreachable):
            return Refused((msg("The hub can't be reached"), msg("Go on with what you have. This needs the network")))
        return answer

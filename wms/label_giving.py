"""Label data that come after their orders: matched, taken, and each row told what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from wms.channels.label_data import Row
from wms.domain.catalogue import Carrier
from wms.domain.commands import Command, GiveLabelData, LabelFor
from wms.domain.events import LabelDataGiven
from wms.domain.ids import OrderId
from wms.domain.labelling import GivenLabel, contradiction, set_aside_for
from wms.domain.orders import Order
from wms.domain.records import replace as but
from wms.domain.rows import Rows
from wms.workflows.handlers.labelling import is_news, why_not
from wms.workflows.handling import Outcome, Refused
from wms.workflows.prompt import Msg

CHUNK = 200
CarryOut: TypeAlias = Callable[[Command], Outcome]


class Result(StrEnum):
    GIVEN = "given"
    SAME = "same"  # known already
    CONFLICT = "conflict"  # contradicts a number given or used before: kept, and put before a supervisor
    UNMATCHED = "unmatched"  # there is no such order
    REFUSED = "refused"


_TAKEN = (Result.GIVEN, Result.CONFLICT)


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a row; `order` is the order's id, '' if there is none. `reason` as in `wms.domain.reasons`."""

    row: Row
    result: Result
    reason: str = ""
    order: OrderId = OrderId("")


@dataclass(frozen=True, slots=True)
class Report:
    """Every row once, in the order of the files. `stopped` says why those with the reason `not_recorded` were not."""

    rows: tuple[Told, ...]
    stopped: tuple[Msg, ...] = ()

    @property
    def counts(self) -> dict[Result, int]:
        found = Counter(told.result for told in self.rows)
        return {result: found[result] for result in Result}


def give(rows: Rows, found: Iterable[Row], carry_out: CarryOut | None) -> Report:
    """Have the data taken, a few hundred orders with one command. Without `carry_out` nothing is recorded: the rows
    are told what they would become, each by itself."""
    names = _Names(rows)
    told: list[Told] = []
    chunk: list[tuple[int, LabelFor]] = []
    stopped: tuple[Msg, ...] = ()

    def take() -> None:
        nonlocal stopped
        if chunk and carry_out is not None and not stopped:
            stopped = _take(chunk, told, carry_out)
        chunk.clear()

    for row in found:
        one = names.judged(row)
        if one.result in _TAKEN and any(_meet(one, other) for _, other in chunk):
            take()
            one = names.judged(row)
        told.append(one)
        known = set_aside_for(rows, one.order, one.row.label.waybill)
        if one.result in _TAKEN and not known and carry_out is not None:
            told[-1] = replace(one, result=Result.REFUSED, reason="not_recorded")
            chunk.append((len(told) - 1, LabelFor(one.order, one.row.label)))
        if len(chunk) >= CHUNK:
            take()
    take()
    return Report(tuple(told), stopped)


def _meet(one: Told, other: LabelFor) -> bool:
    """What the one says may depend on what became of the other."""
    return one.order == other.order or (bool(one.row.label.waybill) and one.row.label.waybill == other.label.waybill)


def _take(chunk: Sequence[tuple[int, LabelFor]], told: list[Told], carry_out: CarryOut) -> tuple[Msg, ...]:
    answer = carry_out(GiveLabelData(tuple(one for _, one in chunk)))
    if isinstance(answer, Refused):
        return answer.lines
    said = {fact.body.order: fact.body for fact in answer.facts if isinstance(fact.body, LabelDataGiven)}
    for at, one in chunk:
        event = said.get(one.order)
        if event is None:
            told[at] = replace(told[at], result=Result.SAME, reason="")
        elif event.contradicts:
            told[at] = replace(told[at], result=Result.CONFLICT, reason=_against(event.contradicts, event.label))
        else:
            told[at] = replace(told[at], result=Result.GIVEN, reason="")
    return ()


def _against(contradicts: str, label: GivenLabel) -> str:
    kind, _, other = contradicts.partition(":")
    if kind == "order" and other:
        return f"waybill_elsewhere:{label.waybill}:{other}"
    return f"waybill_differs:{contradicts}"


class _Names:
    """Orders by their ids and the channels' numbers, carriers by code and name."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._alike: dict[str, list[OrderId]] | None = None
        self._carriers = {
            name.casefold(): carrier.code
            for carrier in reversed(rows.all(Carrier))
            for name in (carrier.en, carrier.zh, carrier.code)
        }

    def judged(self, row: Row) -> Told:
        """What would become of the row just now."""
        if row.reason:
            return Told(row, Result.REFUSED, row.reason)
        orders = self._orders(row)
        if len(orders) != 1:
            why = f"order_several:{row.order}" if orders else f"order_unknown:{row.order}"
            return Told(row, Result.UNMATCHED, why)
        known = self._carriers.get(row.label.carrier.casefold(), row.label.carrier)
        row = replace(row, label=but(row.label, carrier=known, waybill=row.label.waybill.upper()))
        order = self._rows.get(Order, orders[0])
        if why := why_not(self._rows, orders[0], row.label):
            return Told(row, Result.REFUSED, why, orders[0])
        if other := set_aside_for(self._rows, orders[0], row.label.waybill):
            return Told(row, Result.CONFLICT, f"waybill_differs:{other}", orders[0])
        if order is None or not is_news(self._rows, order, LabelFor(orders[0], row.label)):
            return Told(row, Result.SAME, "", orders[0])
        against = contradiction(self._rows, order, row.label)
        if against:
            return Told(row, Result.CONFLICT, _against(against, row.label), orders[0])
        return Told(row, Result.GIVEN, "", orders[0])

    def _orders(self, row: Row) -> list[OrderId]:
        if row.channel:
            return [order.id for order in self._rows.where(Order, channel=row.channel, reference=row.order)]
        if self._rows.get(Order, row.order) is not None:
            return [OrderId(row.order)]
        if self._alike is None:
            self._alike = {}
            for order in self._rows.all(Order):
                self._alike.setdefault(order.reference, []).append(order.id)
        return self._alike.get(row.order, [])

"""Intake: what a merchant's export says becomes orders of this warehouse, each with an outcome.

Taking the same file in twice does nothing twice: an order is known by its channel and reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from wms import channels
from wms.channels import Import, ParsedLine, ParsedOrder
from wms.domain.catalogue import Carrier, Channel, Item, ItemCode
from wms.domain.codes import gtin14
from wms.domain.commands import Command, IncomingOrder, TakeOrders
from wms.domain.events import Fact, Key, OrderCancelled, OrderReceived
from wms.domain.ids import Badge, CarrierCode, ChannelCode, OrderId, Sku
from wms.domain.orders import Order
from wms.domain.projections import apply
from wms.domain.recipients import PersonalData
from wms.domain.rows import Rows
from wms.setup.overlay import Overlay
from wms.store import Store
from wms.store.sealing import seal_many
from wms.workflows.handling import Context, Outcome, Recorded, Refused, handle
from wms.workflows.prompt import Msg

CHUNK = 200
SHIP_BY_HOURS = 48  # of a channel that is not set up
_LONGEST_CODE = 60

CarryOut: TypeAlias = Callable[[Command, Badge], Outcome]
Foretold: TypeAlias = "Callable[[Outcome], IntakeReport]"
Seal: TypeAlias = Callable[[Mapping[OrderId, PersonalData]], Mapping[OrderId, str]]


class Result(StrEnum):
    """What became of an order, or of a row or file that made none."""

    READY = "ready"
    READY_NOLABEL = "ready_nolabel"  # goes on; its label must come from the platform
    HELD = "held"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """`row` is `file:row`; `order` is '' where nothing was made of it; `reason` as in `wms.domain.reasons`."""

    row: str
    reference: str
    result: Result
    reason: str = ""
    order: OrderId = OrderId("")


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """Each order of the import once, in the order of the files; and each row or file refused.

    `stopped` says why orders with the reason `not_recorded` could not be recorded: importing again goes on there.
    """

    channel: str
    outcomes: tuple[OrderOutcome, ...]
    stopped: tuple[Msg, ...] = ()

    @property
    def counts(self) -> dict[Result, int]:
        found = Counter(outcome.result for outcome in self.outcomes)
        return {result: found[result] for result in Result}


def take_in(store: Store, imported: Import, carry_out: CarryOut, person: Badge) -> IntakeReport:
    """Seal the recipients, have the orders taken in chunk by chunk, and say what became of each.

    `carry_out` decides here or asks the hub; when it refuses, the rest is left for the next time. Raises
    `StoreUnwritable`.
    """
    intake = _Intake(store.rows, store.clock() // 1000, lambda command, _: carry_out(command, person))
    return intake.run(imported, lambda people: seal_many(store, people))


def take_in_at_once(
    rows: Rows, now: int, imported: Import, carry_out: Callable[[Command, Foretold], Outcome], seal: Seal
) -> IntakeReport:
    """Have at most `CHUNK` orders taken in with one command, or none where all of them are old news.

    `carry_out` is told what the report will say of an outcome, so that it can keep the report in the very transaction
    that records the orders. `now` is UTC seconds.
    """
    if len(imported.orders) > CHUNK:
        raise ValueError(f"more than {CHUNK} orders at once")
    return _Intake(rows, now, carry_out).run(imported, seal)


def rehearse(store: Store, imported: Import) -> IntakeReport:
    """What `take_in` would answer if this terminal decides, with nothing recorded."""
    rows, now = Overlay(store.rows), store.clock() // 1000

    def decide(command: Command, _: Foretold) -> Outcome:
        context = Context(store.device, store.epoch, Badge(""), now, lambda: "", lambda _: 0)
        events = handle(command, rows, context)
        if isinstance(events, Refused):
            return events
        facts = tuple(Fact(Key(store.device, 0, n), now * 1000, Badge(""), event) for n, event in enumerate(events))
        for fact in facts:
            apply(rows, fact)
        return Recorded(facts)

    return _Intake(rows, now, decide).run(imported, lambda _: {})


def as_read(imported: Import) -> IntakeReport:
    """What the files alone say, for a warehouse in which nothing is set up yet."""
    return IntakeReport(imported.channel, tuple(_told(outcome, order) for outcome, order in _pairs(imported)))


def item_of(rows: Rows, code: str) -> tuple[Sku, int] | None:
    """The goods that a code names and how many units it stands for; None if there are none, or several.

    A SKU comes first, then a code that stands on the goods, then a GTIN of any length.
    """
    if rows.get(Item, code) is not None:
        return Sku(code), 1
    for spelling in filter(None, (code, gtin14(code))):
        found = rows.where(ItemCode, code=spelling)
        if found:
            return (found[0].sku, found[0].quantity) if len({one.sku for one in found}) == 1 else None
    return None


@dataclass(slots=True)
class _Waiting:
    """An order on its way into the warehouse; `at` is its place in the report."""

    at: int
    told: channels.Outcome
    parsed: ParsedOrder
    id: OrderId


class _Intake:
    def __init__(self, rows: Rows, now: int, carry_out: Callable[[Command, Foretold], Outcome]) -> None:
        self._rows, self._now, self._carry_out = rows, now, carry_out
        self._first_carrier = next((carrier.code for carrier in rows.all(Carrier)), CarrierCode(""))
        self._outcomes: list[OrderOutcome] = []

    def run(self, imported: Import, seal: Seal) -> IntakeReport:
        waiting = list(self._sorted_out(imported))
        stopped: tuple[Msg, ...] = ()
        for start in range(0, len(waiting), CHUNK):
            stopped = stopped or self._take(imported.channel, waiting[start : start + CHUNK], seal)
        return IntakeReport(imported.channel, tuple(self._outcomes), stopped)

    def _sorted_out(self, imported: Import) -> Iterator[_Waiting]:
        """The orders to be taken in; the others have their outcome. Until it is known, an order counts as not
        recorded."""
        first: dict[OrderId, str] = {}
        for at, (told, parsed) in enumerate(_pairs(imported)):
            if parsed is None:
                self._outcomes.append(_told(told, None))
                continue
            order = OrderId(f"{parsed.channel}-{parsed.reference}")
            result, reason = Result.REFUSED, "not_recorded"
            if first.setdefault(order, told.row) != told.row:
                result, reason = Result.SKIPPED, f"order_twice:{first[order]}"
            elif other := self._other_of_that_name(order, parsed):
                reason = f"id_taken:{other.channel}:{other.reference}"
            elif self._is_old_news(order, parsed):
                result, reason = Result.SKIPPED, "known"
            else:
                yield _Waiting(at, told, parsed, order)
            self._outcomes.append(OrderOutcome(told.row, parsed.reference, result, reason, order))

    def _other_of_that_name(self, order: OrderId, parsed: ParsedOrder) -> Order | None:
        """`a-b` + `c` and `a` + `b-c` make the same name."""
        known = self._rows.get(Order, order)
        same = known is None or (known.channel, known.reference) == (parsed.channel, parsed.reference)
        return None if same else known

    def _is_old_news(self, order: OrderId, parsed: ParsedOrder) -> bool:
        known = self._rows.get(Order, order)
        return known is not None and (bool(known.stop) or not parsed.cancelled)

    def _take(self, channel: str, chunk: Sequence[_Waiting], seal: Seal) -> tuple[Msg, ...]:
        """Returns why the chunk was not taken, nothing if it was."""

        def foretold(outcome: Outcome) -> IntakeReport:
            stopped = self._settle(chunk, outcome)
            return IntakeReport(channel, tuple(self._outcomes), stopped)

        people = {one.id: data for one in chunk if (data := self._person(one)) is not None}
        sealed = seal(people)
        orders = tuple(self._incoming(one, people.get(one.id), sealed.get(one.id, "")) for one in chunk)
        return self._settle(chunk, self._carry_out(TakeOrders(orders), foretold))

    def _settle(self, chunk: Sequence[_Waiting], answer: Outcome) -> tuple[Msg, ...]:
        if isinstance(answer, Refused):
            return answer.lines
        bodies = [fact.body for fact in answer.facts]
        holds = {body.order: body.hold for body in bodies if isinstance(body, OrderReceived)}
        cancelled = {body.order for body in bodies if isinstance(body, OrderCancelled)}
        for one in chunk:
            result, reason = _became(one, holds.get(one.id), one.id in cancelled)
            self._outcomes[one.at] = OrderOutcome(one.told.row, one.parsed.reference, result, reason, one.id)
        return ()

    def _person(self, one: _Waiting) -> PersonalData | None:
        """Least data: nobody is kept for an order that is not going to be sent."""
        said = one.parsed.recipient
        if said is None or one.parsed.cancelled:
            return None
        return PersonalData(said.name, said.phone, said.address_lines, said.city, said.postcode, said.country)

    def _incoming(self, one: _Waiting, person: PersonalData | None, sealed: str) -> IncomingOrder:
        parsed = one.parsed
        channel = self._rows.get(Channel, parsed.channel)
        lines, problems = self._lines(parsed.lines)
        carrier, unknown = self._carrier(parsed.carrier, channel)
        if not lines and not problems:
            problems = ["no_items"]
        hours = channel.ship_by_hours if channel is not None else SHIP_BY_HOURS
        placed = self._now if parsed.placed_at is None else parsed.placed_at
        return IncomingOrder(
            one.id,
            ChannelCode(parsed.channel),
            parsed.reference,
            parsed.ship_by if parsed.ship_by is not None else placed + hours * 3600,
            carrier,
            lines,
            tuple(dict.fromkeys((*parsed.problems, *problems, *unknown))),
            parsed.cancelled,
            person.masked() if person is not None else "",
            sealed,
        )

    def _lines(self, said: Iterable[ParsedLine]) -> tuple[tuple[tuple[Sku, int], ...], list[str]]:
        """What can be picked, and what can't be told: such an order never goes out without the rest."""
        wanted: Counter[Sku] = Counter()
        problems = []
        for line in said:
            found = item_of(self._rows, line.code) if line.code else None
            if found is None:
                named = (line.code or line.name or "?").replace(",", ";")
                problems.append(f"unknown_item:{named[:_LONGEST_CODE]}")
            else:
                wanted[found[0]] += line.quantity * found[1]
        return tuple(wanted.items()), problems

    def _carrier(self, said: str, channel: Channel | None) -> tuple[CarrierCode, tuple[str, ...]]:
        """The order's own carrier, else the channel's, else the site's first. One that is not set up holds the order;
        who releases it sends it with the usual one."""
        usual = (channel.carrier if channel is not None else CarrierCode("")) or self._first_carrier
        if said and self._rows.get(Carrier, said) is None:
            return usual, (f"unknown:carrier:{said.replace(',', ';')[:_LONGEST_CODE]}",)
        return CarrierCode(said) or usual, ()


def _pairs(imported: Import) -> Iterator[tuple[channels.Outcome, ParsedOrder | None]]:
    """Each outcome with the order it speaks of: both stand in the order of the files."""
    orders = list(reversed(imported.orders))
    for outcome in imported.outcomes:
        of_an_order = (
            bool(orders)
            and outcome.reference == orders[-1].reference
            and outcome.result != channels.Result.REFUSED
            and (outcome.result == channels.Result.SKIPPED) == orders[-1].cancelled
        )
        yield outcome, orders.pop() if of_an_order else None


def _told(outcome: channels.Outcome, order: ParsedOrder | None) -> OrderOutcome:
    """The outcome that the file alone gives."""
    result = Result.CANCELLED if order is not None and order.cancelled else Result(outcome.result)
    name = OrderId(f"{order.channel}-{order.reference}") if order is not None else OrderId("")
    return OrderOutcome(outcome.row, outcome.reference, result, outcome.reason, name)


def _became(one: _Waiting, hold: str | None, cancelled: bool) -> tuple[Result, str]:
    """`hold` is None where the order was not received: whoever decides had it already."""
    if cancelled:
        return Result.CANCELLED, one.told.reason
    if hold is None:
        return Result.SKIPPED, "known"
    return (Result.HELD, hold) if hold else (Result(one.told.result), one.told.reason)

"""Intake: what a merchant's export says becomes orders of this warehouse, each with a result.

Taking the same file in twice does nothing twice: an order is known by its channel and reference. Stock is not looked
at here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from wms.channels import Entry, Import, ParsedLine, ParsedOrder, Result
from wms.channels.parsed import Trouble
from wms.domain import changes, holds
from wms.domain.catalogue import Carrier, Channel
from wms.domain.commands import Command, CompleteGroup, IncomingOrder, OfferChange, TakeOrders
from wms.domain.events import OrderCancelled, OrderReceived
from wms.domain.ids import Badge, CarrierCode, ChannelCode, OrderId, Sku
from wms.domain.labelling import GivenLabel, fault
from wms.domain.orders import ChannelWord, Order
from wms.domain.recipients import PersonalData
from wms.domain.records import replace
from wms.domain.rows import Rows
from wms.domain.ship_by import ship_by_of
from wms.store import Store
from wms.store.sealing import seal_many, unseal_many
from wms.workflows.handling import Outcome, Recorded, Refused
from wms.workflows.news import People, news_of, sealed_of
from wms.workflows.prompt import Msg

CHUNK = 200
_LONGEST_CODE = 60
_LONGEST_REASON = 200

CarryOut: TypeAlias = Callable[[Command, Badge], Outcome]
Foretold: TypeAlias = "Callable[[Outcome], IntakeReport]"
Seal: TypeAlias = Callable[[Mapping[OrderId, PersonalData]], Mapping[OrderId, str]]
Unseal: TypeAlias = Callable[[Mapping[OrderId, str]], Mapping[OrderId, PersonalData]]
Tell: TypeAlias = Callable[[Command], Outcome]
Progress: TypeAlias = Callable[[int, int], None]
"""Told how many orders of how many are recorded."""


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """The import with what became of each order at the end. `taken` are the orders recorded as new, `stopped` says why
    orders with the reason `not_recorded` could not be recorded: importing again goes on there. `cancelled` are orders
    that were stopped because the channel took them back, `changed` those known before of which it now says something
    else: that waits for a supervisor. Known ones that are not picked yet are held for what is wrong with them now."""

    imported: Import
    taken: tuple[OrderId, ...] = ()
    cancelled: tuple[OrderId, ...] = ()
    changed: tuple[OrderId, ...] = ()
    stopped: tuple[Msg, ...] = ()


def take_in(
    store: Store, imported: Import, carry_out: CarryOut, person: Badge, progress: Progress = lambda *_: None
) -> IntakeReport:
    """Seal the recipients, have the orders taken in chunk by chunk, and say what became of each.

    `carry_out` decides here or asks the hub; when it refuses, the rest is left for the next time. Raises
    `StoreUnwritable`.
    """
    keys = _Keys(lambda people: seal_many(store, people), lambda sealed: unseal_many(store.rows, sealed))
    intake = _Intake(store.rows, store.clock() // 1000, keys, lambda command: carry_out(command, person))
    return intake.run(imported, lambda command, _: carry_out(command, person), progress)


def take_in_at_once(
    rows: Rows,
    now: int,
    imported: Import,
    carry_out: Callable[[Command, Foretold], Outcome],
    tell: Tell,
    seal: Seal,
    unseal: Unseal,
) -> IntakeReport:
    """Have at most `CHUNK` orders taken in with one command, or none where all of them are old news.

    `carry_out` is told what the report will say of an outcome, so that it can keep the report in the very transaction
    that records the orders. What known orders bring is told before, with `tell`: again is harmless. `now` is UTC
    seconds.
    """
    if sum(entry.order is not None for entry in imported.entries()) > CHUNK:
        raise ValueError(f"more than {CHUNK} orders at once")
    return _Intake(rows, now, _Keys(seal, unseal), tell).run(imported, carry_out, lambda *_: None)


def rehearse(store: Store, imported: Import) -> IntakeReport:
    """What `take_in` would answer, with nothing recorded."""
    keys = _Keys(lambda _: {}, lambda sealed: unseal_many(store.rows, sealed))
    intake = _Intake(store.rows, store.clock() // 1000, keys, lambda _: Recorded(()))
    for _ in intake.sorted_out(imported):
        pass
    imported.check()
    return IntakeReport(imported, changed=tuple(intake.changed))


@dataclass(frozen=True, slots=True)
class _Keys:
    seal: Seal
    unseal: Unseal


@dataclass(slots=True)
class _Waiting:
    """An order on its way into the warehouse."""

    entry: Entry
    parsed: ParsedOrder
    id: OrderId


class _Intake:
    def __init__(self, rows: Rows, now: int, keys: _Keys, tell: Tell) -> None:
        self._rows, self._now, self._keys, self._tell = rows, now, keys, tell
        self._first_carrier = next((carrier.code for carrier in rows.all(Carrier)), CarrierCode(""))
        self._taken: list[OrderId] = []
        self._cancelled: list[OrderId] = []
        self.changed: list[OrderId] = []

    def run(
        self, imported: Import, carry_out: Callable[[Command, Foretold], Outcome], progress: Progress
    ) -> IntakeReport:
        waiting = list(self.sorted_out(imported))
        stopped: tuple[Msg, ...] = ()
        for start in range(0, len(waiting), CHUNK):
            chunk = waiting[start : start + CHUNK]
            if stopped:
                _not_recorded(chunk)
            else:
                stopped = self._take(imported, chunk, carry_out)
            progress(min(start + CHUNK, len(waiting)), len(waiting))
        imported.check()
        return self._report(imported, stopped)

    def _report(self, imported: Import, stopped: tuple[Msg, ...]) -> IntakeReport:
        return IntakeReport(imported, tuple(self._taken), tuple(self._cancelled), tuple(self.changed), stopped)

    def sorted_out(self, imported: Import) -> Iterator[_Waiting]:
        """The orders to be taken in; of the others it is said what becomes of them."""
        named: dict[OrderId, tuple[str, str]] = {}
        for entry in imported.entries():
            parsed = entry.order
            if parsed is None or entry.result == Result.REJECT:
                continue
            if entry.result == Result.SKIP and not parsed.taken_back:
                continue
            order = OrderId(f"{parsed.channel}-{parsed.reference}")
            known = self._rows.get(Order, order)
            mine = (parsed.channel, parsed.reference)
            other = named.setdefault(order, mine if known is None else (known.channel, known.reference))
            if other != mine:  # `a-b` + `c` and `a` + `b-c` make the same name
                entry.leave_out(Result.REJECT, f"id_taken:{other[0]}:{other[1]}")
            elif known is None:
                self._look_at(entry, parsed)
                yield _Waiting(entry, entry.order or parsed, order)
            elif parsed.taken_back and not known.stop:
                yield _Waiting(entry, parsed, order)
            elif entry.result != Result.SKIP:
                self._look_at(entry, parsed)
                self._known(_Waiting(entry, entry.order or parsed, order), known)

    def _known(self, one: _Waiting, known: Order) -> None:
        """An order that is here: nothing happens twice; what its channel says anew waits for a supervisor."""
        new = self._person(one) if one.parsed.recipient is not None and not one.parsed.recipient.hidden else None
        sealed, offered = sealed_of(self._rows, one.id)
        people = People(self._opened(one.id, sealed), self._opened(one.id, offered), new)
        incoming = self._incoming(one, new, "")
        told = news_of(self._rows, incoming, people)
        offer = next((command for command in told if isinstance(command, OfferChange)), None)
        if (
            offer is not None
            and new is not None
            and not {changes.RECIPIENT, changes.REMARKS}.isdisjoint(offer.what.split(","))
        ):
            incoming = self._incoming(one, new, self._keys.seal({one.id: new}).get(one.id, ""))
            told = news_of(self._rows, incoming, people)
        said, word = self._said(one, offer, incoming), offer.what.split(",") if offer is not None else []
        refused = any(isinstance(self._tell(command), Refused) for command in told)
        if refused:
            one.entry.leave_out(Result.REJECT, "not_recorded")
        elif said:
            if known.status not in changes.WAITS or set(word) - {changes.TROUBLE}:
                self.changed.append(one.id)
            one.entry.became(said[0].result, said[0].reason, said[0].column, said[0].text)
            one.entry.others = said[1:]
        else:
            complete = any(isinstance(command, CompleteGroup) for command in told)
            one.entry.leave_out(Result.SKIP, "group_complete" if complete else "known")

    def _said(self, one: _Waiting, offer: OfferChange | None, now: IncomingOrder) -> tuple[Trouble, ...]:
        """What the channel says anew of a known order: first what is wrong with it now, then what else differs."""
        word = self._rows.get(ChannelWord, one.id)
        if offer is None or word is None:
            return ()
        what = offer.what.split(",")
        new = changes.new_troubles(word.hold, offer.received.hold) if changes.TROUBLE in what else []
        troubles = [trouble for trouble in one.parsed.troubles if _kept(trouble.reason) in new]
        if rest := [respect for respect in what if respect != changes.TROUBLE]:
            line = _changed_line(word, now, one.parsed.lines) if changes.LINES in rest else None
            column, text = (line.column, line.code) if line is not None else ("", "")
            troubles.append(Trouble(Result.HOLD, f"changed:{' '.join(rest)}", column, text))
        return tuple(troubles)

    def _opened(self, order: OrderId, sealed: str) -> PersonalData | None:
        return self._keys.unseal({order: sealed}).get(order) if sealed else None

    def _take(
        self, imported: Import, chunk: Sequence[_Waiting], carry_out: Callable[[Command, Foretold], Outcome]
    ) -> tuple[Msg, ...]:
        """Returns why the chunk was not taken, nothing if it was."""

        def foretold(outcome: Outcome) -> IntakeReport:
            return self._report(imported, self._settle(chunk, outcome))

        people = {one.id: data for one in chunk if (data := self._person(one)) is not None}
        sealed = self._keys.seal(people)
        orders = tuple(self._incoming(one, people.get(one.id), sealed.get(one.id, "")) for one in chunk)
        return self._settle(chunk, carry_out(TakeOrders(orders), foretold))

    def _settle(self, chunk: Sequence[_Waiting], answer: Outcome) -> tuple[Msg, ...]:
        if isinstance(answer, Refused):
            _not_recorded(chunk)
            return answer.lines
        bodies = [fact.body for fact in answer.facts]
        received = {body.order for body in bodies if isinstance(body, OrderReceived)}
        cancelled = {body.order for body in bodies if isinstance(body, OrderCancelled)}
        for one in chunk:
            if one.id in cancelled:
                self._cancelled.append(one.id)
            elif one.id in received:
                self._taken.append(one.id)
            elif one.entry.result != Result.SKIP:  # whoever decides had it already
                one.entry.leave_out(Result.SKIP, "known")
        return ()

    def _person(self, one: _Waiting) -> PersonalData | None:
        """Least data: nobody is kept for an order that is not going to be sent."""
        said, parsed = one.parsed.recipient, one.parsed
        if parsed.taken_back or not (said or parsed.remarks):
            return None
        if said is None:
            return PersonalData("", "", (), buyer=parsed.buyer, remarks=parsed.remarks)
        return PersonalData(
            said.name,
            said.phone,
            said.address_lines,
            said.city,
            said.postcode,
            said.country,
            parsed.buyer,
            parsed.remarks,
        )

    def _incoming(self, one: _Waiting, person: PersonalData | None, sealed: str) -> IncomingOrder:
        parsed = one.parsed
        channel = self._rows.get(Channel, parsed.channel)
        placed = self._now if parsed.placed_at is None else parsed.placed_at
        lines, gifts = _lines(parsed.lines)
        unknown = _unknown(parsed.lines)
        return IncomingOrder(
            one.id,
            ChannelCode(parsed.channel),
            parsed.reference,
            ship_by_of(self._rows, parsed.channel, placed, parsed.ship_by, parsed.not_before or 0),
            self._carrier(parsed.carrier, channel),
            lines,
            _problems(parsed),
            parsed.taken_back,
            person.masked() if person is not None else "",
            sealed,
            placed=parsed.placed_at or 0,
            amount=-1 if parsed.amount is None else parsed.amount,
            currency=parsed.currency,
            kind=parsed.kind,
            not_before=parsed.not_before or 0,
            instructions=parsed.instructions,
            waiting=parsed.waiting,
            ship_by_given=parsed.ship_by is not None,
            unknown=tuple(unknown.items()),
            offered=tuple((_kept(code), skus) for code, skus in one.entry.offered.items()),
            nolabel=parsed.recipient is None or not parsed.recipient.usable,
            remarked=bool(parsed.remarks) and person is not None,
            gifts=gifts,
            label=self._sound_label(parsed),
        )

    def _look_at(self, entry: Entry, parsed: ParsedOrder) -> None:
        """What only the warehouse knows to be wrong holds the order."""
        if parsed.taken_back:
            return
        for trouble in filter(None, (self._wrong_carrier(parsed), self._wrong_label(parsed))):
            entry.hold(trouble)

    def _wrong_carrier(self, parsed: ParsedOrder) -> Trouble | None:
        """One that is not set up: who releases the order sends it with the usual one."""
        said = parsed.carrier
        if not said or not self._first_carrier or self._rows.get(Carrier, said) is not None:
            return None
        return Trouble(Result.HOLD, f"unknown:carrier:{said[:_LONGEST_CODE]}", "carrier", said, parsed.record)

    def _wrong_label(self, parsed: ParsedOrder) -> Trouble | None:
        """Data that can't be those of a label are not kept: who releases the order gives others, or does without."""
        label = self._label(parsed)
        reason = fault(self._rows, label) if label is not None else ""
        return Trouble(Result.HOLD, reason, record=parsed.record) if reason else None

    def _sound_label(self, parsed: ParsedOrder) -> GivenLabel:
        label = self._label(parsed)
        return label if label is not None and not fault(self._rows, label) else GivenLabel()

    def _label(self, parsed: ParsedOrder) -> GivenLabel | None:
        """What came with the order, its carrier only where that is set up."""
        said = parsed.label
        if said is None or self._rows.get(Carrier, said.carrier) is not None:
            return said
        return replace(said, carrier="")

    def _carrier(self, said: str, channel: Channel | None) -> CarrierCode:
        """The order's own carrier, else the channel's, else the site's first."""
        usual = (channel.carrier if channel is not None else CarrierCode("")) or self._first_carrier
        return CarrierCode(said) if said and self._rows.get(Carrier, said) is not None else usual


def _problems(parsed: ParsedOrder) -> tuple[str, ...]:
    """Why a person must decide. That its group is not complete needs nobody: whoever decides sees to that."""
    reasons = (one.reason for one in parsed.troubles if one.result == Result.HOLD)
    waits = {holds.GROUP_OPEN} if parsed.waiting else set()
    return tuple(dict.fromkeys(_kept(reason) for reason in reasons if not holds.codes(reason) & waits))


def _lines(said: Iterable[ParsedLine]) -> tuple[tuple[tuple[Sku, int], ...], tuple[int, ...]]:
    """What can be picked, and which of it (from 1) are gifts."""
    wanted: Counter[tuple[Sku, bool]] = Counter()
    for line in said:
        if line.sku and not line.done and line.quantity:
            wanted[line.sku, line.gift] += line.quantity * line.pack
    lines = tuple((sku, quantity) for (sku, _), quantity in wanted.items())
    return lines, tuple(n for n, (_, gift) in enumerate(wanted, 1) if gift)


def _changed_line(word: ChannelWord, now: IncomingOrder, lines: Sequence[ParsedLine]) -> ParsedLine | None:
    """The first whose goods or quantity differ, the first of all where lines are gone."""
    before, after = changes.quantities(word.lines), changes.quantities(changes.lines_of(now))
    differ = {code for code, _ in before.items() ^ after.items()}
    codes = ((line, line.sku or f"?{_kept(line.code[:_LONGEST_CODE])}") for line in lines if not line.done)
    return next((line for line, code in codes if code in differ), next(iter(lines), None))


def _unknown(said: Iterable[ParsedLine]) -> Counter[str]:
    """Pieces of what nobody knows here: that holds the order, so it never goes without them."""
    unknown: Counter[str] = Counter()
    for line in said:
        if line.code and not line.sku and not line.done and line.quantity:
            unknown[_kept(line.code[:_LONGEST_CODE])] += line.quantity
    return unknown


def _kept(reason: str) -> str:
    """A reason, or a value in one, as it may stand in the journal: one line, no commas, for these part reasons."""
    return "".join(char if char.isprintable() else "?" for char in holds.in_a_reason(reason))[:_LONGEST_REASON]


def _not_recorded(chunk: Iterable[_Waiting]) -> None:
    for one in chunk:
        if one.entry.result != Result.SKIP:
            one.entry.leave_out(Result.REJECT, "not_recorded")

"""The review of orders: what about those that have just come a person should see before they are picked.

Pure: orders as they were seen, the site's rules, and what follows from both.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from wms.domain.addresses import alike, faults, hides, phone_of
from wms.domain.holds import in_a_reason
from wms.domain.ids import ChannelCode, OrderId, Sku
from wms.domain.money import written
from wms.domain.recipients import PersonalData
from wms.domain.records import Record, field

HOUR, DAY = 3600, 86_400
NAMED = 3
"""So many orders before and after one of several large ones are named beside it."""


class LargeOrders(Record):
    """`orders` of them to one address within `hours` are held. An order is large from `amount` (minor units, by
    currency) on, or from so many `units`; 0 leaves one out."""

    on: bool = True
    orders: int = 3
    hours: int = 24
    units: int = 0
    amount: Mapping[str, int] = field(default_factory=dict)


class FirstOrder(Record):
    """The first order of a buyer is held if it is worth more than `amount` (minor units, by currency)."""

    on: bool = True
    amount: Mapping[str, int] = field(default_factory=dict)


class Blocked(Record):
    """`buyers` are accounts, or `channel:account`; `addresses` are parts of one."""

    buyers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class Address(Record):
    """Countries whose carriers need a phone number or a postcode."""

    on: bool = True
    phone_needed: tuple[str, ...] = ()
    postcode_needed: tuple[str, ...] = ()


class Duplicates(Record):
    """The same goods to the same person through another channel within `days`."""

    on: bool = True
    days: int = 3


class Together(Record):
    """Whether orders of one buyer to one address that wait to be picked are named, so that they can go together."""

    on: bool = True


class Rules(Record):
    large_orders: LargeOrders = LargeOrders()
    first_order: FirstOrder = FirstOrder()
    blocked: Blocked = Blocked()
    address: Address = Address()
    duplicates: Duplicates = Duplicates()
    together: Together = Together()


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """An order as the review sees it; lives in memory only. `at` is when it was placed, else when it came (UTC
    seconds); `amount` is -1 where it is not known; `person` is None where it came without one, or nobody can read it
    any more. One that `waits` is not picked yet; one `untouched` waits, and no person had to decide about it; one that
    is `off` was stopped."""

    order: OrderId
    channel: ChannelCode
    at: int
    lines: tuple[tuple[Sku, int], ...]
    amount: int = -1
    currency: str = ""
    person: PersonalData | None = None
    waits: bool = True
    untouched: bool = True
    off: bool = False


class Finding(Record):
    """`reason` (`wms.domain.reasons`) holds the order, or is only said of it where `holds` is False. `others` are the
    orders it has to do with; `done` says whether what follows from it was recorded."""

    order: OrderId
    reason: str
    holds: bool = True
    others: tuple[OrderId, ...] = ()
    done: bool = True


def audit(new: Sequence[Seen], known: Sequence[Seen], rules: Rules) -> tuple[Finding, ...]:
    """What the rules find about `new` orders, beside those `known` before; an earlier one that nobody has looked at yet
    is held as well where it is one of several large ones. Orders that were stopped are no evidence."""
    marked = [_Marked(one) for one in new if not one.off]
    before = [_Marked(one) for one in known if not one.off]
    found: list[Finding] = []
    if rules.large_orders.on:
        found += _large_orders(marked, before, rules.large_orders)
    if rules.first_order.on:
        found += _first_orders(marked, before, rules.first_order)
    found += _blocked(marked, rules.blocked)
    if rules.address.on:
        found += _addresses(marked, rules.address)
    if rules.duplicates.on:
        found += _duplicates(marked, before, rules.duplicates)
    if rules.together.on:
        found += _together(marked, before)
    return tuple(found)


class _Marked:
    """An order with what it is recognised by; '' where it can't be. What a platform hides is alike for many people."""

    __slots__ = ("address", "buyer", "buyers", "phone", "place", "recipient", "seen")

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.address = self.phone = self.place = self.buyer = self.recipient = ""
        self.buyers: frozenset[tuple[str, ...]] = frozenset()
        person = seen.person
        if person is None:
            return
        self.place = alike("".join((*person.address_lines, person.city)))
        name, account = alike(person.name), person.buyer.strip().casefold()
        self.buyer = f"{seen.channel}:{account}".casefold() if account else ""
        if not hides(person):
            self.address, self.phone = self.place, phone_of(person.phone)
            where = f"{self.phone} {self.address}".strip()
            self.recipient = f"{name} {where}" if name and where else ""
        marks = (("buyer", self.buyer), ("phone", self.phone), ("person", self.recipient))
        self.buyers = frozenset(mark for mark in marks if mark[1])


def _is_large(seen: Seen, rule: LargeOrders) -> bool:
    least = rule.amount.get(seen.currency.upper(), 0)
    many = rule.units > 0 and sum(quantity for _, quantity in seen.lines) >= rule.units
    return many or 0 < least <= seen.amount


def _large_orders(new: list[_Marked], known: list[_Marked], rule: LargeOrders) -> Iterator[Finding]:
    """Of one address, all that lie in a window that a new one is part of."""
    fresh = {one.seen.order for one in new}
    groups: dict[str, list[Seen]] = defaultdict(list)
    for one in (*known, *new):
        if one.address and _is_large(one.seen, rule):
            groups[one.address].append(one.seen)
    for group in groups.values():
        group.sort(key=lambda seen: (seen.at, seen.order))
        if len(group) < rule.orders or all(seen.order not in fresh for seen in group):
            continue
        for n, count in _crowded(group, rule, fresh):
            seen = group[n]
            if seen.order in fresh or seen.untouched:
                near = group[max(n - NAMED, 0) : n + NAMED + 1]
                others = tuple(other.order for other in near if other is not seen)
                reason = f"large_orders:{count}:{rule.hours}:{in_a_reason(others[0])}"
                yield Finding(seen.order, reason, others=others)


def _crowded(group: list[Seen], rule: LargeOrders, fresh: set[OrderId]) -> Iterator[tuple[int, int]]:
    """Places of those that lie with enough others, one of them fresh, within the hours; and how many lie together."""
    times = [seen.at for seen in group]
    fresh_before = [0, *accumulate(seen.order in fresh for seen in group)]
    told = 0
    for start, seen in enumerate(group):
        end = bisect_right(times, seen.at + rule.hours * HOUR)
        if end - start >= rule.orders and fresh_before[end] > fresh_before[start]:
            yield from ((n, end - start) for n in range(max(start, told), end))
            told = max(told, end)


def worth_more(seen: Seen, rule: FirstOrder) -> bool:
    most = rule.amount.get(seen.currency.upper())
    return most is not None and seen.amount > most


def _first_orders(new: list[_Marked], known: list[_Marked], rule: FirstOrder) -> Iterator[Finding]:
    """Orders of one file are all first ones: they came together."""
    wanted = [one for one in new if one.buyers and worth_more(one.seen, rule)]
    if not wanted:
        return
    bought = {mark for one in known for mark in one.buyers}
    for one in wanted:
        if bought.isdisjoint(one.buyers):
            yield Finding(one.seen.order, f"first_order:{written(one.seen.amount, one.seen.currency)}")


def buyer_marks(seen: Seen) -> frozenset[tuple[str, ...]]:
    """What a buyer is recognised by; two orders that share one are of the same buyer."""
    return _Marked(seen).buyers


def _blocked(new: list[_Marked], rule: Blocked) -> Iterator[Finding]:
    buyers = {account.strip().casefold() for account in rule.buyers}
    phones = {phone_of(phone) for phone in rule.phones}
    addresses = [part for address in rule.addresses if (part := alike(address))]
    for one in new:
        account = one.buyer.partition(":")[2]
        if one.buyer and not buyers.isdisjoint((account, one.buyer)):
            yield Finding(one.seen.order, "blocked_buyer")
        if one.phone in phones and one.phone:
            yield Finding(one.seen.order, "blocked_phone")
        if one.address and any(part in one.address for part in addresses):
            yield Finding(one.seen.order, "blocked_address")


def _addresses(new: list[_Marked], rule: Address) -> Iterator[Finding]:
    for one in new:
        if one.seen.person is not None:
            for fault in faults(one.seen.person, rule.phone_needed, rule.postcode_needed):
                yield Finding(one.seen.order, fault)


def _duplicates(new: list[_Marked], known: list[_Marked], rule: Duplicates) -> Iterator[Finding]:
    """The later one is held, and names the earlier one."""
    fresh = {one.seen.order for one in new}
    groups: dict[tuple[str, frozenset[tuple[str, int]]], list[Seen]] = defaultdict(list)
    for one in (*known, *new):
        if one.recipient and one.seen.lines:
            groups[one.recipient, frozenset(_goods(one.seen).items())].append(one.seen)
    for group in groups.values():
        if len(group) > 1:
            group.sort(key=lambda seen: (seen.order in fresh, seen.at))
            yield from _repeated(group, fresh, rule.days * DAY)


def _repeated(group: list[Seen], fresh: set[OrderId], within: int) -> Iterator[Finding]:
    earlier: dict[ChannelCode, list[tuple[int, OrderId]]] = defaultdict(list)
    for seen in group:
        for channel, orders in earlier.items() if seen.order in fresh else ():
            near = bisect_left(orders, (seen.at - within, ""))
            if channel != seen.channel and near < len(orders) and orders[near][0] <= seen.at + within:
                other = orders[near][1]
                yield Finding(seen.order, f"same_elsewhere:{in_a_reason(other)}", others=(other,))
                break
        insort(earlier[seen.channel], (seen.at, seen.order))


def _goods(seen: Seen) -> Counter[str]:
    goods: Counter[str] = Counter()
    for sku, quantity in seen.lines:
        goods[sku] += quantity
    return goods


def _together(new: list[_Marked], known: list[_Marked]) -> Iterator[Finding]:
    """Said of the one that came first, so that it is said once."""
    fresh = {one.seen.order for one in new}
    groups: dict[tuple[str, ...], list[Seen]] = defaultdict(list)
    for one in (*known, *new):
        for mark in one.buyers if one.place and one.seen.waits else ():
            groups[*mark, one.place].append(one.seen)
    told: set[OrderId] = set()
    for group in sorted(groups.values(), key=len, reverse=True):
        orders = {seen.order for seen in group}
        if len(group) > 1 and not orders <= told and not orders.isdisjoint(fresh):
            told |= orders
            first, *rest = sorted(group, key=lambda seen: (seen.order in fresh, seen.at, seen.order))
            reason = f"send_together:{in_a_reason(rest[0].order)}"
            yield Finding(first.order, reason, holds=False, others=tuple(seen.order for seen in rest))


def held_for(findings: Iterable[Finding]) -> dict[OrderId, str]:
    """The reasons of each order that is to be held, joined by commas."""
    reasons: dict[OrderId, list[str]] = defaultdict(list)
    for finding in findings:
        if finding.holds:
            reasons[finding.order].append(finding.reason)
    return {order: ",".join(dict.fromkeys(found)) for order, found in reasons.items()}

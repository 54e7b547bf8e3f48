"""The review of orders that have just come in: what is known about them is put together, judged by the site's rules
(`wms.domain.auditing`), and what the rules hold is held.

A step after intake: it changes nothing of what intake said about an order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from wms.domain.auditing import DAY, HOUR, Finding, Rules, Seen, audit, buyer_marks, held_for, worth_more
from wms.domain.commands import Command, HoldOrder, NoteReviewed, RaiseReview
from wms.domain.ids import Badge, OrderId
from wms.domain.orders import Order, OrderLine, OrderStatus, Recipient
from wms.domain.recipients import PersonalData
from wms.domain.records import replace
from wms.domain.review import Review
from wms.order_review.rules import BadRules, rules_of
from wms.store import Store
from wms.store.sealing import unseal_many
from wms.store.tables import SqliteRows
from wms.workflows.handling import Outcome, Refused

CarryOut: TypeAlias = Callable[[Command, Badge], Outcome]
Unseal: TypeAlias = Callable[[Mapping[OrderId, str]], Mapping[OrderId, PersonalData]]

WAITING = (OrderStatus.READY, OrderStatus.HELD)
_AT_ONCE = 500


def review_orders(
    store: Store, orders: Iterable[OrderId], carry_out: CarryOut, person: Badge, rules: Rules
) -> tuple[Finding, ...]:
    """Review orders that were taken in a moment ago, and those of before that nobody came to review, and have those
    held that a person must see. Orders that are not here, or do not wait any more, are passed over. A finding is not
    `done` where whoever decides refused to hold the order, such as a hub out of reach; to review the order again does
    no harm. Raises `StoreUnwritable`."""
    return review_rows(store.rows, lambda sealed: unseal_many(store.rows, sealed), orders, carry_out, person, rules)


def review_rows(
    rows: SqliteRows, unseal: Unseal, orders: Iterable[OrderId], carry_out: CarryOut, person: Badge, rules: Rules
) -> tuple[Finding, ...]:
    """As `review_orders`, for whoever keeps the keys of recipients elsewhere than the rows."""
    left = [order.id for status in WAITING for order in rows.where(Order, status=status, reviewed=False)]
    named = dict.fromkeys((*orders, *left))  # an import may have been cut off between taking in and reviewing
    fresh = [order for name in named if (order := rows.get(Order, name)) and order.status in WAITING]
    if not fresh:
        return ()
    gathered = _Gathered(rows, unseal)
    new = gathered.seen(fresh)
    known = gathered.seen(_near(rows, fresh, rules))
    findings = audit(new, (*known, *gathered.earlier(new, known, rules)), rules)
    commands: dict[OrderId, Command] = {name: HoldOrder(name, why) for name, why in held_for(findings).items()}
    undone = {name for name, command in commands.items() if isinstance(carry_out(command, person), Refused)}
    for finding in findings:
        if not finding.holds:
            carry_out(RaiseReview("send_together", finding.order, ",".join(finding.others)), person)
    seen = [order.id for order in fresh if order.id not in undone and not order.reviewed]
    for start in range(0, len(seen), _AT_ONCE):
        carry_out(NoteReviewed(tuple(seen[start : start + _AT_ONCE])), person)
    return tuple(replace(one, done=False) if one.holds and one.order in undone else one for one in findings)


class _Gathered:
    def __init__(self, rows: SqliteRows, unseal: Unseal) -> None:
        self._rows, self._unseal = rows, unseal

    def seen(self, orders: Sequence[Order]) -> list[Seen]:
        sealed = {order.id: kept.sealed for order in orders if (kept := self._rows.get(Recipient, order.id))}
        people = self._unseal(sealed)
        return [self._seen(order, people.get(order.id)) for order in orders]

    def _seen(self, order: Order, person: PersonalData | None) -> Seen:
        lines = tuple((line.sku, line.quantity) for line in self._rows.where(OrderLine, order_id=order.id))
        untouched = order.status == OrderStatus.READY and self._rows.get(Review, f"order_held/{order.id}") is None
        return Seen(
            order.id,
            order.channel,
            order.placed or order.received,
            lines,
            order.amount,
            order.currency,
            person,
            order.status in WAITING,
            untouched,
            bool(order.stop),
        )

    def earlier(self, new: Sequence[Seen], known: Sequence[Seen], rules: Rules) -> list[Seen]:
        """Of all orders before, one for each new buyer of much who has bought before. Only for those few who are not
        known from the last days already does it look at the older ones, the newest first."""
        if not rules.first_order.on:
            return []
        wanted = [buyer_marks(one) for one in new if worth_more(one, rules.first_order)]
        recent = {mark for one in known if not one.off for mark in buyer_marks(one)}
        wanted = [marks for marks in wanted if marks and marks.isdisjoint(recent)]
        here = {one.order for one in (*new, *known)}
        older = (order for order in _newest_first(self._rows) if order not in here) if wanted else iter(())
        found: list[Seen] = []
        while wanted and (names := list(islice(older, _AT_ONCE))):
            for one in self.seen([order for name in names if (order := self._rows.get(Order, name)) is not None]):
                marks = buyer_marks(one) if not one.off else frozenset()
                if any(not marks.isdisjoint(buyer) for buyer in wanted):
                    found.append(one)
                    wanted = [buyer for buyer in wanted if marks.isdisjoint(buyer)]
        return found


def _near(rows: SqliteRows, fresh: Sequence[Order], rules: Rules) -> list[Order]:
    """Orders that can have to do with the fresh ones: those of the days around, and all that wait to be picked."""
    days = max(rules.large_orders.hours * HOUR, rules.duplicates.days * DAY)
    times = [order.placed or order.received for order in fresh]
    here = {order.id for order in fresh}
    found = rows.connection.execute(
        "SELECT id FROM orders WHERE status IN (?, ?) OR iif(placed > 0, placed, received) BETWEEN ? AND ?",
        (*WAITING, min(times) - days, max(times) + days),
    ).fetchall()
    return [order for (name,) in found if name not in here and (order := rows.get(Order, name)) is not None]


def _newest_first(rows: SqliteRows) -> Iterator[OrderId]:
    for (name,) in rows.connection.execute("SELECT id FROM orders ORDER BY received DESC, id").fetchall():
        yield OrderId(name)


__all__ = ["BadRules", "CarryOut", "Finding", "Rules", "review_orders", "review_rows", "rules_of"]

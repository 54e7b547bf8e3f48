"""News: what an import that brings an order known already has to do about it, if anything."""

from __future__ import annotations

from wms.domain import changes, holds
from wms.domain.commands import Command, IncomingOrder
from wms.domain.commands_channels import CompleteGroup, KeepOrder, OfferChange
from wms.domain.ids import OrderId
from wms.domain.orders import ChangeOffer, ChannelWord, Order, OrderStatus, Recipient
from wms.domain.recipients import PersonalData
from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.workflows.handlers.office import received


class People(Record):
    """Who an order goes to as the warehouse knows it, as the last offer had it, and as the channel says now. None where
    there is nobody, where the person can't be read, and where the channel hides who it is."""

    known: PersonalData | None = None
    offered: PersonalData | None = None
    new: PersonalData | None = None


def sealed_of(rows: Rows, order: OrderId) -> tuple[str, str]:
    """The sealed texts to open for `People`: the known recipient and the one last offered, '' where there is none."""
    kept, offer = rows.get(Recipient, order), rows.get(ChangeOffer, order)
    return kept.sealed if kept is not None else "", offer.sealed if offer is not None else ""


def news_of(rows: Rows, incoming: IncomingOrder, people: People) -> tuple[Command, ...]:
    """The commands that bring what the channel says of a known order before whoever decides; none where it says nothing
    new, or the same as before, or where nobody cares any more. `incoming.sealed` must hold `people.new` sealed afresh
    where an `OfferChange` comes of it whose `what` names the recipient or the remarks.

    A cancellation is no news here: `TakeOrders` carries it.
    """
    order, said = rows.get(Order, incoming.order), rows.get(ChannelWord, incoming.order)
    if order is None or said is None or incoming.cancelled or order.stop or order.status == OrderStatus.CANCELLED:
        return ()
    complete = not incoming.waiting and holds.GROUP_OPEN in holds.codes(order.hold)
    ship_by = incoming.ship_by if incoming.ship_by_given else 0
    group: tuple[Command, ...] = (CompleteGroup(order.id, ship_by),) if complete else ()
    if complete:  # the time it gave with that is no change of another
        incoming = replace(incoming, ship_by_given=False)
    what = changes.differences(said, incoming, people.known, people.new, order.masked)
    offer, problems = rows.get(ChangeOffer, order.id), ",".join(incoming.problems)
    open_to = changes.to_decide(order.status, said.hold, problems, what)
    back: tuple[Command, ...] = ()
    if not open_to and offer is not None and offer.open:
        back = (KeepOrder(order.id, offer.digest, "the channel went back"),)
    digest = changes.digest_of(open_to, incoming)
    if not open_to or _offered(offer, digest, open_to, people):
        what = tuple(respect for respect in what if respect == changes.TROUBLE and respect not in open_to)
    if not what:
        return (*back, *group)
    person = changes.RECIPIENT in what or changes.REMARKS in what
    today = received(incoming, rows, problems)
    today = today if person else replace(today, sealed="", masked="")
    return (*back, OfferChange(",".join(what), digest, today), *group)


def _offered(offer: ChangeOffer | None, digest: str, what: tuple[str, ...], people: People) -> bool:
    """Whether just that was offered, and nobody has taken it."""
    if offer is None or not (offer.open or offer.kept) or offer.digest != digest:
        return False
    return _same(offer, what, people)


def _same(offer: ChangeOffer, what: tuple[str, ...], people: People) -> bool:
    if changes.RECIPIENT not in what and changes.REMARKS not in what:
        return True
    if people.offered is None and people.new is not None:
        return offer.masked == people.new.masked()
    return changes.is_same_person(people.offered, people.new)

"""Who has which walk: leased by whoever decides, by that one's clock, until it is given back, taken or lapses.

A lease holds for `Site.lease_minutes`. A terminal that reaches the hub renews it each quarter of that, so that a picker
who walks into a dead zone has at least three quarters of it before her. Nothing happens when it lapses: the walk is
given away only when somebody else asks for work, and what she still records is booked.
"""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Person, Site
from wms.domain.ids import PlaceId
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot
from wms.workflows.handlers.picking import in_hand
from wms.workflows.handling import Answer, Context, handles, refuse
from wms.workflows.prompt import msg


def lease_seconds(rows: Rows) -> int:
    site = rows.get(Site, "site")
    return (site if site is not None else Site("site", "")).lease_minutes * 60


@handles(c.ClaimBatch)
def claim_batch(command: c.ClaimBatch, rows: Rows, context: Context) -> Answer:
    """My unfinished trip first; else the one that must ship first among those nobody has or whose lease has lapsed.
    One cart carries one trip; a walk whose totes stand on this cart goes on with it."""
    until = context.now + lease_seconds(rows)
    mine = rows.where(Batch, person=context.person, status=BatchStatus.CLAIMED)
    if mine:
        batch = mine[0]
        fence = batch.fence if batch.device == command.device else batch.fence + 1
        cart = batch.cart or command.cart
        return (e.BatchClaimed(batch.id, context.person, command.device, cart, fence, until),)
    place = rows.get(Place, command.cart)
    if place is None or place.kind != PlaceKind.CART:
        return refuse(msg("This is not a cart"), msg("Scan the label of your cart"))
    claimed = rows.where(Batch, status=BatchStatus.CLAIMED)
    lapsed = [batch for batch in claimed if batch.has_lapsed(context.now)]
    if any(other.cart == command.cart for other in claimed if other not in lapsed):
        return refuse(msg("{cart} is on another walk", cart=command.cart), msg("Take another cart and scan it"))
    free = [*rows.where(Batch, status=BatchStatus.OPEN), *lapsed]
    if not free:
        return refuse(msg("No work is waiting"), msg("Scan the cart again later"))
    batch = min(free, key=lambda b: (b.cart != command.cart, b.ship_by, b.id))
    cart = _cart(batch, command.cart, rows)
    return (e.BatchClaimed(batch.id, context.person, command.device, cart, batch.fence + 1, until),)


def _cart(batch: Batch, cart: PlaceId, rows: Rows) -> PlaceId:
    """The walk goes on with the cart its totes stand on; an empty one with any."""
    loaded = any(slot.tote for slot in rows.where(Slot, batch=batch.id) if not slot.aside)
    return batch.cart if loaded and batch.cart else cart


@handles(c.RenewWalk)
def renew_walk(command: c.RenewWalk, rows: Rows, context: Context) -> Answer:
    batch = rows.get(Batch, command.batch)
    if batch is None or batch.status != BatchStatus.CLAIMED or batch.person != context.person:
        return refuse(msg("This walk is with somebody else now"))
    until = context.now + lease_seconds(rows)
    return (e.BatchClaimed(batch.id, batch.person, command.device, batch.cart, batch.fence, until),)


@handles(c.GiveBackBatch)
def give_back_batch(command: c.GiveBackBatch, rows: Rows, context: Context) -> Answer:
    batch = rows.get(Batch, command.batch)
    if batch is None or batch.status != BatchStatus.CLAIMED or batch.person != context.person:
        return refuse(msg("This walk is not yours"))
    if any(in_hand(rows, task, context.person) for task in rows.where(PickTask, batch=batch.id)):
        return refuse(msg("You still hold goods"), msg("Put them into the tote, or back with F3"))
    return (e.BatchGivenBack(batch.id, batch.fence),)


@handles(c.ReassignBatch)
def reassign_batch(command: c.ReassignBatch, rows: Rows, context: Context) -> Answer:
    batch = rows.get(Batch, command.batch)
    if batch is None or batch.status != BatchStatus.CLAIMED:
        return refuse(msg("Nobody has this walk"))
    if command.person and rows.get(Person, command.person) is None:
        return refuse(msg("Unknown badge"))
    if command.person == batch.person:
        return refuse(msg("This walk is already with that person"))
    until = context.now + lease_seconds(rows) if command.person else 0
    return (e.BatchReassigned(batch.id, command.person, batch.fence + 1, until),)

"""Setup and stock: what the site is, and goods in and about."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.catalogue import Carrier, ItemCode, Person, Site
from wms.domain.events import Fact
from wms.domain.places import SUPPLIER, FloorFile
from wms.domain.projections.people import may_try_again
from wms.domain.projections.registry import applies, end_review, review
from wms.domain.review import Review
from wms.domain.rows import Tables
from wms.domain.stock import Lot, move


@applies(e.SiteNamed)
def site_named(t: Tables, event: e.SiteNamed, fact: Fact) -> None:
    said = event
    t.put(Site("site", said.name, said.zone, said.sender, said.in_store, said.lease_minutes, said.holidays))


@applies(e.CategoryDefined)
def category_defined(t: Tables, event: e.CategoryDefined, fact: Fact) -> None:
    t.put(event.category)


@applies(e.PlaceDefined)
def place_defined(t: Tables, event: e.PlaceDefined, fact: Fact) -> None:
    t.put(event.place)


@applies(e.FloorDrawn)
def floor_drawn(t: Tables, event: e.FloorDrawn, fact: Fact) -> None:
    t.put(FloorFile("floor", event.document, fact.seconds, fact.person))


@applies(e.PersonDefined)
def person_defined(t: Tables, event: e.PersonDefined, fact: Fact) -> None:
    before = t.get(Person, event.person.badge)
    if before is not None and before.pin != event.person.pin:
        may_try_again(t, event.person.badge)
    t.put(event.person)


@applies(e.CartonDefined)
def carton_defined(t: Tables, event: e.CartonDefined, fact: Fact) -> None:
    t.put(event.carton)


@applies(e.ChannelDefined)
def channel_defined(t: Tables, event: e.ChannelDefined, fact: Fact) -> None:
    t.put(event.channel)


@applies(e.ItemDefined)
def item_defined(t: Tables, event: e.ItemDefined, fact: Fact) -> None:
    t.put(event.item)
    for old in t.where(ItemCode, sku=event.item.sku):
        t.delete(old)
    for code, quantity in event.codes:
        t.put(ItemCode(code, event.item.sku, quantity))


@applies(e.CarrierDefined)
def carrier_defined(t: Tables, event: e.CarrierDefined, fact: Fact) -> None:
    """A new range starts at its first number; the same range again keeps what was already leased."""
    old = t.get(Carrier, event.code)
    same = old is not None and (old.prefix, old.first) == (event.prefix, event.first)
    following = old.next if old is not None and same else event.first
    t.put(
        Carrier(
            event.code,
            event.zh,
            event.en,
            event.staging,
            event.prefix,
            event.digits,
            event.first,
            event.last,
            following,
        )
    )


@applies(e.GoodsReceived)
def goods_received(t: Tables, event: e.GoodsReceived, fact: Fact) -> None:
    old = t.get(Lot, event.sku, event.lot)
    received = old.received if old is not None else fact.seconds
    expiry = event.expiry or (old.expiry if old is not None else "")
    held = event.held or (old.held if old is not None else False)
    t.put(Lot(event.sku, event.lot, expiry, received, held))
    move(t, event.sku, event.lot, event.quantity, SUPPLIER, event.place)


@applies(e.StockMoved)
def stock_moved(t: Tables, event: e.StockMoved, fact: Fact) -> None:
    move(t, event.sku, event.lot, event.quantity, event.source, event.target)


@applies(e.ReviewRaised)
def review_raised(t: Tables, event: e.ReviewRaised, fact: Fact) -> None:
    review(t, fact, event.kind, event.subject, event.detail)


@applies(e.ReviewClosed)
def review_closed(t: Tables, event: e.ReviewClosed, fact: Fact) -> None:
    found = t.get(Review, event.review)
    if found is not None and found.open:
        end_review(t, found, fact.person, event.decision)

"""The site: what setup says. Saying the same again changes nothing."""

from __future__ import annotations

from wms.domain.catalogue import Carton, Category, Channel, Item, Person
from wms.domain.ids import CarrierCode, PlaceId
from wms.domain.places import Place
from wms.domain.records import Record


class SiteNamed(Record):
    name: str
    zone: str
    sender: str = ""  # the lines of the sender's address on labels
    in_store: str = ""  # the layouts of the in-store codes, parted by semicolons
    lease_minutes: int = 240  # how long a picker keeps a walk without a word to the hub
    holidays: str = ""  # ISO dates parted by spaces


class CategoryDefined(Record):
    category: Category


class ItemDefined(Record):
    """`codes` are (code, units): the item's GTINs and aliases, cases with their own quantity. They replace the old."""

    item: Item
    codes: tuple[tuple[str, int], ...]


class PlaceDefined(Record):
    place: Place


class FloorDrawn(Record):
    """The site file of the floor as it was written (TOML). It replaces the one before."""

    document: str


class PersonDefined(Record):
    person: Person


class CartonDefined(Record):
    carton: Carton


class ChannelDefined(Record):
    channel: Channel


class CarrierDefined(Record):
    code: CarrierCode
    zh: str
    en: str
    staging: PlaceId
    prefix: str
    digits: int
    first: int
    last: int

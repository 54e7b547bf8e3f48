"""What the site sells and with whom it works: items, their codes, categories, cartons, carriers, channels, people."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from wms.domain.ids import Badge, CarrierCode, CartonCode, CategoryCode, ChannelCode, PlaceId, Sku
from wms.domain.rows import Row


class Category(Row):
    """A goods category: it groups waves and says how samples are inspected.

    `sample_percent` of every batch is drawn, at least one unit (RULES: 5 %). `inspect_inbound` and
    `inspect_outbound` say which batches. `checklist` holds the points as `zh|en` lines.
    """

    TABLE: ClassVar[str] = "category"
    code: CategoryCode
    zh: str
    en: str
    sample_percent: int = 5
    inspect_inbound: bool = False
    inspect_outbound: bool = True
    checklist: str = ""
    KEY: ClassVar[tuple[str, ...]] = ("code",)

    def points(self) -> list[tuple[str, str]]:
        """The checklist as (Chinese, English) pairs."""
        pairs = [line.partition("|") for line in self.checklist.splitlines() if line.strip()]
        return [(zh.strip(), (en or zh).strip()) for zh, _, en in pairs]


class Item(Row):
    """One kind of goods. Weight in grams and size in millimetres of one unit; 0 means not known.

    The unit of goods sold `by_weight` is the gram: they are ordered, stocked and scanned in grams.
    """

    TABLE: ClassVar[str] = "item"
    sku: Sku
    zh: str
    en: str
    category: CategoryCode
    unit_zh: str = "件"
    unit_en: str = "pcs"
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    lot_controlled: bool = False
    min_days_left: int = 0  # goods closer to their expiry than this are not picked
    by_weight: bool = False
    KEY: ClassVar[tuple[str, ...]] = ("sku",)


class ItemCode(Row):
    """A code that stands on goods. `code` is normalised (GTINs padded to 14). A case code counts `quantity` units."""

    TABLE: ClassVar[str] = "item_code"
    REFERS: ClassVar[tuple[tuple[str, str], ...]] = (("sku", "item"),)
    KEY: ClassVar[tuple[str, ...]] = ("code", "sku")
    INDEX: ClassVar[tuple[tuple[str, ...], ...]] = (("code",), ("sku",))
    code: str
    sku: Sku
    quantity: int = 1


class Carton(Row):
    TABLE: ClassVar[str] = "carton"
    KEY: ClassVar[tuple[str, ...]] = ("code",)
    code: CartonCode
    zh: str
    en: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int


class Carrier(Row):
    """A carrier with the range of waybill numbers it gave the site; `next` is the first number not leased yet.

    A number is `prefix` + the counter in `digits` digits, as the carrier's contract says.
    """

    TABLE: ClassVar[str] = "carrier"
    KEY: ClassVar[tuple[str, ...]] = ("code",)
    code: CarrierCode
    zh: str
    en: str
    staging: PlaceId
    prefix: str
    digits: int
    first: int
    last: int
    next: int

    @property
    def range_name(self) -> str:
        """Tells this range from earlier and later ones of the same carrier, whose counters may be the same."""
        return f"{self.code}/{self.prefix}/{self.first}"


class Channel(Row):
    """A sales channel and its ship-by policy (`wms.domain.ship_by`), used when the order brings no time of its own:
    hours after payment; `cutoff` as HH:MM or ''; `days_off` (mon to sun) and `holidays` (ISO dates) parted by spaces.
    """

    TABLE: ClassVar[str] = "channel"
    KEY: ClassVar[tuple[str, ...]] = ("code",)
    code: ChannelCode
    zh: str
    en: str
    ship_by_hours: int = 48
    carrier: CarrierCode = CarrierCode("")
    cutoff: str = ""
    days_off: str = ""
    holidays: str = ""


class Role(StrEnum):
    PICKER = "picker"
    PACKER = "packer"
    INSPECTOR = "inspector"
    SUPERVISOR = "supervisor"


class Person(Row):
    """Somebody who works here. `roles` is a comma list; `pin` is a salted hash or '' where the badge is enough."""

    TABLE: ClassVar[str] = "person"
    KEY: ClassVar[tuple[str, ...]] = ("badge",)
    badge: Badge
    name: str
    roles: str
    language: str = "zh_CN"
    pin: str = ""
    active: bool = True

    def may(self, role: Role) -> bool:
        return role in self.roles.split(",")


class Site(Row):
    """The warehouse itself. `zone` is an IANA time zone; `sender` the address lines that labels carry; `in_store` the
    layouts of its in-store codes (`wms.domain.in_store`), parted by semicolons; `lease_minutes` how long a picker
    keeps a walk without a word to the hub; `holidays` are ISO dates parted by spaces, on which nobody works."""

    TABLE: ClassVar[str] = "site"
    id: str  # always 'site'
    name: str
    zone: str = "Asia/Shanghai"
    sender: str = ""
    in_store: str = ""
    lease_minutes: int = 240
    holidays: str = ""


class Counter(Row):
    """The last number given in a series, such as wave numbers."""

    TABLE: ClassVar[str] = "counter"
    KEY: ClassVar[tuple[str, ...]] = ("name",)
    name: str
    value: int

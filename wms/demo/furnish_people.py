"""Who works in the demonstration warehouse, and with whom it works."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache

from wms.demo.furnish_places import staging_of
from wms.domain.catalogue import Carton, Channel, Person, Role
from wms.domain.events import (
    CarrierDefined,
    CartonDefined,
    ChannelDefined,
    Event,
    PersonDefined,
    SiteNamed,
)
from wms.domain.ids import Badge, CarrierCode, CartonCode, ChannelCode
from wms.domain.pins import hash_pin

ZONE = "Asia/Shanghai"
SUPERVISOR_PIN = "1234"
SITE = SiteNamed("演示仓 Demo Warehouse", ZONE, "演示仓 Demo Warehouse\n上海市浦东新区示例路 1 号\n13800138000")

_PEOPLE = (
    ("1001", "李娜 Li Na", "zh_CN", Role.PICKER),
    ("1002", "王强 Wang Qiang", "zh_CN", Role.PICKER),
    ("1003", "Anna Novak", "en", Role.PICKER),
    ("1004", "赵敏 Zhao Min", "zh_CN", Role.PACKER),
    ("1005", "Ben Carter", "en", Role.PACKER),
    ("1006", "周婷 Zhou Ting", "zh_CN", Role.INSPECTOR),
    ("1007", "陈伟 Chen Wei", "zh_CN", Role.SUPERVISOR),
    ("1008", "Maria Santos", "en", Role.PICKER, Role.PACKER, Role.INSPECTOR),
)
_CARRIERS = (
    ("SF", "顺丰速运", "SF Express", "SF", 13, 1_400_000_000_001),
    ("YTO", "圆通速递", "YTO Express", "YT", 13, 8_800_000_000_001),
    ("JD", "京东物流", "JD Logistics", "JDV", 12, 20_000_000_001),
)
CARRIERS = tuple(carrier[0] for carrier in _CARRIERS)
_CHANNELS = (
    Channel(ChannelCode("taobao"), "淘宝", "Taobao", 48, CarrierCode("YTO")),
    Channel(ChannelCode("douyin"), "抖音", "Douyin", 24, CarrierCode("SF")),
    Channel(ChannelCode("shopify"), "自营站", "Own shop", 48, CarrierCode("JD")),
)
SHIP_BY_HOURS: dict[str, int] = {channel.code: channel.ship_by_hours for channel in _CHANNELS}
_CARTONS = (
    ("A", "小号袋盒", "mailer", 220, 160, 60, 60),
    ("B", "小号", "small", 300, 200, 150, 150),
    ("C", "中号", "medium", 400, 300, 200, 320),
    ("D", "加高", "tall", 400, 300, 350, 450),
    ("E", "大号", "large", 500, 400, 350, 650),
    ("F", "特大号", "extra large", 600, 500, 500, 900),
)


@cache
def _pin(badge: str) -> str:
    """Salted by the badge, so that the same seed gives the same events; a real site's salts are random."""
    return hash_pin(SUPERVISOR_PIN, hashlib.sha256(f"demonstration {badge}".encode()).digest()[:16])


def people() -> Iterator[PersonDefined]:
    """Eight people; only the supervisor has a PIN, 1234."""
    for badge, name, language, *roles in _PEOPLE:
        pin = _pin(badge) if Role.SUPERVISOR in roles else ""
        yield PersonDefined(Person(Badge(badge), name, ",".join(roles), language, pin))


def carriers(numbers: int) -> Iterator[CarrierDefined]:
    """Three carriers, each with so many waybill numbers of a plausible shape."""
    for code, zh, en, prefix, digits, first in _CARRIERS:
        yield CarrierDefined(
            CarrierCode(code), zh, en, staging_of(code), prefix, digits, first, first + max(1, numbers) - 1
        )


def cartons() -> Iterator[CartonDefined]:
    for code, zh, en, length, width, height, grams in _CARTONS:
        yield CartonDefined(Carton(CartonCode(code), zh, en, length, width, height, grams))


def channels(others: tuple[str, ...] = ()) -> Iterator[ChannelDefined]:
    """The three of the demonstration, and those that other files name, with 48 hours and the carriers in turn."""
    for channel in _CHANNELS:
        yield ChannelDefined(channel)
    for n, code in enumerate(code for code in others if code not in SHIP_BY_HOURS):
        carrier = CarrierCode(CARRIERS[n % len(CARRIERS)])
        yield ChannelDefined(Channel(ChannelCode(code), code, code, 48, carrier))


def everybody(waybill_numbers: int, other_channels: tuple[str, ...] = ()) -> Iterator[Event]:
    """The site's name, its people, cartons, carriers and channels. The carriers' places must exist already."""
    yield SITE
    yield from people()
    yield from cartons()
    yield from carriers(waybill_numbers)
    yield from channels(other_channels)

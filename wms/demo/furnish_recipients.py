"""Recipients of the demonstration's orders: invented, with telephone numbers that reach nobody."""

from __future__ import annotations

from random import Random

from wms.channels import ParsedRecipient

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
_GIVEN = ("伟", "芳", "娜", "敏", "静", "秀英", "丽", "强", "磊", "洋", "艳", "志勇", "雨桐", "子轩", "欣怡", "浩然")
_CITIES = (
    ("上海市", "浦东新区", "200120"),
    ("杭州市", "西湖区", "310012"),
    ("成都市", "武侯区", "610041"),
    ("广州市", "天河区", "510630"),
    ("武汉市", "洪山区", "430070"),
    ("西安市", "雁塔区", "710061"),
)
_ROADS = ("示例路", "样板街", "演示大道", "虚构巷", "模拟路")
_FIRST = ("Emma", "Liam", "Sofia", "Noah", "Zoë", "Oskar", "Chloé", "Jürgen")
_LAST = ("Smith", "O'Brien", "García", "Müller", "Novak", "Johansson")
_TOWNS = (("Springfield", "IL 62701"), ("Fairview", "OR 97024"), ("Riverton", "UT 84065"))

MARKED_UP = ParsedRecipient(
    "[/] 小鱼🐟 [bold]", "13800138066", ("示例路 6 号 [red] 2 单元",), "上海市 浦东新区", "200120", "CN"
)


def chinese(n: int, chance: Random) -> ParsedRecipient:
    """Numbers near 138 0013 8000, which belongs to an operator's own service."""
    city, district, postcode = chance.choice(_CITIES)
    name = chance.choice(_SURNAMES) + chance.choice(_GIVEN)
    house = (
        f"{chance.choice(_ROADS)} {chance.randint(1, 400)} 号 {chance.randint(1, 30)} 栋 {chance.randint(101, 2404)} 室"
    )
    return ParsedRecipient(name, f"138001380{n % 100:02d}", (house,), f"{city} {district}", postcode, "CN")


def western(n: int, chance: Random) -> ParsedRecipient:
    """Numbers 555-0100 to 555-0199 are kept for fiction in the North American plan."""
    town, postcode = chance.choice(_TOWNS)
    lines = (f"{chance.randint(1, 999)} Example Street", f"Apt {chance.randint(1, 40)}")
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    return ParsedRecipient(name, f"+1 202 555 01{n % 100:02d}", lines, town, postcode, "US")

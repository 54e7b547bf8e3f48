"""The person an order goes to. Lives in memory only: sealed before it is recorded, masked before it is shown."""

from __future__ import annotations

from dataclasses import dataclass

HIDDEN_DIGITS = 6


@dataclass(frozen=True, slots=True, repr=False)
class PersonalData:
    """Name, phone and address as the channel gave them; parts it lacks are ''. `buyer` is the account that bought,
    `remarks` are the buyer's and the seller's own words. Never printed by `repr`, so that no log or traceback can carry
    it."""

    name: str
    phone: str
    address_lines: tuple[str, ...]
    city: str = ""
    postcode: str = ""
    country: str = ""
    buyer: str = ""
    remarks: tuple[str, ...] = ()

    def masked(self) -> str:
        """One short line for screens: the name's first character, a few digits of the phone, the city.

        >>> PersonalData("张三丰", "138 0013 8678", ("人民路1号",), "上海").masked()
        '张* 1*******678 上海'
        """
        name = self.name.strip()
        parts = (f"{name[0]}*" if len(name) > 1 else "*" * len(name), _masked_phone(self.phone), self.city.strip())
        return " ".join(filter(None, parts))


def _masked_phone(phone: str) -> str:
    """At least six digits hidden (GB/T 41833-2022), no separators: the first and the last three of a mobile number."""
    digits = "".join(char for char in phone if char.isdigit())
    first = 1 if len(digits) >= HIDDEN_DIGITS + 4 else 0
    last = min(3, max(0, len(digits) - first - HIDDEN_DIGITS))
    hidden = len(digits) - first - last
    return digits[:first] + "*" * hidden + digits[first + hidden :]

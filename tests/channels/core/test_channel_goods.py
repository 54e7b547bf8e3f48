"""What a channel calls goods: exactly their SKU or nothing, beside what it was probably meant to be."""

from __future__ import annotations

import pytest

from tests.channels.given import account, only
from wms.channels import Listed

GOODS = Listed(["DAIRY-0042", "TEA"])


@pytest.mark.parametrize(
    "cell", [" DAIRY-0042", "DAIRY-0042 ", "\tDAIRY-0042\u00a0", '"DAIRY-0042\n"', "\u3000DAIRY-0042"]
)
def test_white_space_round_a_code_is_no_part_of_it(cell: str) -> None:
    entry = only(account(f"order,sku,quantity\nA1,{cell},1\n", goods=GOODS))
    assert entry.order is not None
    assert [line.sku for line in entry.order.lines] == ["DAIRY-0042"]
    assert entry.result == "ready_nolabel"


@pytest.mark.parametrize(
    "code",
    [
        "DAIRY-\u200b0042",  # zero width space
        "\u200bDAIRY-0042",
        "DAIRY-0042\u200d",  # zero width joiner
        "DAIRY-0042\ufeff",
        "DAIRY-00\u00ad42",  # soft hyphen
        "DAIRY-0042\u200e",  # left-to-right mark
        "\u2066DAIRY-0042\u2069",
        "DAIRY-0042\ufe0f",  # variation selector
        "DAIRY\u00a0-0042",
        "DAIRY 0042",
        "DAIRY\u20110042",  # hyphen that does not break
        "dairy-0042",
        "DAIRY-OO42",
        "ＤＡＩＲＹ－００４２",
        "DАIRY-0042",  # Cyrillic А
    ],
    ids=ascii,
)
def test_what_looks_like_a_sku_is_offered_and_not_taken(code: str) -> None:
    entry = only(account(f"order,sku,quantity\nA1,{code},1\n", goods=GOODS))
    assert (entry.result, entry.reason.partition(":")[0]) == ("hold", "unknown_item")
    assert list(entry.offered.values()) == [("DAIRY-0042",)]


def test_what_is_nothing_but_invisible_is_offered_nothing() -> None:
    entry = only(account("order,sku,quantity\nA1,\u200b,1\n", goods=GOODS))
    assert (entry.result, entry.offered) == ("hold", {})

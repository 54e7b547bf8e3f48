"""What is wrong with a person's part of an order is told by its column; the words themselves stay out of the report."""

from __future__ import annotations

import pytest

from tests.channels.given import account, only

HEADER = (
    "order-id\torder-item-id\tsku\tquantity-purchased\trecipient-name\tship-phone-number\tship-address-1\t"
    "ship-address-2\tship-city\tship-postal-code\tgift-message-text\tbuyer-email"
)
PERSON = ["Ada Example", "555-0100", "Main St 5", "Unit 7", "Springfield", "02139", "Love", "a@example.com"]


@pytest.mark.parametrize("at", range(len(PERSON)))
@pytest.mark.parametrize(("spoilt", "reason"), [("{}\x07", "control_character"), ("{}" + "x" * 2_000, "too_long")])
def test_the_column_tells_and_the_words_do_not(at: int, spoilt: str, reason: str) -> None:
    cells = [*PERSON[:at], spoilt.format(PERSON[at]), *PERSON[at + 1 :]]
    entry = only(account("\n".join((HEADER, "\t".join(["113-1", "1", "TEA", "1", *cells]), ""))))
    column = HEADER.split("\t")[4 + at].replace("buyer-email", "buyer")
    assert (entry.result, entry.column, entry.text) == ("hold", column, "")
    assert entry.reason.startswith(f"{reason}:{column}:")
    assert PERSON[at] not in entry.reason

"""A draft of an order while its records are read: values are taken out with care, and what is wrong is noted where it
stands. Nothing raises: an order with a note ends as what its weightiest note says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wms.channels import values
from wms.channels.documents import Document, Record
from wms.channels.format import Given
from wms.channels.parsed import Kind, Loose, ParsedLine, ParsedOrder, ParsedRecipient, Result, Trouble
from wms.channels.times import Ambiguous, utc_seconds
from wms.domain.decode import Unreadable
from wms.domain.labelling import GivenLabel

_SHOWN = 80  # characters of what was found
_SHIFTED = ("short_row", "beyond_header")
_DIGITS, _LETTERS = re.compile(r"[0-9]+"), re.compile(r"[^\W\d_]+")


@dataclass(slots=True)
class Draft:
    """An order under way. `spelled` gives the file's own spelling of a column."""

    given: Given
    document: Document
    reference: str
    record: int
    lines: list[ParsedLine] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    _keys: dict[str, ParsedLine] = field(default_factory=dict)
    _done_at: tuple[str, str] = ("", "")  # of the first line

    def note(self, result: Result, reason: str, column: str = "", text: str = "", record: int = 0) -> None:
        spelled = self.document.spelled.get(column, column)
        self.troubles.append(Trouble(result, reason, spelled, text[:_SHOWN], record or self.record))

    def skip(self, reason: str, column: str = "", text: str = "", record: int = 0) -> None:
        self.note(Result.SKIP, reason, column, text, record)

    def hold(self, reason: str, column: str = "", text: str = "", record: int = 0) -> None:
        self.note(Result.HOLD, reason, column, text, record)

    def reject(self, reason: str, column: str = "", text: str = "", record: int = 0) -> None:
        self.note(Result.REJECT, reason, column, text, record)

    # Values

    def text(self, text: str, column: str, record: int = 0, *, personal: bool = False) -> str:
        """A text a person will read. One with control characters or beyond all measure holds the order. `personal` ones
        are not told: the column is enough to find them."""
        told = "" if personal else text
        if control := values.control_character(text):
            self.hold(f"control_character:{column}:{control}", column, told, record)
        if len(text) > values.LONGEST_TEXT:
            self.hold(f"too_long:{column}:{len(text)}", column, told, record)
            return text[: values.LONGEST_TEXT]
        return text

    def quantity(self, text: str, column: str, record: int = 0, *, least: int = 0) -> int:
        """Units of a line; what is no plain whole number refuses the order and counts as 0."""
        found = values.whole(text)
        if found is None or found < least:
            self.reject(f"bad_quantity:{column}:{text[:_SHOWN]}", column, text, record)
            return 0
        return found

    def time(
        self, text: str, column: str, record: int = 0, *, zone: str = "", order: str = "", end_of_day: bool = False
    ) -> int | None:
        """UTC seconds; None where nothing is said. What could mean two days, or none, holds the order."""
        if not text:
            return None
        try:
            return utc_seconds(text, zone or self.given.zone, order=order, end_of_day=end_of_day)
        except Ambiguous:
            self.hold(f"two_dates:{column}:{text[:_SHOWN]}", column, text, record)
        except (ValueError, OverflowError):
            self.hold(f"bad_time:{column}:{text[:_SHOWN]}", column, text, record)
        return None

    def recipient(
        self,
        name: str,
        phone: str,
        address: Iterable[str],
        city: str = "",
        postcode: str = "",
        country: str = "",
        *,
        column: str = "",
        columns: Sequence[str] = (),
    ) -> ParsedRecipient | None:
        """The person; None where neither name nor address is said. `columns` are where these parts stand, one for each
        in the order they are given, each line of the address for itself; `column` is where they stand if it is one."""
        told = tuple(address)
        lines = tuple(part for part in told if part)
        if not name and not lines:
            return None
        parts = (name, phone, *told, city, postcode, country)
        for at, part in enumerate(parts):
            self.text(part, columns[at] if at < len(columns) else column, personal=True)
        hidden = any(map(values.is_hidden, (name, phone, *lines)))
        return ParsedRecipient(name, phone, lines, city, postcode, country, hidden)

    def agree(self, records: Sequence[Record], columns: Iterable[str], *, personal: bool = False) -> None:
        """Holds the order where its records say different things of what concerns it as a whole. Saying nothing agrees
        with everything, and so does what the platform hides: it hides one text in several ways. `personal` values are
        not told, for reasons are kept in the open."""
        if len(records) < 2:
            return
        for column in columns:
            said: Record | None = None
            for record in records:
                text = record[column]
                if not text or values.is_hidden(text):
                    continue
                if said is None:
                    said = record
                elif text != said[column]:
                    told = "" if personal else text
                    reason = "rows_differ" if personal else "unlike_record"
                    value = "" if personal else f":{text[:_SHOWN]}"
                    self.hold(f"{reason}:{column}:{said.n}{value}", column, told, record.n)
                    break

    # Lines

    def line(
        self,
        code: str,
        quantity: int,
        name: str = "",
        *,
        record: int = 0,
        column: str = "",
        key: str = "",
        done: str = "",
        done_at: tuple[str, str] = ("", ""),
        gift: bool = False,
    ) -> None:
        """One more line. Without a code it holds the order, unless nothing of it is to be picked, which the column and
        the text of `done_at` say. A `key` that came before with something else in it holds the order too: nobody knows
        which of the two counts."""
        for what in (code, name):
            self.text(what, column, record)
        spelled = self.document.spelled.get(column, column)
        line = ParsedLine(code, quantity, name, key, done, gift, record or self.record, spelled)
        before = self._keys.setdefault(key, line) if key else line
        if before is not line:
            self.hold(f"line_twice:{code or name or key}:{before.record}", column, code, record)
        if not code and not done:
            self.hold("no_sku", column, name, record)
        elif code and not done and values.is_scientific(code):
            self.reject(f"number_lost:{column}:{code[:_SHOWN]}", column, code, record)
        if not self.lines:
            self._done_at = done_at
        self.lines.append(line)

    # The end

    def order(
        self,
        *,
        channel: str = "",
        placed_at: int | None = None,
        ship_by: int | None = None,
        recipient: ParsedRecipient | None = None,
        taken_back: bool = False,
        carrier: str = "",
        buyer: str = "",
        amount: int | None = None,
        currency: str = "",
        kind: Kind = Kind.ORDINARY,
        not_before: int | None = None,
        waiting: bool = False,
        instructions: Sequence[str] = (),
        remarks: Sequence[str] | Mapping[str, str] = (),
        label: GivenLabel | None = None,
    ) -> ParsedOrder:
        """The order as it was drafted. `remarks` are people's own words, or these with the column they stand in."""
        where = remarks if isinstance(remarks, Mapping) else {}
        kept = tuple(self.text(remark, where.get(remark, ""), personal=True) for remark in remarks if remark)
        for column, text in (("channel", channel), ("carrier", carrier), ("currency", currency)):
            self.text(text, column)
        self.text(buyer, "buyer", personal=True)
        if not self.lines:
            self.hold("no_items")
        elif all(line.done for line in self.lines):
            self.skip(self.lines[0].done, *self._done_at, record=self.lines[0].record)
        return ParsedOrder(
            channel or self.given.channel,
            self.reference,
            tuple(self.lines),
            self.record,
            self.document.file,
            placed_at,
            ship_by,
            recipient,
            tuple(self.troubles),
            taken_back,
            carrier,
            buyer,
            amount,
            currency,
            kind,
            not_before,
            waiting,
            tuple(instructions),
            kept,
            label,
        )


def gathered(
    document: Document, column: str, given: Given, units: str = "", *, repeats: bool = False, alone: bool = False
) -> Iterator[tuple[Draft, list[Record]] | Loose]:
    """The records of a table by the order number in `column`, each order at its first record, with a draft to fill.

    A record without a number, or with one that a spreadsheet has destroyed, forms no order. A record that is equal to
    one before in every cell is left out and told, unless the format `repeats` rows on purpose. `units` names the column
    that tells how many pieces such a record speaks of. Where the file was cut off, the order before the cut is held:
    more of it may have followed, unless every row stands `alone` for an order.
    """
    orders: dict[str, list[Record]] = {}
    twice: dict[int, int] = {}
    like_others = _likeness_of(document, column)
    before = cut_after = ""
    for record in document.records():
        reference = record[column]
        if not alone and record.trouble is not None and record.trouble.reason.startswith("cut_row"):
            cut_after = before
        before = reference
        if record.trouble is not None and record.trouble.reason.startswith(_SHIFTED) and not like_others(reference):
            reference = ""  # what stands there is not of this column
        fault = fault_of_reference(reference, column, document, record.n)
        if fault is None and not repeats and record.trouble is None:
            first = twice.setdefault(record.digest, record.n)
            if first != record.n:
                fault = Trouble(Result.SKIP, f"record_twice:{first}", "", reference, record.n)
        if fault is not None:
            pieces = values.whole(record[units]) if units else 0
            yield Loose(record.trouble or fault, reference, 1, pieces or 0, document.file)
        else:
            orders.setdefault(reference, []).append(record)
    for reference, records in orders.items():
        draft = Draft(given, document, reference, records[0].n)
        draft.troubles += [record.trouble for record in records if record.trouble is not None]
        if reference == cut_after:
            draft.hold("cut_off", record=records[-1].n)
        yield draft, records


def _likeness_of(document: Document, column: str) -> Callable[[str], bool]:
    """Tells whether a text is made as those are that the sound records have in that column."""
    shapes: set[str] = set()
    lengths: set[int] = set()

    def is_like_others(text: str) -> bool:
        if not lengths:
            sound = {record[column] for record in document.records() if record.trouble is None}
            shapes.update(map(_shape, sound))
            lengths.update(map(len, sound), () if sound else (-1,))
        return lengths == {-1} or (_shape(text) in shapes and min(lengths) <= len(text) <= max(lengths))

    return is_like_others


def _shape(text: str) -> str:
    return _LETTERS.sub("A", _DIGITS.sub("0", text))


def require(document: Document, *spellings: str) -> None:
    """Raises `Unreadable` where a table has none of these columns: without it, what is over would look like work."""
    if not document.first(*spellings):
        raise Unreadable(f"missing_column:{spellings[0]}")


def fault_of_reference(reference: str, column: str, document: Document, n: int) -> Trouble | None:
    """Why an order can't be known by that number; None if it can."""
    spelled = document.spelled.get(column, column)
    if not reference:
        return Trouble(Result.REJECT, f"missing:{column}", spelled, "", n)
    if values.is_scientific(reference) or values.has_lost_digits(reference):
        return Trouble(Result.REJECT, f"number_lost:{column}:{reference[:_SHOWN]}", spelled, reference[:_SHOWN], n)
    if values.control_character(reference) or not reference.isprintable():
        return Trouble(Result.REJECT, f"bad_reference:{column}", spelled, reference[:_SHOWN], n)
    if len(reference) > values.LONGEST_REFERENCE:
        return Trouble(Result.REJECT, f"too_long:{column}:{len(reference)}", spelled, reference[:_SHOWN], n)
    return None

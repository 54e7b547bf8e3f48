"""Reading an import: each file finds its format by its content, and every record is accounted for once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from wms.channels.accounts import Entry, FileAccount, entry_of, sums
from wms.channels.documents import Document, Record
from wms.channels.format import Format, Found, Given
from wms.channels.formats import all_formats
from wms.channels.goods import Goods
from wms.channels.parsed import ParsedItem, ParsedLine, ParsedOrder, Result, Trouble
from wms.channels.repeated import leave_out_repeated
from wms.channels.sniffing import sniff
from wms.channels.sources import Source
from wms.domain.decode import Unreadable

AUTO = "auto"


@dataclass(slots=True)
class Import:
    """The account of each file, in the order given; and the goods that the files describe."""

    files: list[FileAccount]
    items: list[ParsedItem] = field(default_factory=list)

    @property
    def orders(self) -> tuple[ParsedOrder, ...]:
        """Those that are to be picked, once nothing holds them any more."""
        going = (Result.READY, Result.READY_NOLABEL, Result.HOLD)
        return tuple(entry.order for entry in self.entries() if entry.order is not None and entry.result in going)

    def entries(self) -> Iterator[Entry]:
        for file in self.files:
            yield from file.entries

    def check(self) -> None:
        """Raises `Unaccounted` where the sums don't come out."""
        for file in self.files:
            sums(file.entries)


def read(sources: Sequence[Source], channel: str = AUTO, zone: str = "UTC", goods: Goods | None = None) -> Import:
    """Accounts of files; those that belong together are given together.

    `channel` is `auto`, the name of a format (no other is tried then), or a channel of the site's own that takes
    orders of files which name none. Times without an offset are local to `zone`, unless the format knows better.
    Without `goods` nothing is said about what the lines name.
    """
    formats = all_formats()
    only = [form for form in formats if form.name == channel]
    accounts = [FileAccount(source.name) for source in sources]
    sorted_out: dict[str, list[Document]] = {}
    by_name = {form.name: form for form in formats}
    for n, source in enumerate(sources):
        try:
            found = sniff(n, source, only or formats)
        except Unreadable as error:
            accounts[n].fault = _wrong_channel(n, source, formats) if only else error.reason
            continue
        accounts[n].channel, accounts[n].encoding = found.form.name, found.encoding
        found.document.records = _counting(found.document, accounts[n])
        sorted_out.setdefault(found.form.name, []).append(found.document)
    imported = Import(accounts)
    for name, documents in sorted_out.items():
        given = Given(name if channel in (AUTO, name) else channel, zone)
        groups = [documents] if by_name[name].goes_together else [[document] for document in documents]
        for group in groups:
            _read_group(by_name[name], group, given, imported)
    leave_out_repeated(imported.files)
    if goods is not None:
        for entry in imported.entries():
            match(entry, goods)
    imported.check()
    return imported


def of_orders(name: str, channel: str, orders: Sequence[ParsedOrder], goods: Goods | None = None) -> Import:
    """Orders that came in another way than by a file, as the import of one that is called `name`."""
    account = FileAccount(name, channel, "", len(orders))
    account.entries += [entry_of(order) for order in orders]
    imported = Import([account])
    leave_out_repeated(imported.files)
    if goods is not None:
        for entry in account.entries:
            match(entry, goods)
    imported.check()
    return imported


def _wrong_channel(n: int, source: Source, formats: Sequence[Format]) -> str:
    """What the file is instead of what it was said to be."""
    try:
        return f"wrong_channel:{sniff(n, source, formats).form.name}"
    except Unreadable as error:
        return error.reason


def _read_group(form: Format, documents: Sequence[Document], given: Given, imported: Import) -> None:
    """A file that turns out to be broken on its way is refused whole, with those that belong to it."""
    found: list[Found] = []
    try:
        found.extend(form.read(documents, given))
    except Unreadable as error:
        for document in documents:
            imported.files[document.file].fault = error.reason
            imported.files[document.file].records = 0
        return
    for one in found:
        if isinstance(one, ParsedItem):
            imported.items.append(one)
        else:
            imported.files[one.file].entries.append(entry_of(one))
    for document in documents:
        account = imported.files[document.file]
        account.entries.sort(key=lambda entry: entry.record)
        if document.part == "json":
            account.records = len(document.objects)


def _counting(document: Document, account: FileAccount) -> _Counting:
    return _Counting(document.records, account)


@dataclass(slots=True)
class _Counting:
    """Reads as before, and remembers how many records there were."""

    records: object
    account: FileAccount

    def __call__(self) -> Iterator[Record]:
        count = 0
        for record in self.records():  # type: ignore[operator]
            count = record.n
            yield record
        self.account.records = count


def match(entry: Entry, goods: Goods) -> None:
    """Fill in what the lines of an order name; what is not known exactly holds it, with what looks alike beside it."""
    order = entry.order
    if order is None or entry.result in (Result.SKIP, Result.REJECT):
        return
    lines: list[ParsedLine] = []
    troubles: list[Trouble] = []
    for line in order.lines:
        found = goods.find(line.code) if line.code and not line.done else None
        if found is not None:
            lines.append(replace(line, sku=found[0], pack=found[1]))
            continue
        lines.append(line)
        if line.code and not line.done:
            reason = f"unknown_item:{line.code[:60].replace(',', ';')}"
            troubles.append(Trouble(Result.HOLD, reason, line.column, line.code[:80], line.record))
            if near := goods.near(line.code):
                entry.offered[line.code] = tuple(near)
    entry.order = replace(order, lines=tuple(lines))
    for trouble in troubles:
        entry.hold(trouble)

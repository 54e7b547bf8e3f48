"""What the import screen shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from wms.channels import Entry
from wms.domain.bounds import moment
from wms.workflows.import_state import Figures, Importing, Phase, WaitingFile
from wms.workflows.import_words import reason_words, result_title, result_words, shortened
from wms.workflows.keys import HELP, MORE
from wms.workflows.prompt import Choice, Key, Line, Mark, Msg, Prompt, Size, msg, msg_n, plain
from wms.workflows.workflow import Who

_BACK = Key("escape", msg("Back"))
_SHOWN_OTHERS = 3


def files(who: Who, marked: Collection[WaitingFile], page: int, per_page: int) -> Prompt:
    """The files that lie there; all that belongs together is marked by itself."""
    importing = who.importing
    trouble = (_bad(importing.trouble),) if importing.trouble.text else ()
    base = _base("import", who, _page(page, per_page, len(importing.files)), HELP, _BACK, MORE)
    if not importing.files:
        put = msg("Put exports into {folder}", folder=importing.folder)
        return base.but(verb=msg("No orders to import"), what=(*trouble, Line(put, short=put)))
    shown = importing.files[page * per_page :][:per_page]
    turn = Key("f2", msg("None") if marked else msg("All"))
    return base.but(
        verb=msg("Which files?"),
        ask=msg_n("Enter reads the marked file", "Enter reads the {n} marked files", len(marked))
        if marked
        else msg("Press the numbers of the files to read"),
        what=trouble,
        choices=tuple(Choice(_file(file, file in marked, who.zone)) for file in shown),
        keys=(HELP, turn, _BACK, MORE),
        expects=("CMD-ENTER",),
    )


def under_way(who: Who) -> Prompt:
    importing = who.importing
    base = _base(f"import.{importing.phase}", who, plain(""), HELP, _BACK, MORE).but(percent=importing.percent)
    if importing.phase is Phase.RECORDING:
        how_far = msg("{done} of {of} orders", done=importing.done, of=importing.of)
        go_on = msg("It goes on when you leave. If the power fails: import the files again")
        return base.but(verb=msg("Recording orders"), ask=how_far, what=(Line(go_on, short=go_on),))
    return base.but(
        verb=msg("Reading files"),
        ask=msg("Nothing is recorded yet"),
        choices=(Choice(msg("Stop reading"), "CMD-UNDO"),),
    )


def preview(who: Who) -> Prompt:
    importing, figures = who.importing, who.importing.figures
    if figures.new or figures.stopped:
        go = msg_n("Record the order", "Record {n} orders", figures.new + figures.stopped)
    else:
        go = msg("Nothing new: put the files away")
    others = _look_at_others(importing)
    leave = (Choice(msg("Record nothing"), "CMD-BACK"),)
    return _base("import.preview", who, _files_read(importing), HELP, _BACK, MORE).but(
        verb=msg_n("1 order in all", "{n} orders in all", figures.orders),
        what=(*_figures(figures), *_accounts(importing)),
        choices=(Choice(go, "CMD-ENTER"), *others, *leave),
    )


def done(who: Who) -> Prompt:
    importing, figures = who.importing, who.importing.figures
    stopped = tuple(_bad(line) for line in importing.stopped)
    return _base("import.done", who, _files_read(importing), HELP, _BACK, MORE).but(
        verb=msg_n("1 order recorded", "{n} orders recorded", figures.recorded),
        what=(*stopped, *_figures(figures), *_put_away(importing)),
        choices=(Choice(msg("Other files"), "CMD-ENTER"), *_look_at_others(importing)),
    )


def entries_of(who: Who, page: int, per_page: int) -> Prompt:
    """All that is not plainly ready, what needs somebody first."""
    entries = who.importing.entries
    shown = entries[page * per_page :][:per_page]
    return _base("import.look", who, _page(page, per_page, len(entries)), HELP, _NEXT_PAGE, _BACK, MORE).but(
        verb=msg_n("1 not plainly ready", "{n} not plainly ready", len(entries)),
        choices=tuple(Choice(_entry(entry)) for entry in shown),
    )


def one_entry(who: Who, opened: int) -> Prompt:
    """One of them in full: what it is, why, what was found where, and what looks like it."""
    importing = who.importing
    entry = importing.entries[opened]
    name = importing.accounts[entry.file].name if entry.file < len(importing.accounts) else ""
    count = plain(f"{opened + 1}/{len(importing.entries)}")
    return _base("import.one", who, count, HELP, _NEXT_ONE, _BACK, MORE).but(
        verb=result_title(entry),
        target=shortened(entry.reference) or "-",
        target_size=Size.BOLD,
        what=tuple(_account(entry, name)),
    )


_NEXT_PAGE = Key("f2", msg("Next page"), msg("Next"))
_NEXT_ONE = Key("f2", msg("Next one"), msg("Next"))


def _base(name: str, who: Who, last: Msg, *keys: Key) -> Prompt:
    return Prompt(name, (msg("Import orders"), last), keys=keys, handbook="import")


def _page(page: int, per_page: int, count: int) -> Msg:
    pages = max(count - 1, 0) // per_page + 1
    return plain(f"{page + 1}/{pages}" if pages > 1 else "")


def _file(file: WaitingFile, marked: bool, zone: str) -> Msg:
    return msg(
        "{mark} {name}  {size}  {time}",
        mark="[x]" if marked else "[ ]",
        name=msg("stick: {name}", name=file.name) if file.outside else shortened(file.name),
        size=_size(file.size),
        time=f"{datetime.fromtimestamp(moment(file.at), ZoneInfo(zone)):%m-%d %H:%M}",
    )


def _size(size: int) -> Msg:
    return msg("{n} MB", n=size >> 20) if size >= 1 << 20 else msg("{n} KB", n=max((size + 1023) >> 10, 1))


def _files_read(importing: Importing) -> Msg:
    names = [account.name for account in importing.accounts]
    return plain(shortened(names[0])) if len(names) == 1 else msg("{n} files", n=len(names))


def _figures(figures: Figures) -> Iterator[Line]:
    """What becomes of the orders; all of them are somewhere, and that is said too."""
    told = (
        (figures.ready, msg("{n} ready", n=figures.ready)),
        (figures.no_label, msg("{n} ready, label from the platform", n=figures.no_label)),
        (figures.hold, msg("{n} need you", n=figures.hold)),
        (figures.not_ours, msg("{n} not ours", n=figures.not_ours)),
        (figures.here, msg("{n} here already", n=figures.here)),
        (figures.refused, msg("{n} refused", n=figures.refused)),
        (figures.stopped, msg("{n} here are cancelled by the channel", n=figures.stopped)),
    )
    yield from (Line(text, short=text) for count, text in told if count)
    lost = msg("{n} lost", n=figures.lost)
    yield Line(lost, short=lost)


def _accounts(importing: Importing) -> Iterator[Line]:
    """The files that are refused, then how the others were understood."""
    for account in importing.accounts:
        if account.fault:
            yield _bad(msg("{name}: {why}", name=shortened(account.name), why=reason_words(account.fault)))
    read = {f"{one.channel} {one.encoding}".strip(): None for one in importing.accounts if not one.fault}
    if read:
        yield Line(msg("Read as {formats}", formats=", ".join(read)))


def _put_away(importing: Importing) -> Iterator[Line]:
    """Where the files are now; each that needs somebody by its name."""
    sorted_out = 0
    for account, file in zip(importing.accounts, importing.put_away, strict=False):
        name = shortened(file.name)
        if file.to and not file.failed:
            sorted_out += 1
        elif file.to:
            why = reason_words(account.fault or "not_recorded")
            yield _bad(msg("{name} is in {place}: {why}", name=name, place=shortened(file.to), why=why))
        elif file.why:
            yield _bad(msg("{name} could not be moved ({why}): move it yourself", name=name, why=file.why))
        else:
            yield _bad(msg("{name} was changed meanwhile: import it again", name=name))
    if sorted_out:
        yield Line(msg_n("The file is in done/", "{n} files are in done/", sorted_out))


def _look_at_others(importing: Importing) -> tuple[Choice, ...]:
    count = len(importing.entries)
    if not count:
        return ()
    return (Choice(msg_n("Look at 1 other", "Look at {n} others", count), "CMD-CANT"),)


def _entry(entry: Entry) -> Msg:
    return msg(
        "{order} {result}: {why}",
        order=shortened(entry.reference) or msg("record {n}", n=entry.record),
        result=result_words(entry),
        why=reason_words(entry.reason),
    )


def _account(entry: Entry, file: str) -> Iterator[Line]:
    why = reason_words(entry.reason)
    yield Line(why, Mark.BAD if entry.result in ("hold", "reject") else Mark.NONE, why)
    for code, skus in list(entry.offered.items())[:_SHOWN_OTHERS]:
        like = msg("{code} looks like {goods}", code=shortened(code), goods=", ".join(skus[:_SHOWN_OTHERS]))
        yield Line(like, short=like)
    if entry.column:
        found = msg("{column}: {text}", column=shortened(entry.column), text=shortened(entry.text) or "-")
        yield Line(found, short=found)
    for other in entry.others[:_SHOWN_OTHERS]:
        yield Line(reason_words(other.reason))
    if not entry.record:
        return
    where = msg("record {n} of {file}", n=entry.record, file=shortened(file))
    yield Line(where, short=where)
    yield Line(msg("Lines: {lines}, pieces: {units}", lines=entry.lines, units=entry.units))


def _bad(text: Msg) -> Line:
    return Line(text, Mark.BAD, text)

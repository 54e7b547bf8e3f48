"""Acting from a shell: as whom, through whom, and the answer in words."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wms.cli.output import Refusal, configured
from wms.domain.ids import Badge

if TYPE_CHECKING:
    from argparse import Namespace

    from wms.domain.commands import Command
    from wms.domain.rows import Rows
    from wms.store import Store
    from wms.terminal.deciding import Decider
    from wms.workflows.handling import Recorded
    from wms.workflows.prompt import Msg


def operator() -> Badge:
    """Who acts, as the journal keeps it: nobody scans a badge at a shell, so it is the account of the system."""
    try:
        return Badge(f"cli:{getpass.getuser()}")
    except (KeyError, OSError):  # a user without a name, as in containers
        return Badge(f"cli:{os.getuid()}")


@contextmanager
def deciding(store: Store) -> Iterator[Decider]:
    """Whoever decides: this terminal alone, or its hub if it is a member of one."""
    from wms.sync.client import SyncClient
    from wms.sync.membership import membership
    from wms.terminal.deciding import Decider

    member = membership(store)
    hub = None if member is None else SyncClient(store, *member)
    try:
        yield Decider(store, hub)
    finally:
        if hub is not None:
            hub.stop()


def carry_out(options: Namespace, store: Store, command: Command) -> Recorded:
    """Have one command carried out. Raises `Refusal` with the reason in words."""
    from wms.workflows.handling import Refused

    with deciding(store) as decider:
        answer = decider.carry_out(command, operator())
    if isinstance(answer, Refused):
        raise Refusal(in_words(options, answer.lines))
    return answer


def language_of(options: Namespace) -> str:
    """`--language`, else that of the system's locale, else the terminal's own."""
    named: str | None = getattr(options, "language", None)
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if named or not locale:
        return named or configured(options).language
    return "zh_CN" if locale.startswith("zh") else "en"


def in_words(options: Namespace, lines: Iterable[Msg]) -> str:
    from wms.terminal.messages import speech

    voice = speech(language_of(options))
    return ". ".join(filter(None, map(voice.say, lines)))


OWN_REASONS = {
    "known": "Known already",
    "not_recorded": "Not recorded. Import the file again",
    "by_hand": "Held by hand: {why}",
}


def because(options: Namespace, reasons: str) -> str:
    """Reasons joined by commas (`wms.domain.reasons`) as sentences."""
    from wms.domain.reasons import explain
    from wms.terminal.messages import speech
    from wms.workflows.prompt import Msg

    voice, said = speech(language_of(options)), []
    for reason in filter(None, reasons.split(",")):
        code, _, rest = reason.partition(":")
        own = OWN_REASONS.get(code)
        said.append(own.format(why=rest) if own else voice.say(Msg(*explain(reason))))
    return "; ".join(said)


def zone_of(rows: Rows) -> str:
    """The site's time zone."""
    from wms.domain.catalogue import Site

    site = rows.get(Site, "site")
    return site.zone if site is not None else "UTC"

"""`wms people`: badges, and unlocking one after wrong PINs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from wms.cli.output import emit, opened, table
from wms.cli.parsing import command, filled, group, language_flag

LIST = """\
  {"people": [{"badge": "S1", "name": "Sam", "roles": "supervisor", "active": true, "pin": "peppered",
               "wrong_pins": 0}]}

`pin` is `none`, `peppered`, or `plain` for a hash of an older kind, which is made anew at the next sign-in;
`wrong_pins` those typed in a row at any one device."""
UNLOCK = """\
  {"badge": "S1"}"""


def add(top: ArgumentParser, commands: Any) -> None:
    people = group(commands, "people", "badges, and PINs that were typed wrong")
    command(people, "list", "everybody, without any secret", listing, LIST)
    unlocking = command(people, "unlock", "let a badge try again that wrong PINs have locked", unlock, UNLOCK)
    unlocking.add_argument("badge", type=filled, metavar="BADGE")
    language_flag(unlocking)


def listing(options: Namespace) -> int:
    from wms.domain.catalogue import Person
    from wms.domain.pins import pepper_of
    from wms.domain.review import PinTries

    with opened(options) as store:
        found = [
            {
                "badge": person.badge,
                "name": person.name,
                "roles": person.roles,
                "active": person.active,
                "pin": "none" if not person.pin else "peppered" if pepper_of(person.pin) else "plain",
                "wrong_pins": max((one.wrong for one in store.rows.where(PinTries, badge=person.badge)), default=0),
            }
            for person in store.rows.all(Person)
        ]
    rows = [tuple(one.values()) for one in found]
    emit(options, {"people": found}, lambda: table(("BADGE", "NAME", "ROLES", "ACTIVE", "PIN", "WRONG"), rows))
    return 0


def unlock(options: Namespace) -> int:
    from wms.cli.acting import carry_out
    from wms.domain.commands import UnlockPin
    from wms.domain.ids import Badge

    with opened(options) as store:
        carry_out(options, store, UnlockPin(Badge(options.badge)))
    emit(options, {"badge": options.badge}, lambda: f"{options.badge} may try again")
    return 0

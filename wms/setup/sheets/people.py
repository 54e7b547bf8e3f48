"""People: badges, roles, languages, PINs."""

from __future__ import annotations

import re

from wms.domain.catalogue import Person, Role
from wms.domain.events import PersonDefined
from wms.domain.ids import Badge
from wms.domain.pins import Peppers, check_pin, hash_pin
from wms.setup.cells import Cells, chosen
from wms.setup.outcome import Refusal
from wms.setup.sheet import Declared, Session, Sheet, by

LANGUAGES = ("zh_CN", "en")
_BETWEEN = re.compile(r"[\s,;/+、，；]+")
_PIN = re.compile(r"[0-9]{4,8}")


def _person(cells: Cells, session: Session) -> Declared:
    badge = Badge(cells.name("badge"))
    old = session.rows.get(Person, badge)
    kept = old or Person(badge, "", "")
    name = cells.text("name")
    if not name:
        raise Refusal("missing:name")
    person = Person(
        badge,
        name,
        _roles(cells.plain("roles")),
        cells.one_of("language", LANGUAGES, kept.language, blank="zh_CN"),
        _pin(cells.plain("pin"), kept.pin, session.peppers),
        cells.yes("active", kept.active, blank=True),
    )
    return Declared(old, person, (PersonDefined(person),))


def _roles(text: str) -> str:
    said = {chosen("roles", role, Role) for role in _BETWEEN.split(text) if role}
    if not said:
        raise Refusal("missing:roles")
    return ",".join(role for role in Role if role in said)


def _pin(said: str, kept: str, peppers: Peppers) -> str:
    """The hash to keep: a new one only if the PIN is another one; an empty cell leaves it alone."""
    if not said:
        return kept
    if not _PIN.fullmatch(said):
        raise Refusal("bad_pin:pin")
    return kept if check_pin(kept, said, peppers) else hash_pin(said, peppers=peppers)


PEOPLE = Sheet("people", ("badge", "name", "roles"), ("language", "pin", "active"), by("badge"), _person)

"""What must be stuck on before work can start: badges, places, totes and carts, command cards.

Every code is one that `wms.workflows.resolve` reads.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

import wms.locale
from labels import BadgeLabel, CommandLabel, Language, PickingLine, PickingSlip, PlaceLabel, ToteLabel
from wms.domain.catalogue import Carrier, Carton, Item, Person, Role
from wms.domain.places import Place, PlaceKind
from wms.domain.rows import Rows
from wms.domain.waves import Batch, BatchStatus, PickTask, Slot, TaskStatus
from wms.workflows.picking_prompts import label
from wms.workflows.prompt import Msg, msg
from wms.workflows.signing_in import WORK

ROLES = {
    Role.PICKER: msg("Picker"),
    Role.PACKER: msg("Packer"),
    Role.INSPECTOR: msg("Inspector"),
    Role.SUPERVISOR: msg("Supervisor"),
}
COMMANDS = {
    **{f"CMD-{name.upper()}": text for name, (_, text) in WORK.items()},
    "CMD-EMPTY": msg("Too few in the bin"),
    "CMD-DAMAGED": msg("Damaged"),
    "CMD-NOTFOUND": msg("Can't find the item"),
    "CMD-SKIP": msg("Skip for now"),
    "CMD-GIVEBACK": msg("Give the walk back"),
    "CMD-NEWPARCEL": msg("New parcel"),
    "CMD-PASS": msg("Passed"),
    "CMD-FAIL": msg("Failed"),
    "CMD-CLOSE": msg("Close the manifest"),
    "CMD-ENTER": msg("Enter"),
    "CMD-BACK": msg("Back"),
    "CMD-CANT": msg("Can't"),
    "CMD-UNDO": msg("Undo"),
    "CMD-MORE": msg("More"),
    "CMD-SIGNOUT": msg("Sign out"),
    "CMD-LANGUAGE": msg("Other language"),
}


def badge_labels(rows: Rows, language: Language = "zh_CN") -> list[BadgeLabel]:
    """Of everybody who still works here."""
    return [
        BadgeLabel(
            f"BDG-{person.badge}",
            person.name,
            tuple(_say(text, language) for role, text in ROLES.items() if person.may(role)),
        )
        for person in rows.all(Person)
        if person.active
    ]


def place_labels(rows: Rows, kind: PlaceKind | None = None) -> list[PlaceLabel]:
    """Of the bins, staging and returns places, or of those of one kind, in the order of the walk."""
    kinds = (PlaceKind.BIN, PlaceKind.STAGING, PlaceKind.RETURNS) if kind is None else (kind,)
    return [
        PlaceLabel(label(rows, place.id), place.zone, place.check_digits) for one in kinds for place in _walk(rows, one)
    ]


def tote_labels(rows: Rows, language: Language = "zh_CN") -> list[ToteLabel | PlaceLabel]:
    """Of totes and of the carts they stand on."""
    totes = [ToteLabel(tote.id, tote.zone) for tote in _walk(rows, PlaceKind.TOTE)]
    carts = [PlaceLabel(cart.id, _say(msg("Cart"), language), "") for cart in _walk(rows, PlaceKind.CART)]
    return [*totes, *carts]


def command_labels(rows: Rows, language: Language = "zh_CN") -> list[CommandLabel]:
    """Cards for what can be said by scanning: commands, couriers, cartons."""
    chinese = language == "zh_CN"
    carriers = [CommandLabel(f"CAR-{one.code}", one.zh if chinese else one.en) for one in rows.all(Carrier)]
    cartons = [
        CommandLabel(f"CTN-{one.code}", f"{one.code} {one.zh if chinese else one.en}") for one in rows.all(Carton)
    ]
    return [*(CommandLabel(code, _say(text, language)) for code, text in COMMANDS.items()), *carriers, *cartons]


def picking_slips(rows: Rows, language: Language = "zh_CN") -> list[PickingSlip]:
    """Of every walk that is not finished, for the day the terminals are down: what is still to be taken, in the order
    of the walk."""
    slips = []
    for batch in sorted(rows.all(Batch), key=lambda batch: (batch.ship_by, batch.id)):
        if batch.status != BatchStatus.DROPPED and (tasks := _open_tasks(rows, batch)):
            lines = tuple(_picking_line(rows, task, language) for task in tasks)
            slips.append(PickingSlip(batch.id, batch.wave, batch.cart, lines))
    return slips


def _open_tasks(rows: Rows, batch: Batch) -> list[PickTask]:
    tasks = [task for task in rows.where(PickTask, batch=batch.id) if task.status == TaskStatus.OPEN]
    return sorted(tasks, key=lambda task: (task.sequence, task.id))


def _picking_line(rows: Rows, task: PickTask, language: Language) -> PickingLine:
    item, place, slot = rows.get(Item, task.sku), rows.get(Place, task.place), rows.get(Slot, task.batch, task.slot)
    name = "" if item is None else (item.zh if language == "zh_CN" else item.en)
    put = " ".join(filter(None, (str(task.slot), slot.tote if slot else "")))
    digits = place.check_digits if place else ""
    return PickingLine(task.place, digits, task.sku, name, task.quantity - task.taken, task.lot, put)


def _walk(rows: Rows, kind: PlaceKind) -> list[Place]:
    return sorted(rows.where(Place, kind=kind), key=lambda place: (place.sequence, place.id))


def _say(message: Msg, language: Language) -> str:
    """A message without fields, in the words of the screens."""
    return _catalogue(language).gettext(message.text)


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation("wms", Path(wms.locale.__file__).parent, [language], fallback=True)

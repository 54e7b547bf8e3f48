"""Handover: parcels are scanned onto a courier's manifest; only when the courier has signed are they shipped."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain.catalogue import Carrier
from wms.domain.ids import CarrierCode, ParcelId
from wms.domain.packing import Parcel, ParcelStatus, Waybill
from wms.domain.records import Record, replace
from wms.domain.rows import Rows
from wms.domain.shipping import Manifest
from wms.workflows import resolve as r
from wms.workflows.inputs import Chose, Entered, Pressed
from wms.workflows.keys import HELP, MORE, UNDO
from wms.workflows.prompt import Choice, Entry, Key, Line, Mark, Msg, Prompt, info, look, msg, msg_n, no, ok, plain
from wms.workflows.say import carrier_name, refused
from wms.workflows.workflow import Happening, Step, Who, is_scan

SHOWN = 20
"""Parcels named to whatever reads the prompt; the screen itself draws the first five."""


class HandingOver(Record):
    """Where a handover stands. `staged` still stand at the carrier's place, `loaded` were scanned onto the manifest."""

    who: Who
    manifest: Manifest | None = None
    staged: int = 0
    loaded: int = 0
    signing: bool = False
    last: ParcelId | None = None

    @property
    def screen(self) -> str:
        if self.manifest is None:
            return "ship.carrier"
        return "ship.sign" if self.signing else "ship.parcel"


class HandOverWorkflow:
    """`resume`, `step` and `prompt` of handover."""

    def resume(self, rows: Rows, who: Who, last: HandingOver | None = None) -> HandingOver:
        mine = [m for m in rows.where(Manifest, open=True) if m.device == who.device]
        if not mine:
            return HandingOver(who)
        manifest = mine[0]
        staged = rows.count(Parcel, carrier=manifest.carrier, status=ParcelStatus.STAGED)
        state = HandingOver(who, manifest, staged, manifest.parcels)
        if last is not None and last.manifest is not None and last.manifest.id == manifest.id:
            return replace(state, signing=last.signing, last=last.last)
        return state

    def prompt(self, state: HandingOver, rows: Rows) -> Prompt:
        if state.manifest is None:
            return _choose(rows)
        return _load(state, state.manifest, rows)

    def step(self, state: HandingOver, happening: Happening, rows: Rows) -> Step[HandingOver]:
        if state.manifest is None:
            return _carrier(state, happening, rows)
        if state.signing:
            return _sign(state, state.manifest, happening, rows)
        return _parcel(state, state.manifest, happening, rows)


def _carriers(rows: Rows) -> list[tuple[Carrier, int]]:
    """Carriers with the number of parcels that wait for them, the longest queue first."""
    waiting = [(carrier, rows.count(Parcel, carrier=carrier.code, status="staged")) for carrier in rows.all(Carrier)]
    return sorted(waiting, key=lambda pair: (-pair[1], pair[0].code))[:6]


def _carrier(state: HandingOver, happening: Happening, rows: Rows) -> Step[HandingOver]:
    carriers = _carriers(rows)
    match happening:
        case r.CarrierScan(code=code):
            return _open(state, code, rows)
        case Chose(index=index) if index < len(carriers):
            return _open(state, carriers[index][0].code, rows)
    return _wrong(state, happening, rows, msg("Scan the courier's card, or press a number"))


def _open(state: HandingOver, carrier: CarrierCode, rows: Rows) -> Step[HandingOver]:
    said = ok(msg("{carrier}: manifest opened", carrier=carrier_name(rows, carrier)), msg("Scan every parcel"))
    return Step(state, (c.OpenManifest(carrier),), said)


def _parcel(state: HandingOver, manifest: Manifest, happening: Happening, rows: Rows) -> Step[HandingOver]:
    match happening:
        case r.WaybillScan(number=number) if _is_spoiled(number, rows):
            return _wrong(state, happening, rows, msg("Its number is spoiled. Bring the parcel back to packing"))
        case r.WaybillScan(parcel=parcel, number=number):
            left = max(state.staged - 1, 0)
            said = ok(msg("{number} loaded", number=number), msg_n("{n} still here", "{n} still here", left))
            return Step(replace(state, last=parcel), (c.LoadParcel(manifest.id, parcel),), said)
        case Pressed(key="f3"):
            if state.last is None:
                return Step(state, said=info(msg("Nothing to undo")))
            said = info(msg("Taken off the manifest"), msg("Put the parcel back to its place"))
            return Step(replace(state, last=None), (c.UnloadParcel(manifest.id, state.last),), said)
        case Pressed(key="escape") if not state.loaded:
            dropped = info(msg("The manifest is dropped"), msg("Choose the courier again"))
            return Step(replace(state, last=None), (c.DropManifest(manifest.id),), dropped)
        case Pressed(key="f2" | "enter") | r.CommandScan(command="CLOSE"):
            if not state.loaded:
                return Step(state, said=no(msg("No parcel is on this manifest"), msg("Scan the parcels first")))
            if state.staged:
                stay = msg_n("{n} parcel stays behind", "{n} parcels stay behind", state.staged)
                return Step(replace(state, signing=True), said=look(stay, msg("Sign to close without, Esc to go on")))
            return Step(replace(state, signing=True))
    return _wrong(state, happening, rows, msg("Scan the labels of the parcels"))


def _is_spoiled(number: str, rows: Rows) -> bool:
    found = rows.get(Waybill, number)
    return found is not None and found.void


def _sign(state: HandingOver, manifest: Manifest, happening: Happening, rows: Rows) -> Step[HandingOver]:
    match happening:
        case Entered(text=text) if text.strip():
            parcels = msg_n("{n} parcel shipped", "{n} parcels shipped", state.loaded)
            close = c.CloseManifest(manifest.id, text)
            return Step(
                replace(state, signing=False, last=None), (close,), ok(parcels, msg("The manifest is printing"))
            )
        case Entered():
            return Step(state, said=no(msg("The courier's name is missing")))
        case Pressed(key="escape"):
            return Step(replace(state, signing=False))
        case r.WaybillScan():
            return _parcel(replace(state, signing=False), manifest, happening, rows)
    return _wrong(state, happening, rows, msg("Type the courier's name, then Enter"))


def _wrong(state: HandingOver, happening: Happening, rows: Rows, *lines: Msg) -> Step[HandingOver]:
    if not is_scan(happening):
        return Step(state)
    return refused(state, state.screen, happening, rows, *lines)


def _choose(rows: Rows) -> Prompt:
    found = _carriers(rows)
    return Prompt(
        "ship.carrier",
        (msg("Handover"),),
        verb=msg("Which courier is here?"),
        ask=msg("Scan the courier's card, or press a number"),
        choices=tuple(
            Choice(msg("{carrier}: {n} waiting", carrier=carrier_name(rows, carrier.code), n=n), f"CAR-{carrier.code}")
            for carrier, n in found
        ),
        keys=(HELP, MORE),
        expects=tuple(f"CAR-{carrier.code}" for carrier, n in found if n),
        handbook="handover",
    )


def _load(state: HandingOver, manifest: Manifest, rows: Rows) -> Prompt:
    where = (msg("Handover"), msg("{carrier}", carrier=carrier_name(rows, manifest.carrier)), plain(manifest.id))
    if state.signing:
        return Prompt(
            "ship.sign",
            where,
            verb=msg("Courier signs for"),
            target=str(state.loaded),
            unit=msg("parcels"),
            ask=msg("Type the courier's name, then Enter"),
            entry=Entry.TEXT,
            keys=(HELP, Key("escape", msg("Back"))),
            handbook="handover",
        )
    staged = rows.first(Parcel, SHOWN, carrier=manifest.carrier, status=ParcelStatus.STAGED)
    return Prompt(
        "ship.parcel",
        where,
        verb=msg("Loaded"),
        target=f"{state.loaded}/{state.loaded + state.staged}",
        ask=msg("Scan each parcel"),
        what=tuple(Line(plain(f"{p.waybill}  {p.order_id}"), Mark.TODO) for p in staged[:5]),
        keys=(HELP, *((Key("f2", msg("Close")), UNDO) if state.loaded else (Key("escape", msg("Back")),)), MORE),
        expects=tuple(p.waybill for p in staged),
        handbook="handover",
    )

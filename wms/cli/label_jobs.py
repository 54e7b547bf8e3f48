"""`wms label jobs|reprint|void|reroute`: what this terminal has to print, and what a person decides about it."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, configured, emit, opened, table, utc, wall
from wms.cli.parsing import command, filled, language_flag

if TYPE_CHECKING:
    from wms.domain.rows import Rows
    from wms.printing.jobs import Job
    from wms.printing.routes import Routes
    from wms.store import Store

LISTED = """\
  {"jobs": [{"job": 7, "state": "failed", "kind": "label", "parcel": "A-1/1", "waybill": "SF100000000001",
             "printer": "bench", "asked_by": "007", "reprint": false, "reason": "", "note": "broken",
             "attempts": 1, "asked": "2026-11-11T08:27:00Z", "changed": "2026-11-11T08:27:01Z"}]}

queued: not sent yet. sending: under way. sent: everything went out. printed: the printer said so. verified: scanned
back. failed: nobody knows what is on paper, or it can't be made (`note`); it is never sent again by itself.
cancelled: not wanted any more, or replaced by another. Those that are verified or cancelled are listed with --all."""
REPRINTED = """\
  {"job": 8, "replaces": 7, "state": "queued"}

The label is the same as the first one, under a mark that says REPRINT. Destroy every other label of the parcel."""
VOIDED = """\
  {"voided": "SF100000000001", "waybill": "SF100000000002", "job": 9}

The number is never used again. A label with the next one is asked for; destroy every label with the old one."""
REROUTED = """\
  {"rerouted": 2, "from": "bench", "to": "spare"}

Only what waits moves: what was sent, in part or whole, stays to be looked at."""
JOB = "its number in `wms label jobs`, or a waybill"


def add(label: Any) -> None:
    """Beside the other subcommands of `wms label`."""
    listing = command(label, "jobs", "what is to be printed here, and how it stands", show_jobs, LISTED)
    listing.add_argument("--all", action="store_true", help="those that have ended too")
    language_flag(listing)
    again = command(label, "reprint", "print a label or slip once more, with a visible mark", reprint, REPRINTED)
    again.add_argument("job", metavar="JOB", help=JOB)
    again.add_argument("--reason", type=filled, required=True, help="why, for the journal")
    language_flag(again)
    spoil = command(label, "void", "spoil a label's number and print one with the next", void, VOIDED)
    spoil.add_argument("job", metavar="JOB", help=JOB)
    spoil.add_argument("--reason", type=filled, default="voided by hand", help="why, for the journal")
    language_flag(spoil)
    elsewhere = command(label, "reroute", "give what waits for one printer to another", reroute, REROUTED)
    elsewhere.add_argument("--from", dest="source", required=True, metavar="PRINTER")
    elsewhere.add_argument("--to", dest="target", required=True, metavar="PRINTER")


def show_jobs(options: Namespace) -> int:
    from wms.cli.acting import zone_of
    from wms.printing import jobs

    routes = _routes(options)
    with opened(options) as store:
        rows, zone = store.rows, zone_of(store.rows)
        found = jobs.every(rows.connection) if options.all else jobs.in_state(rows.connection, *jobs.OPEN)
        listed = [_described(job, rows, routes) for job in found]
    emit(
        options,
        {"jobs": listed},
        lambda: table(
            ("JOB", "STATE", "WHAT", "PRINTER", "ASKED", "NOTE"),
            [
                (
                    job.id,
                    job.state,
                    one["waybill"] or job.subject,
                    one["printer"],
                    wall(job.created // 1000, zone),
                    _note(options, job),
                )
                for job, one in zip(found, listed, strict=True)
            ],
        ),
    )
    return 0


def reprint(options: Namespace) -> int:
    from wms.cli.acting import carry_out, operator
    from wms.domain.commands import ReprintLabel
    from wms.domain.ids import ManifestId, ParcelId
    from wms.printing import jobs

    with opened(options) as store:
        old = _wanted(options, store)
        if old.kind == "manifest":
            manifest, at, epoch = ManifestId(old.subject), store.clock(), store.epoch
            store.writer.do(lambda c: jobs.slip_again(c, manifest, operator(), at, epoch, options.reason))
        else:
            store.accompany(jobs.accompany)
            carry_out(options, store, ReprintLabel(ParcelId(old.subject), options.reason))
        new = _newest(store, old)
    document = {"job": new.id, "replaces": old.id, "state": new.state}
    emit(options, document, lambda: f"job {new.id} takes the place of job {old.id}. Destroy every other label of it")
    return 0


def void(options: Namespace) -> int:
    from wms.cli.acting import carry_out
    from wms.domain.commands import VoidLabel
    from wms.domain.ids import ParcelId
    from wms.printing import jobs

    with opened(options) as store:
        old = _wanted(options, store)
        if old.kind != "label":
            raise Refusal(f"job {old.id} is no label: it has no number to spoil")
        number = _waybill(store.rows, old)
        store.accompany(jobs.accompany)
        carry_out(options, store, VoidLabel(ParcelId(old.subject), options.reason))
        fresh, job = _waybill(store.rows, old), _newest(store, old)
    document = {"voided": number, "waybill": fresh, "job": job.id}
    emit(options, document, lambda: f"{number} is spoiled: destroy every label with it. Job {job.id} prints {fresh}")
    return 0


def reroute(options: Namespace) -> int:
    from wms.printing import jobs

    routes = _routes(options)
    known = [printer.name for printer in routes.printers]
    for name in (options.source, options.target):
        if name not in known:
            raise Refusal(f"no printer is called {name}; known are {', '.join(known) or 'none'}: wms printer list", 2)
    if options.source == options.target:
        raise Refusal(f"{options.source} has them already: name another printer with --to", 2)
    with opened(options) as store:
        waiting = [
            job for job in jobs.in_state(store.rows.connection, "queued") if routes.queue_of(job) == options.source
        ]
        at = store.clock()
        moved = store.writer.do(lambda connection: jobs.reroute(connection, waiting, options.target, at))
    document = {"rerouted": moved, "from": options.source, "to": options.target}
    emit(options, document, lambda: f"{moved} of {options.source} wait for {options.target} now")
    return 0


def _routes(options: Namespace) -> Routes:
    from wms.printing.routes import Routes

    return Routes(configured(options).all_printers())


def _wanted(options: Namespace, store: Store) -> Job:
    """The job meant. Raises `Refusal` where there is none."""
    from wms.domain.packing import Waybill
    from wms.printing import jobs

    connection, text = store.rows.connection, options.job.strip()
    found = jobs.named(connection, int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if found is None and (waybill := store.rows.get(Waybill, text)) is not None:
        _refuse_spoiled(store.rows, text)
        found = next(iter(reversed(jobs.of(connection, "label", waybill.parcel))), None)
    if found is None:
        raise Refusal(f"no job {text} is known here: wms label jobs --all lists them")
    _refuse_spoiled(store.rows, found.waybill)
    return found


def _refuse_spoiled(rows: Rows, number: str) -> None:
    """Who names an old number does not mean the good one that its parcel has now."""
    from wms.domain.packing import Parcel, Waybill

    waybill = rows.get(Waybill, number)
    if waybill is None or not waybill.void:
        return
    parcel = rows.get(Parcel, waybill.parcel)
    now = parcel.waybill if parcel is not None else ""
    since = f"; the parcel has {now} now" if now and now != number else ""
    raise Refusal(f"{number} is spoiled already{since}")


def _newest(store: Store, job: Job) -> Job:
    from wms.printing import jobs

    return jobs.of(store.rows.connection, job.kind, job.subject)[-1]


def _waybill(rows: Rows, job: Job) -> str:
    from wms.domain.packing import Parcel

    parcel = rows.get(Parcel, job.subject) if job.kind == "label" else None
    return parcel.waybill if parcel is not None else ""


def _described(job: Job, rows: Rows, routes: Routes) -> dict[str, Any]:
    return {
        "job": job.id,
        "state": job.state,
        "kind": job.kind,
        "manifest" if job.kind == "manifest" else "parcel": job.subject,
        "waybill": job.waybill,
        "printer": routes.queue_of(job),
        "asked_by": job.person,
        "reprint": job.reprint,
        "reason": job.reason,
        "note": job.note,
        "attempts": job.attempts,
        "asked": utc(job.created // 1000),
        "changed": utc(job.changed // 1000),
    }


def _note(options: Namespace, job: Job) -> str:
    """Why it stands as it stands, in words."""
    from wms.cli.acting import in_words
    from wms.workflows.printer_words import label_reason, printer_reason

    if job.state == "failed":
        return in_words(options, [label_reason(job.note.split(","))])
    return in_words(options, [printer_reason(job.note)]) if job.note else job.reason

"""People signing in and out, refused scans, things for the supervisor."""

from __future__ import annotations

from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.least_data import unknown_code
from wms.domain.pins import fingerprint
from wms.domain.review import Review
from wms.domain.rows import Rows
from wms.workflows.handling import Answer, Context, handles, refuse
from wms.workflows.prompt import msg


@handles(c.SignIn)
def sign_in(command: c.SignIn, rows: Rows, context: Context) -> Answer:
    person = rows.get(Person, command.badge)
    if person is None:
        return refuse(msg("Unknown badge"), msg("Ask the supervisor"))
    if not person.active:
        return refuse(msg("This badge is blocked"), msg("Ask the supervisor"))
    return (e.SignedIn(command.badge, command.role),)


@handles(c.SignOut)
def sign_out(command: c.SignOut, rows: Rows, context: Context) -> Answer:
    return (e.SignedOut(command.badge),)


@handles(c.RehashPin)
def rehash_pin(command: c.RehashPin, rows: Rows, context: Context) -> Answer:
    person = rows.get(Person, command.badge)
    if person is None or fingerprint(person.pin) != command.replaces:
        return ()  # the PIN was changed a moment ago, and stays changed
    return (e.PinRehashed(command.badge, command.replaces, command.pin),)


@handles(c.UnlockPin)
def unlock_pin(command: c.UnlockPin, rows: Rows, context: Context) -> Answer:
    if rows.get(Person, command.badge) is None:
        return refuse(msg("Unknown badge"), msg("Ask the supervisor"))
    return (e.PinUnlocked(command.badge),)


@handles(c.RefuseScan)
def refuse_scan(command: c.RefuseScan, rows: Rows, context: Context) -> Answer:
    unknown = command.why.startswith("unknown")
    raw = unknown_code(command.raw) if unknown else command.raw
    return (e.ScanRefused(raw[:200], command.screen, command.why, command.task),)


@handles(c.RaiseReview)
def raise_review(command: c.RaiseReview, rows: Rows, context: Context) -> Answer:
    return (e.ReviewRaised(command.kind, command.subject, command.detail),)


@handles(c.CloseReview)
def close_review(command: c.CloseReview, rows: Rows, context: Context) -> Answer:
    found = rows.get(Review, command.review)
    if found is None or not found.open:
        return refuse(msg("Somebody has already done this"))
    return (e.ReviewClosed(command.review, command.decision),)

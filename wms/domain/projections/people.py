"""People at their posts, and scans that did not count."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.events import Fact
from wms.domain.events.people import WRONG_DIGITS, WRONG_PIN
from wms.domain.pins import fingerprint
from wms.domain.projections.registry import applies, close_review, count_up, review, tally
from wms.domain.records import replace
from wms.domain.review import PinTries, Presence
from wms.domain.rows import Tables
from wms.domain.waves import PickTask

TRIES = 3  # wrong check digits at one pick line, and a supervisor hears of it: somebody may be guessing


def wrong_digits_at(task: str) -> str:
    """The counter of wrong check digits given at a pick line since its place was last confirmed."""
    return f"wrong_digits/{task}"


@applies(e.SignedIn)
def signed_in(t: Tables, event: e.SignedIn, fact: Fact) -> None:
    t.put(Presence(fact.key.device, event.badge, event.role, fact.seconds))
    tries = t.get(PinTries, event.badge, fact.key.device)
    if tries is not None:
        t.delete(tries)


@applies(e.SignedOut)
def signed_out(t: Tables, event: e.SignedOut, fact: Fact) -> None:
    found = t.get(Presence, fact.key.device)
    if found is not None:
        t.delete(found)


@applies(e.ScanRefused)
def scan_refused(t: Tables, event: e.ScanRefused, fact: Fact) -> None:
    tally(t, fact, "scans")
    tally(t, fact, "refused")
    if event.why == WRONG_PIN:
        before = t.get(PinTries, event.raw, fact.key.device)
        wrong = before.wrong if before is not None else 0
        t.put(PinTries(event.raw, fact.key.device, wrong + 1, fact.seconds))
    task = t.get(PickTask, event.task) if event.why == WRONG_DIGITS else None
    if task is not None:
        times = count_up(t, wrong_digits_at(task.id))
        if times % TRIES == 0:
            review(t, fact, "wrong_digits", f"{task.place},{fact.person}", str(times))


@applies(e.RecipientErased)
def recipient_erased(t: Tables, event: e.RecipientErased, fact: Fact) -> None:
    tally(t, fact, "erased")


@applies(e.RecipientRevealed)
def recipient_revealed(t: Tables, event: e.RecipientRevealed, fact: Fact) -> None:
    tally(t, fact, "revealed")


@applies(e.FactUnreadable)
def fact_unreadable(t: Tables, event: e.FactUnreadable, fact: Fact) -> None:
    review(t, fact, "unreadable", f"{fact.key.device}/{fact.key.epoch}/{fact.key.n}", event.kind)


@applies(e.PinRehashed)
def pin_rehashed(t: Tables, event: e.PinRehashed, fact: Fact) -> None:
    person = t.get(Person, event.badge)
    if person is not None and fingerprint(person.pin) == event.replaces:
        t.put(replace(person, pin=event.pin))


@applies(e.PinUnlocked)
def pin_unlocked(t: Tables, event: e.PinUnlocked, fact: Fact) -> None:
    may_try_again(t, event.badge)
    close_review(t, "pin", event.badge, fact.person, "unlocked")


def may_try_again(t: Tables, badge: str) -> None:
    for tries in t.where(PinTries, badge=badge):
        t.delete(tries)

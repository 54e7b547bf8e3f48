"""People at their posts, and scans that did not count."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.events.people import WRONG_DIGITS
from wms.domain.projections.registry import applies, count_up, review, tally
from wms.domain.review import Presence
from wms.domain.rows import Tables
from wms.domain.waves import PickTask

TRIES = 3  # wrong check digits at one pick line, and a supervisor hears of it: somebody may be guessing


def wrong_digits_at(task: str) -> str:
    """The counter of wrong check digits given at a pick line since its place was last confirmed."""
    return f"wrong_digits/{task}"


@applies(e.SignedIn)
def signed_in(t: Tables, event: e.SignedIn, fact: Fact) -> None:
    t.put(Presence(fact.key.device, event.badge, event.role, fact.seconds))


@applies(e.SignedOut)
def signed_out(t: Tables, event: e.SignedOut, fact: Fact) -> None:
    found = t.get(Presence, fact.key.device)
    if found is not None:
        t.delete(found)


@applies(e.ScanRefused)
def scan_refused(t: Tables, event: e.ScanRefused, fact: Fact) -> None:
    tally(t, fact, "scans")
    tally(t, fact, "refused")
    task = t.get(PickTask, event.task) if event.why == WRONG_DIGITS else None
    if task is not None:
        times = count_up(t, wrong_digits_at(task.id))
        if times % TRIES == 0:
            review(t, fact, "wrong_digits", f"{task.place},{fact.person}", str(times))


@applies(e.RecipientRevealed)
def recipient_revealed(t: Tables, event: e.RecipientRevealed, fact: Fact) -> None:
    tally(t, fact, "revealed")

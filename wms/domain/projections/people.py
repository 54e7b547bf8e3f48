"""People at their posts, and scans that did not count."""

from __future__ import annotations

from wms.domain import events as e
from wms.domain.events import Fact
from wms.domain.projections.registry import applies, tally
from wms.domain.review import Presence
from wms.domain.rows import Tables


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


@applies(e.RecipientRevealed)
def recipient_revealed(t: Tables, event: e.RecipientRevealed, fact: Fact) -> None:
    tally(t, fact, "revealed")

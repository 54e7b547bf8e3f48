"""How the printer is: what the screen shows of it, when the supervisor hears of it, when to look at it again."""

from __future__ import annotations

import time

from wms.domain.commands import CloseReview, RaiseReview
from wms.domain.ids import Badge
from wms.domain.review import Review
from wms.store import Store
from wms.workflows.printer_words import printer_reason
from wms.workflows.prompt import NOTHING, Msg
from wms.workflows.view import DeviceState

NOT_CONFIGURED = "not_configured"
NEEDS_A_PERSON = ("paper_out", "cover_open", "error", "offline", "another_program", "unknown_profile")
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0  # seconds between looks at a printer that is away
LOOK_AT_REST = 5.0  # seconds between looks at a printer that has nothing to print
ITSELF = Badge("")  # nobody closes the review of a printer that prints again


class Health:
    """Of one printer, kept by the spool's thread. `trouble` is '' or why nothing can be printed, `known` whether the
    printer has been asked at all. `patience` is in seconds: a shorter trouble is a blink and no work for a supervisor.
    `printer` names it to the supervisor beside the terminal; '' for the one that prints the terminal's labels.
    """

    def __init__(self, store: Store, patience: float, *, configured: bool, printer: str = "") -> None:
        self._store, self._patience, self._configured = store, patience, configured
        self._subject = f"{store.device},{printer}" if printer else str(store.device)
        self.known = not configured
        self.trouble = "" if configured else NOT_CONFIGURED
        self._since: float | None = None if configured else time.monotonic()
        self._told = False
        self._hint = ""
        self._pause = FIRST_PAUSE
        self._answers = False
        self._looked = time.monotonic()

    def heard(self, reason: str, *, answers: bool = False) -> None:
        """What the printer said of itself, or did. One that says nothing may well print."""
        self._answers |= answers
        self._looked = time.monotonic()
        self.known, self.trouble = True, "" if reason == "silent" else reason
        if self.trouble and self._since is None:
            self._since = time.monotonic()

    @property
    def wants_look(self) -> bool:
        """Whether one that could print, and tells its state, was last heard of so long ago that it may be otherwise."""
        return self._answers and time.monotonic() - self._looked >= LOOK_AT_REST

    def looked_at_rest(self, reason: str, *, answered: bool) -> None:
        """Only what it says itself counts: while others print on it, it may not be reachable from here."""
        self._looked = time.monotonic()
        if answered:
            self.heard(reason)

    def printed(self, hint: str) -> None:
        self._looked = time.monotonic()
        self.known, self.trouble, self._hint = True, "", hint
        self._recover()

    def rest(self, asking: Badge | None) -> None:
        """At the end of a turn, with all printed that can be; `asking` is who waits for a label, None if nobody does.

        Not before, since a printer that answers well may still take nothing.
        """
        if not self.trouble:
            self._recover()
        elif asking is not None and not self._is_told() and self._left() <= 0:
            self._store.execute(RaiseReview("printer", self._subject, self.trouble), asking)
            self._told = True

    def next_look(self, *, waiting: bool) -> float:
        """Seconds until the queue should be looked at though no commit of this program has woken it."""
        looks = [LONGEST_PAUSE]
        if self.trouble and self._configured:
            looks.append(self._pause)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if self.trouble and waiting and not self._is_told():
            looks.append(max(0.0, self._left()))
        return min(looks)

    def shown(self) -> tuple[DeviceState, Msg]:
        if not self._configured:
            return DeviceState.NONE, printer_reason(NOT_CONFIGURED)
        if not self.known:
            return DeviceState.CONNECTING, NOTHING
        if self.trouble:
            device = DeviceState.TROUBLE if self.trouble in NEEDS_A_PERSON else DeviceState.LOST
            return device, printer_reason(self.trouble)
        return DeviceState.READY, printer_reason(self._hint) if self._hint else NOTHING

    def _left(self) -> float:
        """Seconds of patience left."""
        began = time.monotonic() if self._since is None else self._since
        return began + self._patience - time.monotonic()

    def _recover(self) -> None:
        self._since, self._told, self._pause = None, False, FIRST_PAUSE
        review = self._review()
        if review is not None and review.open:
            self._store.execute(CloseReview(review.id, "prints again"), ITSELF)

    def _is_told(self) -> bool:
        """Once per trouble: who has closed the review is not told of it again."""
        review = self._review()
        return self._told or (review is not None and review.open)

    def _review(self) -> Review | None:
        return self._store.rows.get(Review, f"printer/{self._subject}")

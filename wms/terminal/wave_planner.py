"""Planning beside the work: tours are searched for by a thread that no scan waits for; the draft lies in a file."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from wms.domain.catalogue import Counter, Site
from wms.domain.records import replace
from wms.store import Store
from wms.terminal.aside import Aside, Stopped
from wms.workflows.plan_state import (
    ChangePlan,
    DropPlan,
    MakePlan,
    Planning,
    PlanOrder,
    PlanPhase,
    Search,
    StopPlanning,
)
from wms.workflows.prompt import NOTHING, Msg, msg

if TYPE_CHECKING:
    from wms.planning.wave_draft import Change, WaveDraft
    from wms.planning.wave_search import Effort
    from wms.store.plan_draft import Stamp

LOOK_SECONDS = 5.0
"""So often somebody who looks at a plan is told what has become otherwise; less often where finding out takes long."""
_LOOK_SHARE = 20

log = logging.getLogger(__name__)


class WavePlanner(Aside):
    """`says` and `order` return at once, from any thread; what is ordered is done in turn. The draft there was stays
    when a search is stopped."""

    def __init__(self, store: Store, changed: Callable[[], None] = lambda: None) -> None:
        """`changed` is called when there is news."""
        super().__init__("wave-planner")
        self._store, self._changed = store, changed
        self._picture = Planning()
        self._showing = threading.Lock()
        self._look_at = 0.0
        self._unsettled = False  # orders were taken out or put back since the tours were planned
        self._file: Stamp | None = None  # of the draft that the picture shows, None for no file
        self._own: Stamp | None = None  # of the draft that was kept here last

    def says(self) -> Planning:
        """How it stands now. Asking has the file and the warehouse looked at again now and then."""
        if self._picture.phase is not PlanPhase.SEARCHING and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + LOOK_SECONDS
            self._later(self._look)
        return self._picture

    def glance(self) -> Planning:
        """How it stands, for somebody who does not wait for it."""
        return self._picture

    def order(self, order: PlanOrder) -> None:
        phase = self._picture.phase
        match order:
            case MakePlan() if phase is not PlanPhase.SEARCHING:
                self._begin()
                self._later(self._search)
            case ChangePlan(change=change) if phase is PlanPhase.SHOWN:
                self._mark(change)
            case StopPlanning() if phase is PlanPhase.SEARCHING:
                self._stop.set()
            case DropPlan() if phase is PlanPhase.SHOWN:
                shown = self._file
                self._show(Planning())
                self._later(lambda: self._drop(shown))

    def _begin(self) -> None:
        self._stop.clear()
        self._show(replace(self._picture, phase=PlanPhase.SEARCHING, search=Search(), trouble=NOTHING))

    def _failed(self, error: Exception) -> None:
        match error:
            case Stopped():
                self._as_before()
            case OSError():
                log.warning("a plan could not be kept: %s", error)
                self._as_before(msg("The plan can't be kept: the disk is full or read-only"))
            case _:
                log.exception("planning failed")
                self._as_before(msg("Planning failed. F3 on the board releases waves without a plan"))

    # What it does, in its own thread

    def _look(self) -> None:
        """Another program may have made, changed or dropped the draft; and the warehouse goes on."""
        from wms.planning.site_floor import floor_of
        from wms.planning.wave_draft import drift
        from wms.store.plan_draft import BadDraft, kept, written

        began = time.monotonic()
        if self._picture.phase is PlanPhase.SEARCHING:
            return
        draft = shown = self._picture.draft
        if (at := written(self._store.folder)) != self._file:
            try:
                draft = kept(self._store.folder)
            except BadDraft:
                self._file = at
                log.exception("the draft of a plan")
                self._show(Planning(trouble=msg("The plan that was kept can't be read: plan again")))
                return
        if draft is None:
            if shown is not None:
                self._show_instead(shown, Planning(), at)
            return
        found = drift(self._store.rows, self._now(), self._zone(), draft)
        floor = floor_of(self._store.rows) if self._picture.floor is None or found.rules else self._picture.floor
        self._look_at = max(self._look_at, time.monotonic() + _LOOK_SHARE * (time.monotonic() - began))
        same = (draft, found) == (shown, self._picture.drift)
        self._show_instead(shown, None if same else Planning(PlanPhase.SHOWN, draft, found, floor), at)

    def _search(self) -> None:
        from wms.domain.waiting import to_plan
        from wms.planning.rules import rules_of
        from wms.planning.site_floor import floor_of
        from wms.planning.wave_search import Searched

        rows = self._store.rows
        rules = rules_of(rows)
        speed = rules.walking.metres_per_minute * 1000 // 60 or floor_of(rows).pace.speed
        orders = len(to_plan(rows, self._now()))
        of = round(Searched().time(rules.planning, orders).seconds)

        def progress(seconds: float, best: int, start: int) -> None:
            self._check()
            self._tell(Search(int(seconds), of, *_figures(best, start, speed)))

        self._tell(Search(0, of, compiling=_is_compiling(orders)))
        before = self._picture.draft
        draft = self._planned(Searched(progress=progress), before, more=True)
        self._check()
        self._keep(draft, before, searched=True)

    def _tell(self, found: Search) -> None:
        self._show(replace(self._picture, search=found))

    def _mark(self, change: Change) -> None:
        """What is taken out is out at once; what is put back follows."""
        from wms.planning.wave_draft import NotInDraft, changed

        draft = self._picture.draft
        try:
            marked = changed(draft, change) if draft is not None else None
        except NotInDraft:  # another program has changed it meanwhile
            marked = None
        if marked is not None:
            self._show(replace(self._picture, draft=marked, trouble=NOTHING))
            self._unsettled = self._unsettled or bool(change.without or change.put_back)
            self._later(self._settle)

    def _settle(self) -> None:
        """Kept at once, with the figures to follow where other orders are on the tours."""
        from wms.planning.wave_search import Unsearched
        from wms.store.plan_draft import keep

        draft = self._picture.draft
        if draft is None or self._picture.phase is not PlanPhase.SHOWN:
            return
        self._file = self._own = keep(self._store.folder, draft)
        if self._unsettled:
            self._unsettled = False
            self._keep(self._planned(Unsearched(), draft, more=False), draft)

    def _planned(self, effort: Effort, before: WaveDraft | None, *, more: bool) -> WaveDraft:
        from wms.planning.wave_draft import Asked, drafted

        rows = self._store.rows
        counter = rows.get(Counter, "wave")
        first = (counter.value if counter is not None else 0) + 1
        asked = before.asked if before is not None else Asked()
        return drafted(rows, self._now(), self._zone(), first, asked, effort, before, more=more)

    def _keep(self, draft: WaveDraft, before: WaveDraft | None, *, searched: bool = False) -> None:
        """Shown in the place of the one `before`; where that was changed meanwhile, the next one will be."""
        from wms.planning.site_floor import floor_of
        from wms.store.plan_draft import keep

        self._own = keep(self._store.folder, draft)
        self._look_at = 0.0
        picture = Planning(PlanPhase.SHOWN, draft, None, floor_of(self._store.rows))
        self._show_instead(before, picture, self._own, searched=searched)

    def _drop(self, shown: Stamp | None) -> None:
        """The one that was shown, or was kept here since. Another program's stays: nobody has seen it here."""
        from wms.store.plan_draft import drop, written

        if written(self._store.folder) in (shown, self._own):
            drop(self._store.folder)
            self._file = None

    def _now(self) -> int:
        return self._store.clock() // 1000

    def _zone(self) -> str:
        site = self._store.rows.get(Site, "site")
        return site.zone if site is not None else "UTC"

    # What it shows

    def _as_before(self, trouble: Msg = NOTHING) -> None:
        phase = PlanPhase.SHOWN if self._picture.draft is not None else PlanPhase.NONE
        self._show(replace(self._picture, phase=phase, trouble=trouble))

    def _show_instead(
        self, before: WaveDraft | None, picture: Planning | None, file: Stamp | None, *, searched: bool = False
    ) -> None:
        """Unless somebody changed or dropped that draft meanwhile; a search that was begun goes on from the new one.
        Without `picture` the same is shown, and lies in that `file`."""
        with self._showing:
            if self._picture.draft is not before:
                return
            self._file = file
            if picture is None:
                return
            searching = self._picture.phase is PlanPhase.SEARCHING and not searched
            self._picture = replace(self._picture, draft=picture.draft, floor=picture.floor) if searching else picture
        self._changed()

    def _show(self, picture: Planning) -> None:
        with self._showing:
            self._picture = picture
        self._changed()


def _figures(best: int, start: int, speed: int) -> tuple[int, int, int]:
    """Seconds of work, seconds saved, and how many metres these are at so many millimetres a second."""
    from wms.planning.site_walks import TICKS

    saved = (start - best) // TICKS
    return best // TICKS, saved, saved * speed // 1000


def _is_compiling(orders: int) -> bool:
    from wms.planning.solve import has_compiled
    from wms.planning.wave_search import FEW

    if orders <= FEW or not has_compiled():
        return False
    from wms.planning.compiled.cache import is_warm

    return not is_warm()

"""How planning stands that runs beside the work: the draft there is, how far the search for a better one has come."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from wms.domain.records import Record
from wms.workflows.prompt import NOTHING, Msg, msg

if TYPE_CHECKING:
    from wms.planning.floor import Floor
    from wms.planning.wave_draft import Change, Drift, WaveDraft


class PlanPhase(StrEnum):
    NONE = ""  # there is no plan
    SEARCHING = "searching"
    SHOWN = "shown"


class Search(Record):
    """`done` of `of` seconds are over. The best plan so far takes `seconds` of work, `saved` less than the first one,
    as long as walking `metres`; 0 until one is found. `compiling`: the planner is made ready first, once."""

    done: int = 0
    of: int = 0
    seconds: int = 0
    saved: int = 0
    metres: int = 0
    compiling: bool = False


class Planning(Record):
    """`drift` is what has become otherwise since the draft was made, `floor` what it is walked on. `trouble` is what
    went wrong last."""

    phase: PlanPhase = PlanPhase.NONE
    draft: WaveDraft | None = None
    drift: Drift | None = None
    floor: Floor | None = None
    search: Search = Search()
    trouble: Msg = NOTHING


class MakePlan(Record):
    """Search for a plan of all that waits, going on from the draft if there is one."""


class ChangePlan(Record):
    """Mark the draft's tours, or take orders out of it and put them back; the other tours stay as they are."""

    change: Change


class StopPlanning(Record):
    """Stop searching; the draft before stays."""


class DropPlan(Record):
    """Forget the draft; nothing of it is released."""


def plan_news(planning: Planning) -> Msg | None:
    """What the board says of a plan that somebody has left; None where there is none."""
    if planning.phase is PlanPhase.SEARCHING:
        return msg("Planning waves: {n} s of {of}", n=planning.search.done, of=planning.search.of)
    tours = sum(1 for _ in planning.draft.batches) if planning.draft is not None else 0
    if planning.phase is PlanPhase.SHOWN and tours:
        return msg("A plan of {n} tours waits: F4 opens it", n=tours)
    return None


PlanOrder: TypeAlias = "MakePlan | ChangePlan | StopPlanning | DropPlan"

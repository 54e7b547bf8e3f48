"""What all workflows share: who works, a step's answer, and how a workflow is driven.

A workflow is three pure functions. `resume` reads where the work stands from the rows, so that a terminal whose plug
was pulled goes on exactly there; `step` says what an input leads to; `prompt` says what to show. `rows` is the picture
as of the last commit: `step` and `prompt` only read it, to name what was scanned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeAlias, TypeVar

from typing_extensions import TypeIs

from wms.domain.commands import Command
from wms.domain.ids import Badge, DeviceId, OrderId
from wms.domain.records import Record
from wms.domain.rows import Rows
from wms.workflows.import_state import Importing, ImportOrder
from wms.workflows.inputs import Chose, Entered, Pressed, Refreshed, ScaleAnswered, Weighed
from wms.workflows.on_scale import OnScale
from wms.workflows.plan_state import Planning, PlanOrder
from wms.workflows.prompt import Prompt, Said
from wms.workflows.resolve import Code
from wms.workflows.unprinted import Unprinted

S = TypeVar("S")
Happening: TypeAlias = "Code | Pressed | Entered | Chose | Weighed | ScaleAnswered | Refreshed"


def is_scan(happening: Happening) -> TypeIs[Code]:
    return not isinstance(happening, (Pressed, Entered, Chose, Weighed, ScaleAnswered, Refreshed))


class Who(Record):
    """Somebody at a device. `now` is UTC seconds; `zone` the site's time zone; `scale` what its scale says, `unprinted`
    which labels wait for its printer, `importing` how the import of orders stands, `planning` that of waves. `remarks`
    opens people's own words on an order; None where nobody can here."""

    badge: Badge
    name: str
    device: DeviceId
    now: int
    zone: str
    scale: OnScale = OnScale()
    unprinted: Unprinted = Unprinted()
    remarks: Callable[[OrderId], tuple[str, ...] | None] = lambda _: ()
    importing: Importing = Importing()
    planning: Planning = Planning()


class Step(Record, Generic[S]):
    """What an input leads to: the next state, commands in order (all or none are recorded), and the verdict.

    If a command is refused, its reason is said instead and the state is read again from the rows. `scale` is what
    the scale is told; its answer comes later, as `ScaleAnswered`. `intake` is what is ordered of the import that runs
    beside the work, `planning` of the search for plans. `work` is another work that the person turns to.
    """

    state: S
    commands: tuple[Command, ...] = ()
    said: Said | None = None
    leave: bool = False  # the work is over: back to where work is chosen
    scale: str = ""
    intake: ImportOrder | None = None
    planning: PlanOrder | None = None
    work: str = ""


class Workflow(Protocol[S]):
    def resume(self, rows: Rows, who: Who, last: S | None = None) -> S: ...

    def step(self, state: S, happening: Happening, rows: Rows) -> Step[S]: ...

    def prompt(self, state: S, rows: Rows) -> Prompt: ...

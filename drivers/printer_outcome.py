"""What became of a job, in the words every kind of printer uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["printed", "sent", "not_sent", "broken"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a job.

    `printed`: the printer answered after the job, with paper. `sent`: everything went out; the way gives no proof.
    `not_sent`: nothing left this machine, so it may be tried again. `broken`: a part went out, a person must look.
    `reason` is '' or `paper_low` for good outcomes, else a PrinterStatus reason; `detail` is for logs.
    """

    outcome: Outcome
    reason: str = ""
    detail: str = ""

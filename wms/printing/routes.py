"""Which printer a job goes to: the usual one of its kind, or the one it was rerouted to."""

from __future__ import annotations

from wms.config import PrinterConfig, PrinterRole
from wms.domain.records import Record
from wms.printing.jobs import Job, Kind

NOWHERE = ""
"""The queue of what no printer is set up for."""
ROLES: dict[Kind, PrinterRole] = {"label": "labels", "manifest": "documents"}


class Routes(Record):
    """Over the configured printers, in the order of the settings."""

    printers: tuple[PrinterConfig, ...]

    def usual(self, kind: Kind) -> str:
        """Labels go to the first printer for labels. Documents go to theirs, or to the first printer there is."""
        first = self.printers[0].name if self.printers and kind == "manifest" else NOWHERE
        return next((printer.name for printer in self.printers if printer.role == ROLES[kind]), first)

    def queue_of(self, job: Job) -> str:
        """A printer that is set up no more leaves its jobs to the usual one."""
        known = any(printer.name == job.printer for printer in self.printers)
        return job.printer if known else self.usual(job.kind)

    def queues(self) -> tuple[PrinterConfig, ...]:
        """A queue for each printer, that for labels first; one without a printer where labels have none."""
        usual = self.usual("label")
        first = tuple(printer for printer in self.printers if printer.name == usual)
        rest = tuple(printer for printer in self.printers if printer.name != usual)
        return (*(first or (PrinterConfig(NOWHERE, ""),)), *rest)

"""The account of an import as a document: what `--json` prints, and what lies beside a file that was put away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wms.channels import Entry, FileAccount, sums
from wms.intake.taking import IntakeReport

Because = Callable[[str], str]


def document_of(report: IntakeReport, because: Because) -> dict[str, Any]:
    """The account of all files; `because` puts a reason into words."""
    return {"files": [file_document(account, because) for account in report.imported.files]}


def file_document(account: FileAccount, because: Because) -> dict[str, Any]:
    found = sums(account.entries)
    counts: dict[str, Any] = {
        name: {"orders": one.orders, "lines": one.lines, "units": one.units}
        for name, one in found.items()
        if name != "already_done"
    }
    counts["already_done"] = {"lines": found["already_done"].lines, "units": found["already_done"].units}
    return {
        "file": account.name,
        "channel": account.channel,
        "encoding": account.encoding,
        "records": account.records,
        "file_level": account.fault or None,
        "says": because(account.fault) if account.fault else "",
        "counts": counts,
        "outcomes": [_outcome(entry, because) for entry in account.entries if not entry.plain],
    }


def not_taken(account: FileAccount) -> bool:
    """Whether the file was refused whole, or orders of it are still to be recorded since whoever decides refused them
    or could not be reached."""
    return bool(account.fault) or any(entry.reason == "not_recorded" for entry in account.entries)


def _outcome(entry: Entry, because: Because) -> dict[str, Any]:
    return {
        "record": entry.record,
        "order": entry.reference,
        "outcome": entry.result,
        "column": entry.column or None,
        "text": entry.text,
        "reason": entry.reason,
        "says": because(entry.reason),
        "lines": entry.lines,
        "units": entry.units,
        "also": [
            {"record": one.record, "column": one.column or None, "text": one.text, "reason": one.reason}
            for one in entry.others
        ],
        "offered": {code: list(skus) for code, skus in entry.offered.items()},
    }

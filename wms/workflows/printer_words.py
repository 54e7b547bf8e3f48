"""What is wrong with a printer, and how to mend it."""

from __future__ import annotations

from wms.workflows.prompt import Msg, msg, plain


def printer_reason(reason: str) -> Msg:
    """The sentence for a reason of `drivers.printer`."""
    match reason:
        case "paper_out":
            return msg("paper out: put in a new roll")
        case "cover_open":
            return msg("cover open: close it")
        case "offline" | "refused" | "unreachable" | "missing" | "lost":
            return msg("not reachable: switch it on, check the cable")
        case "paper_low":
            return msg("paper runs low: have a roll ready")
        case "error":
            return msg("it reports a fault: switch it off and on")
        case "denied" | "busy":
            return msg("another program holds it, or its rights are missing: run wms doctor")
        case "timeout":
            return msg("does not answer: switch it off and on")
        case "queue_stopped":
            return msg("its queue is stopped: run wms doctor")
        case "broken":
            return msg("stopped in mid-label: look whether it came out")
        case "another_program":
            return msg("another wms prints from these data: close it")
        case "unknown_profile":
            return msg("its model is not known: see wms printer list")
        case "not_configured":
            return msg("none is set up: start with --printer")
    return plain(reason)


def label_reason(detail: list[str]) -> Msg:
    """Why a label must be looked at: the parts of its review's detail."""
    match detail:
        case ["layout", _, "erased"]:
            return msg("its recipient was erased")
        case ["layout", _, "damaged"]:
            return msg("its recipient can't be read")
        case ["layout", field, *_]:
            return msg("{field} does not fit or can't be printed. Mend the order", field=field)
        case ["restored"]:
            return msg("it was asked for before the data were restored: it may be out already")
    return msg("it may or may not have come out: look at the printer")

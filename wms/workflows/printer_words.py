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
        case "broken":
            return msg("stopped in mid-label: look whether it came out")
        case "not_configured":
            return msg("none is set up: start with --printer")
    return plain(reason)

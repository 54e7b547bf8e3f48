"""What is wrong with a device, in the operator's words: the trouble, then what to do."""

from __future__ import annotations

from wms.workflows.prompt import Msg, msg

_SCANNER = {
    "denied": msg("Scanner: no permission. Call the supervisor"),
    "busy": msg("Scanner: close the program that has it"),
    "refused": msg("Scanner's network box is silent: check it"),
    "timeout": msg("Scanner's network box is silent: check it"),
    "unreachable": msg("Scanner's network box is silent: check it"),
    "unsupported": msg("Scanner's setting is wrong: check wms.toml"),
}
_LOST = msg("Scanner lost: check cable, battery")


def scanner_words(trouble: str, number: int = 0) -> Msg:
    """For a word of `drivers.transport.Fault` or `drivers.diagnosis`. `number` from 1 names one scanner of several."""
    says = _SCANNER.get(trouble, _LOST)
    return msg("({n}) {says}", n=number, says=says) if number else says

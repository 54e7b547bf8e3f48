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
    "other_device": msg("Another scanner is plugged in: restart to use it"),
    "flood": msg("Scanner sends without end: unplug it"),
    "speaks_ssi": msg("Scanner is set up another way: call the supervisor"),
    "speaks_stx": msg("Scanner is set up another way: call the supervisor"),
    "speaks_lines": msg("Scanner is set up another way: call the supervisor"),
    "no_terminator": msg("Scanner ends no code: call the supervisor"),
    "unreadable": msg("Scanner sends rubbish: check cable and speed"),
    "bounces": msg("Scanner reads twice: pull the trigger once"),
}
_LOST = msg("Scanner lost: check cable, battery")


def scanner_words(trouble: str, number: int = 0) -> Msg:
    """For a word of `drivers.transport.Fault` or `drivers.diagnosis`. `number` from 1 names one scanner of several."""
    says = _SCANNER.get(trouble, _LOST)
    return msg("({n}) {says}", n=number, says=says) if number else says

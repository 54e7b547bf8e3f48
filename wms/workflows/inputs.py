"""What can happen to a workflow: a resolved scan, a key, an entry, a choice, a weight, news from elsewhere."""

from __future__ import annotations

from typing import TypeAlias

from wms.domain.records import Record


class Scanned(Record):
    """A read of a scanner, not yet resolved. `text` is decoded, `aim` the AIM symbology id or ''.

    `at` is UTC milliseconds; `source` names the device (`scanner1`, `wedge`, `keypad`).
    `fault` is '' for a good read, else what the framing said of it: `garbled`, `partial`, `overlong`, `duplicate`.
    """

    text: str
    aim: str = ""
    source: str = ""
    at: int = 0
    fault: str = ""


class Pressed(Record):
    """A key that is no part of a scan: `f1`…`f12`, `enter`, `escape`, `up`, `down`, `pageup`, `pagedown`."""

    key: str


class Entered(Record):
    """What the keypad collected for a prompt with an `entry`, ended by Enter."""

    text: str


class Chose(Record):
    """The number (from 0) of the choice taken."""

    index: int


class Weighed(Record):
    """A stable weight from the scale, in whole grams."""

    grams: int


class ScaleAnswered(Record):
    """What became of a command to the scale: words of `drivers.weighing_frames`."""

    command: str
    result: str


class Refreshed(Record):
    """The warehouse changed under the workflow (events of others arrived, a printer answered, time passed)."""


Input: TypeAlias = Scanned | Pressed | Entered | Chose | Weighed | ScaleAnswered | Refreshed

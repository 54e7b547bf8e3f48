"""The picture a station publishes after every input: everything a screen draws, and nothing it must look up."""

from __future__ import annotations

from enum import StrEnum

from wms.domain.records import Record, field
from wms.workflows.prompt import NOTHING, Bilingual, Msg, Prompt, Said


class Link(StrEnum):
    """The state of the way to the hub."""

    ALONE = "alone"  # no hub configured: this terminal decides for itself
    IN_SYNC = "in_sync"
    WAITING = "waiting"  # events wait, the hub answers
    OFFLINE = "offline"


class DeviceState(StrEnum):
    NONE = "none"  # not configured
    CONNECTING = "connecting"
    READY = "ready"
    LOST = "lost"
    TROUBLE = "trouble"  # there, but needs a person: paper out, cover open, overload


class Status(Record):
    """What surrounds the work: sync, devices, clock."""

    link: Link = Link.ALONE
    unsent: int = 0
    offline_since: int | None = None  # UTC seconds
    scanner: DeviceState = DeviceState.NONE
    scale: DeviceState = DeviceState.NONE
    printer: DeviceState = DeviceState.NONE
    printer_says: Msg = NOTHING
    labels_waiting: int = 0
    labels_since: int | None = None  # when the oldest of them was asked for, UTC seconds
    trouble: Msg = NOTHING  # disk full, clock jumped: shown until it is gone
    scanner_says: Msg = NOTHING
    scale_says: Msg = NOTHING
    unsent_since: int | None = None  # when the oldest unsent fact was recorded, UTC seconds
    unsent_alarm: bool = False  # more waits, or longer, than this site allows
    hub_says: Msg = NOTHING  # the last error of sync, in words


class Need(Record):
    """One line of NEEDS YOU: an exception waiting for a supervisor."""

    id: str
    at: int  # UTC seconds
    text: Msg


class WaveLine(Record):
    """One wave on the board."""

    id: str
    category: Bilingual
    done: int
    total: int
    ship_by: int | None
    people: tuple[str, ...]
    on_time: bool
    held: bool = False


class Board(Record):
    """The supervisor's board: what needs a person first, then the flow."""

    needs: tuple[Need, ...] = ()  # the most urgent of them
    needing: int = 0  # how many there are
    selected: int = 0
    waves: tuple[WaveLine, ...] = ()
    terminals: int = 0
    terminals_offline: int = 0
    lines_last_hour: int = 0
    people_last_hour: int = 0
    scans_last_hour: int = 0
    refused_last_hour: int = 0
    shorts_last_hour: int = 0
    labels_last_hour: int = 0
    people: tuple[tuple[str, Msg], ...] = ()  # who works where


class View(Record):
    """One frame. `serial` grows with every change, so that a slow screen may skip to the newest."""

    serial: int
    prompt: Prompt
    said: Said | None = None
    status: Status = field(default_factory=Status)
    language: str = "zh_CN"
    person: str = ""
    role: str = ""
    board: Board | None = None
    warehouse: str = ""
    zone: str = "Asia/Shanghai"  # the site's time zone, applied only when drawing

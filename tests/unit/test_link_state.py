"""What a terminal says of its way to the hub, when it raises the alarm, and how it keeps its walk."""

from __future__ import annotations

import pytest

from tests.unit.floor import ENGLISH, LI, TEA, a_picker_on_a_walk, a_warehouse
from wms.config import BadConfig, load
from wms.domain import commands as c
from wms.domain.waves import Batch
from wms.sync.answers import SyncAlarm, SyncStatus, Unreachable
from wms.terminal import deciding
from wms.terminal.deciding import Decider
from wms.terminal.link_words import link_lines
from wms.workflows.handling import Recorded
from wms.workflows.prompt import msg
from wms.workflows.view import Link, Status

NOW = 1_795_233_600  # 04:00 UTC, noon in Shanghai


def said(status: Status) -> list[str]:
    return [ENGLISH.say(line.text) for line in link_lines(status, NOW, "Asia/Shanghai")]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status(), []),
        (Status(Link.IN_SYNC), ["Everything is at the hub"]),
        (Status(Link.WAITING, 3), ["3 wait to be sent"]),
        (Status(Link.WAITING, 3, unsent_since=NOW - 300), ["3 wait to be sent, the oldest for 5 min"]),
        (
            Status(Link.OFFLINE, 7, NOW - 3600, unsent_since=NOW - 7200, hub_says=msg("The hub is busy. Try again")),
            ["Offline since 11:00", "7 wait to be sent, the oldest for 2 h", "Last error: The hub is busy. Try again"],
        ),
    ],
)
def test_the_link_in_words(status, expected):
    assert said(status) == expected


@pytest.mark.parametrize(
    ("unsent", "oldest", "due"),
    [(0, None, False), (9, NOW - 60, False), (10, NOW - 60, True), (1, NOW - 1799, False), (1, NOW - 1800, True)],
)
def test_the_alarm_is_due_by_count_or_by_age(unsent, oldest, due):
    assert SyncAlarm(10, 30).is_due(SyncStatus(Link.OFFLINE, unsent, oldest=oldest), NOW) is due


def test_the_thresholds_stand_in_the_settings(tmp_path):
    (tmp_path / "wms.toml").write_text("[sync]\nalarm_count = 50\nalarm_minutes = 15\n")
    config = load(tmp_path)
    assert (config.alarm_count, config.alarm_minutes) == (50, 15)


@pytest.mark.parametrize("value", ["0", "-1", '"50"', "true", "1.5"])
def test_a_threshold_is_a_whole_number_above_zero(tmp_path, value):
    (tmp_path / "wms.toml").write_text(f"[sync]\nalarm_count = {value}\n")
    with pytest.raises(BadConfig, match="alarm_count"):
        load(tmp_path)


class Office:
    """A hub that keeps what it was asked, and may be away."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.away = False

    def ask(self, command, person, timeout=0.0):
        self.asked.append((command, person))
        return Unreachable(msg("away")) if self.away else Recorded(())


class Books:
    """As much of a store as a lease needs."""

    def __init__(self, rows) -> None:
        self.rows, self.device = rows, "T1"


def test_a_walk_is_renewed_each_quarter_of_its_lease_and_sooner_after_a_failure(monkeypatch):
    floor = a_warehouse()
    a_picker_on_a_walk(floor, (TEA, 1))
    walk, hub, clock = floor.rows.all(Batch)[0].id, Office(), [1000.0]
    monkeypatch.setattr(deciding, "steady_s", lambda: clock[0])
    decider = Decider(Books(floor.rows), hub)
    for seconds in (0, 1, 3598, 2):
        clock[0] += seconds
        decider.keep_walk(LI)
    assert hub.asked == [(c.RenewWalk(walk, "T1"), LI)] * 2
    hub.away = True
    for seconds in (3600, 30, 31):
        clock[0] += seconds
        decider.keep_walk(LI)
    assert len(hub.asked) == 4
    decider.keep_walk("1009")
    Decider(Books(floor.rows), None).keep_walk(LI)
    assert len(hub.asked) == 4

"""A terminal that speaks of what nobody knows can begin a few lives of the journal a day, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from wms.domain.events import SiteNamed
from wms.domain.ids import Badge, DeviceId
from wms.hub import audit, epochs, lives, opening
from wms.hub.engine import LIVES_A_DAY
from wms.store import StoreUnwritable
from wms.sync.wire import Hello, Life


@pytest.mark.parametrize("tries", [LIVES_A_DAY + 10])
def test_lives_that_terminals_begin_are_few_a_day(tmp_path: Path, engine: str, tries: int) -> None:
    opening.add(tmp_path, engine, "MAIN")
    with opening.hubs(tmp_path, engine) as hubs:
        hub = hubs["MAIN"]
        hub.record((SiteNamed("s", "UTC"),), Badge(""))
        for n in range(tries):
            known: tuple[Life, ...] = hub.database.read(lambda s: lives.lives(s, "MAIN"))
            said = Hello("T1", 1, 5, f"run-{n}", f"run-{n - 1}", known, 10**6, ("T1", 1, 5))
            welcome = hub.hello(DeviceId("T1"), said)
            assert welcome.rewind in (0, 1), "it holds nothing that it shares with this hub"
        assert len(hub.database.read(lambda s: lives.lives(s, "MAIN"))) <= 1 + LIVES_A_DAY
        begun = [line for line in hub.database.read(lambda s: audit.entries(s, "MAIN")) if line.act == "life"]
        assert [begun[0].actor, *{line.actor for line in begun[1:]}] == ["hub", "terminal:T1"]


@pytest.mark.parametrize(
    ("lives_begun", "head", "mark", "common"),
    [
        (0, 3, 3, 3),
        (0, 3, 2, 0),  # another fact stands there
        (0, 3, None, 0),
        (0, 9, 3, 0),  # it holds more than there is here
        (1, 3, 3, 3),  # before the lives parted
        (1, 5, 5, 4),
        (2, 6, 6, 4),
    ],
)
def test_a_terminal_of_before_lives_were_written_down_keeps_what_its_last_fact_vouches_for(
    tmp_path: Path, engine: str, lives_begun: int, head: int, mark: int | None, common: int
) -> None:
    """The first life has four facts, each later one two of its own."""
    opening.add(tmp_path, engine, "MAIN")
    with opening.hubs(tmp_path, engine) as hubs:
        hub = hubs["MAIN"]
        hub.record([SiteNamed(str(n), "UTC") for n in range(4)], Badge(""))
        for _ in range(lives_begun):
            here = hub.head()
            hub.database.write(lambda session, here=here: lives.begin(session, "MAIN", here, hub.now() // 1000))
            hub.record([SiteNamed(str(n), "UTC") for n in range(2)], Badge(""))
        keys = [(line.device, line.epoch, line.n) for line in hub.page(0, 100, 0).facts]
        said = Hello("T1", 1, 0, "run-1", "", (), head, None if mark is None else keys[mark - 1])
        assert hub.hello(DeviceId("T1"), said).rewind == common


def test_a_life_that_was_undone_with_its_transaction_is_asked_of_nobody(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening.add(tmp_path, engine, "MAIN")
    with opening.hubs(tmp_path, engine) as hubs:
        hub = hubs["MAIN"]
        hub.record((SiteNamed("s", "UTC"),), Badge(""))
        before = hub.life, hub.device
        known: tuple[Life, ...] = hub.database.read(lambda s: lives.lives(s, "MAIN"))
        ahead = Hello("T1", 1, 5, "run-1", "", known, 9, ("T1", 1, 5))
        with monkeypatch.context() as full:
            full.setattr(epochs, "allot", _no_room)
            with pytest.raises(StoreUnwritable):
                hub.hello(DeviceId("T1"), ahead)
        assert (hub.life, hub.device) == before
        hub.hello(DeviceId("T1"), ahead)
        assert (hub.life, hub.device) == hub.database.read(lambda s: lives.present(s, "MAIN"))
        assert hub.life != before[0]


def _no_room(*_: object) -> int:
    raise StoreUnwritable("database or disk is full")


def test_pictures_of_earlier_lives_are_cleared_away_at_the_next_start(tmp_path: Path, postgres_database: str) -> None:
    opening.add(tmp_path, postgres_database, "MAIN")
    for name in ("picture.MAIN.0123456789abcdef", "picture.MAIN-2.0123456789abcdef"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "wms.sqlite3").touch()
    with opening.hubs(tmp_path, postgres_database):
        left = sorted(path.name for path in tmp_path.glob("picture.*"))
    assert left == ["picture.MAIN", "picture.MAIN-2.0123456789abcdef"], "another warehouse is let alone"

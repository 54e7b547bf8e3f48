"""What a PIN is checked with lies outside the database, and reaches every device that must check it."""

import itertools
import json
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from wms.cli.main import run
from wms.config import KeyTrouble
from wms.domain import events as e
from wms.domain.catalogue import Person
from wms.domain.ids import Badge
from wms.domain.pins import Peppers, check_pin, hash_pin, pepper_name
from wms.store import Store, peppers
from wms.store.peppers import PepperRing, ring_of
from wms.store.sole import Sole
from wms.terminal.deciding import Decider
from wms.terminal.desk import Desk
from wms.workflows.inputs import Entered, Scanned

PEOPLE = "badge,name,roles,language,pin\nS1,Sam,supervisor,en,4711\n"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE)
    assert run(["setup", "import", str(tmp_path / "people.csv"), "--data", str(tmp_path / "data")]) == 0
    return tmp_path / "data"


def sign_in(folder: Path, pin: str) -> str:
    """The screen after badge and PIN at the terminal of that folder."""
    with closing(Store(folder)) as store:
        desk = Desk(store, Decider(store, None), "en")
        desk.take(Scanned("BDG-S1"))
        desk.take(Entered(pin))
        return desk.prompt().name


def test_all_ten_thousand_pins_are_tried_in_vain_against_a_stolen_database(house: Path, tmp_path: Path) -> None:
    """The thief has database and backup. Without the pepper not even the right PIN can be told from the others."""
    assert run(["backup", str(tmp_path / "backup"), "--data", str(house)]) == 0
    pepper = next(iter(PepperRing(house).peppers().known.values()))
    for stolen in (*house.glob("wms.sqlite3*"), tmp_path / "backup"):
        held = stolen.read_bytes()
        assert pepper not in held
        assert pepper.hex().encode() not in held
    with closing(Store(house)) as store:
        kept = store.rows.get(Person, Badge("S1")).pin
    guesses = itertools.chain([4711], range(0, 10_000, 2500))
    assert not any(check_pin(kept, f"{guess:04}") for guess in guesses)
    assert not any(check_pin(kept, f"{guess:04}", Peppers({pepper_name(bytes(32)): bytes(32)})) for guess in (4711, 1))
    unnamed = kept.replace(kept.split("$")[1], "", 1)
    assert not check_pin(unnamed, "4711")
    assert check_pin(kept, "4711", PepperRing(house).peppers())


def test_the_pepper_is_its_owners_alone(house: Path) -> None:
    assert stat.S_IMODE((house / "wms.pepper").stat().st_mode) == 0o600
    assert sign_in(house, "4711") == "sign.work"
    assert sign_in(house, "4712") == "sign.pin"


def test_a_terminal_that_learned_the_sites_pepper_checks_pins_of_others(house: Path, tmp_path: Path) -> None:
    with closing(Store(house)) as hub, closing(Store(tmp_path / "t2", "T2")) as terminal:
        terminal.record([fact.body for fact in hub.since(0, 100)], Badge(""))
    assert sign_in(tmp_path / "t2", "4711") == "sign.badge"
    told = PepperRing(house).peppers()
    ring_of(tmp_path / "t2").learn(told.known, told.current)
    assert sign_in(tmp_path / "t2", "4711") == "sign.work"


def test_a_pepper_written_by_another_program_is_found(house: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data2"
    with closing(Store(folder, "T1")) as store:
        desk = Desk(store, Decider(store, None), "en")
        ring_of(folder).peppers()
        other = PepperRing(folder).for_hashing()  # such as wms setup import, while the terminal is open
        hashed = hash_pin("0815", peppers=other)
        store.record((e.PersonDefined(Person(Badge("S1"), "Sam", "supervisor", "en", hashed)),), Badge(""))
        desk.take(Scanned("BDG-S1"))
        desk.take(Entered("0815"))
        assert desk.prompt().name == "sign.work"


def test_peppers_are_joined_and_none_is_replaced(tmp_path: Path) -> None:
    ring = PepperRing(tmp_path)
    assert ring.peppers() == Peppers()
    own = ring.for_hashing()
    assert ring.for_hashing() == own
    theirs = bytes(range(32))
    name = pepper_name(theirs)
    ring.learn({own.current: theirs, "forged": theirs, name: b"short"}, "forged")
    assert ring.peppers() == own
    ring.learn({name: theirs})
    assert ring.peppers().current == own.current
    ring.learn({}, name)
    again = PepperRing(tmp_path).peppers()
    assert (again.current, set(again.known)) == (name, {own.current, name})
    ring.learn({pepper_name(bytes([n] * 32)): bytes([n] * 32) for n in range(99)})
    assert len(ring.peppers().known) == 16


def test_what_another_program_has_written_since_is_not_written_over(tmp_path: Path) -> None:
    terminal, shell = PepperRing(tmp_path), PepperRing(tmp_path)
    assert terminal.peppers() == Peppers()
    drawn = shell.for_hashing()
    assert terminal.for_hashing() == drawn
    late = PepperRing(tmp_path)
    late._peppers = Peppers()  # it has looked before all that
    theirs = bytes(range(32))
    late.learn({pepper_name(theirs): theirs}, pepper_name(theirs))
    assert PepperRing(tmp_path).peppers() == Peppers({**drawn.known, pepper_name(theirs): theirs}, pepper_name(theirs))


def test_two_programs_that_draw_a_pepper_at_once_draw_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second begins as the first has found that there is none."""
    draw, lock = peppers._with_a_current_one, Sole.mine
    waits, drawn = threading.Event(), []
    second = threading.Thread(target=lambda: drawn.append(PepperRing(tmp_path).for_hashing()))

    def mine(self: Sole) -> bool:
        if not lock(self):
            waits.set()
            return False
        return True

    def slowly(found: Peppers) -> Peppers:
        if second.ident is None:
            second.start()
            while second.is_alive() and not waits.wait(0.01):
                pass
        return draw(found)

    monkeypatch.setattr(Sole, "mine", mine)
    monkeypatch.setattr(peppers, "_with_a_current_one", slowly)
    first = PepperRing(tmp_path).for_hashing()
    second.join()
    assert drawn == [first]
    assert PepperRing(tmp_path).peppers() == first
    assert stat.S_IMODE((tmp_path / peppers.LOCK).stat().st_mode) == 0o600


def test_a_lock_that_is_never_let_go_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peppers, "_PATIENCE_S", 0.0)
    with peppers._alone(tmp_path), pytest.raises(KeyTrouble, match="another program"):
        PepperRing(tmp_path).for_hashing()
    assert PepperRing(tmp_path).for_hashing().current


def test_a_damaged_pepper_opens_nothing_and_stops_nobody_else(house: Path) -> None:
    (house / "wms.pepper").write_text("{")
    ring_of(house).__init__(house)
    with pytest.raises(KeyTrouble, match="damaged"):
        PepperRing(house).peppers()
    assert sign_in(house, "4711") == "sign.badge"


def test_pins_of_a_dry_run_draw_nothing(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    assert run(["setup", "import", str(tmp_path), "--dry-run", "--data", str(tmp_path / "data")]) == 0
    assert not (tmp_path / "data" / "wms.pepper").exists()


def test_a_locked_badge_is_unlocked_at_the_shell(house: Path, capsys) -> None:
    for _ in range(5):
        sign_in(house, "0000")
    assert sign_in(house, "4711") == "sign.badge"
    capsys.readouterr()
    assert run(["people", "list", "--data", str(house), "--json"]) == 0
    (sam,) = json.loads(capsys.readouterr().out)["people"]
    assert sam == {
        "badge": "S1", "name": "Sam", "roles": "supervisor", "active": True, "pin": "peppered", "wrong_pins": 5,
    }  # fmt: skip
    assert run(["people", "unlock", "S1", "--data", str(house)]) == 0
    assert sign_in(house, "4711") == "sign.work"
    assert run(["people", "unlock", "S9", "--data", str(house)]) == 1

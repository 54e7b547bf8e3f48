"""The doctor finds what is wrong with real files, ports and sockets, says how to mend it, and changes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from drivers.fakes import FakePrinter, FakeScale, FakeScanner
from tests.unit.cli_shell import Answer, Shell


@pytest.fixture
def house(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys).set_up()


def found(answer: Answer) -> dict[str, tuple[str, str, str]]:
    """The last finding under each name."""
    return {check["name"]: (check["state"], check["says"], check["mend"]) for check in answer.json["checks"]}


def settings(house: Shell, text: str) -> None:
    (house.data / "wms.toml").write_text(text, encoding="utf-8")


def test_a_sound_warehouse(house: Shell) -> None:
    house.good("backup", house.folder / "b")
    before = {path.name: path.stat().st_mtime_ns for path in house.data.iterdir() if path.suffix == ".sqlite3"}
    answer = house("doctor", "--json")
    checks = found(answer)
    assert (answer.code, answer.json["well"]) == (0, True)
    for name in ("data directory", "disk", "sqlite", "database", "clock", "time zone", "label fonts", "hub", "backup"):
        assert checks[name][0] == "ok", checks[name]
    assert checks["waybills"][:2] == ("ok", "SF Express: 100000 numbers free, 0 at terminals")
    assert before == {path.name: path.stat().st_mtime_ns for path in house.data.iterdir() if path.suffix == ".sqlite3"}
    text = house("doctor").out
    assert "[+]  sqlite" in text
    assert "-> wms printer add" in text


def test_nothing_there_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path, capsys)
    answer = shell("doctor", "--json")
    assert answer.code == 0
    assert found(answer)["database"][0] == "look"
    assert "wms setup template" in found(answer)["database"][2]
    assert not shell.data.exists()


@pytest.mark.parametrize("protocol", ["", ",toledo"])
def test_what_a_scale_sends_is_no_weight(house: Shell, protocol: str) -> None:
    with closing(FakeScanner()) as talker:
        settings(house, f'scale = "{talker.address}{protocol}"\n')
        stop = threading.Event()

        def talk() -> None:
            while not stop.wait(0.1):
                talker.scan("6901234567892")

        thread = threading.Thread(target=talk)
        thread.start()
        try:
            state, says, mend = found(house("doctor", "--json"))["scale"]
        finally:
            stop.set()
            thread.join()
        assert (state, "no weight" in says, "wms --help" in mend) == ("bad", True, True), says


def test_devices_that_answer_and_devices_that_do_not(house: Shell) -> None:
    with FakePrinter() as printer, closing(FakeScanner()) as scanner, closing(FakeScale()) as scale:
        settings(
            house,
            f'scanners = ["{scanner.address}"]\nscale = "{scale.address}"\nprinter = "{printer.uri}"\n',
        )
        checks = found(house("doctor", "--json"))
        assert [checks[name][0] for name in ("scanner", "scale", "printer")] == ["ok", "ok", "ok"], checks
        assert "speaks" in checks["scale"][1]
        gone = printer.uri
    settings(house, f'scanners = ["{house.folder}/nowhere", "x,dance"]\nscale = "/dev/null"\nprinter = "{gone}"\n')
    answer = house("doctor", "--json")
    checks = found(answer)
    assert answer.code == 1
    assert checks["printer"] == ("bad", f"{gone}: refused", "switch it on; check its address and port")
    assert [check["state"] for check in answer.json["checks"] if check["name"] == "scanner"] == ["bad", "bad"]
    assert checks["scale"][0] == "bad"


def test_port_of_another_program_is_told_with_its_owner(house: Shell, tmp_path: Path) -> None:
    with closing(FakeScanner()) as scanner:
        settings(house, f'scanners = ["{scanner.address}"]\n')
        link = os.path.realpath(scanner.address)
        holder = "import fcntl, os, sys; fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
        holder += "if sys.argv[2] == 'lock': fcntl.flock(fd, fcntl.LOCK_EX)\nprint(flush=True); sys.stdin.read()\n"
        script = tmp_path / "terminal_emulator"
        script.write_text(holder)
        for how, state, part in (("lock", "bad", "busy: "), ("plain", "look", "too: some of what is read goes there")):
            command = [sys.executable, str(script), link, how]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
                assert process.stdout
                process.stdout.readline()
                checks = found(house("doctor", "--json"))
                process.communicate()
            assert checks["scanner"][0] == state
            assert f"is open in terminal_emulator (process {process.pid})" in checks["scanner"][1]
            assert part in checks["scanner"][1]
            assert checks["scanner"][2] == "close it there"


def test_a_damaged_database_a_slow_clock_and_few_numbers(house: Shell) -> None:
    carriers = "code,zh,en,staging,prefix,digits,first,last\nsf,顺丰,SF,S-1,SG,4,1,50\n"
    house.good("setup", "import", house.file("carriers.csv", carriers))
    live = house.data / "wms.sqlite3"
    with closing(sqlite.connect(str(live))) as db:
        db.execute(
            "INSERT INTO journal (device, epoch, n, position, at, person, kind, body)"
            " SELECT device, epoch, max(n) + 1, max(position) + 1, 7258118400000, '', 'SignedOut', '{\"badge\": \"\"}'"
            " FROM journal"
        )
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    checks = found(house("doctor", "--json"))
    assert checks["clock"][0] == "bad"
    assert "set-ntp" in checks["clock"][2]
    assert checks["waybills"][0] == "look"
    assert checks["backup"][:2] == ("look", "none was ever made")
    content = bytearray(live.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8 * 4096] = os.urandom(8 * 4096)
    live.write_bytes(content)
    answer = house("doctor", "--json")
    assert answer.code == 1
    assert "wms restore FILE" in " ".join(check["mend"] for check in answer.json["checks"])


def test_settings_that_can_t_be_read(house: Shell) -> None:
    settings(house, "printre = 'x'\n")
    assert "printre = 'x' is not a setting" in house.bad("doctor", code=2)
    settings(house, "printer = [\n")
    assert "wms.toml" in house.bad("doctor", code=2)
    settings(house, 'printer = "dance://x y"\n')
    assert found(house("doctor", "--json"))["printer"][0] == "bad"

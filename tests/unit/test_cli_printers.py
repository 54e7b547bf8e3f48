"""`wms printer`: set up, looked at and tried by the command line, with simulated printers on real sockets."""

from __future__ import annotations

import builtins
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.fakes import FakePrinter
from tests.unit.cli_shell import Shell
from wms.cli.checks.printers import needs_flow_control
from wms.cli.devices_settings import CannotEdit
from wms.cli.printer_choice import profile_like
from wms.cli.printer_settings import with_printer
from wms.config import PrinterConfig, load


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("PATH", str(tmp_path))  # whatever CUPS this machine has
    return Shell(tmp_path, capsys)


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    with FakePrinter() as fake:
        yield fake


def test_added_listed_tested_and_looked_at(shell: Shell, printer: FakePrinter) -> None:
    added = shell.good("printer", "add", "dock", printer.uri, "--profile", "generic-80", "--json").json
    assert (added["ready"], added["says"], added["file"]) == (True, "is ready", str(shell.data / "wms.toml"))
    shell.good("printer", "add", "office", f"file:{shell.folder}/slips", "--for", "documents")
    assert load(shell.data).all_printers() == (
        PrinterConfig("dock", printer.uri, "generic-80"),
        PrinterConfig("office", f"file:{shell.folder}/slips", "", "documents"),
    )
    listed = shell.good("printer", "list", "--json").json
    assert [(one["name"], one["for"], one["ready"]) for one in listed["configured"]] == [
        ("dock", "labels", True),
        ("office", "documents", True),
    ]
    assert {"generic-80", "gb18030-80", "epson-tm-t20iii"} <= {one["name"] for one in listed["profiles"]}
    tested = shell.good("printer", "test", "--json").json
    assert (tested["name"], tested["outcome"]) == ("dock", "printed")
    assert len(printer.jobs) == 1
    assert len(printer.jobs[0]) == tested["bytes"]
    assert "is ready" in shell.good("printer", "status").out


def test_labels_are_made_for_the_configured_model(shell: Shell) -> None:
    shell.set_up()
    paper = shell.folder / "paper"
    shell.good("printer", "add", "dock", f"file:{paper}", "--profile", "gb18030-80")
    shell.good("labels", "badges")
    small = paper.read_bytes()
    assert b"\x1c&" + "李娜".encode("gb18030") in small
    shell.good("labels", "badges", "--profile", "raster-80", "-o", shell.folder / "raster")
    assert len((shell.folder / "raster").read_bytes()) > 3 * len(small)
    assert "no printer is called" in shell.bad("labels", "badges", "--profile", "nonesuch", code=2)


def test_status_tells_what_is_wrong_and_what_to_do(shell: Shell, printer: FakePrinter) -> None:
    shell.good("printer", "add", "dock", printer.uri)
    printer.paper_out()
    answer = shell("printer", "status", "dock", "--json")
    (seen,) = answer.json["printers"]
    assert answer.code == 1
    assert (seen["answered"], seen["online"], seen["paper"], seen["reason"]) == (True, False, "out", "paper_out")
    assert (seen["says"], seen["mend"]) == ("paper out", "put in a new roll")
    assert "paper out. put in a new roll" in shell.bad("printer", "test", "dock")
    printer.open_cover()
    (seen,) = shell("printer", "status", "--json").json["printers"]
    assert (seen["cover_open"], seen["reason"]) == (True, "cover_open")
    printer.off()
    (seen,) = shell("printer", "status", "--json").json["printers"]
    assert (seen["reason"], seen["mend"]) == ("refused", "switch it on; check its address and port")


def test_the_doctor_says_the_same(shell: Shell, printer: FakePrinter) -> None:
    shell.good("printer", "add", "dock", printer.uri)
    checks = {one["name"]: one for one in shell("doctor", "--json").json["checks"]}
    assert checks["printer dock"]["state"] == "ok"
    printer.paper_out()
    checks = {one["name"]: one for one in shell("doctor", "--json").json["checks"]}
    assert (checks["printer dock"]["state"], checks["printer dock"]["mend"]) == ("bad", "put in a new roll")
    (shell.data / "wms.toml").write_text(f'[printers.dock]\nuri = "{printer.uri}"\nprofile = "nonesuch"\n')
    checks = {one["name"]: one for one in shell("doctor", "--json").json["checks"]}
    assert checks["printer dock"]["state"] == "bad"
    assert "'nonesuch'" in checks["printer dock"]["says"]
    assert shell("printer", "status", "--json").json["printers"][0]["reason"] == "unknown_profile"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "say which"),
        (("dock",), "say which"),
        (("printer", "file:x"), "no name for a printer"),
        (("a b", "file:x"), "no name for a printer"),
        (("dock", "http://x"), "use socket://HOST:9100"),
        (("dock", "file:"), "nothing after file:"),
        (("dock", "/dev/ttyS0?speed=9"), "unknown line setting"),
        (("dock", "nonsense"), "no such device"),
        (("dock", "usb:"), "no such device"),
        (("dock", "/"), "no such device"),
        (("dock", "file:/"), "that is a folder"),
        (("dock", "socket://h:9100/xx"), "nothing may follow the port"),
        (("dock", "socket://h:abc"), "the port must be a number"),
        (("dock", "socket://h:0"), "the port must be a number"),
        (("dock", "socket://h:70000"), "the port must be a number"),
        (("dock", "file:/x\ny"), "control character"),
        (("dock", "file:/x\x1b[2J"), "control character"),
        (("dock", "file:x", "--profile", "nonesuch"), "no printer is called 'nonesuch'"),
    ],
)
def test_what_is_none_is_refused_and_nothing_is_written(shell: Shell, arguments: tuple[str, ...], says: str) -> None:
    assert says in shell.bad("printer", "add", *arguments, code=2)
    assert not (shell.data / "wms.toml").exists()


def test_without_a_stdin_nothing_is_asked(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert "say which" in shell.bad("printer", "add", "dock", code=2)
    assert "give a TEXT" in shell.bad("scan", "parse", code=2)
    assert "needs a terminal" in shell.bad()


def test_who_replaces_a_printer_is_told(shell: Shell, printer: FakePrinter) -> None:
    assert shell.good("printer", "add", "dock", printer.uri, "--json").json["replaced"] == ""
    said = shell.good("printer", "add", "dock", f"file:{shell.folder}/none/x").out
    assert f"in place of the one at {printer.uri}" in said
    assert "make the folder" in said
    assert shell.good("printer", "add", "dock", printer.uri, "--json").json["replaced"].endswith("none/x")


def test_a_test_page_that_does_not_come_out_is_told_once(shell: Shell, printer: FakePrinter) -> None:
    shell.good("printer", "add", "dock", printer.uri)
    printer.paper_out()
    answer = shell("printer", "test")
    assert (answer.code, answer.out) == (1, "")
    assert "put in a new roll" in answer.err


def test_without_printers(shell: Shell) -> None:
    assert "no printer is configured" in shell.bad("printer", "status")
    assert "no printer is configured" in shell.bad("printer", "test")
    assert "no printer is configured" in shell.good("printer", "list").out
    shell.good("printer", "add", "dock", f"file:{shell.folder}/x")
    assert not (shell.folder / "x").exists()
    assert "it has dock" in shell.bad("printer", "status", "bench", code=2)


ANSWERS = {
    "Its number": "{uri}",
    "No printer": "{uri}",
    "What do you call it": "bench",
    "How wide": "80",
    "Print a test page": "y",
    "1:": "y",
    "3 and 4": "y",
    "5:": "y",
    "6:": "n",
}


@pytest.mark.parametrize(
    ("differently", "profile"),
    [
        ({}, "generic-80"),
        ({"6:": ""}, "gb18030-80"),
        ({"3 and 4": "no"}, "raster-80"),
        ({"5:": "n"}, "raster-80"),
        ({"How wide": "112"}, "wide-104"),
        ({"How wide": "58"}, "generic-58"),
        ({"Print a test page": "n"}, "raster-80"),
    ],
)
def test_a_person_is_asked(
    shell: Shell, printer: FakePrinter, monkeypatch: pytest.MonkeyPatch, differently: dict[str, str], profile: str
) -> None:
    answers = {start: text.format(uri=printer.uri) for start, text in (ANSWERS | differently).items()}

    def answer(question: str) -> str:
        return next(text for start, text in answers.items() if question.startswith(start))

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(builtins, "input", answer)
    shell.good("printer", "add")
    assert load(shell.data).all_printers() == (PrinterConfig("bench", printer.uri, profile),)
    assert len(printer.jobs) == (0 if answers["Print a test page"] == "n" else 1)


def test_who_walks_away_changes_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: str) -> str:
        raise EOFError

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(builtins, "input", gone)
    assert "nothing was changed" in shell.bad("printer", "add")
    assert not (shell.data / "wms.toml").exists()


def test_what_a_usb_printer_says_of_itself_names_the_model() -> None:
    assert profile_like("EPSON TM-T20III") == "epson-tm-t20iii"
    assert profile_like("BIXOLON SRP-350III") == "bixolon-srp-350iii"
    assert profile_like("Star TSP143") == ""
    assert profile_like("") == ""


HAND_MADE = """\
# ours
language = "en"  # for the dock

[printers.dock]
uri = "file:a"

[printers.office] # upstairs
uri = "file:b"
"""
DOCK = PrinterConfig("dock", "socket://10.0.0.9", "generic-80", "documents")


def test_the_file_keeps_everything_else() -> None:
    after = with_printer(HAND_MADE, DOCK)
    assert tomllib.loads(after)["printers"]["dock"] == {
        "uri": "socket://10.0.0.9",
        "profile": "generic-80",
        "for": "documents",
    }
    assert [line for line in HAND_MADE.splitlines() if line not in after.splitlines()] == ['uri = "file:a"']
    assert with_printer(after, DOCK) == after
    assert tomllib.loads(with_printer("a = 1", DOCK))["a"] == 1
    assert "\r\n[printers.dock]\r\n" in with_printer("a = 1\r\n", DOCK)


@pytest.mark.parametrize(
    "text",
    [
        "printers = { dock = { uri = 'file:a' } }\n",
        "[printers]\ndock.uri = 'file:a'\n",
        "[printers.dock]\nuri = 'file:a' # near the door\n",
        "printers = 1\n",
        "[printers.dock\n",
    ],
)
def test_a_file_written_unusually_is_left_alone(shell: Shell, text: str) -> None:
    with pytest.raises(CannotEdit):
        with_printer(text, DOCK)


def test_a_serial_line_needs_flow_control_and_usb_does_not() -> None:
    assert [
        path for path in ("/dev/ttyS0", "/dev/ttyUSB1", "/dev/ttyACM0", "/dev/usb/lp0") if needs_flow_control(path)
    ] == [
        "/dev/ttyS0",
        "/dev/ttyUSB1",
    ]

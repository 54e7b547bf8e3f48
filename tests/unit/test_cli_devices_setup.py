"""Devices by command: what is there, what it sends, its settings learnt, the sheet printed."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from drivers import ports as port_listing
from drivers.fakes import FakePrinter, FakeScale, FakeScanner
from drivers.known_codes import SETUP_CODES
from drivers.ports import PortInfo
from labels import PROFILES, from_escpos
from tests.unit.cli_shell import Shell
from wms.cli.devices_keyboard import keyboard_hints
from wms.cli.devices_settings import CannotEdit, with_scanners
from wms.terminal.wedge_options import parse_wedge

CODES = {code.name: code for code in SETUP_CODES}
GUN = PortInfo(
    "/dev/serial/by-id/usb-Honeywell_1950g-if00",
    "/dev/ttyACM0",
    "Honeywell 1950g",
    stable=True,
    access=True,
    vendor_id="0c2e",
    product_id="0cb1",
    maker="Honeywell",
    kind="scanner",
)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def settings(shell: Shell, text: str) -> Path:
    shell.data.mkdir(exist_ok=True)
    path = shell.data / "wms.toml"
    path.write_text(text, "utf-8")
    return path


# List


def test_ports_with_the_line_for_the_settings(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    unnamed = replace(GUN, name="/dev/ttyUSB3", device="/dev/ttyUSB3", stable=False, kind="adapter", access=False)
    denied = replace(unnamed, detail="only root may open it", mend="sudo usermod -aG dialout kim")
    monkeypatch.setattr(port_listing, "list_ports", lambda: [GUN, denied])
    said = shell.good("devices", "list").out
    assert 'not in wms.toml: scanners = ["/dev/serial/by-id/usb-Honeywell_1950g-if00"]' in said
    assert "0c2e:0cb1" in said
    assert "-> sudo usermod -aG dialout kim" in said
    assert "this name may change" in said
    settings(shell, 'scanners = ["/dev/ttyACM0,stx"]\nscale = "/dev/ttyS77,sics"')
    found = shell.good("devices", "list", "--json").json
    assert [(port["used_as"], port["setting"]) for port in found["ports"]] == [
        (["scanner1"], ""),
        ([], 'scanners = ["/dev/ttyUSB3"]'),
    ]
    assert found["absent"] == [{"used_as": "scale", "written": "/dev/ttyS77"}]
    assert "plug it in, or correct the line" in shell.good("devices", "list").out


def test_what_is_no_port_of_this_machine_is_listed_all_the_same(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(port_listing, "list_ports", list)
    (tmp_path / "link").symlink_to("/dev/ptmx")
    settings(shell, f'scanners = ["socket://192.0.2.7:4000", "{tmp_path}/link", "{tmp_path}/gone"]')
    found = shell.good("devices", "list", "--json").json
    assert [one["used_as"] for one in found["elsewhere"]] == ["scanner1", "scanner2"]
    assert [one["used_as"] for one in found["absent"]] == ["scanner3"]
    assert "none of the machine's own ports" in shell.good("devices", "list").out


def test_no_port_at_all_is_said(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_listing, "list_ports", list)
    assert "No serial or printer port is there" in shell.good("devices", "list").out
    assert shell.good("devices", "list", "--json").json == {"ports": [], "elsewhere": [], "absent": []}
    assert not shell.data.exists()


# Test


class Running:
    """A command with its output as it comes."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "wms", "devices", *map(str, arguments)]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, text=True, **pipes)  # type: ignore[call-overload]

    def lines(self) -> Iterator[dict[str, Any]]:
        for line in self.process.stdout:
            yield json.loads(line)


@contextmanager
def running(*arguments: object) -> Iterator[Running]:
    one = Running(*arguments)
    with one.process:
        try:
            yield one
        finally:
            one.process.kill()


def test_a_scanner_s_bytes_and_codes_live(shell: Shell) -> None:
    shell.set_up()
    with FakeScanner() as scanner:
        flags = ("--json", "--signals", "--feedback", "bel", "--data", shell.data)
        with running("test", scanner.address, *flags) as test:
            lines = test.lines()
            while next(lines).get("state") != "ready":
                pass
            assert scanner.scan("]C10106901234567892\x1d10L7")
            raw = next(line for line in lines if line["type"] == "bytes")
            assert raw["readable"] == "]C10106901234567892<GS>10L7<CR>"
            read, signal = next(lines), next(lines)
            assert (read["symbology"], read["ais"]) == ("GS1-128", [["01", "06901234567892"], ["10", "L7"]])
            assert read["meaning"]["sku"] == "TEA-01"
            assert signal == {"type": "signal", "device": "scanner1", "signal": "good"}
            scanner.scan("]C1888")
            wrong = next(line for line in lines if line["type"] == "read")
            assert (wrong["result"], wrong["reason"]) == ("reject", "unknown_ai")
            assert next(lines)["signal"] == "bad"
            until = time.monotonic() + 5
            while not scanner.heard() and time.monotonic() < until:
                time.sleep(0.01)
            test.process.terminate()
            assert list(lines)[-1] == {"type": "end", "reads": {"scanner1": 2}, "silent": [], "mend": []}
            assert test.process.wait(10) == 0


def test_what_to_do_where_nothing_useful_comes(shell: Shell) -> None:
    with FakeScanner(terminator=b"") as scanner:
        assert "is it set to serial" in shell.bad("devices", "test", scanner.address, "--seconds", 1).lower()
        timer = threading.Timer(0.4, scanner.scan, ["4006381333931"])
        timer.start()
        assert "wms devices learn" in shell.bad("devices", "test", scanner.address, "--seconds", 2)
        timer.join()
    assert "missing" in shell.bad("devices", "test", "/dev/no-such-port", "--seconds", 1)
    assert "which device?" in shell.bad("devices", "test", "--seconds", 1, code=2)
    assert "--feedback" in shell.bad("devices", "test", "/dev/null", "--signals", code=2)
    assert "unknown framing" in shell.bad("devices", "test", "/dev/null,dance", code=2)
    assert "refused" in shell("devices", "test", "--printer", "socket://127.0.0.1:1").out
    assert not shell.data.exists()


def test_a_scale_and_a_printer_of_the_settings(shell: Shell) -> None:
    with FakeScale() as scale, FakePrinter() as printer:
        scale.put(420)
        settings(shell, f'scale = "{scale.address}"\nprinter = "{printer.uri}"\n')
        answer = shell("devices", "test", "--seconds", 4, "--json")
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert answer.code == 0, answer
    assert {"type": "printer", "device": "printer", "ready": True, "says": "ready", "mend": ""} in lines
    weight = [line for line in lines if line["type"] == "weight"][-1]
    assert (float(weight["grams"]), weight["status"], weight["protocol"]) == (420, "stable", "sics")
    assert any(line["type"] == "bytes" and "<CR><LF>" in line["readable"] for line in lines)


# Learn


def learnt(arguments: tuple[object, ...], scan: Callable[[dict[str, Any]], object]) -> tuple[int, list[dict[str, Any]]]:
    """Runs the command; `scan` is called for each code that is asked for."""
    lines = []
    with running("learn", *arguments, "--json") as learn:
        for line in learn.lines():
            lines.append(line)
            if line["type"] in ("scan", "again"):
                scan(line)
        return learn.process.wait(10), lines


def test_settings_are_learnt_and_written(shell: Shell) -> None:
    before, after = '# our bench\nlanguage = "en"\n', 'scale = ""  # none\n'
    path = settings(shell, f'{before}scanners = [\n  "socket://10.0.0.5:9100",\n]\n{after}')
    with FakeScanner(terminator=b"\x03") as scanner:

        def scan(line: dict[str, Any]) -> None:
            code = CODES[line["code"]]
            scanner.scan(f"\x02{code.aim}{code.text}")

        code, lines = learnt((scanner.address, "--write", "--data", shell.data), scan)
        assert code == 0
        found = lines[-1]
        assert (found["usable"], found["scanner"]) == (True, f"{scanner.address},stx:charset=auto")
        assert {remark["what"] for remark in found["remarks"]} == {"stx", "aim", "gs_kept", "utf8"}
        assert found["written"] == str(path)
        line = f'scanners = ["socket://10.0.0.5:9100", "{scanner.address},stx:charset=auto"]\n'
        assert path.read_text("utf-8") == before + line + after


def test_the_wrong_code_is_asked_for_again_and_an_unread_qr_code_is_left_out(shell: Shell) -> None:
    with FakeScanner(terminator=b"##\r") as scanner:
        order = iter(["edges", "letters", "edges", "gs1"])

        def scan(_: dict[str, Any]) -> None:
            if name := next(order, None):
                scanner.scan(CODES[name].text.replace("\x1d", ""))

        code, lines = learnt((scanner.address, "--seconds", 2, "--data", shell.data), scan)
    assert code == 1
    assert [line["why"] for line in lines if line["type"] == "again"] == ["That was code 2. Scan code 1."]
    assert {one["what"] for one in lines[-1]["remarks"] if one["grade"] == "bad"} == {"suffix", "gs_lost"}
    assert (lines[-1]["usable"], lines[-1]["setting"]) == (False, "")
    assert not shell.data.exists()


def test_another_speed_is_tried_where_what_comes_is_unreadable(shell: Shell) -> None:
    far, near = os.openpty()

    def scan(line: dict[str, Any]) -> None:
        right = termios.tcgetattr(near)[5] == termios.B115200
        text = CODES[line["code"]].text.encode()
        os.write(far, text + b"\r" if right else bytes(0x80 | byte & 0x60 for byte in text))

    try:
        code, lines = learnt((os.ttyname(near), "--seconds", 2, "--data", shell.data), scan)
    finally:
        os.close(far)
        os.close(near)
    assert code == 0, lines
    assert "115200 baud" in next(line["why"] for line in lines if line["type"] == "again")
    assert lines[-1]["scanner"].endswith("?baud=115200,line:charset=auto")


def test_a_port_that_is_not_there_or_silent(shell: Shell) -> None:
    assert "missing" in shell.bad("devices", "learn", "/dev/no-such-port")
    assert "unknown line setting" in shell.bad("devices", "learn", "/dev/null?speed=1", code=2)
    with FakeScanner() as scanner:
        assert "not to keyboard" in shell.bad("devices", "learn", scanner.address, "--seconds", 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'language = "en"',
        'scanners = ["/dev/a"]\r\nascii = true\r\n',
        'language = "en"\nscanners = [\n    "/dev/a,line:gs=%5D",\n    \'/dev/b\',\n]\n# the end\n',
        "scanners=[]",
        '  scanners  =  ["]", "["]\nfeedback = "bel"\n\n\n',
    ],
)
def test_one_key_of_the_settings_is_set_and_nothing_else(text: str) -> None:
    after = with_scanners(text, ["/dev/x,stx", "值"])
    assert tomllib.loads(after) == tomllib.loads(text) | {"scanners": ["/dev/x,stx", "值"]}
    kept = [line for line in text.splitlines() if line.startswith(("#", "language", "ascii", "feedback"))]
    assert [line for line in kept if line in after.splitlines()] == kept
    assert with_scanners(after, ["/dev/x,stx", "值"]) == after


@pytest.mark.parametrize(
    "text", ['scanners = [ # old\n"/dev/a"]', "scanners = [", '"scanners" = []', 'note = """\nscanners = []\n"""']
)
def test_settings_that_can_t_be_changed_safely_are_left_alone(text: str) -> None:
    try:
        after = with_scanners(text, ["/dev/x"])
    except CannotEdit:
        return
    assert tomllib.loads(after) == tomllib.loads(text) | {"scanners": ["/dev/x"]}


# Sheet


def seen(picture: Image.Image) -> set[bytes]:
    return {found.bytes for found in zxingcpp.read_barcodes(picture.convert("L"))}


def test_the_sheet_is_printed_and_saved(shell: Shell) -> None:
    learnt_by = {code.text.encode() for code in SETUP_CODES}
    out = shell.folder / "sheet.png"
    said = shell.good("devices", "sheet", "-o", out, "--maker", "honeywell", "--json").json
    assert {code["text"].encode() for code in said["codes"]} == learnt_by
    with Image.open(out) as picture:
        assert seen(picture) == learnt_by | {b"VSUFCR.", b"TRMUSB130."}
    assert shell.good("devices", "sheet", "-o", shell.folder / "sheet.pdf", "--language", "en").code == 0
    assert (shell.folder / "sheet.pdf").read_bytes().startswith(b"%PDF")
    binary = shell.folder / "sheet.bin"
    assert shell.good("devices", "sheet", "-o", binary, "--profile", "raster-58").code == 0
    assert seen(from_escpos(binary.read_bytes(), PROFILES["raster-58"])[0]) == learnt_by
    with FakePrinter() as printer:
        assert "printed" in shell.good("devices", "sheet", "--printer", printer.uri).out
        assert seen(from_escpos(b"".join(printer.jobs))[0]) == learnt_by
    assert "where to?" in shell.bad("devices", "sheet", code=2)
    assert "no such file" in shell.bad("devices", "sheet", "-o", shell.folder / "nowhere" / "x.pdf")


# Keyboard


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        (b"WMS-yZ-aQ1\r", "no key comes before the code"),
        (b"\x1b[24~WMS-yZ-aQ1", "Enter"),
        (b"\x02wms-Yz-Aq1\r", "Caps Lock"),
        (b"\x02101221349156\r", "USB serial"),
        (b"\x021012\x1d2134\x1d9156\r", "separator arrives"),
        ("\x02WMSßzYßaQ\r".encode("latin-1"), "layout"),
        (b"\x1b[24~WMS-yZ-aQ1\r", "needs no line"),
        (b"\x1b[20~#]C0WMS-yZ-aQ1\r", 'wedge = "prefix=f9:aim=yes:text=%23"'),
        (b"\x02]C11012|2134|9156\x03", 'wedge = "aim=yes:gs=%7C"'),
    ],
)
def test_what_a_scanner_types_and_what_to_set(keys: bytes, hint: str) -> None:
    hints = keyboard_hints(keys)
    assert any(hint in said for said in hints), hints
    for line in hints:
        if found := re.search('wedge = "(.*)"', line):
            parse_wedge(found[1])


def test_keys_are_read_from_a_terminal(shell: Shell) -> None:
    assert "terminal" in shell.bad("devices", "test", "--keyboard", code=2)
    process, screen = pty.fork()
    if not process:
        os.execv(sys.executable, [sys.executable, "-m", "wms", "devices", "test", "--keyboard"])
    shown = b""

    def wait_for(words: bytes) -> None:
        nonlocal shown
        until = time.monotonic() + 20
        while words not in shown and time.monotonic() < until and select.select([screen], [], [], 1):
            shown += os.read(screen, 4096)
        assert words in shown

    try:
        wait_for(b"Ctrl-C ends")
        time.sleep(0.1)
        os.write(screen, b"~]C11012\x1d2134\x1d9156\r")
        wait_for(b"separator arrives")
        os.write(screen, b"\x03")
        _, status = os.waitpid(process, 0)
    finally:
        os.close(screen)
    assert os.waitstatus_to_exitcode(status) == 0
    assert re.search(rb"~\]C11012<GS>2134<GS>9156<CR>", shown)

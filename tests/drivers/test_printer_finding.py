"""Printers to choose from, on a machine laid out as Linux shows it."""

from pathlib import Path

import pytest

from drivers.port_system import System
from drivers.printer_finding import FoundPrinter, find_printers, usb_printers

EPSON = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER;DES:EPSON TM-T20III;\n"


@pytest.fixture
def machine(tmp_path: Path) -> System:
    system = System(tmp_path / "dev", tmp_path / "sys", tmp_path / "proc", tmp_path / "udev")
    (system.dev / "usb").mkdir(parents=True)
    return system


def plug_in(system: System, name: str, device_id: str | None) -> None:
    (system.dev / "usb" / name).touch()
    folder = system.sys / "class" / "usbmisc" / name / "device"
    folder.mkdir(parents=True)
    if device_id is not None:
        (folder / "ieee1284_id").write_text(device_id, encoding="utf-8")


def test_a_usb_printer_says_what_it_is(machine: System) -> None:
    plug_in(machine, "lp0", EPSON)
    plug_in(machine, "lp1", "MANUFACTURER:Xprinter ; MODEL:XP-N160II;COMMAND SET:ESC/POS;")
    plug_in(machine, "lp2", "nonsense;;:;\0")
    plug_in(machine, "lp3", None)
    lp = str(machine.dev / "usb" / "lp")
    assert usb_printers(machine) == [
        FoundPrinter(f"{lp}0", "usb", "EPSON", "TM-T20III"),
        FoundPrinter(f"{lp}1", "usb", "Xprinter", "XP-N160II"),
        FoundPrinter(f"{lp}2", "usb"),
        FoundPrinter(f"{lp}3", "usb"),
    ]
    assert str(usb_printers(machine)[0]) == "EPSON TM-T20III"


def test_nothing_is_there(machine: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_printers(machine) == []


def test_queues_are_to_choose_from(machine: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "lpstat"
    command.write_text("#!/bin/sh\necho office\necho labels\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert [one.uri for one in find_printers(machine)] == ["cups:office", "cups:labels"]

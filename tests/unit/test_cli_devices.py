"""Scans and labels by command: bytes in, JSON out; JSON in, bytes out."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from math import isclose
from pathlib import Path
from random import Random

import pytest
import zxingcpp

from drivers.fakes import FakePrinter, FakeScanner
from labels import PROFILES, from_escpos
from tests.unit.cli_shell import Shell
from wms.cli.qc import accepted_with_probability
from wms.terminal.scan_log import FILE, Entry, ScanLog

CASES = Path(__file__).parents[3] / "shared" / "scan-cases"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


# Scans


def test_what_a_code_says_and_means_here(shell: Shell) -> None:
    plain = shell.good("scan", "parse", "]C10104006381333931<GS>10L7").json
    assert plain["ais"] == [["01", "04006381333931"], ["10", "L7"]]
    assert (plain["aim"], plain["lot"], plain["meaning"]) == ("]C1", "L7", None)
    pallet = shell.good("scan", "parse", "(00)006141411234567890(02)04006381333931(37)24(15)271231(3302)001250").json
    assert (pallet["sscc"], pallet["quantity"], pallet["best_before"]) == ("006141411234567890", 24, "2027-12-31")
    assert (pallet["gross_weight_g"], pallet["weight_g"]) == (12_500, None)
    assert not shell.data.exists()
    shell.set_up()
    texts = ("(01)06901234567892(10)L7(37)3", "16901234567899", "A-01-1*37", "BDG-P-001", "4006381333932", "]C1888")
    lines = [json.loads(line) for line in shell.good("scan", "parse", *texts).out.splitlines()]
    assert [line["meaning"]["type"] for line in lines] == [
        "ItemScan",
        "ItemScan",
        "PlaceScan",
        "BadgeScan",
        "Unknown",
        "Unknown",
    ]
    assert (lines[0]["meaning"]["quantity"], lines[1]["meaning"]["quantity"]) == (3, 12)
    assert lines[2]["meaning"]["proven"] is True
    assert lines[4]["meaning"]["why"] == "check_digit"
    assert (lines[5]["result"], lines[5]["reason"]) == ("reject", "unknown_ai")


def test_reads_in_json_lines(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    raws = ["5d43313031303430303633383133333339333131304c37", "4c4f432d31", "5d453031323334353637383930313239"]
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(json.dumps({"raw_hex": raw}) + "\n" for raw in raws)))
    assert shell.good("scan", "parse", "--json").out.splitlines() == [
        '{"result": "ais", "ais": [["01", "04006381333931"], ["10", "L7"]]}',
        '{"result": "plain"}',
        '{"result": "reject", "reason": "check_digit"}',
    ]
    link = b"https://id.gs1.org/01/96385074".hex()
    asked = [{"raw_hex": link, "options": {}}, {"raw_hex": link, "options": {"dl_zero_suppressed_gtin": True}}]
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(json.dumps(line) + "\n" for line in asked)))
    strict, lenient = (json.loads(line) for line in shell.good("scan", "parse").out.splitlines())
    assert strict["result"] != "ais"
    assert lenient["ais"] == [["01", "00000096385074"]]


def test_a_line_that_is_none_is_told_and_keeps_its_place(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = '{"raw_hex": "zz"}\nnonsense\n[]\n{"raw_hex": "34303036333831333333393331"}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    answer = shell("scan", "parse")
    assert answer.code == 1
    assert [json.loads(line)["result"] for line in answer.out.splitlines()] == ["reject", "reject", "reject", "ais"]
    assert [f"line {n}" in answer.err for n in (1, 2, 3, 4)] == [True, True, True, False]


@pytest.mark.skipif(not CASES.is_dir(), reason="the scan cases are not here")
def test_gs1_vectors(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = json.loads((CASES / "gs1.json").read_text())["vectors"]
    asked = [{"raw_hex": vector["raw_hex"], "options": vector.get("options", {})} for vector in vectors]
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(json.dumps(line) + "\n" for line in asked)))
    said = shell.good("scan", "parse", "--json").out.splitlines()
    for vector, line in zip(vectors, said, strict=True):
        expected = {key: vector["expect"][key] for key in ("result", "ais", "reason") if key in vector["expect"]}
        assert json.loads(line) == expected, vector["id"]


@pytest.mark.skipif(not CASES.is_dir(), reason="the scan cases are not here")
def test_recorded_streams(shell: Shell) -> None:
    path = CASES / "streams.json"
    scenarios = json.loads(path.read_text())["scenarios"]
    said = [json.loads(line) for line in shell.good("scan", "replay", path).out.splitlines()]
    assert [one["id"] for one in said] == [one["id"] for one in scenarios]
    for one, scenario in zip(said, scenarios, strict=True):
        assert list(one) == ["id", "scans", "events", "host_tx"]
        assert one["scans"] == [{"dev": ""} | scan for scan in scenario["expect"]["scans"]], one["id"]
        assert one["events"] == [{"dev": ""} | event for event in scenario["expect"]["events"]], one["id"]
    good, bad = '{"id": "g", "chunks": [{"hex": "410d"}]}', '{"id": "b", "chunks": [{"hex": "zz"}]}'
    told = shell("scan", "replay", shell.file("x.json", f"[{bad}, 5, {good}]"))
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert [line["id"] for line in lines] == ["b", "2", "g"]
    assert [len(line["scans"]) for line in lines] == [0, 0, 1]
    assert (told.code, "scenario 1 (b)" in told.err, "error" in lines[1]) == (1, True, True)
    assert "is wanted" in shell.bad("scan", "replay", shell.file("z.json", "null"))
    assert "not JSON" in shell.bad("scan", "replay", shell.file("y.json", "{"))


def test_a_scanner_is_watched_until_ctrl_c(shell: Shell) -> None:
    with FakeScanner() as scanner:
        command = [sys.executable, "-m", "wms", "scan", "watch", "--port", f"{scanner.address},line:dup=0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
            assert watching.stdout is not None
            assert watching.stderr is not None
            while "ready" not in watching.stderr.readline():
                pass
            scanner.scan("4006381333931")
            read = json.loads(watching.stdout.readline())
            assert (read["text"], read["fault"], read["source"]) == ("4006381333931", "", "scanner1")
            assert bytes.fromhex(read["raw_hex"]).startswith(b"4006381333931")
            watching.send_signal(signal.SIGINT)
            assert watching.wait(60) == 0
            assert "Traceback" not in watching.stderr.read()
    assert "unknown framing" in shell.bad("scan", "watch", "/dev/null,dance", code=2)


# Quality


def test_sampling_plan(shell: Shell) -> None:
    plan = shell.good("qc", "plan", "--lot-size", 200, "--json").json
    assert (plan["sample_size"], plan["acceptance_number"], plan["risk"]["defective_units"]) == (10, 0, 20)
    assert plan["risk"]["accepted_with_probability"] == 0.3398
    assert shell.good("qc", "plan", "--lot-size", 1, "--json").json["sample_size"] == 1
    assert shell.good("qc", "plan", "--lot-size", 30, "--rule", "percent:100", "--json").json["sample_size"] == 30


def test_the_risk_is_what_drawing_shows() -> None:
    chance, lot = Random(1), range(60)  # units 0 to 5 are defective
    accepted = sum(min(chance.sample(lot, 12)) >= 6 for _ in range(20_000)) / 20_000
    assert isclose(accepted, accepted_with_probability(60, 6, 12), abs_tol=0.01)


# Labels


def scanned(data: bytes, profile: str = "raster-80") -> set[str]:
    """What a reader finds on the labels that these bytes print."""
    pictures = from_escpos(data, PROFILES[profile])
    return {found.text for picture in pictures for found in zxingcpp.read_barcodes(picture.convert("L"))}


def test_what_must_be_stuck_on(shell: Shell) -> None:
    shell.set_up()
    out, pictures = shell.folder / "labels.bin", shell.folder / "pictures"
    assert shell.good("labels", "places", "-o", out, "--png", pictures).code == 0
    codes = scanned(out.read_bytes())
    assert {"A-01-1*37", "A-01-2*51"} <= codes
    assert len(list(pictures.iterdir())) == 4
    assert shell.good("labels", "badges", "--png", pictures, "--json").json["labels"][0]["code"] == "BDG-P-001"
    commands = shell.good("labels", "commands", "-o", out, "--language", "en", "--json").json["labels"]
    assert {"CMD-SKIP", "CAR-sf", "CTN-K1"} <= {one["code"] for one in commands}
    assert "where to?" in shell.bad("labels", "totes", code=2)


def test_one_label_or_some_are_printed_again(shell: Shell) -> None:
    shell.set_up()
    out = shell.folder / "labels.bin"
    said = shell.good("labels", "places", "--only", "a-01-*", "-o", out, "--json").json["labels"]
    assert [one["code"] for one in said] == ["A-01-1*37", "A-01-2*51"]
    assert "no places are named Q-*" in shell.bad("labels", "places", "--only", "Q-*", "-o", out)


def test_check_digits_are_new_once_their_label_is_out(shell: Shell) -> None:
    shell.set_up()
    with FakePrinter() as printer:
        printer.open_cover()
        assert shell("labels", "places", "--rotate", "--only", "A-01-1", "--printer", printer.uri).code == 1
    out = shell.folder / "labels.bin"
    old = {"A-01-1*37", "A-01-2*51"}
    assert codes_of(shell, out) == old
    (rotated,) = shell.good("labels", "places", "--rotate", "--only", "A-01-1", "-o", out, "--json").json["labels"]
    assert rotated["code"] not in old
    assert len(rotated["code"]) == len("A-01-1*37")
    assert scanned(out.read_bytes()) == {rotated["code"]}
    assert codes_of(shell, out) == {rotated["code"], "A-01-2*51"}


def codes_of(shell: Shell, out: Path) -> set[str]:
    return {one["code"] for one in shell.good("labels", "places", "--only", "A-*", "-o", out, "--json").json["labels"]}


def test_labels_go_to_a_printer_and_trouble_is_told(shell: Shell) -> None:
    shell.set_up()
    with FakePrinter() as printer:
        said = shell.good("labels", "totes", "--printer", printer.uri, "--json").json["labels"]
        assert [one["outcome"] for one in said] == ["printed", "printed"]
        assert scanned(b"".join(printer.jobs)) == {"T-001", "C-1"}
        printer.open_cover()
        answer = shell("labels", "totes", "--printer", printer.uri, "--json")
        assert answer.code == 1
        assert [one["outcome"] for one in answer.json["labels"]] == ["not_sent", "not_sent"]
        assert "cover_open" in answer.err
    assert "--printer" in shell.bad("labels", "totes", "--printer", "socket://", code=2)


def test_the_scan_log_is_read_oldest_first_and_past_a_torn_line(shell: Shell) -> None:
    assert "nothing was scanned" in shell.good("scan", "log").out
    shell.data.mkdir()
    for name, numbers in ((f"{FILE}.1", range(3)), (FILE, range(3, 6))):
        log = ScanLog(shell.folder)
        for n in numbers:
            log.keep(Entry(n, "scanner1", b"]C1888\x1d%d" % n, aim="]C1", code="ItemScan", tone="ok", said="Correct"))
        log.close()
        (shell.folder / FILE).rename(shell.data / name)
    with (shell.data / FILE).open("a", encoding="utf-8") as file:
        file.write('{"dropped": 2}\n{"at": "2026-')
    last = [json.loads(line) for line in shell.good("scan", "log", "--last", 3, "--json").out.splitlines()]
    assert [line.get("raw_hex", "") for line in last] == [b"]C1888\x1d4".hex(), b"]C1888\x1d5".hex(), ""]
    shown = shell.good("scan", "log").out.splitlines()
    assert len(shown) == 7
    assert shown[0] == "1970-01-01T00:00:00.000Z scanner1  ]C1888<GS>0  ItemScan ok Correct"
    assert shown[-1] == "… 2 reads were not kept"

"""What is kept of scans for support: everything about the bytes, nothing about people, never more than its share."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.domain.least_data import shape
from wms.terminal.scan_log import FILE, FILE_BYTES, WAITING, Entry, ScanLog


def kept(folder: Path, *entries: Entry) -> list[dict[str, object]]:
    log = ScanLog(folder)
    for entry in entries:
        log.keep(entry)
    log.close()
    return [json.loads(line) for line in (folder / FILE).read_text(encoding="utf-8").splitlines()]


def test_a_code_of_goods_is_kept_byte_for_byte(tmp_path: Path) -> None:
    raw = b"]C10104006381333931\x1d10L7"
    (line,) = kept(tmp_path, Entry(1_794_200_400_000, "scanner1", raw, "", "]C1", "ItemScan", "ok", "Correct"))
    assert line == {
        "at": "2026-11-09T05:00:00.000Z",
        "source": "scanner1",
        "raw_hex": raw.hex(),
        "whole": True,
        "fault": "",
        "aim": "]C1",
        "code": "ItemScan",
        "tone": "ok",
        "said": "Correct",
    }


@pytest.mark.parametrize("code", ["WaybillScan", "OrderScan", "BadgeScan", "Unknown", "Ambiguous", "Repeated"])
def test_what_may_name_a_person_keeps_its_shape_only(tmp_path: Path, code: str) -> None:
    raw = "]Q1王小明 138-0013-8000\x1dSF123abc".encode()
    (line,) = kept(tmp_path, Entry(0, "scanner1", raw, code=code))
    assert line["whole"] is False
    shown = bytes.fromhex(str(line["raw_hex"]))
    assert shown == b"]Q1" + b"\xe0\x80\x80\xe0\xb0\x80\xe0\x90\x80" + b" 999-9999-9999\x1dAA999aaa"


def test_an_article_number_nobody_knows_is_kept_because_it_names_no_person(tmp_path: Path) -> None:
    known, phone = kept(
        tmp_path,
        Entry(0, "scanner1", b"]E04006381333931", code="Unknown"),
        Entry(0, "scanner1", b"13800138000", code="Unknown"),
    )
    assert (known["whole"], phone["raw_hex"]) == (True, b"99999999999".hex())


@pytest.mark.parametrize("code", ["WaybillScan", "OrderScan", "BadgeScan", "Ambiguous", "Repeated"])
def test_a_number_known_to_be_of_a_person_is_not_kept_though_it_adds_up_like_an_article_number(
    tmp_path: Path, code: str
) -> None:
    (line,) = kept(tmp_path, Entry(0, "scanner1", b"4006381333931", code=code))
    assert line["raw_hex"] == b"9999999999999".hex()


@given(st.binary())
def test_a_shape_holds_no_letter_or_digit_that_was_scanned(raw: bytes) -> None:
    shown = shape(raw)
    assert len(shown) == len(raw)
    body = shown[3:] if raw[:1] == b"]" else shown
    assert not set(body) & set(b"012345678BCDZbcdz")
    assert all(byte & 0x0F == 0 for byte in body if byte >= 0x80)


def test_the_log_never_outgrows_its_share(tmp_path: Path) -> None:
    log = ScanLog(tmp_path)
    entry = Entry(0, "scanner1", b"x" * 8192, code="ItemScan")
    for _ in range(400):
        while log._entries.full():
            threading.Event().wait(0.001)
        log.keep(entry)
    log.close()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [FILE, f"{FILE}.1"]
    assert sum(file.stat().st_size for file in files) <= 2 * FILE_BYTES


def test_nobody_waits_for_a_disk_and_what_was_dropped_is_counted(tmp_path: Path) -> None:
    pipe = tmp_path / FILE
    os.mkfifo(pipe)  # opening it for writing waits until somebody reads
    log = ScanLog(tmp_path)
    for n in range(WAITING + 50):
        log.keep(Entry(n, "scanner1", b"x", code="ItemScan"))
    with pipe.open(encoding="utf-8") as reader:
        log.close()
        lines = [json.loads(line) for line in reader]
    dropped = sum(line.get("dropped", 0) for line in lines)
    assert dropped >= 49
    assert len([line for line in lines if "source" in line]) + dropped == WAITING + 50


def test_a_full_disk_is_no_news_of_the_scan_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILE).symlink_to("/dev/full")
    log = ScanLog(tmp_path)
    log.keep(Entry(0, "scanner1", b"x", code="ItemScan"))
    log.close()
    assert capsys.readouterr().err == ""

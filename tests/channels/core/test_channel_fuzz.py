"""Whatever bytes a file is made of, an import ends in an account, never in an exception."""

from __future__ import annotations

import io

import openpyxl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.channels.spoiling import OBJECTS, read_soundly, samples, spoilt, spoilt_objects

NUMBERS = st.integers(0, 60_000)
CHANGES = st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(0, 400), NUMBERS), min_size=1, max_size=5)
LOOSE = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@LOOSE
@given(st.binary(max_size=400), st.sampled_from([b"", b"order,sku,quantity\n", b"[", b"{", b"PK\x03\x04", b"\xff\xfe"]))
@example(b"", b"")
def test_any_bytes_are_read_or_refused(data: bytes, head: bytes) -> None:
    read_soundly(head + data)


@LOOSE
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-16", "utf-16-le", "gb18030"]))
def test_any_text_is_read_or_refused(text: str, encoding: str) -> None:
    read_soundly(f"order,sku,quantity,name,address,placed_at,amount\n{text}".encode(encoding, errors="ignore"))


@LOOSE
@given(st.sampled_from(range(len(samples()))), CHANGES)
def test_a_spoilt_export_is_read_or_refused(which: int, changes: list[tuple[int, int, int, int]]) -> None:
    read_soundly(spoilt(samples()[which], changes))


@LOOSE
@given(
    st.sampled_from([n for n, data in enumerate(samples()) if data[:1] in (b"{", b"[")]),
    st.lists(st.integers(0, 40), max_size=6),
    st.sampled_from([*OBJECTS, ...]),
)
def test_objects_with_odd_values_are_read_or_refused(which: int, steps: list[int], odd: object) -> None:
    read_soundly(spoilt_objects(samples()[which], steps, odd))


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (("order", "sku", "quantity"), ("A1", "TEA", 2), (7, 8.0, 1)):
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WORKBOOK = _workbook()


def test_the_workbook_that_is_spoilt_is_sound() -> None:
    assert [entry.units for entry in read_soundly(WORKBOOK, names=["a.xlsx"]).entries()] == [2, 1]


@LOOSE
@given(CHANGES)
def test_a_spoilt_workbook_is_read_or_refused(changes: list[tuple[int, int, int, int]]) -> None:
    read_soundly(spoilt(WORKBOOK, changes), names=["a.xlsx"])

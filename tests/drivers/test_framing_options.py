"""Settings that would lose every code or join them are refused, in words."""

import pytest

from drivers.address import parse_address
from drivers.framing_options import parse_framing, parse_scanner


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("line:max=0", "max cannot be '0': use 1 to 1000000"),
        ("line:stale=0", "stale cannot be '0': use 10 to 60000"),
        ("line:dup=-1", "dup cannot be '-1': use 0 to 10000"),
        ("line:idle=x", "idle cannot be 'x': use 0 to 10000"),
        ("line:term=none", "say which: idle=50"),
        ("idle:idle=0", "say which: idle=50"),
    ],
)
def test_bounds(written: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_framing(written)


def test_a_silence_may_end_a_code_alone() -> None:
    assert parse_framing("line:term=none:idle=80").terminators == ()
    assert parse_framing("idle:term=none").idle_ms == 50


@pytest.mark.parametrize("baud", ["0", "-9600", "fast", "9600.5", ""])
def test_a_line_has_a_speed(baud: str) -> None:
    with pytest.raises(ValueError, match=f"baud cannot be '{baud}'"):
        parse_address(f"/dev/ttyS0?baud={baud}")


@pytest.mark.parametrize("port", ["file:/tmp/scans", "file:/dev/ttyACM0,line", "cups:queue"])
def test_a_scanner_is_read(port: str) -> None:
    with pytest.raises(ValueError, match="can only be written to"):
        parse_scanner(port)

"""Whole scales on pseudo-terminals: every protocol, found by itself, weighed with, cut off, made silent."""

from __future__ import annotations

import time
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from drivers.fakes import FakeScale
from drivers.weighing import PROTOCOLS, UNITLESS
from drivers.weighing_frames import GRAMS_PER_UNIT
from tests.drivers.scales import Pan, eventually

DETECT_WITHIN_S = 3.0


def test_every_make_is_found_by_itself(outside_scale: ModuleType, tmp_path: Path) -> None:
    with ExitStack() as bench:
        pans: dict[str, tuple[Any, Pan]] = {}
        for make in PROTOCOLS:  # all at once: each takes its time to settle
            link = str(tmp_path / make)
            fake = bench.enter_context(outside_scale.FakeScale(make, link=link, rate=10, checksum=True))
            fake.do("1.234")
            pans[make] = fake, bench.enter_context(Pan(link, "auto"))
        took: dict[str, float] = {}

        def found() -> bool:
            for make, (_, pan) in pans.items():
                if pan.scale.protocol and make not in took:
                    took[make] = time.monotonic() - pan.began
            return len(took) == len(pans)

        eventually(found)
        print(" ".join(f"{make} {seconds:.2f} s" for make, seconds in took.items()))
        assert max(took.values()) <= DETECT_WITHIN_S, took
        for make, (fake, pan) in pans.items():
            pan.shows("1234", "stable")
            assert pan.scale.protocol == make
            fake.do("2.000 unstable")
        before = {}
        for make, (fake, pan) in pans.items():
            pan.says("moving")
            before[make] = len(pan.readings)
            fake.do("ramp 2.000 2.500 100")
        for make, (_, pan) in pans.items():
            pan.shows("2500", "stable")
            assert all(reading.grams == 2500 for reading in pan.readings[before[make] :] if reading.bookable)


@pytest.mark.parametrize(("unit", "decimals", "rate"), [("g", 0, 20.0), ("lb", 2, 10.0), ("kg", 3, 5.0)])
def test_units_places_and_noise(
    outside_scale: ModuleType, tmp_path: Path, unit: str, decimals: int, rate: float
) -> None:
    """With a fifth of the frames dropped, noise and half frames in between, only what lay there is booked."""
    shown = ["17", "250"] if unit == "g" else ["1.25", "12.75"]
    grams = [Decimal(number) * GRAMS_PER_UNIT[unit] for number in shown]
    with ExitStack() as bench:
        pans: dict[str, tuple[Any, Pan]] = {}
        for make in PROTOCOLS:
            link = str(tmp_path / make)
            settings = {"rate": rate, "unit": unit, "decimals": decimals, "capacity": "1000", "drop": 0.2}
            fake = bench.enter_context(
                outside_scale.FakeScale(make, link=link, jitter="0", checksum=unit == "lb", **settings)
            )
            fake.do(shown[0])
            name = f"{make}-{unit}" if make in UNITLESS and unit != "kg" else make
            pans[make] = fake, bench.enter_context(Pan(link, name))
        for n, weight in enumerate(grams):
            for fake, _ in pans.values():
                fake.do(shown[n])
                fake.do("partial")
                fake.do("noise 9")
                fake.do("partial")
            for _, pan in pans.values():
                pan.shows(str(weight), "stable")
        for make, (fake, pan) in pans.items():
            assert pan.booked() <= set(grams), make
            fake.do("1" if unit == "g" else "0.01")
            fake.do("under" if make in ("dini", "nci", "xk3190w", "plain", "sics") else "over")
        for make, (_, pan) in pans.items():
            if make not in ("xk3190", "xk3190r"):  # these have no word for it
                pan.says("over", "under")


def test_below_zero_is_never_booked(outside_scale: ModuleType, tmp_path: Path) -> None:
    with ExitStack() as bench:
        pans = {}
        for make in PROTOCOLS:
            fake = bench.enter_context(outside_scale.FakeScale(make, link=str(tmp_path / make), rate=20))
            fake.do("-0.005")
            pans[make] = bench.enter_context(Pan(str(tmp_path / make), make))
        for make, pan in pans.items():
            pan.says("negative")
            assert pan.scale.last is not None
            assert pan.scale.last.grams == (None if make == "tol8217" else -5)
            assert pan.booked() == set()


def test_silence_is_told_after_a_second(outside_scale: ModuleType, tmp_path: Path) -> None:
    with ExitStack() as bench:
        pans: dict[str, tuple[Any, Pan]] = {}
        for make in PROTOCOLS:
            fake = bench.enter_context(outside_scale.FakeScale(make, link=str(tmp_path / make), rate=20))
            fake.do("1.000")
            pans[make] = fake, bench.enter_context(Pan(str(tmp_path / make), make))
        for _, pan in pans.values():
            pan.shows("1000", "stable")
        muted = time.monotonic()
        for fake, _ in pans.values():
            fake.do("mute")
        for _, pan in pans.values():
            pan.shows(None, "silent")
        assert 0.9 <= time.monotonic() - muted <= 4
        for fake, _ in pans.values():
            fake.do("unmute")
        for _, pan in pans.values():
            pan.shows("1000", "stable")


def test_a_slow_scale_is_not_called_silent(outside_scale: ModuleType, tmp_path: Path) -> None:
    link = str(tmp_path / "slow")
    with outside_scale.FakeScale("cas22", link=link, rate=1) as fake, Pan(link, "auto") as pan:
        fake.do("1.000")
        pan.shows("1000", "stable")
        known = len(pan.readings)
        time.sleep(1.8)
        assert pan.readings[known:] == []


def test_another_scale_on_the_same_port(outside_scale: ModuleType, tmp_path: Path) -> None:
    """Plugged in again with another protocol, and a line torn by it: nothing of the old one is left."""
    link = str(tmp_path / "scale")
    with Pan(link, "auto") as pan:
        for make, weight in (("sics", "1.234"), ("cas22", "0.750"), ("plain", "2.500")):
            with outside_scale.FakeScale(make, link=link, rate=20) as fake:
                fake.do(weight)
                pan.shows(str(int(Decimal(weight) * 1000)), "stable")
                assert pan.scale.protocol == make
                assert pan.booked() <= {Decimal(1234), Decimal(750), Decimal(2500)}
                fake.do("partial")
            eventually(lambda: pan.states[-1] == "lost")
            assert pan.scale.last is not None
            assert pan.scale.last.status == "silent"


def test_another_protocol_on_an_open_line(outside_scale: ModuleType, tmp_path: Path) -> None:
    """A cable behind a USB adapter was moved to another scale: the port never closed."""
    link = str(tmp_path / "scale")
    with outside_scale.FakeScale("cas22", link=link, rate=20) as fake, Pan(link, "auto") as pan:
        fake.do("1.234")
        pan.shows("1234", "stable")
        fake.protocol = "xk3190w"
        eventually(lambda: pan.scale.protocol == "xk3190w")
        pan.shows("1234", "stable")
        assert pan.booked() == {Decimal(1234)}


def test_bytes_that_are_no_scale_are_said_to_be_unknown(outside_scale: ModuleType, tmp_path: Path) -> None:
    link = str(tmp_path / "scale")
    for protocol in ("auto", "toledo"):
        with outside_scale.FakeScale("cas22", link=link, rate=20) as fake:
            fake.frame = lambda: b"what is this\r\n"
            with Pan(link, protocol) as pan:
                pan.shows(None, "unknown_protocol")
                assert pan.booked() == set()


def test_our_own_simulated_scale_keeps_to_the_manual(tmp_path: Path) -> None:
    with FakeScale(tmp_path / "scale") as fake, Pan(fake.address, "sics") as pan:
        fake.put(1250)
        pan.shows("1250", "stable")
        fake.drift(-4)
        pan.shows("1246", "stable")
        pan.scale.zero()
        pan.answered(("zero", "out_of_range"))
        fake.put(0)
        pan.shows("-4", "negative")
        pan.scale.zero()
        pan.shows("0", "stable")
        fake.put(500)
        pan.shows("500", "stable")
        pan.scale.tare()
        pan.shows("0", "stable")
        fake.put(500, stable=False)
        pan.scale.zero()
        pan.answered(("zero", "out_of_range"), ("zero", "done"), ("tare", "done"), ("zero", "moving"))
        fake.put(500)
        pan.scale.clear_tare()
        pan.shows("500", "stable")


def test_an_unknown_protocol_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown protocol"):
        Pan("/dev/null", "ounces")

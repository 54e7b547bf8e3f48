"""python -m tests.bench.labels_bench [--long]

Prints what a label costs: bytes, time to make it, seconds on a serial line and under the head per printer profile; a
single command; memory over 1,500 labels (with --long 10,000); and the time from the last step at the bench to the
label's first byte at the printer. In the same run the same picture goes through python-escpos as one full raster.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median

from escpos.printer import Dummy

from labels import PROFILES, ShippingLabel, render
from labels.layout import layout
from labels.paint import paint
from labels.profiles import DEFAULT_PROFILE, Profile, models
from labels.templates import compose
from tests.bench.terminal_process import percentile
from tests.unit.test_printing_spool import Bench, the
from wms.domain import commands as c
from wms.domain.records import replace
from wms.printing.spool import Spool

WARM, REPEATED, COMMANDS, JOBS = 30, 300, 7, 25
LABELS, LABELS_LONG = 1500, 10_000
LIMITS = {"generic-80": 24_000, "generic-58": 24_000, "raster-80": 48_000, "gb18030-80": 1800, "wide-104": 70_000}
ROOT = Path(__file__).parents[2]
SHIPMENT = {
    "waybill": "SF1390123456789",
    "carrier": "顺丰速运",
    "routing_code": "591SDL-Y56-111",
    "sort_code": "D2-07",
    "sender": {"name": "晨光仓储", "phone": "057188880000", "address": ["浙江省杭州市萧山区市心北路857号2号仓"]},
    "recipient": {"name": "欧阳娜娜", "phone": "13800138678", "address": ["浙江省杭州市余杭区文一西路969号3幢1501室"]},
    "order": "TB-20250611-000042",
    "parcel": {"n": 1, "of": 1, "weight_g": 1280},
    "mask": True,
    "lang": "zh_CN",
}


def shipping(number: int) -> ShippingLabel:
    """Another parcel each time, so that only what a real day repeats is cached."""
    return ShippingLabel(
        order=f"TB-20250611-{number:06}",
        waybill=f"SF{1390123456789 + 7919 * number}",
        carrier_name="顺丰速运",
        routing_code=f"591SDL-Y{number % 90 + 10}-111",
        recipient_lines=("欧阳娜娜", f"浙江省杭州市余杭区五常街道文一西路{number}号3幢2单元1501室"),
        recipient_phone=f"1380013{number % 10000:04}",
        sender_lines=("晨光仓储（杭州）有限公司", "浙江省杭州市萧山区市心北路857号2号仓"),
        weight_g=1280 + number % 5000,
        created=datetime(2025, 6, 11, 14, 35),  # noqa: DTZ001  # printed as it stands
        wave="W-0611-03",
        contents="保温杯 500ml ×2；陶瓷餐具套装 ×1",
    )


def profiles() -> None:
    print(f"{'profile':20} {'bytes':>7} {'aim':>7}   9600 Bd  115200   head    p50 ms  p99 ms")
    for profile in (*PROFILES.values(), *models().values()):
        for number in range(WARM):
            made = render(shipping(number), profile)
        times, sizes = [], []
        few = profile.name not in LIMITS
        for number in range(WARM, WARM + (30 if few else REPEATED)):
            label = shipping(number)
            start = time.perf_counter()
            made = render(label, profile)
            times.append((time.perf_counter() - start) * 1000)
            sizes.append(len(made.data))
        size = max(sizes)
        aim = str(LIMITS.get(profile.name, ""))
        print(
            f"{profile.name:20} {size:7} {aim:>7}   {size / 960:5.1f} s  {size / 11520:5.2f} s  "
            f"{made.seconds:4.1f} s   {median(times):6.1f}  {percentile(times, 0.99):6.1f}"
        )
    print("aim: p50 <= 20 ms warm\n")


def against_python_escpos(profile: Profile = DEFAULT_PROFILE) -> None:
    """Our bands against one raster over the full width, the same picture in both, turn by turn."""
    ours, theirs, sizes = [], [], (0, 0)
    for number in range(60):
        label = shipping(number)
        start = time.perf_counter()
        made = render(label, profile)
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        # The picture has to be painted for either; python-escpos has no layout of its own.
        picture = paint(layout(compose(label, profile.width_mm, "zh_CN"), profile))
        printer = Dummy(profile="TM-T20II")
        printer.image(picture, impl="bitImageRaster")
        printer.cut()
        theirs.append(time.perf_counter() - start)
        sizes = len(made.data), len(printer.output)
    native = len(render(shipping(59), PROFILES["gb18030-80"]).data)
    print(
        f"python-escpos, full raster of the same label: {sizes[1]} bytes, p50 {median(theirs) * 1000:.1f} ms; "
        f"{profile.name}: {sizes[0]} bytes, p50 {median(ours) * 1000:.1f} ms (bytes x{sizes[0] / sizes[1]:.2f}, "
        f"time x{median(ours) / median(theirs):.2f}); gb18030-80: {native} bytes (x{native / sizes[1]:.3f})"
    )


def single_command() -> None:
    """Imports and all, alternating with a bare interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        shipment = Path(folder) / "shipment.json"
        shipment.write_text(json.dumps(SHIPMENT), encoding="utf-8")
        for name in ("generic-80", "raster-80", "gb18030-80"):
            arguments = ("-m", "wms", "label", "render", str(shipment), "--printer", name, "--template", "shipping")
            times, bare = [], []
            for _ in range(COMMANDS):
                times.append(_wall(*arguments, "-o", f"{folder}/out.bin"))
                bare.append(_wall("-c", "pass"))
            print(
                f"one command, {name:12} p50 {median(times):.2f} s  max {max(times):.2f} s   (aim <= 0.8); "
                f"a bare python {median(bare):.2f} s"
            )


def _wall(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, capture_output=True)
    return time.perf_counter() - start


def memory(labels: int) -> None:
    profile = PROFILES["generic-80"]
    for number in range(300):
        render(shipping(number), profile)
    gc.collect()
    before, at_half = _resident_mb(), 0.0
    for number in range(labels):
        render(shipping(number), profile)
        if number == labels // 2:
            gc.collect()
            at_half = _resident_mb()
    gc.collect()
    after = _resident_mb()
    print(
        f"memory             {before:.1f} MB after 300 labels, {after:.1f} MB after {labels} more "
        f"({after - at_half:+.1f} MB over the last half)"
    )


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


@contextmanager
def listening_printer() -> Iterator[tuple[str, list[float]]]:
    """A printer that answers what it is asked, and notes when the first byte of each label comes (ESC @)."""
    arrivals: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    seen = b""
                    while data := caller.recv(65536):
                        now = time.perf_counter()
                        if b"\x1b@" in seen[-1:] + data and b"\x1b@" not in seen:
                            arrivals.append(now)
                        answered = (seen[-2:] + data).count(b"\x10\x04") - seen[-2:].count(b"\x10\x04")
                        caller.send(b"\x12" * answered + b"\x00" * data.count(b"\x1dr\x01"))
                        seen += data

        threading.Thread(target=serve, daemon=True).start()
        yield f"socket://127.0.0.1:{server.getsockname()[1]}", arrivals


def scan_to_first_byte() -> None:
    """From the command that weighs a parcel, the last step before its label, to the label's first byte."""
    for name in ("generic-80", "raster-80", "gb18030-80"):
        with tempfile.TemporaryDirectory() as folder, listening_printer() as (uri, arrivals):
            bench = Bench(Path(folder))
            bench.set_up()
            asked: list[float] = []
            do = bench.do

            def timed(command: c.Command, do: Callable[[c.Command], None] = do, asked: list[float] = asked) -> None:
                if isinstance(command, c.WeighParcel):
                    asked.append(time.perf_counter())
                do(command)

            bench.do = timed  # type: ignore[method-assign]
            printers = tuple(replace(printer, profile=name) for printer in the(uri))
            spool = Spool(bench.store, printers)
            spool.start()
            time.sleep(1.5)  # fonts are loaded in the background of a terminal's first seconds
            for number in range(1, JOBS + 1):
                bench.parcel()
                while len(arrivals) < number:
                    time.sleep(0.001)
                time.sleep(0.05)
            spool.stop()
            bench.store.close()
        late = [(there - then) * 1000 for then, there in zip(asked, arrivals, strict=True)]
        print(
            f"last step -> first byte, {name:12} p50 {median(late):5.1f} ms  max {max(late):5.1f} ms  "
            f"first {late[0]:5.1f} ms   (aim <= 100)"
        )


def main() -> None:
    profiles()
    against_python_escpos()
    single_command()
    memory(LABELS_LONG if "--long" in sys.argv else LABELS)
    scan_to_first_byte()


if __name__ == "__main__":
    main()

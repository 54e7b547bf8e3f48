"""How long a shipping label takes, and how many bytes it is. Run by hand: `python tests/bench/labels_bench.py`."""

from __future__ import annotations

import time
from datetime import datetime
from statistics import median, quantiles

from labels import PROFILES, ShippingLabel, render


def shipping(number: int) -> ShippingLabel:
    """Another parcel each time, so that only what a real day repeats is cached."""
    return ShippingLabel(
        order=f"TB-20250611-{number:06}",
        waybill=f"SF{1390123456789 + 7919 * number}",
        carrier_name="顺丰速运",
        routing_code=f"591SDL-Y{number % 90 + 10}-111",
        recipient_lines=("欧阳娜娜", f"浙江省杭州市余杭区五常街道文一西路{number}号3幢2单元1501室"),
        recipient_phone=f"1380013{number:04}",
        sender_lines=("晨光仓储（杭州）有限公司", "浙江省杭州市萧山区市心北路857号2号仓"),
        weight_g=1280 + number,
        created=datetime(2025, 6, 11, 14, 35),  # noqa: DTZ001  # printed as it stands
        wave="W-0611-03",
        contents="保温杯 500ml ×2；陶瓷餐具套装 ×1",
    )


def main() -> None:
    """Print a line per printer: first label, median and 99th percentile of 300 more, bytes."""
    for name, profile in PROFILES.items():
        seconds = []
        for number in range(301):
            label = shipping(number)
            start = time.perf_counter()
            rendered = render(label, profile)
            seconds.append(time.perf_counter() - start)
        first, *warm = (second * 1000 for second in seconds)
        print(
            f"{name:20} first {first:6.1f} ms  p50 {median(warm):5.1f} ms  p99 {quantiles(warm, n=100)[98]:5.1f} ms  "
            f"{len(rendered.data):6} bytes  {rendered.image.height} rows"
        )


if __name__ == "__main__":
    main()

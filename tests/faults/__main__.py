"""`python -m tests.faults`: break everything, then count. Exit code 0 when every invariant holds, 1 when not, 2 for a
wrong call."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
from pathlib import Path

from tests.faults.campaign import Campaign, Report
from tests.faults.faults import SHARES, schedule
from tests.faults.machines import Hub


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--terminals", type=_positive, default=8, metavar="N", help="default: 8")
    parser.add_argument("--seconds", type=_positive, default=60, metavar="N", help="of trouble; default: 60")
    parser.add_argument("--seed", type=int, default=None, help="default: a new one, which is printed")
    parser.add_argument("--hub", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--json", action="store_true", help="one document on stdout")
    parser.add_argument(
        "--without", action="append", default=[], choices=SHARES, metavar="FAULT", help="leave one kind out"
    )
    parser.add_argument("--keep", action="store_true", help="leave the folder of the run, and say where")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    print(f"seed {seed}", file=sys.stderr, flush=True)
    folder = Path(tempfile.mkdtemp(prefix="wms-faults-"))
    hub = Hub(folder / "hub", "")
    plan = schedule(seed, options.seconds, options.terminals, options.hub, frozenset(options.without))
    campaign = Campaign(folder, hub, plan, terminals=options.terminals, seconds=options.seconds, seed=seed)
    try:
        report = campaign.run()
    finally:
        if options.keep:
            print(f"kept in {folder}", file=sys.stderr)
        else:
            campaign.clear()
    tell(report, as_json=options.json)
    return 1 if report.broken else 0


def tell(report: Report, *, as_json: bool) -> None:
    for name, lines in report.broken.items():
        print(f"BROKEN {name}", *(f"  {line}" for line in lines), sep="\n", file=sys.stderr)
    if as_json:
        print(json.dumps(report.document()))
        return
    for title, figures in (("counted", report.counts), ("faults", report.faults), ("network", report.network)):
        print(f"{title}: " + ", ".join(f"{name} {n}" for name, n in figures.items()))
    for note in report.notes:
        print(f"note: {note}")
    print(
        f"{report.seconds} s, {'every invariant holds' if not report.broken else 'BROKEN: ' + ', '.join(report.broken)}"
    )


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())

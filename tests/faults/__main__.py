"""`python -m tests.faults`: break everything, then count. Exit code 0 when every invariant holds, 1 when not, 2 for a
wrong call."""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.faults import mutants
from tests.faults.campaign import Campaign, Report
from tests.faults.faults import SHARES, schedule
from tests.faults.machines import Hub, PostgresHub
from tests.faults.scenarios import judged

MUTATED_SECONDS = 60
"""How long a floor with a mistake in it works on, where the mistake's own history did not bring it to light."""


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # all that was started is ended on the way out
    if options.list_mutants:
        print(*mutants.MUTANTS, sep="\n")
        return 0
    seed = options.seed if options.seed is not None else secrets.randbelow(1_000_000)
    print(f"seed {seed}", file=sys.stderr, flush=True)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="wms-faults-"))
        stack.callback(_leave, folder, keep=options.keep)
        report = _mutated(folder, seed, options) if options.mutate else _run(folder, seed, options)
    tell(report, as_json=options.json)
    return 1 if report.broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--terminals", type=_positive, default=8, metavar="N", help="default: 8")
    parser.add_argument("--seconds", type=_positive, default=60, metavar="N", help="of trouble; default: 60")
    parser.add_argument("--seed", type=int, default=None, help="default: a new one, which is printed")
    parser.add_argument("--hub", choices=("postgres", "sqlite"), default="postgres", help="default: postgres")
    parser.add_argument("--mutate", choices=mutants.MUTANTS, metavar="NAME", help="make that mistake first")
    parser.add_argument("--list-mutants", action="store_true", help="one name a line")
    parser.add_argument("--json", action="store_true", help="one document on stdout")
    parser.add_argument("--without", action="append", default=[], choices=SHARES, metavar="FAULT", help="leave one out")
    parser.add_argument("--keep", action="store_true", help="leave the folder of the run, and say where")
    return parser


def _run(folder: Path, seed: int, options: argparse.Namespace, *, mutant: str = "", seconds: float = 0) -> Report:
    seconds = seconds or options.seconds
    make: Callable[[Path, str], Hub] = PostgresHub if options.hub == "postgres" else Hub
    plan = schedule(seed, seconds, options.terminals, options.hub, frozenset(options.without))
    hub = make(folder / "hub", mutant)
    return Campaign(folder, hub, plan, terminals=options.terminals, seconds=seconds, seed=seed, mutant=mutant).run()


def _mutated(folder: Path, seed: int, options: argparse.Namespace) -> Report:
    """The mistake's own history first, which takes a second; then, if it hides, a floor that makes it."""
    found = judged(folder / "scenario", mutants.MUTANTS[options.mutate].scenario, options.mutate)
    if not found.broken:
        seconds = min(options.seconds, MUTATED_SECONDS)
        found = _run(folder / "campaign", seed, options, mutant=options.mutate, seconds=seconds)
    found.seed, found.mutant = seed, options.mutate
    return found


def _leave(folder: Path, *, keep: bool) -> None:
    if keep:
        print(f"kept in {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def tell(report: Report, *, as_json: bool) -> None:
    for name, lines in report.broken.items():
        print(f"BROKEN {name}", *(f"  {line}" for line in lines), sep="\n", file=sys.stderr)
    if as_json:
        print(json.dumps(report.document()))
        return
    for title, figures in (("counted", report.counts), ("faults", report.faults), ("network", report.network)):
        if figures:
            print(f"{title}: " + ", ".join(f"{name} {n}" for name, n in figures.items()))
    for note in report.notes:
        print(f"note: {note}")
    verdict = "BROKEN: " + ", ".join(report.broken) if report.broken else "every invariant holds"
    print(f"{report.seconds} s, {verdict}")


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())

"""The report as a page for people."""

from __future__ import annotations

from typing import Any

from wms.demo.autopilot.report import Report

DAY_S = 86_400


def told(report: Report, table: Any) -> str:
    """`table` lays out columns: `(head, rows) -> text`."""
    d = report.document
    orders, scans, answered = d["orders"], d["scans"], d["scans"]["answered_ms"]
    walk = d["walk"]
    rows = [
        ("orders in", orders["in"], ", ".join(f"{n} {name}" for name, n in orders.items() if name != "in" and n)),
        ("lines picked", d["lines"], f"{d['lines_per_hour']} an hour, {d['units']} units"),
        ("metres walked", walk["walked_m"], f"{walk['planned_m']} planned, {_saved(walk)}"),
        ("scans", scans["total"], f"{scans['refused']} refused"),
        ("answered within", f"{answered.get('p50', '-')} ms", f"half of them; 99 %: {answered.get('p99', '-')} ms"),
        (
            "samples",
            d["samples"]["drawn"],
            f"{d['samples']['failed']} failed, {d['samples']['batches_decided']} decided",
        ),
        ("labels", d["labels"]["printed"], f"{d['labels']['verified']} verified, {d['labels']['reprinted']} reprinted"),
        ("parcels", d["parcels"]["shipped"], f"on {d['parcels']['manifests']} signed manifests"),
        ("on time", "-" if d["on_time"] is None else f"{d['on_time']:.1%}", "of the orders shipped"),
        ("events", d["events"]["journaled"], f"{d['events']['waiting']} not synced"),
        ("mistakes", sum(d["mistakes"].values()), _list(d["mistakes"])),
        ("faults", sum(d["faults"].values()), _list(d["faults"])),
        ("seconds", d["seconds"], f"seed {d['seed']}"),
    ]
    lines = [table(("the day", "", ""), rows), ""]
    if d["dates_moved_s"]:
        lines += [
            f"The files' dates were moved by {d['dates_moved_s'] / DAY_S:.1f} days: the first order comes in now.",
            "",
        ]
    held = [(name.replace("_", " "), "holds" if not found else "BROKEN") for name, found in report.problems.items()]
    lines.append(table(("invariant", ""), held))
    for name, found in report.problems.items():
        lines += [f"\n{name}:", *(f"  {problem}" for problem in found)] if found else []
    return "\n".join(lines)


def _saved(walk: dict[str, int]) -> str:
    part = f" ({walk['saved_m'] / walk['first_come_m']:.0%})" if walk["first_come_m"] else ""
    return f"{walk['saved_m']}{part} less than first come, first served in an S-shape"


def _list(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items())

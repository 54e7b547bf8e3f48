"""Small instances of planning-bench/1, made here: a few aisles, two blocks, a depot before the first."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path
from typing import Any

BENCH = Path(__file__).parents[3] / "shared" / "planning-bench"
ACROSS, CELLS = 5, 4  # between aisles; places in each block of an aisle


def instance(orders: int = 6, *, aisles: int = 3, seed: int = 0, pickers: int | None = None) -> dict[str, Any]:
    """Places are called 1 up, one after the other along the aisles; SKU n lies at place n, SKU 1000 + n too. With
    `pickers` it is one of working time, whose orders are due late enough for one picker."""
    chance = random.Random(seed)
    nodes: list[list[Any]] = [[0, "depot", 0, -2, None, None, None]]
    edges: list[list[Any]] = [[0, cross(0, 0), 2.5]]
    for aisle in range(aisles):
        for rank in range(3):
            nodes.append([cross(aisle, rank), "cross", aisle * ACROSS, rank * (CELLS + 1), aisle, min(rank, 1), rank])
            if aisle:
                edges.append([cross(aisle - 1, rank), cross(aisle, rank), ACROSS])
        for block in range(2):
            line = [cross(aisle, block), *(place(aisle, block, n) for n in range(CELLS)), cross(aisle, block + 1)]
            edges += [[u, v, 1] for u, v in pairwise(line)]
            for n in range(CELLS):
                y = block * (CELLS + 1) + n + 1
                nodes.append([place(aisle, block, n), "pick", aisle * ACROSS, y, aisle, block, n])
    places = aisles * 2 * CELLS
    skus = [n + more for n in range(1, places + 1) for more in (0, 1000)]
    rows = []
    for n in range(orders):
        lines = [[chance.choice(skus), chance.randint(1, 3)] for _ in range(chance.randint(1, 4))]
        rows.append({"id": 10 + n, "load": len(lines), "due": 100_000 if pickers else None, "lines": lines})
    return {
        "format": "planning-bench/1",
        "id": f"small-{orders}-{seed}",
        "layout": {"aisles": aisles, "blocks": 2, "depot": 0, "nodes": nodes, "edges": edges},
        "sku_location": [[sku, sku % 1000] for sku in skus],
        "orders": rows,
        "capacity": {"unit": "order lines", "max_load_per_batch": 8},
        "pickers": pickers,
        "time": {"per_distance": 3, "setup_per_batch": 100, "per_line": 10} if pickers else None,
        "objective": "work_time" if pickers else "distance",
    }


def cross(aisle: int, rank: int) -> int:
    return 900 + aisle * 3 + rank


def place(aisle: int, block: int, cell: int) -> int:
    return 1 + (aisle * 2 + block) * CELLS + cell

"""A bar that shows how much of something is done."""

from __future__ import annotations

from wms.terminal.rows import Pen


def bar(percent: int, cells: int, pen: Pen) -> str:
    if pen.ascii:
        filled = (cells - 2) * percent // 100
        return f"[{'#' * filled}{'.' * (cells - 2 - filled)}]"
    filled = cells * percent // 100
    return "█" * filled + "░" * (cells - filled)

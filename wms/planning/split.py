"""Split: an order too large for one cart becomes parts that fit, as few as can be, each of what lies close together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

_STEPS = 5_000  # of the search for fewer parts, after which the parts are taken as they are

Units: TypeAlias = tuple[int, ...]
"""How many units of each line."""


@dataclass(frozen=True, slots=True)
class LineLoad:
    """A line of an order: `units` of it, each with `loads`, one figure for each capacity of a cart; `place` is the rank
    of its bin on a walk through everything, which tells what lies close together."""

    line: int
    units: int
    loads: tuple[int, ...]
    place: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """Units of a line that go into one part."""

    line: int
    units: int


class UnitTooLarge(Exception):
    """One unit of each of these lines is more than a whole cart holds."""

    def __init__(self, lines: tuple[int, ...]) -> None:
        super().__init__(f"one unit is larger than a cart: line {', '.join(map(str, lines))}")
        self.lines = lines


def split(lines: Sequence[LineLoad], capacities: tuple[int, ...]) -> tuple[tuple[Share, ...], ...]:
    """The parts, in walking order. A line that doesn't fit as a whole is divided between parts, a unit never is.

    Bins are filled along the walk where that makes the fewest parts. Otherwise a search, which is exhaustive for small
    orders and stops after so many steps for others, looks for fewer. Raises `UnitTooLarge`.
    """
    wanted = sorted((line for line in lines if line.units > 0), key=lambda line: (line.place, line.line))
    lost = tuple(line.line for line in wanted if not _within(line.loads, capacities))
    if lost:
        raise UnitTooLarge(lost)
    packing = _Packing(wanted, capacities)
    units = tuple(line.units for line in wanted)
    return tuple(
        tuple(Share(line.line, n) for line, n in zip(wanted, part, strict=True) if n) for part in packing.fewest(units)
    )


def _within(loads: Sequence[int], capacities: Sequence[int]) -> bool:
    return all(load <= most for load, most in zip(loads, capacities, strict=True))


class _Packing:
    def __init__(self, lines: Sequence[LineLoad], capacities: tuple[int, ...]) -> None:
        self._loads = [line.loads for line in lines]
        self._capacities = capacities
        self._steps = _STEPS
        self._hopeless: set[tuple[Units, int]] = set()

    def fewest(self, units: Units) -> list[Units]:
        along = self._filled(units, range(len(units)))
        largest = self._filled(units, sorted(range(len(units)), key=self._share, reverse=True))
        best = min(along, largest, key=len)
        for parts in range(self._at_least(units), len(best)):
            found = self._search(units, parts)
            if found is not None:
                return found
        return best

    def _share(self, line: int) -> float:
        """How much of a cart a unit takes, of what it takes most of."""
        return max(
            (load / most for load, most in zip(self._loads[line], self._capacities, strict=True) if most), default=0
        )

    def _at_least(self, units: Units) -> int:
        """So many parts are needed for the sum of all loads alone."""
        needed = 1 if any(units) else 0
        for d, most in enumerate(self._capacities):
            total = sum(n * loads[d] for n, loads in zip(units, self._loads, strict=True))
            needed = max(needed, -(-total // most)) if total else needed
        return needed

    def _fitting(self, line: int, most: int, room: Sequence[int]) -> int:
        """So many units of a line, at most, go into what room is left."""
        return min([most, *(left // load for load, left in zip(self._loads[line], room, strict=True) if load)])

    def _less(self, room: Sequence[int], line: int, units: int) -> tuple[int, ...]:
        return tuple(left - units * load for load, left in zip(self._loads[line], room, strict=True))

    def _filled(self, units: Units, order: Sequence[int]) -> list[Units]:
        """Parts filled one after the other with what comes next; what no longer fits waits for the next part."""
        left, parts = list(units), []
        while any(left):
            room: tuple[int, ...] = self._capacities
            part = [0] * len(units)
            for line in order:
                part[line] = self._fitting(line, left[line], room)
                left[line] -= part[line]
                room = self._less(room, line, part[line])
            parts.append(tuple(part))
        return sorted(parts, reverse=True)

    def _search(self, units: Units, parts: int) -> list[Units] | None:
        """That many parts or fewer, if it finds any. The first line left must go somewhere: into the next part."""
        if not any(units):
            return []
        if self._at_least(units) > parts or (units, parts) in self._hopeless:
            return None
        first = next(line for line, n in enumerate(units) if n)
        for part in self._fillings(units, first, self._capacities):
            rest = self._search(tuple(n - taken for n, taken in zip(units, part, strict=True)), parts - 1)
            if rest is not None:
                return [part, *rest]
            if self._steps <= 0:
                return None
        self._hopeless.add((units, parts))
        return None

    def _fillings(self, units: Units, first: int, room: tuple[int, ...]) -> Iterator[Units]:
        """Ways to fill one part so full that nothing more would fit, at least a unit of the first line in it."""
        part = [0] * len(units)

        def fill(line: int, room: tuple[int, ...]) -> Iterator[Units]:
            self._steps -= 1
            if self._steps <= 0:
                return
            if line == len(units):
                if not any(
                    n > taken and _within(loads, room) for n, taken, loads in zip(units, part, self._loads, strict=True)
                ):
                    yield tuple(part)
                return
            for taken in range(self._fitting(line, units[line], room), 0 if line == first else -1, -1):
                part[line] = taken
                yield from fill(line + 1, self._less(room, line, taken))
            part[line] = 0

        yield from fill(first, room)

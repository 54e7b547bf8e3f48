"""`wms floor`: where people walk and where the bins are, from a site file; checked, drawn, told to all terminals."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, configured, emit, opened, table
from wms.cli.parsing import command, group, language_flag, positive

if TYPE_CHECKING:
    from wms.domain.rows import Rows
    from wms.planning.floor import Floor, Line, Mark
    from wms.planning.floor_words import Trouble

CHECK = """\
  {"file": "floor.toml", "errors": 1, "warnings": 1,
   "troubles": [{"weight": "error", "line": 7, "code": "bin_twice", "bins": ["A-01"],
                 "says": "A-01 stands in line 3 already, and stays there"}]}

`line` 0 is no line of the file. Exit code 1 if there is an error; warnings alone are 0."""
IMPORT = """\
  the same as `check`, with "recorded": true

Exit code 1 if there is an error. The rest is recorded, unless no aisle or no bin of the warehouse is left."""
SHOW = """\
  {"name": "Main hall", "source": "drawn", "speed_mm_s": 1200, "errors": 0, "warnings": 0,
   "aisles": [{"aisle": "A-01", "zone": "A", "from_mm": [3000, 0], "to_mm": [3000, 10200], "narrow": false}],
   "cross_aisles": [{"cross_aisle": "A front", "from_mm": [3000, 0], "to_mm": [21000, 0]}],
   "bins": [{"bin": "A-01-1-1", "aisle": "A-01", "offset_mm": 2100, "side": "L", "level": 1, "zone": "A",
             "reachable": true}],
   "starts": [{"name": "office", "at_mm": [0, -2000]}], "drops": [{"name": "LANE-1", "at_mm": [9000, -2000]}],
   "svg": ""}

`source` is drawn (from a site file), coordinates (of the bins) or sequence (their order alone: metres are guesses)."""
TEMPLATE = """\
  {"written": "floor.toml"}"""

_SHOWN_TROUBLES = 5


def add(top: ArgumentParser, commands: Any) -> None:
    floor = group(commands, "floor", "where people walk: aisles, bins, starts and drops")
    template = command(floor, "template", "write a site file that explains itself", write_template, TEMPLATE)
    template.add_argument("file", nargs="?", type=Path, default=Path("floor.toml"), metavar="FILE")
    checking = command(floor, "check", "all that is wrong with a floor, and with it beside the warehouse", check, CHECK)
    checking.add_argument("file", nargs="?", type=Path, metavar="FILE", help="default: the imported floor")
    language_flag(checking)
    importing = command(floor, "import", "take a site file; all terminals and the hub get it", take_in, IMPORT)
    importing.add_argument("file", type=Path, metavar="FILE")
    language_flag(importing)
    showing = command(floor, "show", "draw the floor", show, SHOW)
    showing.add_argument("--file", type=Path, metavar="FILE", help="of this site file (default: the imported floor)")
    showing.add_argument("--svg", type=Path, metavar="FILE", help="write a drawing to scale there")
    showing.add_argument("--zone", default="", metavar="ZONE", help="only this one, with what is next to it")
    showing.add_argument("--width", type=positive, metavar="N", help="cells (default: the terminal's)")
    language_flag(showing)
    showing.add_argument("--ascii", action="store_true", help="draw without block characters")


def write_template(options: Namespace) -> int:
    from wms.planning.floor_read import template

    if options.file.exists():
        raise Refusal(f"{options.file} is there already and is not overwritten: name another file")
    _write(options.file, template())
    done = f"{options.file}\n\nMend it to your own, then: wms floor check {options.file}"
    emit(options, {"written": str(options.file)}, lambda: done)
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or str(error)).lower()}") from error


def check(options: Namespace) -> int:
    if options.file is None:
        with opened(options) as store:
            floor = _site_floor(store.rows)
    else:
        floor = _of_file(options, options.file)
    return _tell(options, floor, options.file, {})


def take_in(options: Namespace) -> int:
    from wms.cli.acting import operator
    from wms.domain.events import FloorDrawn
    from wms.domain.places import FloorFile

    document = _document(options.file)
    with opened(options) as store:
        floor = _beside(document, store.rows)
        before = store.rows.get(FloorFile, "floor")
        if floor.usable and (before is None or before.document != document):
            store.record([FloorDrawn(document)], operator())
    code = _tell(options, floor, options.file, {"recorded": floor.usable})
    if code:
        rest = "the rest was recorded" if floor.usable else "nothing was recorded"
        print(f"wms: errors: {len(floor.errors)}; {rest}. Mend them and import again", file=sys.stderr)
    return code


def _document(path: Path) -> str:
    from wms.cli.files import content

    try:
        return content(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(f"{path}: this is no text in UTF-8. Save it as UTF-8 and try again") from error


def _of_file(options: Namespace, path: Path) -> Floor:
    """The floor of a file, beside the warehouse if there is one."""
    from wms.config import data_folder
    from wms.planning.floor_read import read_floor

    document = _document(path)
    if not (data_folder(options.data) / "wms.sqlite3").exists():
        return read_floor(document)
    with opened(options) as store:
        return _beside(document, store.rows)


def _beside(document: str, rows: Rows) -> Floor:
    from wms.domain.places import Place, PlaceKind
    from wms.planning.floor_read import read_floor
    from wms.planning.site_floor import beside_warehouse, in_order

    return beside_warehouse(read_floor(document), in_order(rows.where(Place, kind=PlaceKind.BIN)))


def _site_floor(rows: Rows) -> Floor:
    from wms.planning.site_floor import floor_of

    return floor_of(rows)


def _tell(options: Namespace, floor: Floor, path: Path | None, more: dict[str, Any]) -> int:
    errors = len(floor.errors)
    warnings = len(floor.troubles) - errors
    ordered = sorted(floor.troubles, key=lambda trouble: (trouble.weight, trouble.line))
    document = {
        "file": str(path or ""),
        **more,
        "errors": errors,
        "warnings": warnings,
        "troubles": [
            {
                "weight": trouble.weight,
                "line": trouble.line,
                "code": trouble.code,
                "bins": list(trouble.bins),
                "says": _says(options, trouble),
            }
            for trouble in ordered
        ],
    }

    def text() -> str:
        rows = [(trouble.line or "", trouble.weight, _says(options, trouble)) for trouble in ordered]
        parts = [table(("LINE", "", "WHAT"), rows)] if rows else []
        return "\n\n".join([*parts, f"{_summary(floor)}; {_count(errors, 'error')}, {_count(warnings, 'warning')}"])

    emit(options, document, text)
    return 1 if errors else 0


def _says(options: Namespace, trouble: Trouble) -> str:
    from wms.cli.acting import in_words
    from wms.workflows.prompt import Msg

    return in_words(options, (Msg(trouble.text, dict(trouble.values)),))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _summary(floor: Floor) -> str:
    if not floor.lines:
        return "nothing is drawn"
    ends = [at for line in floor.lines for at in (line.start, line.end)]
    wide, deep = (max(at[n] for at in ends) - min(at[n] for at in ends) for n in (0, 1))
    size = f"{wide / 1000:.1f} x {deep / 1000:.1f} m"
    named = f"{floor.name}: " if floor.name else ""
    return f"{named}{_count(len(floor.aisles), 'aisle')}, {_count(len(floor.bins), 'bin')}, {size}"


def show(options: Namespace) -> int:
    from wms.cli.files import apart
    from wms.planning.floor_svg import draw_svg

    if options.file is not None:
        if options.svg:
            apart(options.svg, options.file)
        floor = _of_file(options, options.file)
    else:
        with opened(options) as store:
            floor = _site_floor(store.rows)
    zones = sorted({line.zone for line in floor.aisles if line.zone})
    if options.zone and options.zone not in zones:
        raise Refusal(f"there is no zone {options.zone}; known are: {', '.join(zones) or 'none'}")
    if options.svg:
        _write(options.svg, draw_svg(floor, zone=options.zone))
    emit(options, _shown(options, floor), lambda: _picture(options, floor))
    return 0


def _picture(options: Namespace, floor: Floor) -> str:
    import shutil

    from wms.planning.floor_text import draw_text
    from wms.terminal.text import safe

    room = shutil.get_terminal_size((80, 24))
    ascii_only = options.ascii or configured(options).ascii
    drawn = draw_text(
        floor, None, options.width or room.columns, max(8, room.lines - 10), zone=options.zone, ascii=ascii_only
    )
    notes = [f"{trouble.weight}: {_says(options, trouble)}" for trouble in floor.troubles]
    if len(notes) > _SHOWN_TROUBLES:
        notes = [*notes[: _SHOWN_TROUBLES - 1], f"and {len(notes) - _SHOWN_TROUBLES + 1} more: wms floor check"]
    written = [f"drawn to scale in {options.svg}"] if options.svg else []
    return "\n".join(
        safe(row) for row in (_summary(floor), "", *drawn, *([""] if notes or written else []), *notes, *written)
    )


def _shown(options: Namespace, floor: Floor) -> dict[str, Any]:
    def line_of(line: Line) -> dict[str, Any]:
        return {"from_mm": list(line.start), "to_mm": list(line.end)}

    def mark_of(mark: Mark) -> dict[str, Any]:
        return {"name": mark.name, "at_mm": list(mark.at)}

    return {
        "name": floor.name,
        "source": floor.source,
        "speed_mm_s": floor.pace.speed,
        "errors": len(floor.errors),
        "warnings": len(floor.troubles) - len(floor.errors),
        "aisles": [
            {"aisle": line.name, "zone": line.zone, **line_of(line), "narrow": line.narrow}
            for line in floor.aisles
            if options.zone in ("", line.zone)
        ],
        "cross_aisles": [{"cross_aisle": line.name, **line_of(line)} for line in floor.lines if line.is_cross],
        "bins": [
            {
                "bin": one.name,
                "aisle": one.aisle,
                "offset_mm": one.offset,
                "side": one.side,
                "level": one.level,
                "zone": one.zone,
                "reachable": floor.node_of(one.name) is not None,
            }
            for one in floor.bins
            if options.zone in ("", one.zone)
        ],
        "starts": list(map(mark_of, floor.starts)),
        "drops": list(map(mark_of, floor.drops)),
        "svg": str(options.svg or ""),
    }

"""`wms wave rules`: how the site plans its waves."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from wms.cli.output import Refusal, emit, opened
from wms.cli.parsing import command

RULES = """\
  {"waves": {"orders": 60, "category": "hard", "category_metres": 100, "same_ship_by_minutes": 60},
   "cart": {"slots": 12, "tote_litres": 0, "litres": 0, "kg": 0, "sort_later": false}, ...}"""


def add(waves: Any) -> None:
    parser = command(waves, "rules", "the site's planning rules, as a file that --set takes", rules, RULES)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--set", dest="text", type=Path, metavar="FILE", help="put the rules of this file in force")
    choice.add_argument("--check", type=Path, metavar="FILE", help="only say what is wrong with this file")


def rules(options: Namespace) -> int:
    from msgspec import to_builtins

    from wms.planning.rules import rules_of, written

    if options.check:
        found = _read(_text(options.check), options.check)
    else:
        with opened(options) as store:
            if options.text:
                _set(options, store)
            found = rules_of(store.rows)
    emit(options, to_builtins(found), lambda: written(found).rstrip())
    return 0


def _set(options: Namespace, store: Any) -> None:
    from wms.cli.acting import carry_out
    from wms.domain.commands import SetWaveRules

    text = _text(options.text)
    _read(text, options.text)
    carry_out(options, store, SetWaveRules(text))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{path} can't be read: {error}", 2) from error


def _read(text: str, path: Path) -> Any:
    from wms.planning.rules import BadPlanningRules, defaults, read

    try:
        return read(text, str(path), defaults())
    except BadPlanningRules as error:
        raise Refusal("\n".join(error.troubles), 2) from error

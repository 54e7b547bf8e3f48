"""`wms labels`: what must be stuck on."""

from __future__ import annotations

import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli.output import Refusal, configured, emit, opened, table
from wms.cli.parsing import command, group, language_flag

if TYPE_CHECKING:
    from labels import Language, Profile
    from wms.domain.rows import Rows
    from wms.printing.sheets import Printed, Sticker
    from wms.store import Store

PILES = {
    "badges": "badges of everybody who works here",
    "places": "labels of bins, staging and returns places, with their check digits",
    "totes": "labels of totes and carts",
    "picking-slips": "walks on paper, for the day the terminals are down",
    "commands": "cards for what can be said by scanning: commands, couriers, cartons",
}
PRINTED = """\
  {"labels": [{"code": "BDG-P-001", "outcome": "printed", "reason": ""}]}

`printed`: the printer said so. `sent`: everything went out. `not_sent`, `broken`, `refused`: see `reason`; then the
exit code is 1."""


def add(top: ArgumentParser, commands: Any) -> None:
    piles = group(commands, "labels", "what must be stuck on: badges, places, totes, command cards")
    for name, about in PILES.items():
        pile = command(piles, name, about, print_pile, PRINTED)
        pile.add_argument("--printer", default=SUPPRESS, metavar="URI", help="where to (default: the configured one)")
        pile.add_argument("-o", "--output", metavar="FILE", help="write what the printer would get, instead")
        pile.add_argument("--png", metavar="DIR", help="a picture of each")
        pile.add_argument("--profile", metavar="MODEL", help="default: as in wms.toml, else raster-80")
        language_flag(pile)
        if name in ("places", "totes"):
            pile.add_argument("--only", default="*", metavar="NAMES", help="those whose name fits, such as 'A-01-*'")
        if name == "places":
            pile.add_argument("--rotate", action="store_true", help="with new check digits; the old labels turn wrong")


def print_pile(options: Namespace) -> int:
    with opened(options) as store:
        if getattr(options, "rotate", False):
            printed = _rotate(options, store)
        else:
            printed = _print(options, _stickers(options, store.rows))
    emit(
        options,
        {"labels": [{"code": one.code, "outcome": one.outcome, "reason": one.reason} for one in printed]},
        lambda: table(("LABEL", "OUTCOME", "WHY"), [(one.code, one.outcome, one.reason) for one in printed]),
    )
    bad = [one for one in printed if not one.good]
    if bad:
        print(f"wms: {len(bad)} of {len(printed)} labels did not come out: {bad[0].reason}", file=sys.stderr)
    return 1 if bad else 0


def _rotate(options: Namespace, store: Store) -> list[Printed]:
    """New digits are those of a place once its new label is out, so that a broken printer closes no bin."""
    from wms.cli.acting import operator
    from wms.domain.events import PlaceDefined
    from wms.setup import rotated
    from wms.setup.overlay import Overlay

    changed = {str(place.id): place for place in rotated(store.rows, options.only)}
    rows = Overlay(store.rows)
    for place in changed.values():
        rows.put(place)
    printed = _print(options, _stickers(options, rows))
    out = [changed[_name(one.code)] for one in printed if one.good]
    if out:
        store.record(tuple(PlaceDefined(place) for place in out), operator())
    return printed


def _stickers(options: Namespace, rows: Rows) -> list[Sticker]:
    """Raises `Refusal` if there are none."""
    from wms.printing import stickers
    from wms.printing.sheets import code_of
    from wms.setup import is_named

    pile, language = options.subcommand, _language(options)
    found: list[Sticker]
    match pile:
        case "badges":
            found = [*stickers.badge_labels(rows, language)]
        case "places":
            found = [*stickers.place_labels(rows)]
        case "totes":
            found = [*stickers.tote_labels(rows, language)]
        case "picking-slips":
            found = [*stickers.picking_slips(rows, language)]
            if not found:
                raise Refusal("no walk is waiting or under way")
        case _:
            found = [*stickers.command_labels(rows, language)]
    if not found:
        raise Refusal(f"no {pile} are set up yet: wms setup import DIR/*.csv")
    named = [one for one in found if is_named(_name(code_of(one)), options.only)] if "only" in options else found
    if not named:
        raise Refusal(f"no {pile} are named {options.only}")
    return named


def _name(code: str) -> str:
    """The place on whose label the code stands."""
    return code.partition("*")[0]


def _print(options: Namespace, stickers: list[Sticker]) -> list[Printed]:
    """To the file named, the printer named, or the one configured; with pictures alone nothing else is made."""
    from tempfile import TemporaryDirectory

    from labels import Library
    from wms.config import data_folder
    from wms.printing.sheets import print_all

    named = getattr(options, "printer", None)
    with TemporaryDirectory() as nowhere:
        target: str | Path = named or configured(options).label_printer.uri
        if options.output or (options.png and not named):
            target = Path(options.output or Path(nowhere) / "labels.bin")
        if not target:
            raise Refusal("where to? Give --printer URI, -o FILE or --png DIR", 2)
        pictures = Path(options.png) if options.png else None
        profile, language = _profile(options), _language(options)
        templates = Library(data_folder(options.data) / "templates")
        try:
            return list(
                print_all(stickers, target, profile=profile, language=language, pictures=pictures, templates=templates)
            )
        except ValueError as error:
            raise Refusal(f"--printer {target}: {error}", 2) from error
        except OSError as error:
            raise Refusal(f"{error.filename or target}: {(error.strerror or str(error)).lower()}") from error


def _profile(options: Namespace) -> Profile:
    from labels.profiles import DEFAULT_PROFILE, profile_named

    usual = "" if getattr(options, "printer", None) else configured(options).label_printer.profile
    name = options.profile or usual
    try:
        return profile_named(name) if name else DEFAULT_PROFILE
    except ValueError as error:
        raise Refusal(f"--profile: {error}", 2) from error


def _language(options: Namespace) -> Language:
    """Labels speak the house's language unless told otherwise: they stay when the locale of a shell has changed."""
    named: Language | None = getattr(options, "language", None)
    return named or ("zh_CN" if configured(options).language == "zh_CN" else "en")

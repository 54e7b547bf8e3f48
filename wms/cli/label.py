"""`wms label`: one label as the bytes a printer would get, what templates look like, and which there are."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wms.cli import label_jobs
from wms.cli.output import Refusal, configured, emit, table
from wms.cli.parsing import command, group, language_flag

if TYPE_CHECKING:
    from labels import Language, Library, Profile, Rendered, Template

DEFAULT_PROFILE = "raster-80"

RENDERED = """\
  {"bytes": 20113, "dots": {"width": 576, "height": 1040}, "seconds": 0.87, "printer": "raster-80",
   "template": "shipping", "language": "zh_CN",
   "symbols": [{"kind": "code128", "data": "SF1390123456789", "module_dots": 3, "native": false}],
   "fittings": [{"field": "routing_code", "asked_dots": 128, "used_dots": 71, "lines": 1, "shortened": false,
                 "continued": false, "missing": ""}],
   "notes": []}

SHIPMENT.json for the templates `shipping` and `logistic`, every field may be absent:
  {"waybill": "SF1390123456789", "carrier": "顺丰速运", "routing_code": "591SDL-Y56-111", "sort_code": "…",
   "sender": {"name": "…", "phone": "…", "address": ["…"]}, "recipient": {"name": "…", "phone": "…", "address": ["…"]},
   "order": "…", "wave": "…", "parcel": {"n": 1, "of": 2, "weight_g": 1280},
   "sscc": "006141411234567890", "gs1": {"02": "…", "37": "24", "400": "…"},
   "cod_minor": 12900, "currency": "CNY", "note": "…", "mask": true, "lang": "zh_CN"}
and if wanted "carrier_qr", "title", "contents", "qc_mark" (inspected, sampled), "reprint", "created". "sscc" may be
{"extension": 0, "company_prefix": "0614141", "serial": 123456789}: then its check digit is ours. Personal data is
masked unless "mask" is false; what the carrier has masked (with stars) is printed as given.
Other templates take the fields that wms label templates --json lists."""
_WRITTEN_AS = {"cod": "cod_minor"}
"""What a shipment's file calls a field that a template knows by another name."""

TEMPLATES = """\
  {"templates": [{"name": "shipping", "label": "shipping", "own": false, "fields": ["carrier", "cod", "…"],
                  "lists": {"recipient.address": [""]}}]}"""


def add(top: ArgumentParser, commands: Any) -> None:
    label = group(commands, "label", "one label from what it says; the templates of all labels")
    render = command(label, "render", "the exact bytes a printer would get, and a picture", run_render, RENDERED)
    render.add_argument("shipment", metavar="SHIPMENT.json")
    render.add_argument("-o", "--output", required=True, metavar="FILE")
    render.add_argument("--png", metavar="FILE")
    render.add_argument("--self-check", action="store_true", help="write nothing unless every symbol can be read back")
    preview = command(label, "preview", "a template with sample data, in the terminal or as a PNG", run_preview)
    preview.add_argument("template", metavar="TEMPLATE")
    preview.add_argument("--png", metavar="FILE")
    for one in (render, preview):
        one.add_argument(
            "--printer", dest="profile", default=DEFAULT_PROFILE, metavar="PROFILE", help=f"default: {DEFAULT_PROFILE}"
        )
        language_flag(one)
    render.add_argument("--template", default="shipping", metavar="NAME", help="default: shipping")
    command(label, "templates", "which templates there are, and which of them are this site's own", run_list, TEMPLATES)
    label_jobs.add(label)


def run_render(options: Namespace) -> int:
    from labels import LayoutError, compose, render
    from wms.cli.files import content
    from wms.cli.label_data import label_data

    profile, template = _profile(options), _template(options)
    try:
        said = label_data(template.label, content(Path(options.shipment)), options.shipment)
        language = _language(options, said.language)
        rendered = render(compose(said.data, profile.width_mm, language, template), profile, language)
        if options.self_check:
            _require_readable(rendered, profile)
    except LayoutError as error:
        raise Refusal(f"{options.shipment}: {_WRITTEN_AS.get(error.field, error.field)}: {error.reason}") from error
    _write(options, rendered, profile)
    notes = [*(f"{name} is not known and not printed" for name in said.unknown), *_notes(rendered, profile)]
    for note in notes:
        print(f"wms: {options.shipment}: {note}", file=sys.stderr)
    emit(options, _told(rendered, profile, template, language, notes), lambda: _in_words(options, rendered, profile))
    return 0


def run_preview(options: Namespace) -> int:
    from labels import LayoutError, compose, render
    from labels.templates import sample

    profile, template, language = _profile(options), _template(options), _language(options, None)
    try:
        rendered = render(
            compose(sample(template.label, language), profile.width_mm, language, template), profile, language
        )
    except LayoutError as error:
        raise Refusal(f"{template.name} on {profile.name}: {error}") from error
    if options.png:
        _save(rendered, options.png, profile)
        shown = f"{template.name} for {profile.name} in {options.png}"
    else:
        from wms.cli.label_shown import in_blocks

        shown = in_blocks(rendered.image)
    emit(options, _told(rendered, profile, template, language, _notes(rendered, profile)), lambda: shown)
    return 0


def run_list(options: Namespace) -> int:
    from labels.templates.values import known_fields

    library = _library(options)
    found = [(name, _read(library, name), library.is_own(name)) for name in library.names]
    document = [
        {
            "name": name,
            "label": template.label,
            "own": own,
            "fields": sorted(known_fields(template.label).fields),
            "lists": {key: sorted(entry) for key, entry in known_fields(template.label).lists.items()},
        }
        for name, template, own in found
    ]
    emit(
        options,
        {"templates": document},
        lambda: table(
            ("TEMPLATE", "LABEL", "FROM"),
            [(name, template.label, "here" if own else "wms") for name, template, own in found],
        ),
    )
    return 0


def _profile(options: Namespace) -> Profile:
    from labels.profiles import profile_named

    try:
        return profile_named(options.profile)
    except ValueError as error:
        raise Refusal(f"--printer: {error}", 2) from error


def _library(options: Namespace) -> Library:
    """A site's own templates lie beside its settings."""
    from labels import Library
    from wms.config import data_folder

    return Library(data_folder(options.data) / "templates")


def _template(options: Namespace) -> Template:
    return _read(_library(options), options.template)


def _read(library: Library, name: str) -> Template:
    from labels import TemplateError, UnknownTemplate

    try:
        return library.template(name)
    except UnknownTemplate as error:
        raise Refusal(str(error), 2) from error
    except TemplateError as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        raise Refusal(f"{error.filename}: {(error.strerror or str(error)).lower()}") from error


def _language(options: Namespace, said: Language | None) -> Language:
    """Labels speak the house's language unless told otherwise: they stay when the locale of a shell has changed."""
    named: Language | None = getattr(options, "language", None)
    return named or said or ("zh_CN" if configured(options).language == "zh_CN" else "en")


def _require_readable(rendered: Rendered, profile: Profile) -> None:
    from labels.self_check import NoDecoder, unread

    try:
        bad = unread(rendered, profile)
    except NoDecoder as error:
        raise Refusal(str(error)) from error
    if bad:
        raise Refusal(f"the {bad[0].kind} with {bad[0].text} cannot be read back: nothing was written")


def _write(options: Namespace, rendered: Rendered, profile: Profile) -> None:
    if options.png:
        _save(rendered, options.png, profile)
    try:
        Path(options.output).write_bytes(rendered.data)
    except OSError as error:
        raise Refusal(f"{error.filename}: {(error.strerror or str(error)).lower()}") from error


def _save(rendered: Rendered, path: str, profile: Profile) -> None:
    from labels import png

    try:
        png(rendered, Path(path), profile)
    except OSError as error:
        raise Refusal(f"{path}: {(error.strerror or str(error)).lower()}") from error


def _notes(rendered: Rendered, profile: Profile) -> list[str]:
    """What is printed, but not as the standard wants it."""
    from labels.gs1 import LEAST_LOGISTIC_MODULE_MM

    narrowest = min((one.module_dots for one in rendered.symbols if one.kind == "gs1-128"), default=0)
    module_mm = narrowest * 25.4 / profile.dpi
    if not narrowest or module_mm >= LEAST_LOGISTIC_MODULE_MM:
        return []
    asked = f"GS1 asks {LEAST_LOGISTIC_MODULE_MM} mm of logistic units, which takes a printer of 832 dots at 203 dpi"
    return [f"modules are {module_mm:.3f} mm wide; {asked}"]


def _told(
    rendered: Rendered, profile: Profile, template: Template, language: Language, notes: list[str]
) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "bytes": len(rendered.data),
        "dots": {"width": rendered.image.width, "height": rendered.image.height},
        "seconds": round(rendered.seconds, 2),
        "printer": profile.name,
        "template": template.name,
        "language": language,
        "symbols": [
            {
                "kind": symbol.kind,
                "data": symbol.text,
                "module_dots": symbol.module_dots,
                "native": symbol.native,
            }
            for symbol in rendered.symbols
        ],
        "fittings": [asdict(fitting) for fitting in rendered.fittings],
        "notes": notes,
    }


def _in_words(options: Namespace, rendered: Rendered, profile: Profile) -> str:
    lines = [f"{len(rendered.data)} bytes for {profile.name} in {options.output}"]
    for fitting in rendered.fittings:
        is_smaller = fitting.used_dots < fitting.asked_dots
        how = [f"{fitting.used_dots} dots high instead of {fitting.asked_dots}"] if is_smaller else []
        how += ["shortened"] if fitting.shortened else []
        how += [f"goes on over {fitting.lines} lines"] if fitting.continued else []
        how += [f"no glyph for {fitting.missing}"] if fitting.missing else []
        lines.append(f"{fitting.field}: {', '.join(how)}")
    return "\n".join(lines)

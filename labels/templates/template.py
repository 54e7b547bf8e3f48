"""A template read from TOML and found to be without mistakes, or a TemplateError saying where the first one is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct
from PIL import Image

from labels.errors import TemplateError
from labels.templates import elements as e
from labels.templates.captions import LANGUAGES, Language
from labels.templates.positions import KeyPath, Position, position
from labels.templates.values import KINDS, Known, known_fields

_T = TypeVar("_T")

CAPTION = "caption."
_MOST_DOTS = 4_000_000
"""More than the longest label of the finest head has."""
_KINDS_OF_ELEMENT: dict[str, type[e.Element]] = {
    "text": e.TextElement,
    "barcode": e.BarcodeElement,
    "gs1": e.Gs1Element,
    "qr": e.QrElement,
    "datamatrix": e.DataMatrixElement,
    "picture": e.PictureElement,
    "line": e.LineElement,
    "space": e.SpaceElement,
    "box": e.BoxElement,
    "items": e.GroupElement,
    "cell": e.RowElement,
    "facts": e.FactsElement,
}
_NESTED = ("box", "items", "cell")
_CELL_KEYS = ("width_mm", "share", "middle")
_CONDITION = re.compile(r"(?P<absent>not\s+)?(?P<field>[a-z_0-9.]+)(?:\s*==\s*(?P<value>\S+))?")
_IDENTIFIER = re.compile(r"[0-9]{2,4}")
_AT_TOMLLIB = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class Condition(Struct, frozen=True):
    """True when `field` says `value`, or, without one, whether it says anything; `absent` turns that round."""

    field: str
    value: str
    absent: bool


class _Head(Struct, frozen=True, forbid_unknown_fields=True):
    label: str
    row: Annotated[list[Any], Meta(min_length=1)]
    margin_mm: Annotated[float, Meta(ge=0, le=20)] = 0.5
    captions: dict[str, dict[str, str]] = {}


class Template(Struct, frozen=True):
    """`label` is the kind of data it shows."""

    name: str
    label: str
    elements: tuple[e.Element, ...]
    margin_mm: float
    captions: Mapping[str, Mapping[str, str]]
    pictures: Mapping[str, Image.Image] = {}

    def words(self, language: Language) -> Mapping[str, str]:
        """The captions in `language`. Raises ValueError for one that there is not."""
        if language not in LANGUAGES:
            raise ValueError(f"no captions in {language}; there are {', '.join(LANGUAGES)}")
        return self.captions.get(language, {})


class _Mistake(Exception):
    def __init__(self, path: KeyPath, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


def condition(text: str) -> Condition | None:
    """What an `if` says; None if it cannot be read."""
    found = _CONDITION.fullmatch(text.strip())
    return Condition(found["field"], found["value"] or "", bool(found["absent"])) if found else None


def fields_in(text: str) -> list[str]:
    """The fields and captions between braces. Raises ValueError where braces do not match."""
    found = []
    for _, name, form, conversion in Formatter().parse(text):
        if form or conversion:
            raise ValueError(f"{{{name}}} takes no format")
        if name is not None:
            found.append(name)
    return found


def read_template(source: str, name: str, file: str, folder: Path | None = None) -> Template:
    """Raises TemplateError for the first mistake in `source`, which came from `file`. Pictures are in `folder`."""
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(source, file, str(error)) from error
    try:
        return _Reader(document, folder).template(name)
    except _Mistake as mistake:
        at = position(source, mistake.path)
        raise TemplateError(file, at.row, at.column, mistake.reason) from mistake


def _syntax_error(source: str, file: str, told: str) -> TemplateError:
    found = _AT_TOMLLIB.search(told)
    lines = source.split("\n")
    at = Position(len(lines), len(lines[-1]) + 1)
    if found and found[1]:
        at = Position(int(found[1]), int(found[2]))
    return TemplateError(file, *at, _AT_TOMLLIB.sub("", told))


def _converted(value: object, kind: type[_T], path: KeyPath) -> _T:
    """`value` as a `kind`, or what msgspec finds wrong with it."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        reason, _, inside = str(error).partition(" - at `$")
        steps = re.findall(r"\[(\d+)\]|(\w+)", inside.replace("[...]", ""))
        at = (*path, *(int(place) if place else key for place, key in steps))
        reason = reason.replace("`", "")
        if unknown := re.search(r"unknown field (.+)", reason):
            raise _Mistake((*at, unknown[1]), f"unknown key {unknown[1]}") from error
        if missing := re.search(r"missing required field (.+)", reason):
            raise _Mistake(at, f"{missing[1]} is missing") from error
        key = next((step for step in reversed(at) if isinstance(step, str)), "template")
        raise _Mistake(at, f"{key}: {reason[0].lower()}{reason[1:]}") from error


class _Reader:
    """Turns a document into elements, keeping track of where it is and which fields there are."""

    def __init__(self, document: Mapping[str, Any], folder: Path | None) -> None:
        self._document = document
        self._folder = folder
        self._pictures: dict[str, Image.Image] = {}

    def template(self, name: str) -> Template:
        if "label" in self._document and self._document["label"] not in KINDS:
            raise _Mistake(("label",), f"there is no kind of label {self._document['label']!r}: {', '.join(KINDS)}")
        self._head = _converted(self._document, _Head, ())
        self._require_captions()
        found = self._elements(self._head.row, ("row",), known_fields(self._head.label))
        return Template(name, self._head.label, found, self._head.margin_mm, self._head.captions, self._pictures)

    def _require_captions(self) -> None:
        captions = self._head.captions
        for language in captions:
            if language not in LANGUAGES:
                raise _Mistake(("captions", language), f"labels speak {' and '.join(LANGUAGES)}, not {language}")
        everything = {key for words in captions.values() for key in words}
        for language in LANGUAGES:
            if lacking := sorted(everything - set(captions.get(language, {}))):
                raise _Mistake(("captions", language), f"{language} has no caption {lacking[0]}")

    def _elements(self, tables: Any, path: KeyPath, known: Known) -> tuple[e.Element, ...]:
        if not isinstance(tables, list):
            raise _Mistake(path, f"{path[-1]} is a list of elements")
        return tuple(self._element(table, (*path, place), known) for place, table in enumerate(tables))

    def _element(self, table: Any, path: KeyPath, known: Known) -> e.Element:
        if not isinstance(table, dict):
            raise _Mistake(path, 'an element is a table such as { text = "{order}", size_mm = 3.5 }')
        kinds = [key for key in _KINDS_OF_ELEMENT if key in table]
        if len(kinds) != 1:
            told = f"{' and '.join(kinds)} cannot be one element" if kinds else "no kind of element"
            raise _Mistake((*path, kinds[1]) if kinds else path, f"{told}; it is one of {', '.join(_KINDS_OF_ELEMENT)}")
        (kind,) = kinds
        known = self._repeated(table, path, known)
        if kind in _NESTED:
            own = {key: value for key, value in table.items() if key != kind}
            element = _converted(own, _KINDS_OF_ELEMENT[kind], path)
            read = self._cells if kind == "cell" else self._elements
            element = msgspec.structs.replace(element, **{kind: read(table[kind], (*path, kind), known)})
        else:
            element = _converted(table, _KINDS_OF_ELEMENT[kind], path)
        self._check(element, kind, path, known)
        return element

    def _cells(self, tables: Any, path: KeyPath, known: Known) -> tuple[e.Cell, ...]:
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise _Mistake(path, "cell is a list of tables")
        return tuple(self._cell(table, (*path, place), known) for place, table in enumerate(tables))

    def _cell(self, table: dict[str, Any], path: KeyPath, known: Known) -> e.Cell:
        own = {key: table[key] for key in _CELL_KEYS if key in table}
        if "width_mm" in own and "share" in own:
            raise _Mistake((*path, "share"), "a cell has a width_mm or a share, not both")
        cell = _converted(own, e.Cell, path)
        inside = {key: value for key, value in table.items() if key not in _CELL_KEYS}
        if "picture" in inside and "width_mm" in own:  # a picture's own width; its cell's is one around it
            inside["width_mm"] = own["width_mm"]
        return msgspec.structs.replace(cell, element=self._element(inside, path, known))

    def _repeated(self, table: dict[str, Any], path: KeyPath, known: Known) -> Known:
        """What is known inside `table`: with `each`, the fields of one entry too."""
        over = table.get("each", "")
        if not over:
            return known
        entry = known.lists.get(over) if isinstance(over, str) else None
        if entry is None:
            lists = ", ".join(known.lists) or "none here"
            raise _Mistake((*path, "each"), f"{over} is no list of a {self._head.label} label; lists are {lists}")
        return Known(known.fields | {f"{over}.{name}" if name else over for name in entry}, known.lists)

    def _check(self, element: e.Element, kind: str, path: KeyPath, known: Known) -> None:
        """Fields and captions that are named are there; a size is not below its least."""
        self._check_condition(element.if_, path, known)
        match element:
            case e.TextElement() | e.BarcodeElement() | e.QrElement() | e.DataMatrixElement():
                self._check_fields(getattr(element, kind), (*path, kind), known)
            case e.PictureElement(picture=file):
                self._pictures[file] = self._picture(file, (*path, "picture"))
            case e.Gs1Element(gs1=identifiers):
                for place, one in enumerate(identifiers):
                    if one != "*" and not _IDENTIFIER.fullmatch(one):
                        raise _Mistake((*path, "gs1", place), f'{one!r} is no application identifier such as "00"')
                if "elements" not in known.lists:
                    raise _Mistake((*path, "gs1"), f"a {self._head.label} label has no GS1 elements")
            case e.FactsElement(facts=facts):
                for place, fact in enumerate(facts):
                    at = (*path, "facts", place)
                    self._check_condition(fact.if_, at, known)
                    self._check_fields(fact.caption, (*at, "caption"), known)
                    self._check_fields(fact.value, (*at, "value"), known)

    def _picture(self, file: str, path: KeyPath) -> Image.Image:
        if self._folder is None or not (self._folder / file).is_file():
            raise _Mistake(path, f"there is no picture {file} beside the template")
        try:
            with Image.open(self._folder / file, formats=["PNG"]) as picture:
                if picture.width * picture.height > _MOST_DOTS:
                    raise _Mistake(path, f"{file} has more than {_MOST_DOTS} dots")
                flat = Image.new("RGBA", picture.size, "white")
                flat.alpha_composite(picture.convert("RGBA"))
                return flat.convert("L")
        except (OSError, SyntaxError) as error:  # Pillow raises SyntaxError for a broken PNG
            raise _Mistake(path, f"{file} is no PNG that can be read") from error

    def _check_condition(self, text: str, path: KeyPath, known: Known) -> None:
        if not text:
            return
        asked = condition(text)
        if asked is None:
            raise _Mistake((*path, "if"), f'{text!r} is no condition such as "cod", "not cod", "verdict == hold"')
        if asked.field not in known.fields and asked.field not in known.lists:
            raise _Mistake((*path, "if"), self._no_field(asked.field, known))

    def _check_fields(self, text: str, path: KeyPath, known: Known) -> None:
        try:
            names = fields_in(text)
        except ValueError as error:
            raise _Mistake(path, f"{error}; write {{{{ for a brace") from error
        for name in names:
            if name.startswith(CAPTION):
                if not any(name.removeprefix(CAPTION) in words for words in self._head.captions.values()):
                    raise _Mistake(path, f"there is no caption {name.removeprefix(CAPTION)}")
            elif name not in known.fields:
                raise _Mistake(path, self._no_field(name, known))

    def _no_field(self, name: str, known: Known) -> str:
        if name.partition(".")[0] in known.lists or name in known.lists:
            return f"{name} belongs to a list: repeat the element with each"
        close = get_close_matches(name, known.fields, 1)
        hint = f"did you mean {close[0]}?" if close else f"fields are {', '.join(sorted(known.fields))}"
        return f"a {self._head.label} label has no field {name!r}; {hint}"

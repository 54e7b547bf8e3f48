"""From a template and what there is to say to the items of a label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from string import Formatter

from labels.data import LabelData
from labels.errors import LayoutError
from labels.gs1 import Element, in_print
from labels.gs1_symbols import in_symbols
from labels.model import Barcode, Box, Column, Columns, Item, Label, Line, Picture, Qr, Space, Text
from labels.symbols import Symbol, article_number, code_128, data_matrix, gs1_128, qr
from labels.templates import elements as e
from labels.templates.captions import Language
from labels.templates.template import CAPTION, Template, condition, fields_in
from labels.templates.values import ELEMENTS, Values, values

_CAPTION_CELLS = 0.56
"""The width of a half-width character in captions, in em, bold Latin included."""


def compose(template: Template, data: LabelData, width_mm: float, language: Language) -> Label:
    """Raises LayoutError naming the field that stands in the way."""
    composer = _Composer(template, width_mm, language)
    return Label(width_mm, tuple(composer.items(template.elements, values(data))), template.margin_mm)


class _Composer:
    """Composes for one width of paper in one language; `said` are the fields as they stand where an element is."""

    def __init__(self, template: Template, width_mm: float, language: Language) -> None:
        self._words = template.words(language)
        self._pictures = template.pictures
        self._width_mm = width_mm
        self._named = frozenset(_identifiers(template.elements))

    def items(self, elements: Iterable[e.Element], said: Values) -> Iterator[Item]:
        for element in elements:
            for entry in self._entries(element, said):
                yield from self._element(element, entry)

    def _entries(self, element: e.Element, said: Values) -> Iterator[Values]:
        """What is said at each printing of `element`: none where it is not printed at all."""
        wide_enough = element.from_mm is None or self._width_mm >= element.from_mm
        if not wide_enough or (element.below_mm is not None and self._width_mm >= element.below_mm):
            return
        if not element.each:
            if _holds(element.if_, said):
                yield said
            return
        listed = said[element.each]
        for entry in () if isinstance(listed, str) else listed:
            inside = {f"{element.each}.{key}" if key else element.each: value for key, value in entry.items()}
            if _holds(element.if_, {**said, **inside}):
                yield {**said, **inside}

    def _element(self, element: e.Element, said: Values) -> Iterator[Item]:
        match element:
            case e.TextElement():
                yield self._text(element, said)
            case e.BarcodeElement():
                yield self._barcode(element, said)
            case e.Gs1Element():
                yield from self._gs1(element, said)
            case e.QrElement():
                yield self._matrix(qr, element.qr, element, said)
            case e.DataMatrixElement():
                yield self._matrix(data_matrix, element.datamatrix, element, said)
            case e.PictureElement(picture=file):
                yield Picture(self._pictures[file], element.width_mm, element.field or "picture", element.align)
            case e.LineElement(line=thickness):
                yield Line(thickness)
            case e.SpaceElement(space=height):
                yield Space(height)
            case e.BoxElement(box=inside):
                if items := tuple(self.items(inside, said)):
                    yield Box(items, element.border_mm, element.padding_mm)
            case e.GroupElement(items=inside):
                yield from self.items(inside, said)
            case e.RowElement():
                yield from self._row(element, said)
            case e.FactsElement():
                yield from self._facts(element, said)

    def _text(self, element: e.TextElement, said: Values) -> Text:
        return Text(
            self._filled(element.text, said),
            element.size_mm,
            _named(element.text, element.field),
            min(element.min_mm, element.size_mm),
            element.max_lines,
            element.bold,
            element.align,
            element.inverse,
            shorten=element.overflow == "shorten",
            continues=element.overflow == "continue",
            box_missing=element.missing == "box",
        )

    def _barcode(self, element: e.BarcodeElement, said: Values) -> Barcode:
        field = _named(element.barcode, element.field)
        coder = article_number if element.symbology == "gtin" else code_128
        symbol = _symbol(coder, self._filled(element.barcode, said), field)
        return Barcode(symbol, element.height_mm, field, element.caption_mm, None, element.max_module_mm)

    def _matrix(
        self, coder: Callable[[str], Symbol], code: str, element: e.QrElement | e.DataMatrixElement, said: Values
    ) -> Qr:
        field = _named(code, element.field)
        return Qr(_symbol(coder, self._filled(code, said), field), element.size_mm, field)

    def _gs1(self, element: e.Gs1Element, said: Values) -> Iterator[Item]:
        listed = said[ELEMENTS]
        coded = [(entry["identifier"], entry["value"]) for entry in listed if not isinstance(entry, str)]
        wanted = [one for one in coded if one[0] in element.gs1 or ("*" in element.gs1 and one[0] not in self._named)]
        for place, together in enumerate(in_symbols(wanted)):
            first = together[0][0]
            field = element.field or ("sscc" if first == "00" else f"gs1.{first}")
            if place and element.gap_mm:
                yield Space(element.gap_mm)
            symbol = _symbol(partial(_gs1_128, together), in_print(together), field)
            yield Barcode(
                symbol, element.height_mm, field, element.caption_mm, in_print(together), element.max_module_mm
            )

    def _row(self, element: e.RowElement, said: Values) -> Iterator[Columns]:
        """Cells that are not printed leave their room to the others."""
        columns = tuple(
            Column(items, cell.share, cell.width_mm, cell.middle)
            for cell in element.cell
            if (items := tuple(self.items((cell.element,), said)))
        )
        if columns:
            yield Columns(columns, element.gap_mm)

    def _facts(self, element: e.FactsElement, said: Values) -> Iterator[Columns]:
        stated = [
            (self._filled(fact.caption, said), self._filled(fact.value, said), fact)
            for fact in element.facts
            if _holds(fact.if_, said)
        ]
        stated = [one for one in stated if one[1]]
        widest = max((len(caption.encode("gb18030")) for caption, _, _ in stated), default=0)
        for caption, value, fact in stated:
            field = _named(fact.value, fact.field)
            yield Columns(
                (
                    Column(
                        (Text(caption, element.size_mm, field, element.min_mm),),
                        width_mm=widest * element.size_mm * _CAPTION_CELLS,
                    ),
                    Column(
                        (
                            Text(
                                value,
                                element.size_mm,
                                field,
                                element.min_mm,
                                fact.max_lines,
                                bold=True,
                                shorten=fact.overflow == "shorten",
                                continues=fact.overflow == "continue",
                                box_missing=fact.missing == "box",
                            ),
                        )
                    ),
                ),
                gap_mm=1,
            )

    def _filled(self, text: str, said: Values) -> str:
        """`text` with its fields; '' when it names fields and all of them are empty."""
        filled, names, anything = "", 0, False
        for literal, name, _, _ in Formatter().parse(text):
            filled += literal
            if name is None:
                continue
            if name.startswith(CAPTION):
                filled += self._words[name.removeprefix(CAPTION)]
                continue
            value = said[name]
            assert isinstance(value, str)  # noqa: S101  # templates that name a list as a field are refused
            names, anything = names + 1, anything or bool(value.strip())
            filled += value
        return filled if anything or not names else ""


def _holds(text: str, said: Values) -> bool:
    asked = condition(text) if text else None
    if asked is None:
        return True
    value = said[asked.field]
    true = value == asked.value if asked.value else bool(value)
    return true is not asked.absent


def _named(text: str, field: str) -> str:
    """The field that an error in `text` is told of."""
    if field:
        return field
    names = fields_in(text)
    return next((name for name in names if not name.startswith(CAPTION)), names[0] if names else "text")


def _symbol(coder: Callable[[str], Symbol], data: str, field: str) -> Symbol:
    """The symbol for `data`. Controls are refused, as nobody could read or key them, and blanks at the ends, as nobody
    would see them."""
    if not data.strip():
        raise LayoutError(field, "is missing")
    if not data.isprintable():
        raise LayoutError(field, "holds control characters")
    if data != data.strip():
        raise LayoutError(field, "begins or ends with a space")
    try:
        return coder(data)
    except ValueError as error:
        raise LayoutError(field, str(error)) from error


def _gs1_128(together: tuple[Element, ...], _: str) -> Symbol:
    return gs1_128(*together)


def _identifiers(elements: Iterable[e.Element]) -> Iterator[str]:
    """The application identifiers that a template names, wherever in it."""
    for element in elements:
        match element:
            case e.Gs1Element():
                yield from element.gs1
            case e.BoxElement(box=inside) | e.GroupElement(items=inside):
                yield from _identifiers(inside)
            case e.RowElement():
                yield from _identifiers(cell.element for cell in element.cell)

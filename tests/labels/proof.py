"""The proof of a label: its bytes, printed by the strict printer and read back by zxing-cpp, which did not make them.

What may be wrong is told as text, one line for each thing, so that a failing proof says all of it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from math import gcd

import zxingcpp
from PIL import Image, ImageFilter

from labels import PrintedSymbol, Profile, Rendered
from tests.labels.strict_printer import Model, play
from tests.labels.strict_report import Sheet

IDENTIFIERS = {
    "code128": ("]C0",),
    "gs1-128": ("]C1",),
    "ean13": ("]E0",),
    "ean8": ("]E4",),
    "itf14": ("]I0", "]I1"),
    "qr": ("]Q1", "]Q2"),
    "datamatrix": ("]d1",),
    "gs1-datamatrix": ("]d2",),
}
"""Symbology identifiers (ISO/IEC 15424) that a scanner may report for each kind of symbol."""
SQUARES = ("qr", "datamatrix", "gs1-datamatrix")
QUIET_MODULES = {"ean13": 7, "ean8": 7, "qr": 4, "datamatrix": 1, "gs1-datamatrix": 1}
WORN_MODULES, SKEW_DEGREES = 1.5, 2
WORN_ARTICLE_NUMBER = 1.3
"""EAN's digits differ by less: of 50 random numbers of 2 to 4 dots a module 2 to 18 cannot be read at 1.5 modules."""


def worlds(profile: Profile) -> list[Model]:
    """The printers the bytes may meet: the same model starting with Chinese on and off; one without any Chinese."""
    pages = {number: page for page, number in profile.code_pages}
    match profile.text:
        case "gb18030":
            kanji = "gb18030" if profile.four_byte else "gbk"
            return [
                Model(profile.dots, profile.dpi, kanji, starts, code_pages=pages, has_symbols=bool(profile.native))
                for starts in (False, True)
            ]
        case "codepage":
            return [
                Model(
                    profile.dots,
                    profile.dpi,
                    kanji,
                    kanji is not None,
                    code_pages=pages,
                    has_symbols=bool(profile.native),
                )
                for kanji in (None, "gbk")
            ]
        case _:
            return [
                Model(profile.dots, profile.dpi, kanji, kanji is not None, bool(profile.native), has_text=False)
                for kanji in (None, "gbk")
            ]


def prove(rendered: Rendered, profile: Profile, *, worn: bool = True) -> tuple[list[str], list[Sheet]]:
    """What is wrong with the label, and its sheets as the first printer of `worlds` printed them."""
    wrong: list[str] = []
    printed: list[list[Sheet]] = []
    for model in worlds(profile):
        played = play(rendered.data, model)
        state = "Chinese on" if model.starts_in_kanji else "Chinese off"
        wrong += [f"{state}: {each.fault} at byte {each.offset}: {each.detail}" for each in played.findings]
        if len(played.sheets) != 1:
            wrong.append(f"{state}: {len(played.sheets)} sheets came out")
        printed.append(list(played.sheets))
    first, *others = printed
    for other in others:
        same = [sheet.picture.tobytes() for sheet in first] == [sheet.picture.tobytes() for sheet in other]
        if not same:
            wrong.append("the printer's state at power-on changes the picture")
    for sheet in first:
        wrong += symbols_wrong(sheet.picture, rendered, worn=worn)
    return wrong, first


def symbols_wrong(picture: Image.Image, rendered: Rendered, *, worn: bool) -> Iterator[str]:
    """Differences between the manifest and what a scanner reads: fresh, worn by a mean blur, and askew."""
    grey = picture.convert("L")
    found = zxingcpp.read_barcodes(grey)
    expected = sorted((symbol.kind, symbol.text.encode()) for symbol in rendered.symbols)
    read = sorted((kind_of(code), code.bytes) for code in found)
    if read != expected:
        yield f"a scanner reads {read}, the label says {expected}"
        return
    for code in found:
        modules = {s.module_dots for s in rendered.symbols if (s.kind, s.text.encode()) == (kind_of(code), code.bytes)}
        yield from _drawing_wrong(picture, code, modules)
    if not worn:
        return
    askew = grey.rotate(SKEW_DEGREES, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
    missing = set(read) - {(kind_of(code), code.bytes) for code in zxingcpp.read_barcodes(askew)}
    yield from (f"{kind} {data!r} cannot be read when askew" for kind, data in missing)
    for symbol in rendered.symbols:
        modules = WORN_ARTICLE_NUMBER if symbol.kind.startswith("ean") else WORN_MODULES
        blurred = grey.filter(ImageFilter.BoxBlur((modules * symbol.module_dots - 1) / 2))
        if not _is_read(blurred, symbol):
            yield f"{symbol.kind} {symbol.text!r} of {symbol.module_dots} dots a module cannot be read when worn"


def _is_read(picture: Image.Image, symbol: PrintedSymbol) -> bool:
    """A camera does not see the dots of the head: a picture of twice the size is what it might see as well."""
    wanted = (symbol.kind, symbol.text.encode())
    for scale in (1, 2):
        seen = picture.resize((scale * picture.width, scale * picture.height), Image.Resampling.BICUBIC)
        if wanted in {(kind_of(code), code.bytes) for code in zxingcpp.read_barcodes(seen)}:
            return True
    return False


def kind_of(code: zxingcpp.Barcode) -> str:
    return next((kind for kind, names in IDENTIFIERS.items() if code.symbology_identifier in names), str(code.format))


def _drawing_wrong(picture: Image.Image, code: zxingcpp.Barcode, told: set[int]) -> Iterator[str]:
    """Bars measured in the picture: all whole multiples of the module the manifest tells, and blank paper around."""
    kind = kind_of(code)
    corners = code.position
    xs = [each.x for each in (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)]
    ys = [each.y for each in (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)]
    ink = picture.point(lambda value: 255 - value)
    if kind in SQUARES:
        box = ink.crop((min(xs) - 3, min(ys) - 3, max(xs) + 4, max(ys) + 4)).getbbox()
        assert box is not None
        left, top = min(xs) - 3 + box[0], min(ys) - 3 + box[1]
        right, bottom = min(xs) - 3 + box[2], min(ys) - 3 + box[3]
        rows = [_runs(ink.crop((left, y, right, y + 1))) for y in range(top, bottom)]
    else:
        top, bottom = min(ys), max(ys) + 1
        middle = (top + bottom) // 2
        left, right = min(xs), max(xs) + 1
        line = ink.crop((0, middle, ink.width, middle + 1))
        while left and line.getpixel((left - 1, 0)):
            left -= 1
        while not line.getpixel((left, 0)):
            left += 1
        while right < ink.width and line.getpixel((right, 0)):
            right += 1
        while not line.getpixel((right - 1, 0)):
            right -= 1
        rows = [_runs(line.crop((left, 0, right, 1)))]
    module = gcd(*(run for row in rows for run in row))
    name = f"{kind} {code.text!r}"
    if module not in told:
        yield f"{name}: its elements are multiples of {module} dots, the label tells {sorted(told)}"
    if module < 2:
        yield f"{name}: {module} dot a module"
    quiet = QUIET_MODULES.get(kind, 10) * module
    if left < quiet or right + quiet > picture.width:
        yield f"{name}: from dot {left} to {right}, {quiet} dots of quiet zone do not fit the head"
    above = quiet if kind in SQUARES else 0
    if ink.crop((left - quiet, top - above, left, bottom + above)).getbbox():
        yield f"{name}: ink in the quiet zone at its left"
    if ink.crop((right, top - above, right + quiet, bottom + above)).getbbox():
        yield f"{name}: ink in the quiet zone at its right"


def _runs(row: Image.Image) -> list[int]:
    return [len(list(group)) for _, group in groupby(row.convert("L").tobytes())]

"""The test page of a printer: a person sees by it how wide the printer is, and what may be left to it to draw.

The page asks everything of every printer, whatever its profile claims: finding out is what it is for.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files

from PIL import Image, ImageDraw

from labels.bands import Band, bands, without_real_time_commands
from labels.layout import layout
from labels.model import Barcode, Item, Label, Qr, Text
from labels.paint import BLACK, WHITE, paint
from labels.profiles import Profile
from labels.symbols import code_128, qr
from labels.templates.captions import Language

CODE = "WMS-128"
LINK = "WMS-QR 打印机"
LETTERS = "Köln 1/2 = ½"
CHINESE = "上海市浦东新区 张三"
_INIT, _LINE_SPACING = b"\x1b@", b"\x1b3\x1e"
_KANJI_ON, _KANJI_OFF = b"\x1c&", b"\x1c."
_CENTRE, _LEFT, _GAP = b"\x1ba\x01", b"\x1ba\x00", b"\x1bJ\x10"
_BAR_MODULE, _QR_MODULE = 2, 3
"""In dots, the smallest that labels use."""
_TICK_MM = {10: 5.0, 5: 3.5, 1: 2.0}


@cache
def _words(language: Language) -> Mapping[str, str]:
    table: dict[str, dict[str, str]] = tomllib.loads((files(__package__) / "printer_trial.toml").read_text("utf-8"))
    return table[language]


def trial_page(profile: Profile, language: Language = "zh_CN") -> bytes:
    """The bytes of the page for a printer as wide as `profile` says."""
    said = _words(language)
    width = f"{profile.width_mm:.0f}"
    said = {name: text.format(width=width, profile=profile.name, sample="{sample}") for name, text in said.items()}
    return b"".join(
        (
            _INIT,
            bytes((0x1D, 0x50, *(_units_per_inch(profile),) * 2)),
            _LINE_SPACING,
            _picture(profile, Text(said["title"], 6, "title", bold=True), _caption(said["how"])),
            _picture(profile, _caption(said["ruler"])),
            _raster(_ruler(profile), profile),
            _picture(profile, _caption(said["picture"]), *_symbols(profile)),
            _picture(profile, _caption(said["code128"])),
            _centred(_native_code_128(CODE)),
            _picture(profile, _caption(said["qr"])),
            _centred(_native_qr(LINK)),
            _picture(profile, _caption(said["letters"].format(sample=LETTERS))),
            _native_letters(profile),
            _picture(profile, _caption(said["chinese"].format(sample=CHINESE))),
            _KANJI_ON + CHINESE.encode("gb18030") + b"\n" + _KANJI_OFF,
            _picture(profile, _caption(said["verdict"])),
            _end(profile),
        )
    )


def _caption(text: str) -> Text:
    return Text(text, 3.2, "caption", min_mm=2.6, max_lines=6)


def _symbols(profile: Profile) -> tuple[Item, ...]:
    mm = 25.4 / profile.dpi
    link = qr(LINK)
    side = (len(link.rows) + 8.5) * _QR_MODULE * mm  # the quiet zone of four modules around it
    return (
        Barcode(code_128(CODE), 9, "code128", caption_mm=0.0, max_module_mm=(_BAR_MODULE + 0.5) * mm),
        Qr(link, side, "qr"),
    )


def _picture(profile: Profile, *items: Item) -> bytes:
    """Items as a picture over the printer's whole width."""
    drawn = replace(profile, text="raster", native=frozenset())
    return _raster(without_real_time_commands(paint(layout(Label(profile.width_mm, items), drawn))), profile)


def _ruler(profile: Profile) -> Image.Image:
    """A millimetre scale from the first dot to the last."""
    picture = Image.new("1", (profile.dots, profile.to_dots(_TICK_MM[10]) + 4), WHITE)
    draw = ImageDraw.Draw(picture)
    draw.line((0, 0, profile.dots - 1, 0), fill=BLACK, width=2)
    for end in (0, profile.dots - 4):
        draw.rectangle((end, 0, end + 3, picture.height - 1), fill=BLACK)
    for mm in range(1, int(profile.width_mm) + 1):
        at = profile.to_dots(mm)
        length = next(_TICK_MM[step] for step in _TICK_MM if mm % step == 0)
        if at < profile.dots - 1:
            draw.line((at, 0, at, profile.to_dots(length)), fill=BLACK, width=2)
    return picture


def _raster(picture: Image.Image, profile: Profile) -> bytes:
    made = bytearray()
    for part in bands(picture):
        if isinstance(part, Band) or _units_per_inch(profile) != profile.dpi:
            rows = part if isinstance(part, Band) else Band(1, bytes(part.rows))
            size = rows.width_bytes.to_bytes(2, "little") + rows.rows.to_bytes(2, "little")
            made += b"\x1dv0\x00" + size + rows.data
            continue
        for start in range(0, part.rows, 255):
            made += bytes((0x1B, 0x4A, min(255, part.rows - start)))
    return bytes(made)


def _units_per_inch(profile: Profile) -> int:
    """What feeds are counted in: dots, or two of them where GS P cannot say so fine a unit."""
    return profile.dpi if profile.dpi <= 255 else profile.dpi // 2


def _centred(symbol: bytes) -> bytes:
    """With room for its quiet zone all around."""
    return _GAP + _CENTRE + symbol + _LEFT + _GAP


def _native_code_128(text: str) -> bytes:
    data = b"{B" + text.encode("ascii")
    return b"\x1dH\x00\x1dw" + bytes((_BAR_MODULE,)) + b"\x1dh\x48\x1dkI" + bytes((len(data),)) + data


def _native_qr(text: str) -> bytes:
    data = text.encode()
    orders = (b"A2\x00", b"C" + bytes((_QR_MODULE,)), b"E1", b"P0" + data, b"Q0")
    return b"".join(b"\x1d(k" + (len(order) + 1).to_bytes(2, "little") + b"1" + order for order in orders)


def _native_letters(profile: Profile) -> bytes:
    """In code page 437, which is table 0 everywhere."""
    return b"\x1bt" + bytes((dict(profile.code_pages).get("cp437", 0),)) + _KANJI_OFF + LETTERS.encode("cp437") + b"\n"


def _end(profile: Profile) -> bytes:
    if profile.cut == "none":
        return b"\x1bd\x05"
    return b"\x1dVA\x00" if profile.cut == "full" else b"\x1dVB\x00"

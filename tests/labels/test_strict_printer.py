"""The strict printer itself: it prints another program's bytes, and finds each fault that it is there for."""

from __future__ import annotations

import random

import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image, ImageDraw

from tests.labels.strict_printer import Model, play
from tests.labels.strict_report import Play, Sheet
from tests.labels.strict_symbols import Refused, code128, element_dots

PLAIN = Model(576)
CHINESE = Model(576, kanji="gb18030", starts_in_kanji=True)
START = b"\x1b@\x1dP\xcb\xcb\x1b3\x18"


def printed(data: bytes, model: Model = PLAIN) -> Sheet:
    """The one sheet of a stream without fault."""
    played = play(START + data, model)
    assert played.findings == ()
    (sheet,) = played.sheets
    return sheet


def faults(data: bytes, model: Model = PLAIN) -> list[str]:
    return play(START + data, model).faults


def scanned(sheet: Sheet) -> list[tuple[str, bytes]]:
    found = zxingcpp.read_barcodes(sheet.picture.convert("L"))
    return sorted((str(code.format).replace(" ", "").replace("-", ""), code.bytes) for code in found)


def gs_k(system: int, data: bytes) -> bytes:
    return b"\x1dk" + bytes((system, len(data))) + data


def qr_code(data: bytes, *, module: int = 4, level: bytes = b"1") -> bytes:
    stored = b"1P0" + data
    return (
        b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C" + bytes((module,)) + b"\x1d(k\x03\x001E" + level
        + b"\x1d(k" + len(stored).to_bytes(2, "little") + stored + b"\x1d(k\x03\x001Q0"
    )  # fmt: skip


def raster(width_bytes: int, rows: int, byte: bytes = b"\xff") -> bytes:
    return b"\x1dv0\x00" + width_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little") + byte * width_bytes * rows


def test_text_stands_in_cells_on_a_common_base_line() -> None:
    sheet = printed(b"ab\x1d!\x21C\x1d!\x00d\n\x1b!\x31e\x1b!\x00f\n")
    places = [(text.text, text.x, text.y, text.width, text.height) for text in sheet.texts]
    assert places == [
        ("ab", 0, 24, 24, 24),
        ("C", 24, 0, 36, 48),
        ("d", 60, 24, 12, 24),
        ("e", 0, 48 + 34 - 34, 18, 34),
        ("f", 18, 58, 12, 24),
    ]
    assert sheet.picture.size == (576, 82)
    assert sheet.picture.crop((0, 0, 24, 24)).getextrema() == (255, 255)
    assert sheet.picture.crop((24, 0, 60, 48)).getextrema() == (0, 255)


@pytest.mark.parametrize(("align", "x"), [(0, 0), (1, (576 - 36) // 2), (2, 576 - 36), (ord("2"), 576 - 36)])
def test_alignment(align: int, x: int) -> None:
    (text,) = printed(b"\x1ba" + bytes((align,)) + b"abc\n").texts
    assert text.x == x


def test_positions_margins_and_spaces() -> None:
    sheet = printed(b"a\x1b$\x64\x00b\x1b\\\x0c\x00c\n\x1dL\x30\x00\x1dW\x30\x00d\n\x1ba\x02e\n")
    assert [(text.text, text.x) for text in sheet.texts] == [("a", 0), ("b", 100), ("c", 124), ("d", 48), ("e", 84)]
    assert [text.width for text in printed(b"\x1b \x04ab\n\x1d!\x10ab\n").texts] == [32, 64]
    assert printed(b"\x1c&\x1cS\x02\x04" + "中".encode("gbk") + b"\n", CHINESE).texts[0].width == 30


def test_feeds_count_in_the_units_that_were_set() -> None:
    assert printed(b"\n\x1bJ\x0a\x1bd\x02a\n").picture.height == 24 + 10 + 48 + 24
    half = play(b"\x1b@\x1dP\x96\x96\x1bJ\x0aA\x1bJ\x00", Model(848, dpi=300))
    assert (half.findings, half.sheets[0].picture.height) == ((), 20 + 24)


def test_bold_underlined_reversed_and_upside_down() -> None:
    def ink(data: bytes) -> int:
        return printed(data).picture.histogram()[0]

    plain = ink(b"IL\n")
    assert ink(b"\x1bE\x01IL\n") == ink(b"\x1bG\x01IL\n") > plain
    assert ink(b"\x1b-\x02IL\n") == plain + 2 * 24
    assert ink(b"\x1dB\x01IL\n") == 24 * 24 - plain
    turned = printed(b"\x1b{\x01IL\n").picture.rotate(180)
    assert turned.tobytes() == printed(b"IL\n").picture.tobytes()


def test_code_pages_and_countries() -> None:
    assert printed(b"K\x94ln \x1bt\x10K\xf6ln\n").lines == ["Köln Köln"]
    assert printed(b"\x1bR\x02[\\]\x1bR\x00[\n").lines == ["ÄÖÜ["]
    assert printed(b"$1\n", CHINESE).lines == ["¥1"]
    assert printed(b"\x1bR\x00$1\n", CHINESE).lines == ["$1"]


@pytest.mark.parametrize("starts", [True, False])
def test_chinese(starts: bool) -> None:
    model = Model(576, kanji="gb18030", starts_in_kanji=starts)
    text = "收件人：杭州（一号）㛃"
    sheet = printed(b"\x1c&" + text.encode("gb18030") + b"\x1c.\x1bt\x10\xf6\x1b!\x00\n", model)
    assert sheet.lines == [text + "ö"]
    assert sheet.texts[0].width == 24 * 11 + 12


def test_kanji_state_decides_what_high_bytes_are() -> None:
    high = b"K\xf6ln\n"
    assert play(START + high, Model(576, kanji="gbk")).sheets[0].lines == ["K÷ln"]
    assert play(START + high, Model(576, kanji="gbk", starts_in_kanji=True)).sheets[0].lines == ["K鰈n"]
    four = "㛃".encode("gb18030")
    assert "undefined" in faults(b"\x1c&" + four + b"\n", Model(576, kanji="gbk"))
    assert faults(b"\x1c&" + "𠮷".encode("gb18030") + b"\n", CHINESE) == ["undefined"]
    assert faults(b"\x1c&\x1c.\n") == ["unknown"]


@pytest.mark.parametrize(
    ("system", "data", "kind", "text"),
    [
        (65, b"036000291452", "EAN13", b"0036000291452"),
        (67, b"690123456789", "EAN13", b"6901234567892"),
        (68, b"96385074", "EAN8", b"96385074"),
        (69, b"ABC-12", "Code39", b"ABC-12"),
        (70, b"1234567890", "ITF", b"1234567890"),
        (71, b"A12345B", "Codabar", b"A12345B"),
        (72, b"Ab-12", "Code93", b"Ab-12"),
        (73, b"{BSF-12{{x", "Code128", b"SF-12{x"),
        (73, b"{C" + bytes((12, 34, 99)) + b"{Bz", "Code128", b"123499z"),
        (73, b"{A\x01AB{Sa{Bb", "Code128", b"\x01ABab"),
    ],
)
def test_bar_codes_scan(system: int, data: bytes, kind: str, text: bytes) -> None:
    sheet = printed(b"\x1ba\x01\x1dh\x50\x1dw\x02" + gs_k(system, data))
    assert scanned(sheet) == [(kind, text)]
    (symbol,) = sheet.symbols
    assert (symbol.height, symbol.module, symbol.data) == (80, 2, data)
    assert abs(2 * symbol.x + symbol.width - 576) <= 1


def test_function_a_and_text_below() -> None:
    sheet = printed(b"\x1ba\x01\x1dH\x02\x1dh\x40\x1dk\x04ABC\0x\n")
    assert scanned(sheet) == [("Code39", b"ABC")]
    assert [(text.text, text.y) for text in sheet.texts] == [("ABC", 64), ("x", 88)]
    sheet = printed(b"\x1ba\x01\x1dH\x03\x1df\x01" + gs_k(73, b"{C" + bytes((1, 2)) + b"{BX"))
    assert [text.text for text in sheet.texts] == ["0102X", "0102X"]


def test_gs1_128() -> None:
    sheet = printed(b"\x1ba\x01" + gs_k(73, b"{C{1" + bytes((0, 0, 61, 41, 41, 12, 34, 56, 78, 90))))
    (code,) = zxingcpp.read_barcodes(sheet.picture.convert("L"))
    assert (code.symbology_identifier, code.bytes) == ("]C1", b"00006141411234567890")


def test_random_code_128_reads_back() -> None:
    chance = random.Random(128)
    for _ in range(150):
        data, wanted, code_set = b"", b"", ""
        for _ in range(chance.randint(1, 4)):
            chosen = chance.choice([each for each in "ABC" if each != code_set])
            code_set = chosen
            data += b"{" + chosen.encode()
            for _ in range(chance.randint(1, 4)):
                if chosen == "C":
                    value = chance.randrange(100)
                    data, wanted = data + bytes((value,)), wanted + b"%02d" % value
                else:
                    value = chance.randrange(96) if chosen == "A" else chance.randrange(32, 127)
                    data += b"{{" if value == ord("{") else bytes((value,))
                    wanted += bytes((value,))
        drawn = code128(data)
        row = [0 if dark else 255 for dark, dots in element_dots(drawn, 2) for _ in range(dots)]
        picture = Image.new("L", (len(row) + 60, 40), 255)
        for x, value in enumerate(row):
            picture.paste(value, (30 + x, 0, 31 + x, 40))
        (code,) = zxingcpp.read_barcodes(picture)
        assert code.bytes == wanted, data


@pytest.mark.parametrize(
    "data",
    [b"SF12", b"{BSF\x80", b"{C\x64", b"{B{B1", b"{B", b"{A{Sa{S", b"{Aa", b"{C{2", b"{A{{"],
)
def test_bad_code_128_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        code128(data)
    assert faults(gs_k(73, data)) == ["range"]


@pytest.mark.parametrize("level", [b"0", b"1", b"2", b"3"])
def test_qr(level: bytes) -> None:
    data = "SF1390123456789 杭州".encode()
    sheet = printed(b"\x1ba\x01\x1bJ\x20" + qr_code(data, level=level) + b"\x1bJ\x20")
    assert scanned(sheet) == [("QRCode", data)]
    (code,) = zxingcpp.read_barcodes(sheet.picture.convert("L"))
    assert code.ec_level == "LMQH"[level[0] - 48]


def test_raster() -> None:
    sheet = printed(b"\x1ba\x01" + raster(2, 3) + b"\x1ba\x00\x1dv0\x03\x01\x00\x01\x00\xaa")
    assert sheet.picture.size == (576, 5)
    assert [(each.x, each.y, each.width, each.height) for each in sheet.rasters] == [(280, 0, 16, 3), (0, 3, 16, 2)]
    assert sheet.picture.histogram()[0] == 48 + 16


def test_cuts_make_sheets() -> None:
    played = play(START + b"a\n\x1dVA\x00b\n\x1bJ\x60\x1dV\x01", PLAIN)
    assert played.findings == ()
    assert [(sheet.lines, sheet.is_cut) for sheet in played.sheets] == [(["a"], True), (["b"], True)]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\x1bZ", "unknown"),
        (b"\x03", "unknown"),
        (b"\x1d(L\x02\x0002", "unknown"),
        (b"\x1dkK\x01a", "unknown"),
        (b"\x1b$\x58\x02", "ignored"),
        (b"\x1b$\x20\x03a\n", "ignored"),
        (b"a\x1ba\x01\n", "ignored"),
        (b"a\x1dL\x01\x00\n", "ignored"),
        (b"a\x1dVA\x00\n", "ignored"),
        (b"a\x1b@", "ignored"),
        (b"a" + gs_k(73, b"{B1"), "in line"),
        (b"\x1b$\x50\x00" + gs_k(73, b"{B1") + b"\n", "in line"),
        (b"a" + qr_code(b"x") + b"\n", "in line"),
        (b"a" + raster(1, 1) + b"\n", "in line"),
        (b"\x1dw\x06" + gs_k(73, b"{BSF13901234567"), "too wide"),
        (qr_code(b"x" * 900, module=8), "too wide"),
        (raster(73, 1), "clipped"),
        (b"\x1dW\x40\x00" + raster(9, 1), "clipped"),
        (b"x" * 49 + b"\n", "wrapped"),
        (b"ab\x1b$\x06\x00c\n", "overlap"),
        (b"\x1dw\x01", "thin"),
        (qr_code(b"x", module=1), "thin"),
        (gs_k(73, b"{BSF"), "quiet zone"),
        (b"\x1ba\x02" + gs_k(73, b"{BSF"), "quiet zone"),
        (b"\x1ba\x01a\n" + qr_code(b"x"), "quiet zone"),
        (b"\x1ba\x01\x1bJ\x20" + qr_code(b"x") + b"a\n", "quiet zone"),
        (b"\x1bt\x10\x81\n", "undefined"),
        (b"\x1bJ\x10\x10\x04\x01", "real time"),
        (b"\x1ba\x01" + gs_k(73, b"{C" + bytes((16, 4, 1))), "real time"),
        (raster(1, 2, b"\x10")[:-2] + b"\x10\x14", "real time"),
        (b"\x1b@a\n", "assumed"),
        (b"\x1b@\x1bJ\x01", "assumed"),
        (b"a\r\n", "assumed"),
        (b"\x1dP\xb4\xb4\x1bJ\x01", "assumed"),
        (b"a\n\x1dV\x00", "cut through"),
        (b"a", "truncated"),
        (b"\x1dv0\x00\x01", "truncated"),
        (b"\x1dk\x04ABC", "truncated"),
        (b"\x1d!\x08", "range"),
        (b"\x1bt\x63", "range"),
        (b"\x1bR\x63", "range"),
        (b"\x1ba\x07", "range"),
        (b"\x1dw\x09", "range"),
        (b"\x1dh\x00", "range"),
        (b"\x1dV\x07", "range"),
        (raster(0, 1), "range"),
        (gs_k(70, b"123") + b"\n", "range"),
        (gs_k(67, b"12A456789012"), "range"),
        (b"\x1d(k\x03\x001C\x11", "range"),
        (b"\x1d(k\x03\x001Q0", "range"),
    ],
)
def test_each_fault_is_found(data: bytes, fault: str) -> None:
    assert fault in faults(data)


def test_a_printer_for_pictures_knows_neither_text_nor_symbols() -> None:
    model = Model(576, has_symbols=False, has_text=False)
    assert faults(raster(1, 1), model) == []
    for data in (b"a\n", gs_k(73, b"{BSF"), qr_code(b"x")):
        assert "unknown" in faults(data, model)


def by_python_escpos(capsys: pytest.CaptureFixture[str], build: object) -> Play:
    printer = Dummy()
    build(printer)  # type: ignore[operator]
    capsys.readouterr()
    return play(START + printer.output, PLAIN)


def test_python_escpos_prints_here(capsys: pytest.CaptureFixture[str]) -> None:
    def build(printer: Dummy) -> None:
        printer.set(align="center", bold=True, double_height=True, double_width=True)
        printer.text("Köln 12€\n")
        printer.set(align="center", normal_textsize=True, bold=False)
        printer.barcode("{BSF1390123", "CODE128", height=64, width=2, function_type="B", force_software=False)
        printer.ln()
        printer.qr("SF1390123", native=True, size=6)
        printer.ln()

    played = by_python_escpos(capsys, build)
    (sheet,) = played.sheets
    assert sheet.lines[0] == "Köln 12€"
    assert (sheet.texts[0].wide, sheet.texts[0].high) == (2, 2)
    assert ("QRCode", b"SF1390123") in scanned(sheet)


def test_python_escpos_images_are_printed_dot_by_dot(capsys: pytest.CaptureFixture[str]) -> None:
    picture = Image.new("1", (576, 100), 255)
    ImageDraw.Draw(picture).ellipse((5, 5, 500, 90), outline=0, width=3)
    played = by_python_escpos(capsys, lambda printer: printer.image(picture, impl="bitImageRaster"))
    assert played.findings == ()
    assert played.sheets[0].picture.tobytes() == picture.tobytes()

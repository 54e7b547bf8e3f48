"""Templates: every one composes everywhere, and each mistake in one is told where it stands."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from labels import (
    PROFILES,
    LayoutError,
    Library,
    LogisticLabel,
    LotLabel,
    PackingLine,
    Profile,
    ShippingLabel,
    TemplateError,
    UnknownTemplate,
    compose,
    render,
)
from labels.gs1_symbols import in_symbols
from labels.layout import TextLine, layout
from labels.symbols import gs1_128
from labels.templates import LANGUAGES, Language, built_in, sample
from labels.templates.positions import Position, positions
from labels.templates.template import read_template
from labels.templates.values import KINDS, values
from tests.labels.samples import MOST_BYTES

SNAPSHOTS = Path(__file__).parent / "snapshots"
GALLERY = Path(__file__).parents[2] / "wms" / "handbook" / "gallery"
NAMES = tuple(KINDS)
GAP = 24


def shown(label: Any, language: Language = "en", template: str = "", profile: str = "raster-80") -> list[str]:
    """The lines of text on a label."""
    used = read_template(template, "own", "own.toml") if template else None
    composed = compose(label, PROFILES[profile].width_mm, language, used)
    return [mark.text for mark in layout(composed, PROFILES[profile]).marks if isinstance(mark, TextLine)]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_laid_out_whole_in_both_languages(name: str, profile: Profile) -> None:
    for language in LANGUAGES:
        rendered = render(sample(name, language), profile, language)
        assert rendered.symbols
        assert min(symbol.module_dots for symbol in rendered.symbols) >= 2
        found = {code.bytes for code in zxingcpp.read_barcodes(rendered.image.convert("L"))}
        assert found == {symbol.text.encode() for symbol in rendered.symbols}
        assert not any(fitting.shortened or fitting.missing for fitting in rendered.fittings)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_labels_look_as_they_did(name: str, language: Language) -> None:
    """Run with WMS_SNAPSHOTS=write to keep the present look as the right one; look at it first."""
    picture = render(sample(name, language), PROFILES["raster-80"], language).image
    path = SNAPSHOTS / f"{name}-{language}.png"
    if os.environ.get("WMS_SNAPSHOTS") == "write":
        SNAPSHOTS.mkdir(exist_ok=True)
        picture.save(path, optimize=True)
    with Image.open(path) as kept:
        assert picture.size == kept.size
        difference = ImageChops.logical_xor(picture, kept.convert("1")).getbbox()
    assert difference is None, f"differs in {difference}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_handbooks_gallery_shows_the_labels_as_they_are(language: Language) -> None:
    """Kept by WMS_SNAPSHOTS=write too."""
    columns: list[list[Image.Image]] = [[], [], [], []]
    for name in NAMES:
        shortest = min(columns, key=lambda column: sum(picture.height + GAP for picture in column))
        shortest.append(render(sample(name, language), PROFILES["raster-80"], language).image)
    height = max(sum(picture.height + GAP for picture in column) for column in columns)
    sheet = Image.new("1", (len(columns) * (576 + GAP) + GAP, height + GAP), 0)
    for place, column in enumerate(columns):
        y = GAP
        for picture in column:
            sheet.paste(picture, (GAP + place * (576 + GAP), y))
            y += picture.height + GAP
    path = GALLERY / f"labels-{language}.png"
    if os.environ.get("WMS_SNAPSHOTS") == "write":
        GALLERY.mkdir(exist_ok=True)
        sheet.save(path, optimize=True)
    with Image.open(path) as kept:
        assert kept.size == sheet.size
        assert kept.convert("1").tobytes() == sheet.tobytes()


def test_a_usual_label_is_short() -> None:
    usual = dataclasses.replace(
        sample("shipping", "zh_CN"),  # type: ignore[type-var]
        qc_mark="",
        reprint=False,
        contents="",
        created=None,
    )
    sizes = {name: len(render(usual, PROFILES[name]).data) for name in MOST_BYTES}
    assert all(sizes[name] <= limit for name, limit in MOST_BYTES.items()), sizes


def test_addresses_are_never_small() -> None:
    for profile in PROFILES.values():
        if profile.text != "raster":
            continue  # the printer's own cells are what they are
        label = compose(sample("shipping", "zh_CN"), profile.width_mm, "zh_CN")
        sizes = {m.text: m.size for m in layout(label, profile).marks if isinstance(m, TextLine)}
        for text, size in sizes.items():
            if "省" in text or "路" in text or "公司" in text:
                assert size * 25.4 / profile.dpi >= 3.45, text


# Mistakes


HEAD = 'label = "shipping"\n[captions.zh_CN]\nto = "收"\n[captions.en]\nto = "TO"\n'


@pytest.mark.parametrize(
    ("source", "row", "column", "reason"),
    [
        ('label = "shipping"\nrow = [\n', 3, 1, "Unclosed array|Invalid value|end of"),
        ("label = shipping", 1, 9, "Invalid value"),
        ("[[row]]\nspace = 1\n", 1, 1, "label is missing"),
        ('label = "parcel"\n[[row]]\nspace = 1\n', 1, 1, "no kind of label 'parcel'"),
        ('label = "shipping"\n', 1, 1, "row is missing"),
        ('label = "shipping"\nrow = []\n', 2, 1, "row"),
        ('label = "tote"\ncolour = "red"\n[[row]]\nspace = 1', 2, 1, "unknown key colour"),
        (HEAD + "[[row]]\nspace = 1\ncolour = 2\n", 8, 1, "unknown key colour"),
        (HEAD + '[[row]]\ntext = "{order}"\n', 6, 1, "size_mm is missing"),
        (HEAD + '[[row]]\ntext = "{order}"\nsize_mm = "big"\n', 8, 1, "size_mm: expected float, got str"),
        (HEAD + '[[row]]\ntext = "{order}"\nsize_mm = 0\n', 8, 1, "size_mm: expected float >= 1.5"),
        (HEAD + '[[row]]\ntext = "{order}"\nsize_mm = nan\n', 8, 1, "size_mm"),
        (HEAD + '[[row]]\ntext = "{order}"\nsize_mm = 9999\n', 8, 1, "size_mm: expected float <= 60"),
        (HEAD + '[[row]]\ntext = "{order}"\nsize_mm = 3\nmax_lines = 0\n', 9, 1, "max_lines"),
        (HEAD + '[[row]]\ntext = "{order}"\nsize_mm = 3\nalign = "middle"\n', 9, 1, "align: invalid enum value"),
        (HEAD + '[[row]]\ntext = "{order}"\nsize_mm = 3\noverflow = "clip"\n', 9, 1, "overflow"),
        (HEAD + '[[row]]\ntext = "{ordre}"\nsize_mm = 3\n', 7, 1, "no field 'ordre'; did you mean order"),
        (HEAD + '[[row]]\ntext = "{order"\nsize_mm = 3\n', 7, 1, "write {{ for a brace"),
        (HEAD + '[[row]]\ntext = "{order:>9}"\nsize_mm = 3\n', 7, 1, "takes no format"),
        (HEAD + '[[row]]\ntext = "{caption.from}"\nsize_mm = 3\n', 7, 1, "no caption from"),
        (HEAD + '[[row]]\ntext = "{recipient.address}"\nsize_mm = 3\n', 7, 1, "repeat the element with each"),
        (HEAD + '[[row]]\neach = "lines"\nspace = 1\n', 7, 1, "no list of a shipping label"),
        (HEAD + '[[row]]\nif = "cod > 0"\nspace = 1\n', 7, 1, "no condition"),
        (HEAD + '[[row]]\nif = "paid"\nspace = 1\n', 7, 1, "no field 'paid'"),
        (HEAD + "[[row]]\nspace = 1\nline = 1\n", 7, 1, "line and space cannot be one element"),
        (HEAD + "[[row]]\nbold = true\n", 6, 1, "no kind of element"),
        (
            HEAD + '[[row]]\ncell = [\n  { space = 1 },\n  { width_mm = 9, text = "{x}", size_mm = 3 },\n]\n',
            9,
            19,
            "'x'",
        ),
        (HEAD + "[[row]]\ncell = [{ width_mm = 9, share = 2, space = 1 }]\n", 7, 25, "not both"),
        (HEAD + "[[row]]\ncell = [1]\n", 7, 1, "list of tables"),
        (HEAD + "[[row]]\nbox = { space = 1 }\n", 7, 1, "box is a list"),
        (HEAD + "[[row]]\nitems = [\n  3,\n]\n", 8, 3, "an element is a table"),
        (HEAD + '[[row]]\nsize_mm = 3\nfacts = [\n  { caption = "a", value = "{b}" },\n]\n', 9, 20, "'b'"),
        (HEAD + '[[row]]\nfacts = [{ caption = "a" }]\n', 7, 10, "value is missing"),
        (HEAD + '[[row]]\ngs1 = ["00"]\nheight_mm = 32\n', 7, 1, "no GS1 elements"),
        ('label = "logistic"\n[[row]]\nheight_mm = 32\ngs1 = ["00", "(400)"]\n', 4, 14, "no application identifier"),
        ('label = "tote"\n[captions.en]\na = "A"\n[[row]]\nspace = 1\n', 1, 1, "zh_CN has no caption a"),
        ('label = "tote"\n[captions.fr]\na = "A"\n[[row]]\nspace = 1\n', 2, 1, "not fr"),
        (HEAD + '[[row]]\npicture = "../../etc/passwd"\nwidth_mm = 9\n', 7, 1, "picture"),
        (HEAD + '[[row]]\nbarcode = "{waybill}"\nheight_mm = 14\nmax_module_mm = 0.1\n', 9, 1, "max_module_mm"),
    ],
)
def test_mistakes_are_told_by_row_and_column(source: str, row: int, column: int, reason: str) -> None:
    with pytest.raises(TemplateError, match=reason) as mistake:
        read_template(source, "own", "own.toml")
    assert (mistake.value.row, mistake.value.column) == (row, column), mistake.value
    assert str(mistake.value).startswith(f"own.toml: row {row}, column {column}: ")


def test_a_template_that_is_not_utf_8_is_told_by_its_place(tmp_path: Path) -> None:
    (tmp_path / "tote.toml").write_bytes(b'label = "tote"\n# \xff\n')
    with pytest.raises(TemplateError, match="row 2, column 3: is not UTF-8"):
        Library(tmp_path).template("tote")


def test_pictures_lie_beside_the_template_and_are_checked(tmp_path: Path) -> None:
    source = 'label = "tote"\n[[row]]\npicture = "mark.png"\nwidth_mm = 20\nalign = "right"\n'
    (tmp_path / "tote.toml").write_text(source)
    with pytest.raises(TemplateError, match=r"row 3, column 1: there is no picture mark\.png"):
        Library(tmp_path).template("tote")
    (tmp_path / "mark.png").write_bytes(b"\x89PNG no")
    with pytest.raises(TemplateError, match=r"row 3, column 1: mark\.png is no PNG"):
        Library(tmp_path).template("tote")
    mark = Image.new("LA", (4, 2), (0, 255))
    mark.putpixel((0, 0), (0, 0))  # what is transparent is paper
    mark.save(tmp_path / "mark.png")
    template = Library(tmp_path).template("tote")
    for profile in (PROFILES["raster-80"], PROFILES["gb18030-80"]):
        picture = render(compose(sample("tote", "en"), profile.width_mm, "en", template), profile).image
        assert ImageChops.invert(picture.convert("L")).getbbox() == (576 - 4 - 160, 4, 576 - 4, 4 + 80)
        assert picture.getpixel((576 - 4 - 150, 10))
        assert not picture.getpixel((576 - 4 - 80, 60))
    with pytest.raises(LayoutError, match="picture needs 160 dots"):
        render(compose(sample("tote", "en"), 10, "en", template))


# Where keys stand


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_a_real_template_is_found_where_it_stands(name: str) -> None:
    source = (files("labels.templates") / f"{name}.toml").read_text("utf-8")
    _check_positions(source)


KEYS = st.text("abc-_1", min_size=1, max_size=4)
SCALARS = st.sampled_from(["1", "-2.5", "true", '"a # ] } b"', "'c:\\'", '"""x\n"y" ]"""', "'''z''\n'''", "1979-05-27"])
INLINE = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: "[ " + ", # c\n ".join(values) + "\n]")
        | st.dictionaries(KEYS, inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{key} = {value}" for key, value in table.items()) + "}"
        )
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(KEYS, INLINE, max_size=3),
    st.lists(st.dictionaries(KEYS, INLINE, max_size=3), min_size=1, max_size=3),
    st.sampled_from(["rows", "a.b", '"q r".s']),
)
def test_every_key_of_any_document_is_found(top: dict[str, str], tables: list[dict[str, str]], header: str) -> None:
    lines = [f"{key} = {value}" for key, value in top.items()]
    for table in tables:
        lines += [f"[[{header}]]  # [x]", *(f"  {key} = {value}" for key, value in table.items())]
    source = "\n".join(lines)
    try:
        tomllib.loads(source)
    except tomllib.TOMLDecodeError:  # such as a key that is a table already
        return
    _check_positions(source)


def _check_positions(source: str) -> None:
    found, rows = positions(source), source.split("\n")
    for path in _paths(tomllib.loads(source)):
        if path not in found:  # the outer part of a dotted header has no place of its own
            assert any(known[: len(path)] == path for known in found), path
            continue
        at = found[path]
        text = rows[at.row - 1][at.column - 1 :]
        last = path[-1]
        assert isinstance(last, int) or text.lstrip('["').startswith(last) or "." in text.split("=")[0], (path, at)


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def test_places_count_from_one() -> None:
    assert positions('a = 1\n  b = [ "收", { c = 2 } ]')[("b", 1, "c")] == Position(2, 16)


# The language


def test_conditions_repetition_and_width(shipping: ShippingLabel) -> None:
    template = """label = "shipping"
[[row]]
if = "qc_mark == inspected"
text = "inspected"
size_mm = 3
[[row]]
if = "not cod"
text = "paid"
size_mm = 3
[[row]]
each = "recipient.address"
text = "> {recipient.address}"
size_mm = 3
[[row]]
from_mm = 60
text = "wide"
size_mm = 3
[[row]]
below_mm = 60
text = "narrow"
size_mm = 3
[[row]]
text = "{note}"
size_mm = 3
[[row]]
text = "{{{order}}}"
size_mm = 3
"""
    two = dataclasses.replace(shipping, recipient_lines=("王", "路1号", "城"), masking=shipping.masking)
    assert shown(two, template=template) == ["inspected", "paid", "> 路1号", "> 城", "wide", "{TB-20250611-000123}"]
    assert "narrow" in shown(two, template=template, profile="raster-58")
    cod = dataclasses.replace(two, cod_minor=5, qc_mark="")
    assert shown(cod, template=template)[0] == "> 路1号"


@pytest.mark.parametrize(
    ("minor", "currency", "printed"),
    [(12900, "CNY", "CNY 129.00"), (5, "CNY", "CNY 0.05"), (1999, "JPY", "JPY 1999"), (12345, "KWD", "KWD 12.345")],
)
def test_amounts_to_collect(shipping: ShippingLabel, minor: int, currency: str, printed: str) -> None:
    label = dataclasses.replace(shipping, cod_minor=minor, currency=currency)
    assert any(printed in line for line in shown(label))
    assert not any("COD" in line for line in shown(dataclasses.replace(shipping, cod_minor=0)))


def test_a_template_is_for_its_own_data() -> None:
    with pytest.raises(ValueError, match="template place is for place labels"):
        compose(sample("tote", "en"), 72, "en", built_in("place"))
    with pytest.raises(UnknownTemplate, match="there are shipping"):
        built_in("nought")


def test_text_too_long_for_its_rule_is_refused_by_field(shipping: ShippingLabel) -> None:
    with pytest.raises(LayoutError) as refusal:
        render(dataclasses.replace(shipping, routing_code="X" * 90))
    assert refusal.value.field == "routing_code"


@pytest.mark.parametrize("kind", NAMES)
def test_all_fields_of_the_samples_are_filled(kind: str) -> None:
    for language in LANGUAGES:
        told = values(sample(kind, language))
        empty = [name for name, value in told.items() if not value]
        assert empty == [], kind


# GS1


def test_elements_share_symbols_that_are_no_wider_than_the_sscc() -> None:
    elements = [("02", "16901234567899"), ("37", "24"), ("15", "271231"), ("10", "L1"), ("400", "P-1"), ("21", "42")]
    shared = in_symbols(elements)
    assert sorted(one for together in shared for one in together) == sorted(elements)
    assert len(shared) < len(elements)
    for together in shared:
        symbol = gs1_128(*together)
        assert len(symbol.rows[0]) <= 156
        assert len(symbol.text) <= 48


def test_the_sscc_is_lowest_and_words_stand_with_parentheses() -> None:
    label = LogisticLabel("006141411234567890", elements=(("10", "L7"), ("37", "24")))
    rendered = render(label, PROFILES["wide-104"], "en")
    assert [symbol.text for symbol in rendered.symbols] == ["10L7\x1d3724", "00006141411234567890"]
    lines = shown(label)
    assert "(10)L7(37)24" in lines
    assert lines[-1] == "(00)006141411234567890"
    assert {"BATCH/LOT", "COUNT"} <= set(lines)


def test_a_lot_says_what_its_bars_say() -> None:
    rendered = render(LotLabel("L7", "TEA", "Tea", "6901234567892"), language="en")
    assert "".join(symbol.text for symbol in rendered.symbols).replace("\x1d", "") == "010690123456789210L7"
    assert [symbol.text for symbol in render(LotLabel("L7", "TEA", "Tea")).symbols] == ["10L7"]


def test_long_slips_go_on() -> None:
    slip = dataclasses.replace(
        sample("packing-slip", "en"),  # type: ignore[type-var]
        lines=tuple(PackingLine(f"SKU-{n}", "Name " * 20, n) for n in range(60)),
    )
    assert sum("SKU-" in line for line in shown(slip)) == 60

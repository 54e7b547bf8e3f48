"""Every trouble of a floor is named with the line it stands in, and the rest of the floor is kept."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.domain.ids import PlaceId
from wms.domain.places import FloorFile, Place, PlaceKind
from wms.domain.rows import MemoryTables
from wms.planning.floor_read import MOST_KB, read_floor, template
from wms.planning.floor_svg import draw_svg
from wms.planning.floor_text import draw_text
from wms.planning.floor_words import SENTENCES, UNUSABLE, Weight
from wms.planning.site_floor import floor_of

GOOD = """\
[[area]]
zone = "A"
at = [0, 0]
aisles = "A1..A3"
bays = "1..4"
bins = "{aisle}-{bay}"
[[start]]
at = [0, 0]
[[drop]]
at = [6, 0]
"""
BINS = 12

MORE = [  # written below GOOD, whose bins all stay: code, line from there, text
    ("unknown_table", 1, "[[racks]]\nname = 1"),
    ("not_one", 1, "[[floor]]\nname = 'x'"),
    ("not_one", 1, "[[points]]\nx = [1, 1]"),
    ("not_many", 1, "[cross]\nfrom = [0, 0]"),
    ("unknown_key", 2, "[floor]\nsped = 2"),
    ("bad_text", 2, "[floor]\nname = 7"),
    ("bad_text", 2, '[floor]\nname = "\\u001b[2J"'),
    ("bad_number", 2, "[floor]\nspeed = 0"),
    ("bad_number", 2, "[floor]\nspeed = nan"),
    ("bad_number", 2, "[floor]\nreach = true"),
    ("bad_number", 2, "[floor]\nseconds_per_level = -1"),
    ("missing", 1, "[[aisle]]\nfrom = [20, 0]\nto = [20, 9]"),
    ("missing", 1, '[[aisle]]\nname = "X"\nfrom = [20, 0]'),
    ("bad_point", 3, '[[aisle]]\nname = "X"\nfrom = [20]\nto = [20, 9]'),
    ("bad_point", 3, '[[aisle]]\nname = "X"\nfrom = [inf, 0]\nto = [20, 9]'),
    ("bad_point", 3, '[[aisle]]\nname = "X"\nfrom = [10001, 0]\nto = [20, 9]'),
    ("bad_flag", 4, '[[aisle]]\nname = "X"\nfrom = [6, 0]\nnarrow = "no"\nto = [9, 0]'),
    ("no_length", 1, '[[aisle]]\nname = "X"\nfrom = [20, 0]\nto = [20, 0]'),
    ("line_twice", 1, '[[aisle]]\nname = "A2"\nfrom = [20, 0]\nto = [20, 9]'),
    ("overlap", 1, '[[aisle]]\nname = "X"\nfrom = [3.2, 1]\nto = [3.2, 5]\n[[cross]]\nfrom = [0, 2]\nto = [6, 2]'),
    ("no_entrance", 1, '[[aisle]]\nname = "X"\nfrom = [9, 1]\nto = [9, 5]'),
    ("loose_cross", 1, "[[cross]]\nfrom = [20, 1]\nto = [30, 1]"),
    ("loose_point", 2, "[points]\nstairs = [50, 1]"),
    ("bad_point", 2, "[points]\nstairs = 50"),
    ("bad_row", 4, '[[bins]]\naisle = "A1"\nrows = """\nX-1\n"""'),
    ("bad_row", 5, '[[bins]]\naisle = "A1"\nrows = """\n\nX-1 2 Q\n"""'),
    ("bad_row", 3, '[[bins]]\naisle = "A1"\nrows = "X-1 2 L -1"'),
    ("bad_row", 3, '[[bins]]\naisle = "A1"\nrows = "X-1 nan"'),
    ("beyond_end", 4, "[[bins]]\naisle = 'A1'\nrows = '''\nX-1 77\n'''"),
    ("bin_twice", 5, '[[bins]]\naisle = "A1"\nrows = """\n# more\nA2-3 2.0 L 1\n"""'),
    ("no_aisle", 2, '[[bins]]\naisle = "Z9"\nrows = "X 1"'),
    ("no_aisle", 2, '[[bins]]\naisle = "A front"\nrows = "X 1"'),
    ("no_line", 2, '[[one_way]]\non = "A7"\ntowards = "back"'),
    ("bad_choice", 3, '[[one_way]]\non = "A1"\ntowards = "up"'),
    ("empty_stretch", 3, '[[blocked]]\non = "A1"\nfrom = 4\nto = 4'),
    ("beyond_end", 4, '[[blocked]]\non = "A1"\nfrom = 4\nto = 40'),
    ("bad_metres", 3, '[[blocked]]\non = "A1"\nfrom = -4\nto = 5'),
    ("bad_metres", 4, '[[walkway]]\nfrom = "A1@2"\nto = "A2@2"\nlength = 10_001'),
    ("shorter", 4, '[[walkway]]\nfrom = "A1@2"\nto = "A2@2"\nlength = 0.5'),
    ("no_place", 2, '[[walkway]]\nfrom = "A1@side"\nto = "A2@2"'),
    ("no_place", 3, '[[walkway]]\nfrom = "A1@back"\nto = "stairs"'),
    ("beyond_end", 2, '[[walkway]]\nfrom = "A1@99"\nto = "A2@2"'),
    ("missing", 1, "[[start]]\nname = 'x'"),
    ("point_twice", 2, "[[start]]\nname = 'start'\nat = [0, 1]"),
    ("far_gate", 1, "[[drop]]\nname = 'far'\nat = [90, 0]"),
    ("bad_names", 2, '[[one_way]]\non = "A1..B3"\ntowards = "back"'),
    ("name_twice", 2, '[[one_way]]\non = "A1, A1"\ntowards = "back"'),
    ("blocked", 1, '[[blocked]]\non = "A1"\nfrom = 1.9\nto = 2.5'),
]
AREA = (
    '[[area]]\nat = [20, 0]\naisles = "B1..B2"\nbays = "1..4"\nbins = "{aisle}-{bay}"\n'
    "[[cross]]\nfrom = [6, 0]\nto = [20, 0]\n"
)
IN_AREA = [  # what AREA has instead, in the same place
    ("too_many", 3, "B1..B2", "1..9999"),
    ("bad_names", 3, "B1..B2", "B1..C2"),
    ("bad_names", 4, '"1..4"', '"1 to 4"'),
    ("bad_pattern", 5, "{aisle}-{bay}", "{aisle}"),
    ("bad_pattern", 5, "{aisle}-{bay}", "{bay}"),
    ("bad_placeholder", 5, "{aisle}-{bay}", "{isle}-{bay}"),
    ("bad_placeholder", 5, "{aisle}-{bay}", "{aisle-{bay}"),
    ("bad_placeholder", 5, "{aisle}-{bay}", "{aisle.__class__}-{bay}"),
    ("bays_and_sides", 1, 'bays = "1..4"\n', ""),
    ("bays_and_sides", 4, 'bays = "1..4"', 'bays = "1..4"\nleft = "1..4"'),
    ("cross_beyond", 5, 'bays = "1..4"', 'bays = "1..4"\ncross_after = [2, 4]'),
    ("bad_choice", 5, 'bays = "1..4"', 'bays = "1..4"\nrun = "down"'),
    ("bad_metres", 5, 'bays = "1..4"', 'bays = "1..4"\nspacing = -3'),
    ("bad_metres", 5, 'bays = "1..4"', 'bays = "1..4"\nbay_width = nan'),
]
FIRST_LINE = GOOD.count("\n") + 1


@pytest.mark.parametrize(("code", "line", "text"), MORE, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(MORE)])
def test_a_trouble_is_named_with_its_line_and_the_rest_is_kept(code: str, line: int, text: str) -> None:
    floor = read_floor(f"{GOOD}{text}\n")
    named = [(trouble.code, trouble.line) for trouble in floor.troubles]
    assert (code, FIRST_LINE + line - 1) in named
    assert all("{" not in trouble.says for trouble in floor.troubles)
    assert len([one for one in floor.bins if one.name.startswith("A")]) == BINS
    walked = [floor.node_of(f"A2-{bay}") for bay in range(1, 5)]
    assert None not in walked


@pytest.mark.parametrize(
    ("code", "line", "old", "new"), IN_AREA, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(IN_AREA)]
)
def test_a_trouble_in_an_area_is_named_with_its_line(code: str, line: int, old: str, new: str) -> None:
    assert not read_floor(GOOD + AREA).troubles
    assert old in AREA
    floor = read_floor(GOOD + AREA.replace(old, new))
    assert (code, FIRST_LINE + line - 1) in [(trouble.code, trouble.line) for trouble in floor.troubles]
    assert all("{" not in trouble.says or trouble.code.startswith("bad_p") for trouble in floor.troubles)
    assert len([one for one in floor.bins if one.name.startswith("A")]) == BINS


ALONE = [
    ("no_toml", 2, "[floor]\nname = "),
    ("no_toml", 1, "[floor"),
    ("too_large", 0, "#" * (MOST_KB * 1024 + 1)),
    ("no_aisles", 0, ""),
    ("no_bins", 0, '[[aisle]]\nname = "X"\nfrom = [0, 0]\nto = [5, 0]\n[[start]]\nat = [0, 0]'),
    ("no_start", 0, GOOD.replace("[[start]]", "[[drop]]\nname = 'x'")),
    ("no_drop", 0, GOOD.replace("[[drop]]", "[[start]]\nname = 'x'")),
]


@pytest.mark.parametrize(("code", "line", "text"), ALONE, ids=[f"{code}-{n}" for n, (code, *_) in enumerate(ALONE)])
def test_what_a_floor_can_t_do_without(code: str, line: int, text: str) -> None:
    floor = read_floor(text)
    assert (code, line) in [(trouble.code, trouble.line) for trouble in floor.troubles]
    assert floor.usable == (code not in UNUSABLE)
    if floor.usable:
        assert floor.node_of("A1-1") is not None


LONE = '[[aisle]]\nname = "X"\nfrom = [9, 0]\nto = [9, 9]\n[[bins]]\naisle = "X"\nrows = "X-1 3\\nX-2 4"\n'
LINK = "[[cross]]\nfrom = [6, {y}]\nto = [9, {y}]\n"
ONE_WAY = '[[one_way]]\non = "{on}"\ntowards = "{towards}"\n'


def test_a_lone_aisle_has_no_way_in() -> None:
    floor = read_floor('[[aisle]]\nname = "X"\nfrom = [0, 0]\nto = [5, 0]\n')
    assert ("no_way_in", 1) in [(trouble.code, trouble.line) for trouble in floor.errors]


def test_bins_that_nobody_gets_to_are_named_together() -> None:
    floor = read_floor(GOOD + LONE + ONE_WAY.format(on="cross 1", towards="front") + LINK.format(y=0))
    (trouble,) = floor.troubles
    assert (trouble.code, trouble.weight, trouble.line) == ("unreachable", Weight.ERROR, FIRST_LINE)
    assert trouble.bins == ("X-1", "X-2")
    assert "bins in X can't be reached from any start: X-1, X-2" in trouble.says
    assert floor.node_of("X-1") is None
    assert floor.node_of("A1-1") is not None


def test_a_one_way_stretch_that_leads_into_a_trap_is_named() -> None:
    floor = read_floor(GOOD + LONE + ONE_WAY.format(on="cross 1", towards="back") + LINK.format(y=0))
    (trouble,) = floor.troubles
    assert (trouble.code, trouble.line, trouble.bins) == ("trapped", FIRST_LINE, ("X-1", "X-2"))
    another_way_out = ONE_WAY.format(on="cross 1", towards="back") + LINK.format(y=0) + LINK.format(y=7.8)
    assert not read_floor(GOOD + LONE + another_way_out).troubles


def test_a_trap_without_bins_is_named_too() -> None:
    floor = read_floor(
        GOOD + "[[cross]]\nname = 'yard'\nfrom = [6, 0]\nto = [30, 0]\n[[walkway]]\nfrom = [6, 0]\n"
        "to = [30, 0]\nlength = 40\none_way = true\n[[one_way]]\non = 'yard'\ntowards = 'back'\n"
    )
    assert ("dead_walk", FIRST_LINE) in [(trouble.code, trouble.line) for trouble in floor.errors]


def test_too_many_bins_are_said_once() -> None:
    big = 'at = [0, 40]\naisles = "Z001..Z200"\nbays = "1..200"\nlevels = "1..3"\nbins = "{aisle}-{bay}-{level}"\n'
    floor = read_floor(GOOD + "[[area]]\n" + big)
    assert [(t.code, dict(t.values)["most"]) for t in floor.errors if t.code == "too_many"] == [("too_many", "100000")]


def rows(document: str | None, *bins: str, coordinates: tuple[tuple[int, int], ...] = ()) -> MemoryTables:
    tables = MemoryTables()
    for n, name in enumerate(bins):
        x, y = coordinates[n] if coordinates else (0, 0)
        tables.put(Place(PlaceId(name), PlaceKind.BIN, "A", n + 1, x_mm=x, y_mm=y))
    if document is not None:
        tables.put(FloorFile("floor", document))
    return tables


ALL = tuple(f"A{aisle}-{bay}" for aisle in (1, 2, 3) for bay in range(1, 5))


VALUES = [
    *("-1", "0", "nan", "inf", "1e300", "0.0001", "99999999999999999999", "true", "1979-05-27"),
    *("[]", "[1, 2]", "[nan, 1]", "[[1, 2], [3, 4]]", "{a = 1}"),
    *(f'"{text}"' for text in ("", "x", "A-01@front", "1..3", "A-01..A-06", "a..ü", "١..٣", "\\u0007")),
    *(f'"{text}"' for text in ("{aisle}", "{}", "{0}", "{aisle!r}", '""\nA 1 L 1\nB x\n""')),
]
LINES = template().splitlines()
KEYS = [n for n, line in enumerate(LINES) if "=" in line.partition("#")[0]]


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), min_size=1, max_size=5))
def test_whatever_stands_in_a_file_it_is_read_and_drawn(changed: dict[int, str]) -> None:
    text = "\n".join(f"{line.split('=')[0]}= {changed[n]}" if n in changed else line for n, line in enumerate(LINES))
    floor = read_floor(text)
    assert all(trouble.says for trouble in floor.troubles)
    assert all(floor.net.node_of_bin[one.name] < floor.graph().size for one in floor.bins)
    for _, spot in floor.spots():
        assert spot.block >= 0 or spot.cross >= 0
    assert all(len(row) <= 40 for row in draw_text(floor, width=40))
    draw_svg(floor)


def test_floor_and_warehouse_are_compared_bin_by_bin() -> None:
    floor = floor_of(rows(GOOD, *ALL[:5], "NEW", *ALL[5:11]))
    assert [(t.code, t.weight, t.bins) for t in floor.troubles] == [
        ("not_in_warehouse", Weight.WARNING, ("A3-4",)),
        ("not_on_floor", Weight.WARNING, ("NEW",)),
    ]
    assert floor.node_of("NEW") == floor.node_of("A2-1")
    assert floor.zone_of("NEW") == "A"


@pytest.mark.parametrize(
    ("code", "tables"),
    [
        ("none_shared", rows(GOOD, "X-1", "X-2")),
        ("no_warehouse_bins", rows(GOOD)),
        ("no_floor", rows(None, "X-1", "X-2", coordinates=((1000, 1000), (1000, 2000)))),
        ("no_coordinates", rows(None, "X-1", "X-2", "X-3", coordinates=((1000, 1000), (1000, 2000), (0, 0)))),
        ("guessed", rows(None, "X-1", "X-2")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_floor_and_warehouse_that_do_not_fit(code: str, tables: MemoryTables) -> None:
    from wms.planning.floor_read import read_floor as read
    from wms.planning.site_floor import beside_warehouse, in_order

    bins = in_order(tables.all(Place))
    floor = beside_warehouse(read(GOOD), bins) if code == "none_shared" else floor_of(tables)
    assert code in [trouble.code for trouble in floor.troubles]
    assert floor_of(tables).source == ("sequence" if code in ("none_shared", "guessed") else floor.source)
    assert all(floor_of(tables).node_of(place.id) is not None for place in bins)


def test_every_sentence_is_said_by_one_of_these_tests_and_its_fields_are_filled() -> None:
    source = __file__
    with open(source, encoding="utf-8") as file:  # noqa: PTH123
        tested = set(re.findall(r'"([a-z_]+)"', file.read()))
    assert not set(SENTENCES) - tested
    for text in SENTENCES.values():
        assert all(name for _, name, _, _ in Formatter().parse(text) if name is not None)

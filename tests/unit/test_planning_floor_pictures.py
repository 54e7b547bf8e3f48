"""The floor drawn: every aisle can be seen, nothing is wider than its screen, a tour shows its stops in order."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.demo.furnish_floor import floor_drawn
from wms.planning.floor import Floor
from wms.planning.floor_read import read_floor, template
from wms.planning.floor_svg import draw_svg
from wms.planning.floor_text import draw_text

SVG = "{http://www.w3.org/2000/svg}"


def cells(row: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in row)


def area(aisles: int, bays: int, zone: str = "A", x: float = 0, more: str = "") -> str:
    return (
        f'[[area]]\nzone = "{zone}"\nat = [{x}, 0]\naisles = "{zone}-01..{zone}-{aisles:02d}"\nbays = "1..{bays}"\n'
        f'bins = "{{aisle}}-{{bay}}"\n{more}'
    )


GATES = '[[start]]\nname = "desk"\nat = [0, -2]\n[[drop]]\nname = "LANE"\nat = [3, -2]\n'


def drawn(text: str) -> Floor:
    floor = read_floor(text)
    assert not floor.errors
    return floor


def upright(rows: list[str], sign: str) -> int:
    """How many columns of the fullest row bear that sign."""
    return max(row.count(sign) for row in rows)


def test_a_small_floor_as_it_is_drawn() -> None:
    floor = drawn(area(3, 2) + GATES)
    assert draw_text(floor, width=40) == [
        " ┼───┼───┼",
        "▐│▌ ▐│▌ ▐│▌",
        "▐│▌ ▐│▌ ▐│▌",
        " ┼───┼───┼",
        " S   D",
        " A-",
        " 01  02  03",
        "S start desk   D drop LANE   ▐ bins",
    ]
    assert draw_text(floor, width=40, legend=False, ascii=True)[:4] == [
        " +---+---+",
        "[|] [|] [|]",
        "[|] [|] [|]",
        " +---+---+",
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 12)), min_size=1, max_size=4),
    st.sampled_from([20, 40, 80, 133]),
    st.integers(5, 30),
    st.booleans(),
    st.sampled_from(["", 'run = "right"\n']),
)
def test_every_aisle_and_every_name_is_in_the_picture(halls, width: int, height: int, plain: bool, run: str) -> None:
    side = [area(count, bays, "ABCD"[n], 60 * n, run) for n, (count, bays) in enumerate(halls)]
    link = "[[cross]]\nfrom = [0, 0]\nto = [240, 0]\n" + ("[[cross]]\nfrom = [0, 0]\nto = [0, 40]\n" if run else "")
    floor = read_floor("".join(side) + link + GATES)
    rows = draw_text(floor, width=width, height=height, ascii=plain)
    assert all(cells(row) <= width for row in rows)
    assert not plain or all(row.isascii() for row in rows)
    picture = draw_text(floor, width=width, height=height, ascii=True, legend=False)
    if run:
        assert width < 80 or all(any(line.name in row.split(" ")[0] for row in picture) for line in floor.aisles)
        return
    strips = "\n".join(picture).split("\n\n")
    seen = sum(max(row.count("H") + row.count("[|]") for row in strip.splitlines()) for strip in strips)
    assert seen == len(floor.aisles)
    figures = "".join(sorted(sign for row in picture for sign in row if sign.isdigit()))
    assert figures == "".join(sorted(sign for line in floor.aisles for sign in line.name if sign.isdigit()))


def test_more_aisles_than_cells_are_drawn_in_strips() -> None:
    floor = drawn(area(50, 3) + GATES)
    rows = draw_text(floor, width=40, legend=False)
    strips = "\n".join(rows).split("\n\n")
    assert [upright(strip.splitlines(), "╫") for strip in strips] == [17, 17, 16]
    assert all(len(row) <= 40 for row in rows)


@pytest.mark.parametrize(("width", "height", "most"), [(80, 14, 18), (40, 8, 30)])
def test_the_demonstrations_floor_fits_its_screens(width: int, height: int, most: int) -> None:
    floor = drawn(floor_drawn("ABC", 7).document)
    rows = draw_text(floor, width=width, height=height)
    assert len(rows) <= most
    assert all(cells(row) <= width for row in rows)
    assert len(draw_text(floor, width=40, height=8, zone="B")) <= 14


def test_a_tour_is_drawn_with_its_stops_in_order() -> None:
    floor = drawn(area(3, 6, more="cross_after = [3]\n") + GATES)
    stops = [floor.node_of(name) for name in ("A-01-2", "A-02-5", "A-02-4", "A-03-1")]
    route = [node for node in stops if node is not None]
    rows = draw_text(floor, route, width=40)
    assert rows[:11] == [
        " ┼───┼───┼",
        "▐│▌ ▐│▌ ▐│▌",
        "▐│▌ ▐2▌ ▐│▌",
        "▐│▌ ▐3▌ ▐│▌",
        " █████████",
        "▐█▌ ▐│▌ ▐█▌",
        "▐1▌ ▐│▌ ▐█▌",
        "▐█▌ ▐│▌ ▐4▌",
        " █───█████",
        " S   D",
        " A-",
    ]
    assert "█ the way" in rows[-1] or "█ the way" in rows[-2]


def test_several_stops_in_one_cell_are_told_by_the_first() -> None:
    floor = drawn(area(2, 40) + GATES)
    route = [node for n in (1, 2, 3) if (node := floor.node_of(f"A-01-{n}")) is not None]
    assert any("1+" in row for row in draw_text(floor, route, width=40, height=5))


def test_one_way_blocked_and_narrow_stretches_have_signs() -> None:
    more = (
        '[[one_way]]\non = "A-01"\ntowards = "back"\n[[one_way]]\non = "A-02"\ntowards = "front"\n'
        '[[one_way]]\non = "A front"\ntowards = "back"\n[[one_way]]\non = "A back"\ntowards = "front"\n'
        '[[blocked]]\non = "A-03"\nfrom = 1.6\nto = 2.5\n'
    )
    floor = read_floor(area(3, 6, more="narrow = true\n") + GATES + more)
    for rows in (draw_text(floor), draw_text(floor, ascii=True)):
        picture = "\n".join(rows)
        assert all(sign in picture for sign in "^v<>x")
        assert "^v<> one way" in picture
        assert "x blocked" in picture
        assert "narrow, one cart" in picture


def test_names_that_no_screen_can_show_are_no_names_and_wide_ones_are_counted_as_wide() -> None:
    chinese = drawn(area(6, 3).replace("A-", "东-") + GATES)
    rows = draw_text(chinese, width=20)
    assert all(cells(row) <= 20 for row in rows)
    assert "东" in "".join(rows)
    assert draw_text(Floor()) == ["(nothing is drawn yet)"]


def test_the_drawing_to_scale_shows_all_there_is() -> None:
    floor = drawn(template())
    route = [node for name in ("A-01-03-1", "K-3") if (node := floor.node_of(name)) is not None]
    picture = ET.fromstring(draw_svg(floor, route))
    words = [text.text for text in picture.iter(f"{SVG}text")]
    assert {line.name for line in floor.aisles} <= set(words)
    assert {"office", "LANE-1", "LANE-2", "1", "2"} <= set(words)
    titles = ", ".join(title.text or "" for title in picture.iter(f"{SVG}title"))
    assert {one.name for one in floor.bins} <= set(titles.split(", "))
    assert len(list(picture.iter(f"{SVG}polygon"))) >= 1
    (way,) = picture.iter(f"{SVG}polyline")
    assert len(way.attrib["points"].split()) > 4


def test_names_can_t_break_the_drawing() -> None:
    floor = read_floor(area(2, 2) + '[[start]]\nname = "<b>&\\"\'"\nat = [0, 0]\n[[drop]]\nat = [0, 0]\n')
    picture = ET.fromstring(draw_svg(floor))
    assert "<b>&\"'" in [text.text for text in picture.iter(f"{SVG}text")]
    ET.fromstring(draw_svg(Floor()))

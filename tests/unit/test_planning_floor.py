"""A site file becomes lines and bins, and these a walking graph whose distances are those of the floor."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.domain.ids import PlaceId
from wms.domain.places import FloorFile, Place, PlaceKind
from wms.domain.rows import MemoryTables
from wms.planning.floor import Floor, Pace, Source
from wms.planning.floor_names import BadNames, names
from wms.planning.floor_read import read_floor, template
from wms.planning.floor_route import walk_of
from wms.planning.grid import AisleGrid
from wms.planning.site_floor import floor_of


def distances(floor: Floor, source: int) -> Mapping[int, int]:
    best, queue = {source: 0}, [(0, source)]
    while queue:
        far, u = heapq.heappop(queue)
        for v, length in floor.net.ahead.get(u, {}).items() if far == best[u] else ():
            if far + length < best.get(v, far + length + 1):
                best[v] = far + length
                heapq.heappush(queue, (far + length, v))
    return best


def apart(floor: Floor, one: str, other: str) -> int | None:
    here, there = floor.node_of(one), floor.node_of(other)
    assert here is not None
    assert there is not None
    return distances(floor, here).get(there)


def sound(document: str) -> Floor:
    floor = read_floor(document)
    assert not [trouble.says for trouble in floor.troubles]
    return floor


# Regular floors

areas = st.builds(
    dict,
    aisles=st.integers(2, 5),
    bays=st.integers(1, 7),
    levels=st.integers(1, 3),
    spacing=st.integers(10, 60),
    bay_width=st.integers(2, 30),
    cross_width=st.integers(2, 50),
    after=st.sets(st.integers(1, 6), max_size=2),
    dead_end=st.booleans(),
    run=st.sampled_from(["up", "right"]),
    x=st.integers(-500, 500),
    y=st.integers(-500, 500),
)


def drawn(a: Mapping[str, object]) -> str:
    """A site file of one area; figures are tenths of metres."""
    after = sorted(n for n in a["after"] if n < a["bays"])  # type: ignore[attr-defined, operator]
    return f"""
[[area]]
zone = "A"
at = [{a["x"] / 10}, {a["y"] / 10}]
run = "{a["run"]}"
aisles = "1..{a["aisles"]}"
bays = "1..{a["bays"]}"
levels = "1..{a["levels"]}"
spacing = {a["spacing"] / 10}
bay_width = {a["bay_width"] / 10}
cross_width = {a["cross_width"] / 10}
cross_after = {after}
dead_end = {str(a["dead_end"]).lower()}
bins = "{{aisle}}-{{bay}}-{{level}}"
[[start]]
at = [{a["x"] / 10}, {a["y"] / 10}]
[[drop]]
at = [{a["x"] / 10}, {a["y"] / 10}]
"""  # type: ignore[operator]


@settings(max_examples=60, deadline=None)
@given(areas, st.data())
def test_distances_on_a_regular_floor_are_rectilinear_over_the_best_cross_aisle(a, data) -> None:
    floor = sound(drawn(a))
    after = [n for n in sorted(a["after"]) if n < a["bays"]]

    def along(bay: int) -> int:
        """Middle of a bay from the front, in millimetres, reckoned bay by bay."""
        crossed = sum(1 for n in after if n < bay)
        return a["cross_width"] * 50 + a["cross_width"] * 100 * crossed + a["bay_width"] * (100 * (bay - 1) + 50)

    end = along(a["bays"]) + a["bay_width"] * 50 + a["cross_width"] * 50
    crosses = [0, *(along(n) + a["bay_width"] * 50 + a["cross_width"] * 50 for n in after)]
    crosses += [] if a["dead_end"] else [end]
    bins = st.tuples(st.integers(1, a["aisles"]), st.integers(1, a["bays"]), st.integers(1, a["levels"]))
    for _ in range(4):
        one, other = data.draw(bins), data.draw(bins)
        found = apart(floor, "{}-{}-{}".format(*one), "{}-{}-{}".format(*other))
        ya, yb = along(one[1]), along(other[1])
        straight = abs(ya - yb)
        around = min(abs(ya - c) + abs(yb - c) for c in crosses) + abs(one[0] - other[0]) * a["spacing"] * 100
        assert found == (straight if one[0] == other[0] else around)
    assert len(floor.bins) == a["aisles"] * a["bays"] * a["levels"]


@settings(max_examples=40, deadline=None)
@given(areas)
def test_regular_floors_with_two_cross_aisles_have_exact_tours(a) -> None:
    floor = sound(drawn(a | {"dead_end": False}))
    grid = AisleGrid.of(floor.graph(), dict(floor.spots()))
    assert grid is not None
    assert (grid.aisles, grid.crosses) == (a["aisles"], 2 + len([n for n in a["after"] if n < a["bays"]]))


def test_one_grid_spans_halls_of_different_depth() -> None:
    hall = '[[area]]\nat = [{x}, 0]\naisles = "{z}1..{z}3"\nbays = "1..{bays}"\nbins = "{{aisle}}-{{bay}}"\n'
    link = "[[cross]]\nfrom = [0, 0]\nto = [26, 0]\n[[start]]\nat = [0, 0]\n[[drop]]\nat = [9, -2]\n"
    floor = sound(hall.format(x=0, z="A", bays=4) + hall.format(x=20, z="B", bays=9) + link)
    grid = AisleGrid.of(floor.graph(), dict(floor.spots()))
    assert grid is not None
    assert (grid.aisles, grid.crosses) == (6, 3)
    assert apart(floor, "A3-4", "B1-9") == 2100 + 3 * 1200 + 14000 + 2100 + 8 * 1200


# What a manager writes


def test_the_template_is_a_floor_without_trouble() -> None:
    floor = sound(template())
    assert floor.pace == Pace(1200, 2, 4000, 1500)
    assert {one.zone for one in floor.bins} == {"A", "K"}
    assert "A-03-01-1" not in floor.bin
    assert (floor.bin["K-3"].side, floor.bin["K-3"].level, floor.bin["K-3"].offset) == ("L", 2, 6500)
    assert {mark.name for mark in floor.drops} == {"LANE-1", "LANE-2"}
    assert floor.levels_above_reach(["A-01-01-4", "A-01-01-3", "A-01-01-1", "nothing"]) == 3


def test_the_handbooks_examples_are_the_same_sound_floor() -> None:
    pages = Path(__file__).parents[2] / "wms" / "handbook"
    examples = [(pages / language / "floor.md").read_text("utf-8").split("```")[1] for language in ("en", "zh_CN")]
    floors = [sound(example.strip()) for example in examples]
    assert [one.name for one in floors[0].bins] == [one.name for one in floors[1].bins]
    assert [(line.start, line.end) for line in floors[0].lines] == [(line.start, line.end) for line in floors[1].lines]
    assert len(floors[0].bins) == 2 * 6 * 10 * 4 + 6 * 10 * 4
    assert floors[0].pace == floors[1].pace


def test_names_are_ranges_and_lists() -> None:
    assert names("A-08..A-11") == ("A-08", "A-09", "A-10", "A-11")
    assert names("9..11, X") == ("9", "10", "11", "X")
    assert names("05..01 step 2") == ("05", "03", "01")
    assert names("b..d") == ("b", "c", "d")
    for wrong in ("", "1..", "..4", "A1..B2", "a..D", "1..4 step 0", "1 4", "1,,2"):
        with pytest.raises(BadNames):
            names(wrong)


def test_odd_bays_left_and_even_bays_right_share_their_place() -> None:
    floor = sound(
        '[[area]]\nat = [0, 0]\naisles = "A..B"\nleft = "01..07 step 2"\nright = "02..08 step 2"\nlevels = "A, B"\n'
        'bins = "{aisle}{bay}{level}"\n[[start]]\nat = [0, 0]\n[[drop]]\nat = [0, 0]\n'
    )
    assert [(b.side, b.offset, b.level) for b in (floor.bin["A03A"], floor.bin["A04B"])] == [
        ("L", 3300, 1),
        ("R", 3300, 2),
    ]
    assert floor.node_of("A03A") == floor.node_of("A04B")


def test_sides_are_named_where_the_pattern_asks_for_them() -> None:
    floor = sound(
        '[[area]]\nzone = "Z"\nat = [0, 0]\naisles = "1..2"\nbays = "1..2"\nbins = "{zone}{aisle}{side}{bay}"\n'
        "[[start]]\nat = [0, 0]\n[[drop]]\nat = [0, 0]\n"
    )
    assert sorted(floor.bin) == [f"Z{a}{s}{b}" for a in "12" for s in "LR" for b in "12"]


IRREGULAR = """
[[aisle]]
name = "K"
from = [0, 0]
to = [6, 8]
narrow = true
[[aisle]]
name = "M"
from = [20, 0]
to = [20, 10]
[[bins]]
aisle = "K"
rows = "K-1 5.0"
[[bins]]
aisle = "M"
rows = "M-1 4\\nM-2 8"
[points]
ramp = [10, 0]
[[walkway]]
from = "K@front"
to = "ramp"
[[walkway]]
from = "ramp"
to = "M@2.0"
length = 12.5
[[walkway]]
from = "M@back"
to = "K@back"
one_way = true
[[start]]
at = "ramp"
[[drop]]
at = "K@front"
"""


def test_slanting_aisles_and_walkways_make_a_graph_of_any_shape() -> None:
    floor = sound(IRREGULAR)
    assert floor.line["K"].narrow
    assert not floor.line["M"].narrow
    assert apart(floor, "K-1", "M-1") == 5000 + 10000 + 12500 + 2000
    assert apart(floor, "M-2", "K-1") == min(2000 + 14142 + 5000, 6000 + 12500 + 10000 + 5000)  # back over the one way
    assert floor.spots() == ()
    assert len(floor.graph().starts) == len(floor.graph().ends) == 1


def test_one_way_and_blocked_stretches_are_kept_to() -> None:
    base = '[[area]]\nat = [0, 0]\naisles = "A..C"\nbays = "1..4"\nbins = "{aisle}{bay}"\n'
    gates = "[[start]]\nat = [0, 0]\n[[drop]]\nat = [0, 0]\n"
    free = sound(base + gates)
    assert apart(free, "A1", "A2") == apart(free, "A2", "A1") == 1200
    one_way = sound(base + gates + '[[one_way]]\non = "A"\ntowards = "back"\n')
    assert apart(one_way, "A1", "A2") == 1200
    assert apart(one_way, "A2", "A1") == (7800 - 3300) + 3000 + 7800 + 3000 + 2100
    assert AisleGrid.of(one_way.graph(), dict(one_way.spots())) is None
    blocked = sound(base + gates + '[[blocked]]\non = "B"\nfrom = 2.5\nto = 3.0\n')
    assert apart(blocked, "B1", "B2") == 2100 + 3000 + 7800 + 3000 + (7800 - 3300)
    assert AisleGrid.of(blocked.graph(), dict(blocked.spots())) is not None


def test_a_start_beside_a_line_is_joined_to_the_nearest() -> None:
    base = '[[area]]\nat = [0, 0]\naisles = "A..B"\nbays = "1..4"\nbins = "{aisle}{bay}"\n'
    floor = sound(base + "[[start]]\nat = [1.0, -2]\n[[drop]]\nat = [1.0, -2]\n")
    (start,) = floor.graph().starts
    assert floor.graph().ends == (start,)
    node = floor.node_of("B1")
    assert node is not None
    assert distances(floor, start)[node] == 2000 + 2000 + 2100


def test_a_start_where_lines_would_meet_is_joined_to_those_that_are_there() -> None:
    base = '[[area]]\nzone = "A"\nat = [0, 0]\naisles = "A..C"\nbays = "1..4"\nbins = "{aisle}{bay}"\n'
    yard = "[[cross]]\nfrom = [-3, 7.8]\nto = [0, 7.8]\n[[cross]]\nfrom = [-3, 4]\nto = [-3, 7.8]\n"
    floor = read_floor(base + yard + "[points]\ndoor = [-3, 0]\n" + '[[start]]\nat = "door"\n[[drop]]\nat = [0, 0]\n')
    assert not floor.troubles
    (start,) = floor.graph().starts
    node = floor.node_of("A1")
    assert node is not None
    assert distances(floor, start)[node] == 3000 + 2100


def test_one_leaves_a_start_on_a_one_way_stretch_in_its_direction_only() -> None:
    base = '[[area]]\nzone = "A"\nat = [0, 0]\naisles = "A..C"\nbays = "1..4"\nbins = "{aisle}{bay}"\n'
    floor = sound(
        base + '[[start]]\nat = [1, 0]\n[[drop]]\nat = [6, 7.8]\n[[one_way]]\non = "A front"\ntowards = "back"\n'
    )
    (start,) = floor.graph().starts
    node = floor.node_of("A1")
    assert node is not None
    assert distances(floor, start)[node] == 2000 + 7800 + 3000 + (7800 - 2100)


def test_lines_that_would_meet_if_they_were_longer_do_not() -> None:
    slanting = (
        '[[aisle]]\nname = "K"\nfrom = [0, 0]\nto = [10, 10]\n[[aisle]]\nname = "M"\nfrom = [6, 0]\nto = [{x}, {y}]\n'
    )
    assert read_floor(slanting.format(x=7, y=4)).net.chains == {"K": {}, "M": {}}
    met = read_floor(slanting.format(x=9, y=12)).net
    assert set(met.chains["K"]) == {11314}
    assert met.at[met.chains["M"][8246]] == (8000, 8000)


# Tours


def test_a_walk_counts_its_length_turns_and_time() -> None:
    floor = sound(
        "[floor]\nspeed = 0.5\nreach = 1\nseconds_per_level = 3\nseconds_per_turn = 2\n"
        '[[area]]\nat = [0, 0]\naisles = "A..B"\nbays = "1..6"\nlevels = "1..2"\nbins = "{aisle}{bay}{level}"\n'
        "cross_after = [3]\n[[start]]\nat = [0, 0]\n[[drop]]\nat = [3, 0]\n"
    )
    bins = ["A12", "A62", "B11"]
    route = [node for name in bins if (node := floor.node_of(name)) is not None]
    walk = walk_of(floor, route)
    assert walk is not None
    assert walk.length == 11100 + 4500 + 3000 + 6600  # up A, back to the middle cross-aisle, down B
    assert walk.turns == 2  # straight on over the middle cross-aisle is none
    assert set(route) <= set(walk.way)
    assert walk.ms(floor, bins) == 2 * walk.length + 2 * 3000 + 2 * 2000
    assert walk_of(floor, []) is not None


def test_a_walk_that_can_t_be_is_none() -> None:
    floor = read_floor(IRREGULAR.replace("length = 12.5", "length = 12.5\none_way = true"))
    node = floor.node_of("M-1")
    assert node is not None
    assert walk_of(floor, [node, node]) is not None
    shut = read_floor(IRREGULAR + '[[blocked]]\non = "K"\nfrom = 4\nto = 6\n')
    assert walk_of(shut, [shut.net.node_of_bin["K-1"]]) is None


# The floor of a site


def a_site(document: str | None, *places: Place) -> MemoryTables:
    tables = MemoryTables()
    for place in places:
        tables.put(place)
    if document is not None:
        tables.put(FloorFile("floor", document))
    return tables


def test_bins_with_coordinates_make_a_floor_of_aisles() -> None:
    bins = [
        Place(PlaceId(f"A-{x}-{y}"), PlaceKind.BIN, "A", 10 * x + (y if x % 2 else 9 - y), x_mm=3000 * x, y_mm=1200 * y)
        for x in (1, 2, 3)
        for y in (1, 2, 3, 4)
    ]
    lane = Place(PlaceId("LANE"), PlaceKind.STAGING, "pack", x_mm=6000, y_mm=-3000)
    floor = floor_of(a_site(None, *bins, lane))
    assert floor.source == Source.COORDINATES
    assert [line.name for line in floor.aisles] == ["A-1", "A-2", "A-3"]
    assert apart(floor, "A-1-1", "A-1-4") == 3600
    assert apart(floor, "A-1-1", "A-2-1") == 1500 + 3000 + 1500
    assert AisleGrid.of(floor.graph(), dict(floor.spots())) is not None
    assert [mark.name for mark in floor.drops] == ["LANE"]


def test_without_any_coordinates_a_metre_is_guessed_from_bin_to_bin() -> None:
    bins = [Place(PlaceId(f"B{n}"), PlaceKind.BIN, sequence=-n) for n in range(9)]
    floor = floor_of(a_site(None, *bins))
    assert floor.source == Source.SEQUENCE
    assert apart(floor, "B8", "B0") == 8000
    assert AisleGrid.of(floor.graph(), dict(floor.spots())) is not None
    assert floor_of(a_site(None)).node_of("B1") is None


def test_the_demonstrations_floor_has_every_bin_where_it_stands() -> None:
    from wms.demo.furnish import furnish
    from wms.domain.events import FloorDrawn, PlaceDefined

    events = furnish(1_790_913_600, 7)
    tables = a_site(None, *(event.place for event in events if isinstance(event, PlaceDefined)))
    (said,) = (event.document for event in events if isinstance(event, FloorDrawn))
    tables.put(FloorFile("floor", said))
    floor = floor_of(tables)
    assert not [trouble.says for trouble in floor.troubles]
    assert len(floor.aisles) == 21
    grid = AisleGrid.of(floor.graph(), dict(floor.spots()))
    assert grid is not None
    assert (len(grid.ways_out), len(grid.ways_in)) == (1, 2)
    known = {place.id: place for place in tables.where(Place, kind=PlaceKind.BIN)}
    assert apart(floor, "A-01-1-1", "A-01-6-3") == known[PlaceId("A-01-6-3")].y_mm - known[PlaceId("A-01-1-1")].y_mm

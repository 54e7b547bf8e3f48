"""Until when an order must be handed over, by the policy of its channel."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.domain import events as e
from wms.domain.catalogue import Channel, Site
from wms.domain.rows import MemoryTables
from wms.domain.ship_by import ShipByPolicy, default_hours, due, policy_of, ship_by_of
from wms.setup.outcome import Result
from wms.setup.reading import read

SHANGHAI = "Asia/Shanghai"
WEEKEND = frozenset({5, 6})


def at(text: str, zone: str = SHANGHAI) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def wall(seconds: int, zone: str = SHANGHAI) -> str:
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("placed", "policy", "answer"),
    [
        ("2026-11-18 10:00", ShipByPolicy(48), "2026-11-20 10:00"),
        # 2026-11-20 is a Friday: the clock stands still from Saturday's to Monday's midnight
        ("2026-11-20 10:00", ShipByPolicy(24, days_off=WEEKEND), "2026-11-23 10:00"),
        ("2026-11-20 10:00", ShipByPolicy(14, days_off=WEEKEND), "2026-11-21 00:00"),
        ("2026-11-21 10:00", ShipByPolicy(24, days_off=WEEKEND), "2026-11-24 00:00"),
        # at the cut-off and after it, from the next working day's beginning
        ("2026-11-18 15:59", ShipByPolicy(24, cutoff=16 * 60), "2026-11-19 15:59"),
        ("2026-11-18 16:00", ShipByPolicy(24, cutoff=16 * 60), "2026-11-20 00:00"),
        ("2026-11-20 16:30", ShipByPolicy(24, cutoff=16 * 60, days_off=WEEKEND), "2026-11-24 00:00"),
        # holidays next to a weekend
        (
            "2026-11-19 12:00",
            ShipByPolicy(48, days_off=WEEKEND, holidays=frozenset({date(2026, 11, 20)})),
            "2026-11-24 12:00",
        ),
        ("2026-11-18 10:00", ShipByPolicy(24, days_off=frozenset(range(7))), "2026-11-19 10:00"),
    ],
)
def test_due(placed, policy, answer):
    assert wall(due(at(placed), policy, SHANGHAI)) == answer


def test_a_day_on_which_clocks_are_set_has_the_hours_it_has():
    berlin = "Europe/Berlin"
    sunday_off = ShipByPolicy(24, days_off=frozenset({6}))  # on Sunday 2026-10-25 there are 25 hours
    assert wall(due(at("2026-10-24 12:00", berlin), sunday_off, berlin), berlin) == "2026-10-26 12:00"
    assert due(at("2026-10-24 12:00", berlin), ShipByPolicy(24), berlin) == at("2026-10-24 12:00", berlin) + 24 * 3600


@given(
    st.integers(min_value=-(10**15), max_value=10**15),
    st.integers(min_value=1, max_value=500),
    st.one_of(st.none(), st.integers(min_value=0, max_value=1439)),
    st.frozensets(st.integers(min_value=0, max_value=6)),
)
def test_there_is_always_an_answer_and_days_off_never_make_it_earlier(placed, hours, cutoff, days_off):
    answer = due(placed, ShipByPolicy(hours, cutoff, days_off), SHANGHAI)
    assert answer >= due(placed, ShipByPolicy(hours), SHANGHAI)
    assert due(placed + 60, ShipByPolicy(hours, cutoff, days_off), SHANGHAI) >= answer


def test_channels_nobody_set_up_go_by_what_their_code_begins_with():
    assert [default_hours(name) for name in ("taobao", "Douyin_2", "jd-self", "tmall", "shop", "")] == [
        48,
        24,
        24,
        48,
        48,
        48,
    ]


def test_policy_of_a_channel_is_the_sites_own_and_its_holidays_hold_for_all():
    rows = MemoryTables()
    rows.put(Site("site", "S", SHANGHAI, holidays="2026-10-01"))
    rows.put(Channel("shop", "", "", 36, cutoff="16:30", days_off="sat sun", holidays="2026-12-31"))
    assert policy_of(rows, "shop") == ShipByPolicy(
        36, 16 * 60 + 30, WEEKEND, frozenset({date(2026, 10, 1), date(2026, 12, 31)})
    )
    assert policy_of(rows, "douyin") == ShipByPolicy(24, holidays=frozenset({date(2026, 10, 1)}))


def test_what_the_channel_says_comes_first_and_a_pre_sale_counts_from_its_day():
    rows = MemoryTables()
    rows.put(Site("site", "S", SHANGHAI))
    placed, day = at("2026-11-18 10:00"), at("2026-12-01 00:00")
    assert ship_by_of(rows, "douyin", placed, said=5) == 5
    assert wall(ship_by_of(rows, "douyin", placed)) == "2026-11-19 10:00"
    assert wall(ship_by_of(rows, "douyin", placed, not_before=day)) == "2026-12-02 00:00"


def defined(text: str) -> tuple[list[object], list[tuple[Result, str]]]:
    found = read("channels.csv", text.encode(), MemoryTables(), opened={})
    return [event.channel for event in found.events if isinstance(event, e.ChannelDefined)], [
        (row.result, row.reason) for row in found.outcomes
    ]


def test_setup_reads_the_policy_and_says_what_is_wrong_with_it():
    head = "code,en,ship_by_hours,cutoff,days_off,holidays\n"
    channels, _ = defined(head + "shop,Shop,,9:30,SUN;sat,2026-10-02;2026/10/1\ndouyin,D,,,,\n")
    assert channels == [
        Channel("shop", "Shop", "Shop", 48, cutoff="09:30", days_off="sat sun", holidays="2026-10-01 2026-10-02"),
        Channel("douyin", "D", "D", 24),
    ]
    _, outcomes = defined(head + "a,A,,25:00,,\nb,B,,,never,\nc,C,,,,2026-02-30\nd,D,,,mon tue wed thu fri sat sun,\n")
    assert [note for _, note in outcomes] == [
        "bad_clock:cutoff:25:00",
        "bad_choice:days_off:mon tue wed thu fri sat sun:never",
        "bad_date:holidays:2026-02-30",
        "no_working_day:days_off:mon tue wed thu fri sat sun",
    ]
    assert all(result == Result.REFUSED for result, _ in outcomes)


def test_the_clock_is_that_of_the_site():
    placed = int(datetime(2026, 11, 18, 9, 0, tzinfo=UTC).timestamp())  # 17:00 in Shanghai
    policy = ShipByPolicy(24, cutoff=16 * 60)
    assert due(placed, policy, "UTC") == placed + 24 * 3600
    assert wall(due(placed, policy, SHANGHAI)) == "2026-11-20 00:00"

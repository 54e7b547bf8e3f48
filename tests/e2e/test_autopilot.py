"""A whole day through the real program: hub, six terminals in ptys, people who err, plugs pulled."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
OLIST = SHARED / "data" / "orders" / "olist"
FAULTS = {"terminal killed": 2, "hub killed": 1, "network away": 1, "paper out": 1, "cancelled after picking": 1}


def wms(*arguments, **options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "wms", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        **options,
    )


def a_day(*arguments, seconds=150):
    process = wms("demo", "--autopilot", "--json", *arguments)
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 0, err[-3000:]
    return json.loads(out), err


def running_with(text):
    """Processes that have `text` in their arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                arguments = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if text.encode() in arguments:
                found.append(arguments)
    return found


def sums_up(orders):
    return orders["in"] == sum(n for name, n in orders.items() if name != "in")


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """Twelve orders with everything going wrong once: terminals and hub killed, network away, paper out."""
    folder = tmp_path_factory.mktemp("day") / "kept"
    report, progress = a_day("--limit", 12, "--seed", 4, "--keep", folder)
    return report, progress, folder


def test_every_order_ends_somewhere_and_most_are_shipped(day):
    orders = day[0]["orders"]
    assert orders["in"] == 12
    assert sums_up(orders)
    assert orders["waiting"] == orders["short"] == 0
    assert orders["shipped"] >= 7
    assert orders["cancelled"] >= 1


def test_the_walk_is_measured_against_walking_as_orders_come(day):
    walk = day[0]["walk"]
    assert 0 < walk["walked_m"] <= walk["planned_m"]
    assert abs(walk["first_come_m"] - walk["planned_m"] - walk["saved_m"]) <= 1


def test_all_invariants_hold_after_plugs_were_pulled_and_the_hub_died(day):
    report = day[0]
    assert {name: n for name, n in report["faults"].items() if name in FAULTS} == FAULTS
    assert report["problems"] == {}
    assert len(report["invariants"]) >= 15
    assert all(report["invariants"].values())
    assert report["events"]["waiting"] == 0
    assert report["events"]["synced"] == report["events"]["journaled"] > 1500


def test_people_erred_and_a_batch_was_decided(day):
    report = day[0]
    assert {"wrong item", "unknown code", "double trigger", "undo", "sample failed"} <= report["mistakes"].keys()
    assert 0 < report["scans"]["refused"] < report["scans"]["total"]
    assert report["samples"]["failed"] >= 1
    assert report["samples"]["batches_decided"] >= 1
    assert report["labels"]["printed"] >= report["labels"]["verified"] >= report["parcels"]["shipped"] > 0


def test_progress_goes_to_stderr_and_no_process_is_left(day):
    _, progress, folder = day
    assert "units picked" in progress
    assert running_with(str(folder)) == []


def test_every_kept_node_verifies_by_the_command_too(day):
    for node in ("hub", "PICK1", "PACK2", "BOARD"):
        process = wms("verify", "--data", day[2] / node, "--json")
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert json.loads(out)["problems"] == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_it_finds_nothing_left_over(tmp_path, how):
    process = wms("demo", "--autopilot", "--limit", 12, "--keep", tmp_path / "kept")
    folder = str(tmp_path / "kept")
    deadline = time.monotonic() + 60
    while len(running_with(folder)) < 7 and time.monotonic() < deadline:  # itself, the hub, and a few terminals
        time.sleep(0.05)
    process.send_signal(how)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "stopped" in err
    assert running_with(folder) == []


def refused(*arguments):
    process = wms("demo", *arguments)
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def test_what_it_refuses(tmp_path):
    empty = tmp_path / "orders.csv"
    empty.write_text("")
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "something").touch()
    for arguments, code, words in (
        ((), 1, "needs a terminal"),
        (("--limit", 3), 2, "--autopilot"),
        (("--autopilot", "--orders", tmp_path / "none.csv"), 2, "there is no"),
        (("--autopilot", "--orders", empty), 1, "no orders in"),
        (("--autopilot", "--keep", taken), 1, "not empty"),
    ):
        found, err = refused(*arguments)
        assert (found, words in err) == (code, True), (arguments, found, err)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_three_hundred_orders(tmp_path):
    report, _ = a_day("--limit", 300, "--seed", 2, seconds=800)
    assert report["orders"]["in"] == 300
    assert sums_up(report["orders"])
    assert report["orders"]["waiting"] == 0
    assert all(report["invariants"].values()), report["problems"]


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.skipif(not OLIST.is_dir(), reason="the marketplace's orders lie in shared/ beside the checkout")
def test_a_marketplaces_own_orders_with_their_dates_moved_to_today():
    report, _ = a_day("--orders", OLIST, "--limit", 300, seconds=800)
    assert report["orders"]["in"] == 300
    assert sums_up(report["orders"])
    assert report["dates_moved_s"] > 0
    assert all(report["invariants"].values()), report["problems"]

"""One line of JSON a view, to a file, a fifo or a socket, and never a station held up."""

import json
import os
import socket
import threading
import time

import pytest

from tests.terminal.scripted import ScriptedStation, pick_bin
from wms.domain.records import replace
from wms.terminal.mirror import Mirror
from wms.workflows.prompt import no, plain


def publish_all(path, count):
    """Publishes so many views and closes in order: station, then mirror; returns the seconds the station took."""
    station = ScriptedStation(pick_bin(expects=("A-03-2-1",)))
    mirror = Mirror(path)
    mirror.attach(station)
    started = time.monotonic()
    for n in range(count):
        station.publish(replace(pick_bin(), said=no(plain(f"n{n}"), plain("\ud800\x1b"))))
    station.close()
    took = time.monotonic() - started
    return mirror, took


def test_file_gets_every_view_in_order(tmp_path):
    path = tmp_path / "mirror.jsonl"
    mirror, _ = publish_all(path, 3000)
    mirror.close()
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["serial"] for line in lines] == list(range(1, 3002))
    first = lines[0]
    assert (first["name"], first["target"], first["ask"]) == ("pick.bin", "A-03-2-1", "Scan the bin code")
    assert first["expects"] == ["A-03-2-1"]
    assert first["said"] == {"tone": "ok", "lines": ["2 put in tote 3", "Line 2 done"]}
    assert lines[-1]["said"]["lines"][0] == "n2999"


def test_fifo_reader_may_come_late(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    mirror, took = publish_all(path, 100)
    assert took < 2
    with path.open("rb") as reader:
        lines = [json.loads(reader.readline()) for _ in range(101)]
    mirror.close()
    assert lines[-1]["serial"] == 101


def test_socket_that_reads_nothing_holds_nobody_up(tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        mirror, took = publish_all(path, 3000)
        assert took < 5
        peer, _ = server.accept()
        with peer, peer.makefile("rb") as reader:
            assert json.loads(reader.readline())["serial"] == 1
    mirror.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "mirror"]


def test_socket_nobody_listens_on_ends_the_mirror_only(tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    mirror, took = publish_all(path, 10)
    mirror.close()
    assert took < 2


class Hasty:
    """Shows its second view when somebody subscribes, or just after somebody has looked at the first."""

    def __init__(self, when):
        self._when, self._view, self._callbacks = when, replace(pick_bin(), serial=1), []

    @property
    def view(self):
        looked_at = self._view
        if self._when == "looked at":
            self._go_on()
        return looked_at

    def subscribe(self, callback, /):
        self._callbacks.append(callback)
        if self._when == "subscribed":
            self._go_on()

    def _go_on(self):
        self._view = replace(pick_bin(), serial=2)
        for callback in self._callbacks:
            callback(self._view)


@pytest.mark.parametrize("when", ["looked at", "subscribed"])
def test_a_view_that_comes_while_the_mirror_is_attached_is_its_last_line(tmp_path, when):
    mirror = Mirror(tmp_path / "mirror.jsonl")
    mirror.attach(Hasty(when))
    mirror.close()
    lines = (tmp_path / "mirror.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["serial"] for line in lines] == [2]

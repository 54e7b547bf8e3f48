"""Hypothesis plays a bench's printers against the spool: links drop, paper ends, plugs are pulled, programs killed.

Real stores on disk and simulated printers on real sockets; only what a label looks like is made up, so that it tells
which it is. A packer does what the screen says and nothing else. After every step: no label is sent twice, none comes
out twice without a word, whatever was interrupted is asked about. In the end every parcel bears one good label.

More of it: SPOOL_EXAMPLES=200 SPOOL_STEPS=60 pytest tests/stateful/test_spool_machine.py
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from drivers import printer_link
from drivers.fakes import FakePrinter
from drivers.printer import Delivery
from tests.unit.test_printing_spool import Bench
from wms.config import PrinterConfig
from wms.domain import commands as c
from wms.domain import events as e
from wms.domain.ids import Badge
from wms.domain.orders import Order
from wms.domain.packing import Parcel, ParcelStatus
from wms.domain.review import Review
from wms.domain.rows import need
from wms.printing import jobs, making, rendering
from wms.printing.spool import Spool
from wms.store import verify
from wms.workflows.packing import PackWorkflow, label_fault
from wms.workflows.workflow import Who

MEMORY = Path("/dev/shm")
NAMES = ("bench", "spare")
TROUBLES = ("paper", "cover", "link", "off", "deaf")
PARCELS = 8
SEND_WITHIN_S = 0.4
LABEL = re.compile(rb"LABEL\|([A-Z0-9]+)\|")
MARK = re.compile(rb"MARK\|(\d+)\|")


class Killed(BaseException):
    """kill -9, or the power is gone: nothing after it runs."""


class Mortal:
    """A printer's port in a program that may be killed while it sends. `sent` counts labels by what they say."""

    def __init__(self, port: Any, sent: Counter[tuple[bytes, int]]) -> None:
        self._port, self._sent, self.uri = port, sent, port.uri
        self.dies = ""

    def status(self, timeout_s: float = SEND_WITHIN_S) -> Any:
        return self._port.status(timeout_s)

    def send(self, data: bytes) -> Delivery:
        mark, label = MARK.search(data), LABEL.search(data)
        assert label is not None
        self._sent[label[1], int(mark[1]) if mark else 0] += 1
        if self.dies == "before":
            raise Killed
        if self.dies == "amid":
            self._send_half(data)
            raise Killed
        delivery: Delivery = self._port.send(data, SEND_WITHIN_S)
        if self.dies == "after":
            raise Killed
        if delivery.outcome == "not_sent":
            self._sent[label[1], int(mark[1]) if mark else 0] -= 1
        return delivery

    def _send_half(self, data: bytes) -> None:
        """The system closes the sockets of whoever is killed."""
        try:
            with socket.create_connection(("127.0.0.1", int(self.uri.rpartition(":")[2])), 1.0) as link:
                link.sendall(data[: len(data) // 2])
        except OSError:
            return


def a_label(rows: Any, job: jobs.Job, *_: object) -> bytes:
    return b"\x1b@" + f"LABEL|{need(rows, Parcel, job.subject).waybill}|".encode() * 40 + b"\x1dVB\x00"


def a_mark(copy: int, *_: object) -> bytes:
    return b"\x1b@" + f"MARK|{copy}|".encode()


class SpoolMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.patches = ExitStack()
        for where, name, value in (
            (rendering, "rendered", a_label),
            (making, "mark", a_mark),
            (printer_link, "ASK_AGAIN_S", 0.03),
            (printer_link, "ANSWER_WITHIN_S", 0.15),
        ):
            self.patches.enter_context(patch.object(where, name, value))
        self.root = Path(tempfile.mkdtemp(prefix="wms-spool-", dir=MEMORY if MEMORY.is_dir() else None))
        self.printers = {name: FakePrinter() for name in NAMES}
        self.sent: Counter[tuple[bytes, int]] = Counter()
        self.asked: Counter[str] = Counter()  # by waybill
        self.parcels: list[str] = []
        self.destroyed: Counter[bytes] = Counter()  # whole labels, by waybill
        self.interrupted: set[int] = set()  # jobs that were under way when the program was killed
        self.bench = Bench(self.root)
        self.bench.set_up()
        self.sit_down()

    def sit_down(self) -> None:
        printers = [PrinterConfig(name, self.printers[name].uri) for name in NAMES]
        self.spool = Spool(self.bench.store, printers, patience=0.0)
        self.ports: dict[str, Mortal] = {}
        for queue in self.spool.queues:
            queue._port = self.ports[queue.printer.name] = Mortal(queue._port, self.sent)

    def get_up_again(self) -> None:
        """The program was killed: nothing but the store's file is left."""
        self.spool._sole.let_go()
        self.bench.store.close()
        self.bench = Bench(self.root)
        self.bench.orders = len(self.parcels)
        self.sit_down()

    def jobs(self) -> list[jobs.Job]:
        return jobs.every(self.bench.store.rows.connection)

    def do(self, command: Any) -> None:
        self.bench.store.execute(command, Badge("007"))

    # What is asked for

    @rule()
    def weigh_a_parcel(self) -> None:
        if len(self.parcels) == PARCELS:
            return
        parcel = self.bench.parcel(None if len(self.parcels) % 2 else self._person())
        self.parcels.append(parcel)
        self.asked[self.bench.waybill(parcel)] += 1

    @staticmethod
    def _person() -> Any:
        from tests.unit.test_printing_spool import ZHANG

        return ZHANG

    @precondition(lambda self: self.parcels)
    @rule(data=st.data())
    def cancel_an_order(self, data: Any) -> None:
        parcel = data.draw(st.sampled_from(self.parcels))
        self.bench.store.record([e.OrderCancelled(need(self.bench.store.rows, Parcel, parcel).order_id)], "")

    @precondition(lambda self: self.parcels)
    @rule(data=st.data())
    def ask_again_impatiently(self, data: Any) -> None:
        self._reprint(data.draw(st.sampled_from(self.parcels)), "nothing came out")

    @precondition(lambda self: self.parcels)
    @rule(data=st.data())
    def spoil_a_number(self, data: Any) -> None:
        parcel = data.draw(st.sampled_from(self.parcels))
        before = self.bench.waybill(parcel)
        self.do(c.VoidLabel(parcel, "spoiled"))
        if self.bench.waybill(parcel) != before:
            self.asked[self.bench.waybill(parcel)] += 1

    @rule(name=st.sampled_from(NAMES))
    def reroute(self, name: str) -> None:
        waiting = jobs.in_state(self.bench.store.rows.connection, "queued")
        self.bench.store.writer.do(lambda connection: jobs.reroute(connection, waiting, name, 0))

    # The program

    @rule()
    def turn(self) -> None:
        for queue in self.spool.queues:
            queue.turn()

    @rule(name=st.sampled_from(NAMES), moment=st.sampled_from(["before", "amid", "after"]))
    def turn_and_be_killed(self, name: str, moment: str) -> None:
        self.ports[name].dies = moment
        try:
            self.turn()
        except Killed:
            self.interrupted |= {job.id for job in self.jobs() if job.state == "sending"}
            self.get_up_again()
        self.ports[name].dies = ""

    @rule()
    def be_killed(self) -> None:
        self.get_up_again()

    # The printers

    @rule(name=st.sampled_from(NAMES), what=st.sampled_from(TROUBLES), after=st.sampled_from([0, 1, 300, 800]))
    def trouble(self, name: str, what: str, after: int) -> None:
        printer = self.printers[name]
        match what:
            case "paper":
                printer.paper_out(after)
            case "cover":
                printer.open_cover(after)
            case "link":
                printer.drop_link(after)
            case "off":
                printer.off()
            case "deaf":
                printer.stop_reading()

    @rule(name=st.sampled_from(NAMES))
    def mended(self, name: str) -> None:
        """While it was off, any other program's connection may have taken its port for a moment."""
        deadline = time.monotonic() + 5.0
        while True:
            try:
                return self.printers[name].ok()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    # The people

    @rule()
    def packer_does_as_told(self) -> None:
        for parcel in self.parcels:
            self._pack(parcel)

    @rule(what=st.sampled_from(TROUBLES), after=st.sampled_from([1, 300, 800]))
    def a_label_in_trouble(self, what: str, after: int) -> None:
        """The likeliest story: it begins to print, and something happens."""
        self.mended("bench")
        self.weigh_a_parcel()
        self.trouble("bench", what, after)
        self.turn()

    @precondition(lambda self: self.parcels)
    @rule(data=st.data())
    def supervisor_says_done(self, data: Any) -> None:
        self.do(c.CloseReview(f"label/{data.draw(st.sampled_from(self.parcels))}", "done"))

    def _pack(self, parcel: str) -> None:
        """Looks at the screen and at what hangs out of the printers; scans what is whole, destroys all others."""
        row = need(self.bench.store.rows, Parcel, parcel)
        if row.status != ParcelStatus.LABELLED or need(self.bench.store.rows, Order, row.order_id).stop:
            return
        whole, torn = self._in_hand(row.waybill.encode())
        if whole:
            self.do(c.VerifyLabel(parcel))
            self.destroyed[row.waybill.encode()] += whole - 1
        elif label_fault(self.bench.store.rows, parcel):
            self._reprint(parcel, "damaged" if torn else "nothing came out")

    def _in_hand(self, waybill: bytes) -> tuple[int, int]:
        """Labels of that number, whole and in pieces, that nobody has destroyed yet."""
        out = [piece for printer in self.printers.values() for piece in printer.pieces]
        mine = [piece for piece in out if (found := LABEL.search(piece.data)) and found[1] == waybill]
        whole = sum(piece.is_whole for piece in mine)
        return whole - self.destroyed[waybill], len(mine) - whole

    def _reprint(self, parcel: str, reason: str) -> None:
        before = need(self.bench.store.rows, Parcel, parcel)
        self.do(c.ReprintLabel(parcel, reason))
        after = need(self.bench.store.rows, Parcel, parcel)
        self.asked[after.waybill] += after.prints - before.prints

    # What must hold at any moment

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        assert all(count <= 1 for count in self.sent.values()), self.sent

    @invariant()
    def nothing_comes_out_twice_without_a_word(self) -> None:
        """One label without a mark for each number, and no more than were asked for; every other says REPRINT."""
        out = [piece for printer in self.printers.values() for piece in printer.pieces if piece.is_whole]
        whole: Counter[bytes] = Counter()
        plain: Counter[bytes] = Counter()
        for piece in out:
            found = LABEL.search(piece.data)
            if found is not None:
                whole[found[1]] += 1
                plain[found[1]] += MARK.search(piece.data) is None
        assert all(count <= 1 for count in plain.values()), plain
        assert all(count <= self.asked[waybill.decode()] for waybill, count in whole.items()), (whole, self.asked)

    @invariant()
    def nothing_is_lost(self) -> None:
        """The newest job of a parcel whose label is still wanted can come to an end: somebody or something is at it."""
        rows = self.bench.store.rows
        for parcel in self.parcels:
            row, newest = need(rows, Parcel, parcel), jobs.of(rows.connection, "label", parcel)[-1]
            stopped = need(rows, Order, row.order_id).stop
            ended = {"verified": row.status == ParcelStatus.VERIFIED, "cancelled": bool(stopped)}
            settled = newest.state == "cancelled" and newest.note == "looked at"
            assert ended.get(newest.state, True) or settled, (row, newest)
            assert [job.state for job in jobs.of(rows.connection, "label", parcel)].count("verified") <= 1

    @invariant()
    def what_was_interrupted_is_never_tried_again(self) -> None:
        states = {job.id: job.state for job in self.jobs()}
        assert all(states[job] not in ("queued", "sent", "printed") for job in self.interrupted), states

    @rule()
    def everything_interrupted_is_asked_about(self) -> None:
        self.turn()
        rows = self.bench.store.rows
        asked = {review.subject for review in rows.where(Review, open=True) if review.kind == "label"}
        failed = {job.subject for job in self.jobs() if job.state == "failed"}
        assert failed == asked
        assert not [job for job in self.jobs() if job.state == "sending"]
        who = Who(Badge("007"), "", self.bench.store.device, self.bench.store.clock() // 1000, "UTC")
        packer = PackWorkflow().resume(rows, who)
        if packer.parcel is not None and packer.parcel.id in failed and packer.order and not packer.order.stop:
            assert packer.screen == "pack.look"

    # The end of the day

    def teardown(self) -> None:
        try:
            self._everybody_finishes()
            assert verify(self.bench.store.rows).problems == ()
        finally:
            self.bench.store.close()
            self.spool._sole.let_go()
            for printer in self.printers.values():
                printer.close()
            self.patches.close()
            shutil.rmtree(self.root)

    def _everybody_finishes(self) -> None:
        """Printers that work and people who do what the screen says bring every label to its end."""
        for _ in range(8):
            for name in NAMES:
                self.mended(name)
            self.turn()
            self._let_it_come_out()
            for parcel in self.parcels:
                self._pack(parcel)
                newest = jobs.of(self.bench.store.rows.connection, "label", parcel)[-1]
                if newest.state in ("sent", "printed") or newest.note == "looked at":
                    self._nothing_came_out(parcel)
        rows = self.bench.store.rows
        for parcel in self.parcels:
            row = need(rows, Parcel, parcel)
            if need(rows, Order, row.order_id).stop:
                continue
            assert row.status == ParcelStatus.VERIFIED, (row, self.jobs())
            extra = self._in_hand(row.waybill.encode())[0] - 1
            assert extra >= 0, "a verified parcel bears a label"
            assert extra < self.asked[row.waybill], "one that comes out late is destroyed, as she was told"

    def _let_it_come_out(self) -> None:
        deadline = time.monotonic() + 1.0
        while time.monotonic() < deadline and any(printer._sessions for printer in self.printers.values()):
            time.sleep(0.002)

    def _nothing_came_out(self, parcel: str) -> None:
        """The packer waited for a label that the printer believes it printed."""
        row = need(self.bench.store.rows, Parcel, parcel)
        if row.status == ParcelStatus.LABELLED and not self._in_hand(row.waybill.encode())[0]:
            self._reprint(parcel, "nothing came out")


MORE = "SPOOL_EXAMPLES" in os.environ
SpoolMachine.TestCase.settings = settings(
    max_examples=int(os.environ.get("SPOOL_EXAMPLES", "14")),
    stateful_step_count=int(os.environ.get("SPOOL_STEPS", "30")),
    phases=[Phase.generate, Phase.shrink] if MORE else [Phase.generate],
    deadline=None,
    derandomize=not MORE,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestSpool = SpoolMachine.TestCase

"""`wms label jobs|reprint|void|reroute` beside a terminal that prints."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from drivers.fakes import FakePrinter
from tests.unit.cli_shell import Shell
from tests.unit.test_printing_spool import PATIENCE, Bench, close_a_manifest, scanned, until
from wms.config import load
from wms.domain import commands as c
from wms.printing.spool import Spool


@pytest.fixture
def shell(tmp_path, capsys):
    return Shell(tmp_path, capsys)


@pytest.fixture
def bench(shell):
    made = Bench(shell.data)
    made.set_up()
    yield made
    made.store.close()


@pytest.fixture
def printer():
    with FakePrinter() as fake:
        yield fake


@contextmanager
def a_terminal(bench):
    """The one whose folder it is, with the printers of its settings."""
    spool = Spool(bench.store, load(bench.store.folder).all_printers(), patience=PATIENCE)
    spool.start()
    try:
        yield spool
    finally:
        spool.stop()


def settings(shell, text):
    (shell.data / "wms.toml").write_text(text, encoding="utf-8")


def test_jobs_are_listed_and_a_label_is_printed_again_though_the_terminal_runs(shell, bench, printer):
    settings(shell, f'printer = "{printer.uri}"\n')
    with a_terminal(bench):
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        (job,) = shell.good("label", "jobs", "--json").json["jobs"]
        assert {name: job[name] for name in ("job", "state", "kind", "parcel", "printer", "attempts")} == {
            "job": 1, "state": "printed", "kind": "label", "parcel": parcel, "printer": "printer", "attempts": 1,
        }  # fmt: skip
        assert (job["waybill"], job["asked_by"], job["reprint"]) == (bench.waybill(parcel), "007", False)
        said = shell.good("label", "reprint", "1", "--reason", "fell into the water", "--json").json
        assert said == {"job": 2, "replaces": 1, "state": "queued"}
        until(lambda: bench.states() == ["cancelled", "printed"])
    assert [scanned(data) for data in printer.jobs] == [{bench.waybill(parcel)}] * 2
    jobs = shell.good("label", "jobs", "--all", "--json").json["jobs"]
    assert [(one["state"], one["reprint"], one["reason"], one["note"]) for one in jobs] == [
        ("cancelled", False, "", "reprinted"),
        ("printed", True, "fell into the water", ""),
    ]
    assert "fell into the water" in shell.good("label", "jobs").out


def test_a_number_is_spoiled_by_its_waybill(shell, bench, printer):
    settings(shell, f'printer = "{printer.uri}"\n')
    with a_terminal(bench):
        parcel = bench.parcel()
        old = bench.waybill(parcel)
        until(lambda: bench.states() == ["printed"])
        said = shell.good("label", "void", old, "--json").json
        assert said == {"voided": old, "waybill": bench.waybill(parcel), "job": 2}
        assert said["waybill"] != old
        until(lambda: bench.states() == ["cancelled", "printed"])
    assert scanned(printer.jobs[-1]) == {said["waybill"]}


def test_a_spoiled_number_names_no_label_any_more(shell, bench, printer):
    settings(shell, f'printer = "{printer.uri}"\n')
    with a_terminal(bench):
        parcel = bench.parcel()
        old = bench.waybill(parcel)
        until(lambda: bench.states() == ["printed"])
        new = shell.good("label", "void", old, "--json").json["waybill"]
        until(lambda: bench.states() == ["cancelled", "printed"])
        bench.do(c.VerifyLabel(parcel))
        for name in (old, "1"):
            assert f"{old} is spoiled already; the parcel has {new} now" in shell.bad("label", "void", name)
            assert f"the parcel has {new} now" in shell.bad("label", "reprint", name, "--reason", "torn")
        assert (bench.waybill(parcel), bench.states()) == (new, ["cancelled", "verified"])
    jobs = shell.good("label", "jobs", "--all", "--json").json["jobs"]
    assert [one["waybill"] for one in jobs] == [old, new]


def test_what_waits_goes_to_another_printer(shell, bench, printer):
    with FakePrinter() as broken:
        broken.off()
        settings(shell, f'printer = "{broken.uri}"\n[printers.spare]\nuri = "{printer.uri}"\n')
        with a_terminal(bench):
            parcel = bench.parcel()
            until(lambda: bench.is_open("printer", "T1"))
            said = shell.good("label", "reroute", "--from", "printer", "--to", "spare", "--json").json
            assert said == {"rerouted": 1, "from": "printer", "to": "spare"}
            until(lambda: bench.states() == ["printed"])
    assert scanned(printer.jobs[0]) == {bench.waybill(parcel)}


def test_a_label_to_be_looked_at_says_so_in_words(shell, bench, printer):
    settings(shell, f'printer = "{printer.uri}"\n')
    printer.paper_out(after_bytes=2000)
    with a_terminal(bench):
        bench.parcel()
        until(lambda: bench.states() == ["failed"])
    assert shell.good("label", "jobs", "--json").json["jobs"][0]["note"] == "broken"
    assert "look at the printer" in shell.good("label", "jobs", "--language", "en").out


def test_a_slip_is_printed_again(shell, bench, printer):
    settings(shell, f'printer = "{printer.uri}"\n')
    with a_terminal(bench):
        parcel = bench.parcel()
        until(lambda: bench.states() == ["printed"])
        manifest = close_a_manifest(bench, parcel)
        until(lambda: bench.states() == ["verified", "printed"])
        assert shell.good("label", "reprint", "2", "--reason", "lost", "--json").json["job"] == 3
        until(lambda: bench.states() == ["verified", "cancelled", "printed"])
        assert "no label" in shell.bad("label", "void", "3")
    assert [scanned(data) for data in printer.jobs[1:]] == [{manifest}] * 2


def test_what_cannot_be_is_refused_with_what_can(shell, bench):
    settings(shell, f'printer = "file:{shell.folder}/x"\n')
    assert "no job 7" in shell.bad("label", "reprint", "7", "--reason", "x")
    said = shell.bad("label", "reroute", "--from", "printer", "--to", "printer", code=2)
    assert "name another printer" in said
    assert "known are printer" in shell.bad("label", "reroute", "--from", "printer", "--to", "attic", code=2)
    assert "--reason" in shell.bad("label", "reprint", "7", code=2)
    with a_terminal(bench):
        parcel = bench.parcel()
        until(lambda: bench.states()[0] in ("sent", "printed"))
        bench.do(c.VerifyLabel(parcel))
        bench.do(c.StageParcel(parcel, "SHIP-SF"))
    assert "left the bench" in shell.bad("label", "void", bench.waybill(parcel), "--language", "en")

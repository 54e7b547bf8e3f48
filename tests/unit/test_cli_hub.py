"""The hub's commands: what an administrator types, on a folder and on PostgreSQL, and what is refused in words."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlite

from tests.unit.cli_shell import Shell
from tests.unit.test_cli_sync import served
from wms.cli import hub_admission
from wms.sync import identity


class Hub:
    """A shell on a hub's data, with `--database` where the engine asks for it."""

    def __init__(self, shell: Shell, url: str) -> None:
        self.shell, self.more = shell, ("--database", url) if url else ()

    def good(self, *arguments: object) -> Any:
        return self.shell.good("hub", *arguments, *self.more)

    def json(self, *arguments: object) -> Any:
        return self.good(*arguments, "--json").json

    def bad(self, *arguments: object, code: int = 1) -> str:
        return self.shell.bad("hub", *arguments, *self.more, code=code)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """'' for a folder, else the URL of an empty database."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_database"))


@pytest.fixture
def hub(engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Hub:
    return Hub(Shell(tmp_path, capsys), engine)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


def test_a_hub_is_made_shown_and_made_no_second_time(hub: Hub) -> None:
    engine = "postgresql" if hub.more else "sqlite"
    assert hub.json("init", "--warehouse", "north") == {"warehouse": "north", "engine": engine, "made": True}
    assert hub.json("init", "--warehouse", "north")["made"] is False
    assert hub.json("init")["warehouse"] == "north"
    status = hub.json("status")
    assert {name: status[name] for name in ("warehouse", "engine", "head", "keys", "terminals", "clients")} == {
        "warehouse": "north", "engine": engine, "head": 0, "keys": 0, "terminals": [], "clients": [],
    }  # fmt: skip
    assert status["database_bytes"] > 0
    assert "north" in hub.good("status").out
    assert "letters" in hub.bad("init", "--warehouse", "a.b")


def test_terminals_and_programs_are_let_in_and_out_and_all_of_it_is_on_record(hub: Hub) -> None:
    hub.good("init")
    code = hub.json("enrol", "bench 1", "--role", "packer")
    assert (code["name"], code["warehouse"], code["role"], code["valid_minutes"]) == ("bench 1", "MAIN", "packer", 15)
    assert code["type"] == f"wms sync enrol URL {code['code']}"
    token = hub.json("client", "erp", "--role", "erp")["token"]
    assert token.startswith("MAIN.")
    assert hub.json("client", "erp", "--role", "monitor")["token"] != token
    assert hub.json("revoke", "erp", "--client")["revoked"] == ["erp"]
    assert "no program called erp" in hub.bad("revoke", "erp", "--client")
    assert "no terminal called bench 1" in hub.bad("revoke", "bench 1")  # the code was not used yet
    [client] = hub.json("status")["clients"]
    assert (client["name"], client["role"], bool(client["revoked"])) == ("erp", "monitor", True)
    lines = [json.loads(line) for line in hub.good("audit", "--json").out.splitlines()]
    assert [(line["act"], line["subject"], line["detail"]) for line in lines] == [
        ("init", "MAIN", ""), ("code", "bench 1", "packer"), ("client", "erp", "erp"), ("client", "erp", "monitor"),
        ("client_revoked", "erp", ""),
    ]  # fmt: skip
    assert all(line["actor"].startswith("cli:") for line in lines)
    later = hub.good("audit", "--json", "--after", lines[-2]["serial"]).out
    assert json.loads(later) == lines[-1]
    everything = hub.good("audit").out + hub.good("status").out
    assert token.partition(".")[2] not in everything
    assert code["code"] not in everything
    hub.bad("enrol", " ", code=2)
    hub.bad("enrol", "bench", "--role", "king", code=2)
    hub.bad("client", "a b", "--role", "erp")
    hub.bad("client", "erp", code=2)


def test_one_database_serves_many_warehouses_and_each_command_means_one(
    shell: Shell, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WMS_DATABASE", postgres_database)
    assert "there are none" in shell.bad("hub", "enrol", "bench").lower()
    for name in ("north", "south"):
        shell.good("hub", "init", "--warehouse", name)
    assert "Say --warehouse NAME" in shell.bad("hub", "enrol", "bench")
    assert "no warehouse west" in shell.bad("hub", "status", "--warehouse", "west")
    assert shell.good("hub", "enrol", "bench", "--warehouse", "south", "--json").json["warehouse"] == "south"
    shell.data.mkdir(exist_ok=True)
    (shell.data / "wms.toml").write_text('[hub]\nwarehouse = "north"\naddress = "https://hub.lan"\n')
    code = shell.good("hub", "enrol", "bench", "--json").json
    assert (code["warehouse"], code["type"].split()[3]) == ("north", "https://hub.lan")
    (shell.data / "wms.toml").write_text('[hub]\ncolour = "red"\n')
    assert "not a setting" in shell.bad("hub", "status", code=2)


def test_a_database_that_is_none_or_away_is_told_without_its_password(shell: Shell) -> None:
    for url in (
        "postgresql//wms:hunter2@localhost/wms",
        "host hunter2",
        "postgresql://u:hunter2@localhost/x?nonsense=1",
    ):
        said = shell.bad("hub", "status", "--database", url, code=2)
        assert "hunter2" not in said
        assert "looks like postgresql://" in said
    said = shell.bad("hub", "status", "--database", "postgresql://wms:hunter2@127.0.0.1:9/wms")
    assert "hunter2" not in said
    assert "can't be reached" in said


def test_a_folder_that_is_no_hub_is_told_so(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wms.bootstrap.log_to", lambda _: None)
    for arguments in (("status",), ("enrol", "x"), ("revoke", "x"), ("audit",), ("backup", shell.folder / "copy")):
        assert "wms hub init" in shell.bad("hub", *arguments)
    assert not shell.data.exists(), "looking makes nothing"
    shell.good("hub", "init", "--warehouse", "north")
    assert "one folder, one warehouse" in shell.bad("hub", "init", "--warehouse", "south")
    assert "only TLS is spoken" in shell.bad("hub", "serve", "--host", "0.0.0.0")
    assert "can't be served" in shell.bad("hub", "serve", "--host", "192.0.2.1", "--behind-proxy")
    shell.bad("hub", "serve", "--port", "70000", code=2)
    shell.bad("hub", "serve", "--tls-cert", shell.folder / "none.pem", "--port", 0)


def test_certificates_are_made_and_the_line_to_type_bears_the_fingerprint(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = shell.good("hub", "init", "--tls", "--host", "hub.lan", "--host", "10.0.0.7", "--json").json
    assert made["hosts"] == ["hub.lan", "10.0.0.7", "localhost", "127.0.0.1"]
    assert made["fingerprint"] == identity.fingerprint(Path(made["authority"]).read_text())
    again = shell.good("hub", "init", "--tls", "--json").json
    assert (again["fingerprint"], again["hosts"]) == (made["fingerprint"], made["hosts"])
    assert shell.good("hub", "status", "--json").json["certificate_days"] == 364
    code = shell.good("hub", "enrol", "bench 1", "--json").json
    typed = f"wms sync enrol https://hub.lan:8080 {code['code']}@{made['fingerprint_short']}"
    assert code["type"] == typed

    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    from wms.cli.main import run

    assert run(["hub", "enrol", "bench 2", "--data", str(shell.data)]) == 0
    assert "▀" in screen.getvalue() or "▄" in screen.getvalue()


def test_the_symbol_on_the_screen_reads_as_the_line_to_type(tmp_path: Path) -> None:
    """Read by a decoder that knows nothing of us, from the half blocks as a terminal draws them."""
    zxingcpp = pytest.importorskip("zxingcpp")
    from PIL import Image

    text = "wms sync enrol https://hub.lan:8080 7K2M-Q4XV@LGOHU-AFUQK-LRIYN-HIBI5-CJA34"
    rows = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in hub_admission._qr(text).splitlines()]
    width = max(map(len, rows))
    picture = Image.new("L", (width, 2 * len(rows)), 255)
    for y, line in enumerate(rows):
        for x, letter in enumerate(line):
            light = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}[letter]
            for half, is_light in enumerate(light):
                picture.putpixel((x, 2 * y + half), 255 if is_light else 0)
    big = picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)
    [found] = zxingcpp.read_barcodes(big) or zxingcpp.read_barcodes(Image.eval(big, lambda v: 255 - v))
    assert found.text == text


def test_the_line_that_the_hub_prints_joins_a_terminal_over_tls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub, terminal = Shell(tmp_path / "hub", capsys), Shell(tmp_path / "terminal", capsys)
    made = hub.good("hub", "init", "--warehouse", "north", "--tls", "--host", "127.0.0.1", "--json").json
    with served(hub.data) as url:
        assert url.startswith("https://")
        code = hub.good("hub", "enrol", "bench 1", "--role", "packer", "--json").json
        assert code["type"].split()[3] == url, "with the port it listens on"
        assert "nothing here tells" in terminal.bad("sync", "enrol", url, code["code"], code=2)
        other = f"{code['code']}@AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
        assert "not the one of this fingerprint" in terminal.bad("sync", "enrol", url, other, "--language", "en")
        assert "no such file" in terminal.bad("sync", "enrol", url, "C", "--ca", tmp_path / "x", code=2).lower()
        terminal.file("text.pem", "no certificate")
        assert "no certificate" in terminal.bad("sync", "enrol", url, "C", "--ca", terminal.folder / "text.pem", code=2)
        joined = terminal.good(*code["type"].split()[1:], "--json").json
        assert (joined["warehouse"], joined["name"], joined["role"]) == ("north", "bench 1", "packer")
        assert terminal.good("sync", "now", "--json").json["link"] == "in_sync"
        [found] = [check for check in terminal("doctor", "--json").json["checks"] if check["name"] == "hub"]
        assert (found["state"], url in found["says"]) == ("ok", True)
        again = hub.good("hub", "enrol", "bench 1", "--json").json["code"]
        assert terminal.good("sync", "enrol", url, again, "--ca", made["authority"], "--json").json["role"] == "all"
        wrong = terminal.bad("sync", "enrol", url.replace("https", "http"), again, "--language", "en")
        assert "can't be reached" in wrong
        assert "in the open" in terminal.bad("sync", "enrol", "http://hub.lan:8080", again, "--language", "en")


def test_a_copy_is_made_while_the_hub_runs_and_put_back_when_it_stands_still(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub, terminal = Shell(tmp_path / "hub", capsys), Shell(tmp_path / "terminal", capsys)
    for one in (hub, terminal):
        one.folder.mkdir()
    hub.set_up()
    copy = tmp_path / "hub.copy"
    with served(hub.data) as url:
        terminal.good("sync", "enrol", url, hub.good("hub", "enrol", "bench 1", "--json").json["code"])
        terminal.good("sync", "now")
        made = hub.good("hub", "backup", copy, "--json").json
        assert made["position"] == hub.good("hub", "status", "--json").json["head"] > 0
        [line] = hub.good("hub", "status", "--json").json["terminals"]
        assert (line["name"], line["role"], line["online"], line["revoked"]) == ("bench 1", "all", True, "")
        assert "is running" in hub.bad("hub", "restore", copy, "--replace")
        assert "served from" in hub.bad("hub", "serve", "--port", "0")
        hub.good("hub", "revoke", "bench 1")
        away = terminal("sync", "now", "--json", "--language", "en")
        assert (away.code, away.json["link"]) == (1, "waiting")
        assert "does not know this terminal" in away.err
    assert "--replace" in hub.bad("hub", "restore", copy)
    done = hub.good("hub", "restore", copy, "--replace", "--json").json
    assert (done["position"], done["terminals"], done["unknown_since"]) == (made["position"], [], "")
    assert Path(done["kept"]).exists()
    status = hub.good("hub", "status", "--json").json
    assert status["head"] == made["position"]
    assert status["terminals"][0]["revoked"], "who was shut out since the copy stays out"
    acts = [json.loads(line)["act"] for line in hub.good("hub", "audit", "--json").out.splitlines()]
    assert acts[-2:] == ["revoked", "restore"]
    assert "and the audit has its lines" in hub.good("hub", "restore", copy, "--replace").out
    elsewhere = Shell(tmp_path / "second", capsys)
    elsewhere.folder.mkdir()
    told = elsewhere.good("hub", "restore", copy).out
    assert "terminals that may speak: bench 1" in told
    assert "revoke again whom you revoked since 20" in told
    with served(hub.data) as url:
        terminal.data.joinpath("wms.sqlite3").stat()
        assert hub.good("hub", "status", "--json").json["lives"] == 2
    (tmp_path / "text").write_text("no copy")
    assert "no copy of a hub" in hub.bad("hub", "restore", tmp_path / "text", "--replace")
    assert "no file" in hub.bad("hub", "restore", tmp_path / "missing", "--replace")


def test_a_full_disk_is_never_told_as_damage(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.good("hub", "init")
    shell.good("hub", "backup", tmp_path / "copy")
    connect = sqlite.connect

    def small(*arguments: Any, **named: Any) -> Any:
        connection = connect(*arguments, **named)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {max(pages, 1)}")
        return connection

    monkeypatch.setattr("wms.store.database.sqlite.connect", small)
    said = [shell.bad("hub", "enrol", "bench" * 100_000)]
    said.append(shell.bad("hub", "restore", tmp_path / "copy", "--replace"))
    for words in said:
        assert "is full: make room" in words
        assert "backup" not in words
        assert "damaged" not in words


def test_a_damaged_hub_and_a_damaged_copy_are_told_in_words(shell: Shell, tmp_path: Path) -> None:
    shell.good("hub", "init")
    shell.good("hub", "client", "erp", "--role", "erp")
    copy = tmp_path / "copy"
    shell.good("hub", "backup", copy)
    copy.write_bytes(copy.read_bytes().replace(b"erp", b"\xff\xfe\xfd"))
    assert "is damaged: take another copy" in shell.bad("hub", "restore", copy, "--replace")
    assert "is a directory" in shell.bad("hub", "backup", tmp_path).lower()
    database = shell.data / "wms.sqlite3"
    database.write_bytes(database.read_bytes()[:8192] + b"\xaa" * (database.stat().st_size - 8192))
    assert "damaged" in shell.bad("hub", "status")

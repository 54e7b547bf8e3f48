"""TLS on real sockets with real certificates: only the right hub is spoken to, and it is told nothing before that."""

from __future__ import annotations

import datetime as dt
import json
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wms.hub import opening, server, tls
from wms.hub.server import Listening, serve_on
from wms.store import Store
from wms.sync import identity, membership, wire
from wms.sync.connection import Connection, HubTrouble, NotReached
from wms.sync.identity import Credentials, Trust

NOW = dt.datetime.now(dt.UTC)


def made(folder: Path, *names: str, now: dt.datetime = NOW) -> tls.Certificates:
    own = tls.of(folder)
    tls.issue(own, "MAIN", names or ("localhost", "127.0.0.1"), now=now)
    return own


@contextmanager
def served(folder: Path, *flags: str) -> Iterator[str]:
    """`wms hub serve` in a process of its own; gives its port's address."""
    command = [sys.executable, "-m", "wms", "hub", "serve", "--port", "0", "--data", str(folder), *flags]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["listening"]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A hub with its own authority: its folder and address."""
    folder = tmp_path_factory.mktemp("hub")
    opening.add(folder, "", "MAIN")
    made(folder)
    with served(folder) as url:
        assert url.startswith("https://127.0.0.1:")
        yield folder, url


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "terminal", "A")
    yield store
    store.close()


def pem(folder: Path) -> str:
    return tls.of(folder).authority.read_text()


def test_a_terminal_joins_by_the_short_fingerprint_and_then_trusts_only_that_authority(
    hub: tuple[Path, str], store: Store
) -> None:
    folder, url = hub
    short = identity.short_fingerprint(identity.fingerprint(pem(folder)))
    assert membership.enrol(store, url, f"{opening.new_code(folder, 'bench')}@{short.lower()}").name == "bench"
    kept = identity.kept(store.folder)
    assert kept.trust == Trust(pem(folder))
    assert (store.folder / identity.FILE).stat().st_mode & 0o777 == 0o600
    status = membership.sync_now(store)
    assert (status.link, status.terminals) == ("in_sync", 1)
    backup = b"".join(path.read_bytes() for path in store.folder.glob("wms.sqlite3*"))
    assert kept.token.encode() not in backup
    assert kept.identity is not None
    assert kept.identity.private not in backup


def test_the_whole_fingerprint_or_the_file_will_do_as_well(hub: tuple[Path, str], store: Store) -> None:
    folder, url = hub
    full = identity.fingerprint(pem(folder))
    membership.enrol(store, url, opening.new_code(folder, "one"), fingerprint=full)
    membership.enrol(store, url, opening.new_code(folder, "two"), authority=pem(folder))
    assert identity.kept(store.folder).trust.authority == pem(folder)


def test_a_wrong_fingerprint_costs_no_code(hub: tuple[Path, str], store: Store, tmp_path: Path) -> None:
    folder, url = hub
    code = opening.new_code(folder, "bench")
    other = made(tmp_path / "other").authority.read_text()
    with pytest.raises(HubTrouble, match="not the one of this fingerprint"):
        membership.enrol(store, url, code, fingerprint=identity.fingerprint(other))
    with pytest.raises(HubTrouble, match="not trusted"):
        membership.enrol(store, url, code, authority=other)
    with pytest.raises(HubTrouble, match="not trusted"):
        membership.enrol(store, url, code, system=True)
    for wrong in ("ABCDE", "x" * 64 + "0"):
        with pytest.raises(ValueError, match="fingerprint"):
            membership.enrol(store, url, code, fingerprint=wrong)
    with pytest.raises(ValueError, match="nothing here tells"):
        membership.enrol(store, url, code)
    with pytest.raises(ValueError, match="another fingerprint"):
        membership.enrol(store, url, code, fingerprint=identity.fingerprint(other), authority=pem(folder))
    with pytest.raises(ValueError, match="no certificate"):
        membership.enrol(store, url, code, authority="no certificate")
    assert membership.membership(store) is None
    assert membership.enrol(store, url, code, authority=pem(folder)).role == "all"


def test_a_member_speaks_to_no_other_hub_that_took_the_place(
    hub: tuple[Path, str], store: Store, tmp_path: Path
) -> None:
    folder, url = hub
    membership.enrol(store, url, opening.new_code(folder, "bench"), authority=pem(folder))
    false = tmp_path / "false"
    opening.add(false, "", "MAIN")
    made(false)
    with served(false) as other:
        store.set_meta(membership.URL, other)
        status = membership.sync_now(store)
    assert status.link == "waiting"
    assert "not trusted" in status.hub_trouble.text


class Listener:
    """A server with a certificate of the test's making; it remembers whether anybody got so far as to say something."""

    def __init__(self, certificate: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._context, self._socket = context, socket.create_server(("127.0.0.1", 0))
        self.port, self.heard = self._socket.getsockname()[1], b""
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        accepted, _ = self._socket.accept()
        try:
            with self._context.wrap_socket(accepted, server_side=True) as secured:
                self.heard = secured.recv(1000)
        except OSError:
            accepted.close()

    def close(self) -> None:
        self._thread.join(5)
        self._socket.close()


@pytest.mark.parametrize(
    ("names", "now", "why"),
    [
        (("127.0.0.1",), NOW - dt.timedelta(days=400), "expired"),
        (("127.0.0.1",), NOW + dt.timedelta(days=10), "not yet valid"),
        (("hub.elsewhere",), NOW, "mismatch"),
        (("127.0.0.2",), NOW, "mismatch"),
    ],
)
def test_a_certificate_that_is_out_of_date_or_of_another_host_is_told_nothing(
    tmp_path: Path, names: tuple[str, ...], now: dt.datetime, why: str
) -> None:
    own = made(tmp_path, *names, now=now)
    listener = Listener(own.server)
    connection = Connection(
        f"https://127.0.0.1:{listener.port}", Credentials("MAIN.secret", trust=Trust(own.authority.read_text()))
    )
    try:
        with pytest.raises(HubTrouble) as trouble:
            connection.call("GET", "/v1/terminals", wire.Terminals, timeout=5)
    finally:
        connection.close()
        listener.close()
    assert trouble.value.error == "certificate"
    assert why in str(trouble.value.says.args["why"]).lower()
    assert listener.heard == b""


def test_old_tls_is_not_spoken(hub: tuple[Path, str]) -> None:
    folder, url = hub
    context = Trust(pem(folder)).context()
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    port = int(url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_nothing_is_said_in_the_open_beyond_this_machine(store: Store) -> None:
    for url in ("http://192.0.2.1:8080", "http://hub.example:8080", "http://[2001:db8::1]:8080"):
        with pytest.raises(HubTrouble, match="in the open"):
            membership.enrol(store, url, "AAAA-BBBB")
    assert store.decides
    with pytest.raises(NotReached):  # on this machine it may be tried
        membership.enrol(store, "http://127.0.0.1:9", "AAAA-BBBB")


def test_the_hub_is_not_served_in_the_open_either(tmp_path: Path) -> None:
    opening.add(tmp_path, "", "MAIN")
    for host in ("0.0.0.0", "::", "192.0.2.1"):
        with pytest.raises(ValueError, match="only TLS"):
            serve_on(tmp_path, Listening(host, 0))
    with served(tmp_path, "--host", "0.0.0.0", "--behind-proxy") as url:
        assert url.startswith("http://0.0.0.0:")


def test_a_certificate_of_ones_own_is_taken_and_a_broken_one_refused(tmp_path: Path, store: Store) -> None:
    hub, own = tmp_path / "hub", made(tmp_path / "site")
    opening.add(hub, "", "MAIN")
    made(hub)  # as well, and not used
    with served(hub, "--tls-cert", str(own.server)) as url:
        with pytest.raises(HubTrouble, match="not the one of this fingerprint"):
            membership.enrol(store, url, "AAAA-BBBB", fingerprint=identity.fingerprint(pem(hub)))
        connection = Connection(url, Credentials(trust=Trust(own.authority.read_text())))
        shown = connection.call("GET", "/v1/authority", wire.Authority, timeout=5)
        connection.close()
    assert shown.pem == ""  # a hub with somebody else's certificate vouches for nothing
    broken = tmp_path / "broken.pem"
    broken.write_text(own.authority.read_text())
    with pytest.raises(ValueError, match=r"broken\.pem"):
        serve_on(hub, Listening("127.0.0.1", 0, broken))
    with pytest.raises(FileNotFoundError):
        serve_on(hub, Listening("127.0.0.1", 0, tmp_path / "missing.pem"))


def test_a_certificate_is_renewed_from_the_same_authority_before_it_runs_out(tmp_path: Path) -> None:
    own = made(tmp_path, "hub.lan", "10.0.0.7")
    before, authority = own.server.read_bytes(), own.authority.read_bytes()
    assert not tls.renew_if_due(own, "MAIN", NOW + dt.timedelta(days=tls.SERVER_DAYS - tls.RENEW_DAYS - 1))
    late = NOW + dt.timedelta(days=tls.SERVER_DAYS - 5)
    assert tls.renew_if_due(own, "MAIN", late)
    assert (own.server.read_bytes() != before, own.authority.read_bytes()) == (True, authority)
    assert tls.days_left(own.server, late) >= tls.SERVER_DAYS - 1
    assert tls.names_of(own.server) == ["hub.lan", "10.0.0.7"]
    assert {path.stat().st_mode & 0o777 for path in (own.server, own.authority_key)} == {0o600}
    own.authority_key.unlink()  # kept in a safe
    assert not tls.renew_if_due(own, "MAIN", late + dt.timedelta(days=400))


def test_openssl_finds_nothing_to_complain_of(tmp_path: Path) -> None:
    own = made(tmp_path, "hub.lan", "10.0.0.7", "2001:db8::7")
    try:
        checked = subprocess.run(
            ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", own.authority, own.server],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("there is no openssl here")
    assert checked.returncode == 0, checked.stderr
    for name in ("", "a b", "hub/lan", "höb.lan"):
        with pytest.raises(ValueError, match="host name"):
            made(tmp_path, name)


def test_a_running_hub_shows_the_new_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The renewal is due at once and the look for it comes soon; connections made after that see the new one."""
    import uvicorn

    own = made(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.server)
    config = uvicorn.Config(lambda: None)
    config.ssl = context
    monkeypatch.setattr(tls, "RENEW_DAYS", tls.SERVER_DAYS + 1)
    monkeypatch.setattr(server, "RENEWAL_SECONDS", 0.01)
    before, end = own.server.read_bytes(), threading.Event()
    thread = threading.Thread(target=server._renew, args=(config, own, {"MAIN": None}, end))
    thread.start()
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            serials = set()
            while len(serials) < 2:
                client = socket.create_connection(listener.getsockname())
                accepted, _ = listener.accept()
                serving = threading.Thread(
                    target=lambda one: context.wrap_socket(one, server_side=True).close(), args=(accepted,)
                )
                serving.start()
                with (
                    Trust(own.authority.read_text())
                    .context()
                    .wrap_socket(client, server_hostname="127.0.0.1") as secured
                ):
                    shown = secured.getpeercert()
                    assert shown is not None
                    serials.add(shown["serialNumber"])
                serving.join()
    finally:
        end.set()
        thread.join(5)
    assert own.server.read_bytes() != before

"""Serving the hub: one process, one port, gone at once on SIGTERM, unharmed by SIGKILL.

What leaves the machine is encrypted: off loopback only TLS is spoken, unless a proxy in front of the hub speaks it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import signal
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.requests import Request
from starlette.routing import Route

from wms.config import load
from wms.domain.records import Record
from wms.hub import address, opening, tls
from wms.hub.answering import answering
from wms.hub.app import HubApp
from wms.hub.interface import HubStore
from wms.order_review import rules_of
from wms.store.peppers import PepperRing, ring_of
from wms.store.sole import Sole
from wms.sync import wire
from wms.sync.connection import is_loopback

RENEWAL_SECONDS = 86_400.0  # between two looks at the certificate
PROXIES = ["127.0.0.1", "::1"]
"""Whose word is taken for the address of a caller, with `behind_proxy`."""
log = logging.getLogger(__name__)


def _ring(folder: Path) -> PepperRing:
    """With a pepper that terminals hash PINs with. Raises `KeyTrouble`."""
    ring = ring_of(folder)
    ring.for_hashing()
    return ring


class Listening(Record):
    """Where the hub listens and what it shows. Without `certificate` (PEM, its key in it or in `key`) the hub's own is
    taken if one was made; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False


def serve(
    folder: Path, host: str = "127.0.0.1", port: int = 8080, *, database: str = "", named: Sequence[str] = ()
) -> None:
    """Serve the hub of that folder, or the warehouses of a database, as `serve_on` does."""
    serve_on(folder, Listening(host, port), database=database, named=named)


def serve_on(folder: Path, listening: Listening, *, database: str = "", named: Sequence[str] = ()) -> None:
    """Serve until SIGTERM or SIGINT. When ready, prints the line `{"listening": "https://…"}`.

    Raises `OSError` when the port is taken, `ValueError` when the folder is a terminal's, when a certificate can't be
    used or the address would need one, and what `opening.hubs` raises.
    """
    own = tls.of(folder)
    certificate = listening.certificate or (own.server if own.made() and not listening.behind_proxy else None)
    if certificate is None and not is_loopback(listening.host) and not listening.behind_proxy:
        raise ValueError(
            f"{listening.host} is reached from outside, where only TLS is spoken. Make a certificate with wms hub init"
            " --tls --host NAME, or give one with --tls-cert and --tls-key, or say --behind-proxy"
        )
    rules = rules_of(folder)
    with _alone(folder, database), opening.hubs(folder, database, named) as hubs, _listen(listening) as listener:
        settings = load(folder)
        app = HubApp(
            hubs,
            webhook_networks=settings.webhook_networks,
            behind_proxy=listening.behind_proxy,
            recipients_kept_days=settings.recipients_kept_days,
            ring=_ring(folder),
            rules=rules,
        )
        app.starlette.router.routes.append(_authority(own if listening.certificate in (None, own.server) else None))
        config = uvicorn.Config(
            app.starlette,
            log_config=None,  # what the program says is logged where the program logs, and with as little in it
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=5,
            proxy_headers=listening.behind_proxy,
            forwarded_allow_ips=PROXIES,
        )
        renewing = threading.Event()
        if certificate is not None:
            _prepare_tls(config, certificate, listening.key, own, hubs)
            if certificate == own.server:
                threading.Thread(target=_renew, args=(config, own, hubs, renewing), name="renewal", daemon=True).start()
        try:
            with _own_signals():
                url = _url(listener, secure=certificate is not None)
                address.remember(folder, "" if listening.behind_proxy else url)
                _Server(config, app, url).run(sockets=[listener])
        finally:
            renewing.set()


def sole(database: str) -> str:
    """The file in a hub's folder that is locked while it is served: a journal there has one hub, a database several."""
    return "hub.picture" if database else "hub.serving"


@contextlib.contextmanager
def _alone(folder: Path, database: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = Sole(folder, sole(database))
    if not lock.mine():
        raise ValueError(f"a hub is being served from {folder} already: give another one its own data directory")
    try:
        yield
    finally:
        lock.let_go()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, app: HubApp, url: str) -> None:
        super().__init__(config)
        self._app, self._url = app, url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(json.dumps({"listening": self._url}), flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.bell.close()
        super().handle_exit(sig, frame)


def _authority(own: tls.Certificates | None) -> Route:
    """Who vouches for this hub, told to anybody: a terminal compares its fingerprint before it says its code. '' where
    that is somebody else's authority."""

    async def tell(_: Request) -> wire.Authority:
        return wire.Authority(own.authority.read_text() if own is not None and own.authority.exists() else "")

    return Route("/v1/authority", answering(tell), methods=["GET"])


def _prepare_tls(
    config: uvicorn.Config, certificate: Path, key: Path | None, own: tls.Certificates, hubs: Mapping[str, HubStore]
) -> None:
    if certificate == own.server:
        tls.renew_if_due(own, next(iter(hubs)), dt.datetime.now(dt.UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise ValueError(f"{certificate} and its key can't be used: {error.reason or error}") from error
    config.ssl_context_factory = lambda *_: context


def _no_password() -> str:
    raise ValueError("the key of the certificate is encrypted: the hub starts by itself and can't ask for a password")


def _renew(config: uvicorn.Config, own: tls.Certificates, hubs: Mapping[str, HubStore], end: threading.Event) -> None:
    """A hub that runs for years shows a valid certificate all the time; new connections get the new one."""
    while not end.wait(RENEWAL_SECONDS):
        try:
            if tls.renew_if_due(own, next(iter(hubs)), dt.datetime.now(dt.UTC)) and config.ssl is not None:
                config.ssl.load_cert_chain(own.server)
        except (OSError, ValueError):
            log.exception("renewing the certificate")


def _listen(listening: Listening) -> socket.socket:
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    # asyncio turns Nagle's algorithm off (40 ms an answer) only for sockets that name their protocol
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((listening.host, listening.port))
    except OSError:
        listener.close()
        raise
    return listener


def _url(listener: socket.socket, *, secure: bool) -> str:
    host, port = listener.getsockname()[:2]
    scheme = "https" if secure else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """The server raises the signal that ended it once more; by then there is nothing left to interrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {sig: signal.signal(sig, lambda *_: None) for sig in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for sig, handler in before.items():
            signal.signal(sig, handler)

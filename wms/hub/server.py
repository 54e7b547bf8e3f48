"""Serving the hub: one process, one port, gone at once on SIGTERM, unharmed by SIGKILL."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from wms.hub.app import HubApp
from wms.hub.embedded import EmbeddedHub


def serve(folder: Path, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Serve until SIGTERM or SIGINT. When ready, prints the line `{"listening": "http://…"}`; port 0 takes a free one.

    Raises `OSError` when the port is taken and `ValueError` when the folder is a terminal's. The way to terminals
    outside a trusted network leads through a proxy that speaks TLS.
    """
    import uvicorn

    with contextlib.closing(EmbeddedHub(folder)) as hub, _listen(host, port) as listener:
        app = HubApp(hub)

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                print(json.dumps({"listening": _url(listener)}), flush=True)

            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                app.bell.close()
                super().handle_exit(sig, frame)

        config = uvicorn.Config(
            app.starlette, log_level="warning", access_log=False, timeout_keep_alive=75, timeout_graceful_shutdown=5
        )
        with _own_signals():
            Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off (40 ms an answer) only for sockets that name their protocol
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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

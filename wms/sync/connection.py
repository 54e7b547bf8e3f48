"""One kept-alive HTTP connection to the hub, and what can go wrong on it."""

from __future__ import annotations

import contextlib
import socket
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from wms.sync import wire
from wms.workflows.prompt import NOTHING, Msg, msg

T = TypeVar("T")
CONNECT_SECONDS = 3.0


class NotReached(OSError):
    """The hub did not answer: no network, no hub, or it went away in the middle. Unless `sent`, it never got the
    request; with `sent` it may have carried it out."""

    def __init__(self, why: str, *, sent: bool = False) -> None:
        super().__init__(why)
        self.sent = sent


class HubTrouble(RuntimeError):
    """The hub answered and will not go on; `says` is for the operator. `error` and `expected` are the hub's own.

    `retry_after` (seconds) is set when the hub is merely busy.
    """

    def __init__(
        self, says: Msg, error: str = "", expected: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(says.text)
        self.says, self.error, self.expected, self.retry_after = says, error, expected, retry_after


class Connection:
    """Requests one after another; not for two threads at once, except `interrupt`."""

    def __init__(self, url: str, token: str = "", lineage: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"the hub's address must look like http://hub:8080, not {url!r}")
        make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._http = make(parts.hostname, parts.port, timeout=CONNECT_SECONDS)
        self._path = parts.path.rstrip("/")
        self._token, self.lineage = token, lineage
        self.closed = False
        self.version = wire.VERSION  # of the hub, as its last answer said; 0 if that was no hub's

    def call(self, method: str, path: str, answer: type[T], body: object | None = None, *, timeout: float) -> T:
        """Send one request and read its answer; `timeout` in seconds without a byte.

        Raises `NotReached` or `HubTrouble`.
        """
        fresh = self._http.sock is None
        try:
            status, retry_after, found = self._send(method, path, body, timeout)
        except NotReached as first:
            if fresh or self.closed:
                raise
            # the hub may close a connection that has long been idle; only a new one tells whether it is there
            try:
                status, retry_after, found = self._send(method, path, body, timeout)
            except NotReached as second:
                raise NotReached(str(second), sent=first.sent or second.sent) from second
        if not self.version:
            raise HubTrouble(
                msg("Something else than a hub answers there (HTTP {status}). Check the address", status=status),
                "not_a_hub",
            )
        try:
            if status == 200:
                return msgspec.json.decode(found, type=answer)
            problem = msgspec.json.decode(found, type=wire.Problem)
        except msgspec.DecodeError as error:
            raise HubTrouble(UPDATE_TERMINAL, "terminal_old") from error
        raise _trouble(problem, retry_after)

    def _send(self, method: str, path: str, body: object | None, timeout: float) -> tuple[int, float | None, bytes]:
        if self.closed:
            raise NotReached("closed")
        headers = {wire.VERSION_HEADER: str(wire.VERSION), "Content-Type": "application/json"}
        if self._token:
            headers |= {"Authorization": f"Bearer {self._token}", wire.LINEAGE_HEADER: self.lineage}
        sent = False
        try:
            if self._http.sock is None:
                self._http.timeout = min(timeout, CONNECT_SECONDS)
                self._http.connect()
                if self.closed:
                    raise NotReached("closed")
            self._http.sock.settimeout(timeout)
            content = None if body is None else msgspec.json.encode(body)
            sent = True
            self._http.request(method, self._path + path, content, headers)
            response = self._http.getresponse()
            found = response.read()
        except NotReached:
            self._http.close()
            raise
        except (OSError, HTTPException) as error:
            self._http.close()
            raise NotReached(str(error) or type(error).__name__, sent=sent) from error
        said = response.headers.get(wire.VERSION_HEADER, "")
        self.version = int(said) if said.isdigit() else 0
        wait = response.headers.get("Retry-After", "")
        return response.status, float(wait) if wait.replace(".", "", 1).isdigit() else None, found

    def interrupt(self) -> None:
        """From any thread, for good: a request that waits for its answer ends with `NotReached`, as do all later."""
        self.closed = True
        sock = self._http.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.closed = True
        self._http.close()


RESTORED = msg("The hub was restored from an older copy. Work on; call the supervisor")
FORKED = msg("This terminal was restored from a copy. Work on; call the supervisor")
UPDATE_TERMINAL = msg("Update this terminal: the hub is newer. Work on until then")
_SAYS = {
    "token": msg("The hub does not know this terminal. Enrol it again"),
    "device": msg("The hub knows this terminal under another name. Enrol it again"),
    "code": msg("The code is wrong, used or too old. Make a new one on the hub"),
    "codes": msg("Too many wrong codes. Wait a minute and try again"),
    "terminal_old": UPDATE_TERMINAL,
    "hub_old": msg("Update the hub: this terminal is newer. Work on until then"),
    "restored": RESTORED,
    "fork": FORKED,
    "disk": msg("The hub cannot write to its disk. Work on; call the supervisor"),
    "busy": NOTHING,
}


def _trouble(problem: wire.Problem, retry_after: float | None) -> HubTrouble:
    if problem.error == "gap":
        says = msg("The hub misses what came before {n}. Work on; call the supervisor", n=problem.expected or 0)
    else:
        says = _SAYS.get(problem.error) or msg(
            "The hub has a fault: {says}. Work on; call the supervisor", says=problem.says
        )
    if problem.error == "busy":
        says, retry_after = NOTHING, retry_after or 1.0
    return HubTrouble(says, problem.error, problem.expected, retry_after)

"""One kept-alive HTTP connection to the hub: signed, by TLS off this machine, and what can go wrong on it."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from wms.sync import wire
from wms.sync.identity import Credentials
from wms.sync.signing import DATE_HEADER, SIGNATURE_HEADER, signed_words
from wms.workflows.prompt import NOTHING, Msg, msg

T = TypeVar("T")
CONNECT_SECONDS = 3.0
NOBODY = Credentials()


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
    """Requests one after another; not for two threads at once, except `interrupt`.

    `session` (which run of the program speaks) and `life` (which life of the hub's journal it follows) go with each.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials = NOBODY,
        *,
        session: str = "",
        life: str = "",
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """`clock` gives UTC milliseconds. Raises `ValueError` for an address or an authority that is none."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"the hub's address must look like https://hub:8443, not {url!r}")
        self._http: HTTPConnection = (
            HTTPSConnection(parts.hostname, parts.port, timeout=CONNECT_SECONDS, context=credentials.trust.context())
            if parts.scheme == "https"
            else HTTPConnection(parts.hostname, parts.port, timeout=CONNECT_SECONDS)
        )
        self._private = parts.scheme == "https" or is_loopback(parts.hostname)
        self._path = parts.path.rstrip("/")
        self._credentials, self._clock, self._offset = credentials, clock, 0
        self.session, self.life = session, life
        self.closed = False
        self.version = wire.VERSION  # of the hub, as its last answer said; 0 if that was no hub's

    def call(self, method: str, path: str, answer: type[T], body: object | None = None, *, timeout: float) -> T:
        """Send one request and read its answer; `timeout` in seconds without a byte.

        Raises `NotReached` or `HubTrouble`.
        """
        content = None if body is None else msgspec.json.encode(body)
        response, found = self.fetch(method, path, content, timeout=timeout)
        try:
            if response.status == 200:
                return msgspec.json.decode(found, type=answer)
        except msgspec.DecodeError as error:
            raise HubTrouble(UPDATE_TERMINAL, "terminal_old") from error
        raise trouble_of(response, found)

    def fetch(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        timeout: float,
    ) -> tuple[HTTPResponse, bytes]:
        """One request and whatever the hub answers, 2xx or not. A clock that is wrong is set right by the hub's, once.

        Raises `NotReached`, and `HubTrouble` when it was no hub that answered.
        """
        response, found = self._again_if_idle(method, path, content, headers or {}, timeout)
        if response.status == 401 and self._set_right(response, found):
            response, found = self._again_if_idle(method, path, content, headers or {}, timeout)
        if not self.version:
            raise HubTrouble(
                msg(
                    "Something else than a hub answers there (HTTP {status}). Check the address", status=response.status
                ),
                "not_a_hub",
            )
        return response, found

    def _again_if_idle(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str], timeout: float
    ) -> tuple[HTTPResponse, bytes]:
        fresh = self._http.sock is None
        try:
            return self._send(method, path, content, headers, timeout)
        except NotReached as first:
            if fresh or self.closed:
                raise
            # the hub may close a connection that has long been idle; only a new one tells whether it is there
            try:
                return self._send(method, path, content, headers, timeout)
            except NotReached as second:
                raise NotReached(str(second), sent=first.sent or second.sent) from second

    def _set_right(self, response: HTTPResponse, found: bytes) -> bool:
        """Whether the hub refused the time this side signed with, and told its own."""
        said = response.headers.get(DATE_HEADER, "")
        if not said.isdigit() or trouble_of(response, found).error != "clock":
            return False
        self._offset = int(said) - self._clock()
        return True

    def _headers(self, method: str, path: str, content: bytes | None) -> dict[str, str]:
        headers = {wire.VERSION_HEADER: str(wire.VERSION)}
        if content is not None:
            headers["Content-Type"] = "application/json"
        if self.session:
            headers[wire.SESSION_HEADER] = self.session
        if self.life:
            headers[wire.LIFE_HEADER] = self.life
        if self._credentials.token:
            headers["Authorization"] = f"Bearer {self._credentials.token}"
        if self._credentials.identity is not None:
            date = str(self._clock() + self._offset)
            words = signed_words(method, path.encode(), date, self.session, content or b"")
            headers |= {DATE_HEADER: date, SIGNATURE_HEADER: self._credentials.identity.sign(words)}
        return headers

    def _send(
        self, method: str, path: str, content: bytes | None, more: dict[str, str], timeout: float
    ) -> tuple[HTTPResponse, bytes]:
        if self.closed:
            raise NotReached("closed")
        if not self._private:
            raise HubTrouble(OPEN_NETWORK, "open_network")
        sent = False
        try:
            if self._http.sock is None:
                self._http.timeout = min(timeout, CONNECT_SECONDS)
                self._http.connect()
                if self.closed:
                    raise NotReached("closed")
            self._http.sock.settimeout(timeout)
            headers = self._headers(method, path, content) | more
            sent = True
            self._http.request(method, self._path + path, content, headers)
            response = self._http.getresponse()
            found = response.read()
        except NotReached:
            self._http.close()
            raise
        except ssl.SSLCertVerificationError as error:
            self._http.close()
            raise HubTrouble(_untrusted(error), "certificate") from error
        except (OSError, HTTPException) as error:
            self._http.close()
            raise NotReached(str(error) or type(error).__name__, sent=sent) from error
        said = response.headers.get(wire.VERSION_HEADER, "")
        self.version = int(said) if said.isdigit() else 0
        return response, found

    def interrupt(self) -> None:
        """From any thread, for good: a request that waits for its answer ends with `NotReached`, as do all later."""
        self.closed = True
        sock: Any = self._http.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                # a TLS socket's own shutdown would forget its keys under the thread that reads
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        self.closed = True
        self._http.close()


def is_loopback(host: str) -> bool:
    """Whether what is said to that host stays on this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


OPEN_NETWORK = msg("http:// would send all in the open. Enrol with the hub's https:// address")
RESTORED = msg("The hub was restored from an older copy. Work on; call the supervisor")
FORKED = msg("This terminal was restored from a copy. Work on; call the supervisor")
UPDATE_TERMINAL = msg("Update this terminal: the hub is newer. Work on until then")
_SAYS = {
    "token": msg("The hub does not know this terminal. Enrol it again"),
    "signature": msg("The hub does not know this terminal. Enrol it again"),
    "clock": msg("The clocks of hub and terminal differ by more than five minutes. Set them right"),
    "role": msg("This terminal is not there for that. Ask the supervisor"),
    "device": msg("The hub knows this terminal under another name. Enrol it again"),
    "code": msg("The code is wrong, used or too old. Make a new one on the hub"),
    "codes": msg("Too many wrong codes. Wait a minute and try again"),
    "terminal_old": UPDATE_TERMINAL,
    "hub_old": msg("Update the hub: this terminal is newer. Work on until then"),
    "restored": RESTORED,
    "fork": FORKED,
    "disk": msg("The hub cannot write to its disk. Work on; call the supervisor"),
    "database": msg("The hub's database does not answer. Work on; call the supervisor"),
    "busy": NOTHING,
    "session": NOTHING,
    "snapshot": NOTHING,
}


def _untrusted(error: ssl.SSLCertVerificationError) -> Msg:
    return msg("The hub's certificate is not trusted here: {why}. Call the supervisor", why=error.verify_message)


def trouble_of(response: HTTPResponse, found: bytes) -> HubTrouble:
    """What the hub says is wrong (RFC 9457); `terminal_old` where it says it in words this version has not."""
    try:
        problem = msgspec.json.decode(found, type=wire.Problem)
    except msgspec.DecodeError:
        return HubTrouble(UPDATE_TERMINAL, "terminal_old")
    wait = response.headers.get("Retry-After", "")
    retry_after = float(wait) if wait.replace(".", "", 1).isdigit() else None
    if problem.error == "gap":
        says = msg("The hub misses what came before {n}. Work on; call the supervisor", n=problem.expected or 0)
    elif problem.error == "message":
        says = msg("The hub can't take what waits here: {why}. Work on; call the supervisor", why=problem.detail)
    else:
        says = _SAYS.get(problem.error) or msg(
            "The hub has a fault: {says}. Work on; call the supervisor", says=problem.detail
        )
    if problem.error == "busy":
        says, retry_after = NOTHING, retry_after or 1.0
    return HubTrouble(says, problem.error, problem.expected, retry_after)

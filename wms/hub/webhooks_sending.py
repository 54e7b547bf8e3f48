"""One delivery after the Standard Webhooks specification: a signed POST, and what came back.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md. Redirects are not followed,
the answer's body is not read, and the whole of it has a few seconds.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
from base64 import b64decode, b64encode
from dataclasses import dataclass

import h11

from wms.hub.webhooks_targets import NotAllowed, Target, Targets

PATIENCE = 15  # seconds, name, connection, TLS and answer together
_LARGEST_HEAD = 16 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """`status` is 0 where there was no answer; `trouble` says in words why it was no success. `wait` is what the
    receiver asked for, in seconds."""

    status: int
    trouble: str = ""
    wait: int = 0

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver wants no more of it, ever."""
        return self.status == 410


def signature(secret: str, name: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 over id, timestamp and body under the secret, which is base64 after `whsec_`."""
    key = b64decode(secret.removeprefix("whsec_"))
    said = f"{name}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()}"


class Sender:
    """Raises nothing but cancellation: whatever goes wrong is told in the answer."""

    def __init__(self, targets: Targets, context: ssl.SSLContext | None = None, patience: float = PATIENCE) -> None:
        self._targets, self._patience = targets, patience
        self._context = context or ssl.create_default_context()

    async def send(self, url: str, secret: str, name: str, timestamp: int, body: bytes) -> Sent:
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("User-Agent", "wms-hub"),
            ("Connection", "close"),
            ("webhook-id", name),
            ("webhook-timestamp", str(timestamp)),
            ("webhook-signature", signature(secret, name, timestamp, body)),
        ]
        try:
            async with asyncio.timeout(self._patience):
                target = await self._targets.find(url)
                response = await self._post(target, headers, body)
        except NotAllowed as error:
            return Sent(0, str(error))
        except TimeoutError:
            return Sent(0, f"no answer within {self._patience:g} s")
        except ssl.SSLError as error:
            return Sent(0, f"TLS: {error.reason or 'failed'}")
        except (OSError, UnicodeError, h11.ProtocolError) as error:
            return Sent(0, f"no connection: {type(error).__name__}")
        status = int(response.status_code)
        trouble = "" if 200 <= status < 300 else f"answered {status}"
        return Sent(status, trouble, _retry_after(response))

    async def _post(self, target: Target, headers: list[tuple[str, str]], body: bytes) -> h11.Response:
        reader, writer = await self._connected(target)
        try:
            http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
            request = h11.Request(method="POST", target=target.path, headers=[("Host", target.authority), *headers])
            for part in (request, h11.Data(data=body), h11.EndOfMessage()):
                writer.write(http.send(part) or b"")
            await writer.drain()
            while True:
                event = http.next_event()
                if isinstance(event, h11.Response):
                    return event
                if event is h11.NEED_DATA:
                    http.receive_data(await reader.read(_LARGEST_HEAD))
                elif not isinstance(event, h11.InformationalResponse):
                    raise ConnectionResetError
        finally:
            writer.transport.abort()

    async def _connected(self, target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """On the first of the addresses that answers. Raises `OSError`."""
        tls, name = (self._context, target.host) if target.tls else (None, None)
        for n, address in enumerate(target.addresses, 1):
            try:
                return await asyncio.open_connection(address, target.port, ssl=tls, server_hostname=name)
            except ssl.SSLError:
                raise
            except OSError:
                if n == len(target.addresses):
                    raise
        raise ConnectionError


def _retry_after(response: h11.Response) -> int:
    """Seconds, where the receiver says so in seconds."""
    for name, value in response.headers:
        if name == b"retry-after" and value.isdigit() and len(value) < 6:
            return int(value)
    return 0

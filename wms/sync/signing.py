"""What of a request is signed, the same at both ends.

Every request of a terminal bears an Ed25519 signature (RFC 8032) over its method, path and query, time, session and the
SHA-256 of its body. So a token read from a log or a proxy opens nothing, and a request that was recorded can't be
changed, nor be said again once it is `DRIFT_MS` old; until then saying it again is harmless, as all of sync is.
"""

from __future__ import annotations

import hashlib

SIGNATURE_HEADER = "Wms-Signature"  # base64
DATE_HEADER = "Wms-Date"  # UTC milliseconds; the hub's own in its answers
DRIFT_MS = 5 * 60_000
"""How far a terminal's clock may be from the hub's."""


def signed_words(method: str, target: bytes, date: str, session: str, body: bytes) -> bytes:
    """`target` is path and query as they stand in the request line, without what a proxy takes off in front."""
    words = ("wms-request-1", method, target.decode("latin-1"), date, session, hashlib.sha256(body).hexdigest())
    return "\n".join(words).encode("latin-1")

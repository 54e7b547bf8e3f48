"""Tokens: 256 random bits behind the warehouse's name, `WAREHOUSE.SECRET`.

So a token is looked for in its own warehouse only, wherever the warehouses lie. Of the secret only a hash is kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets

_WAREHOUSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def require_warehouse_name(name: str) -> str:
    """The name, if a token can begin with it. Raises `ValueError`."""
    if not _WAREHOUSE.fullmatch(name):
        raise ValueError("a warehouse is named by up to 32 letters, digits, hyphens and underscores, such as north")
    return name


def new_token(warehouse: str) -> tuple[str, str]:
    """A token and the secret in it."""
    secret = secrets.token_urlsafe(32)
    return f"{warehouse}.{secret}", secret


def parted(token: str) -> tuple[str, str]:
    """Warehouse and secret of a token; both are '' in what is none."""
    warehouse, _, secret = token.partition(".")
    return (warehouse, secret) if _WAREHOUSE.fullmatch(warehouse) and _SECRET.fullmatch(secret) else ("", "")


def digest(secret: str) -> str:
    """What is kept of it. Codes and tokens are random, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()

"""The surface of a merchant's format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wms.channels.documents import Document
from wms.channels.parsed import Found, ParsedItem


@dataclass(frozen=True, slots=True)
class Reading:
    """All that the documents of one format hold."""

    found: tuple[Found, ...]
    items: tuple[ParsedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """`recognises` looks at header names only, never at positions or the file's name. `read` gets all recognised
    documents of one import together, the channel to give orders that name none, and the site's time zone for times
    that name none."""

    name: str
    recognises: Callable[[Document], bool]
    read: Callable[[Sequence[Document], str, str], Reading]

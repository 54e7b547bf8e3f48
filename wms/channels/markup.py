"""HTML in a field as lines of text."""

from __future__ import annotations

import html
import re

_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/h[1-6])\b[^>]*>|[\r\n]+", re.IGNORECASE)
_TAG = re.compile(r"<[/!a-z][^<>]*>", re.IGNORECASE)


def lines_of(text: str) -> list[str]:
    """The lines that a browser would show, without empty ones.

    >>> lines_of("5 Rue &amp; Fils<br>Paris<br><br>75011"), lines_of("<p>Call first</p>")
    (['5 Rue & Fils', 'Paris', '75011'], ['Call first'])
    """
    parts = (html.unescape(_TAG.sub("", part)).strip() for part in _BREAK.split(text))
    return [part for part in parts if part]

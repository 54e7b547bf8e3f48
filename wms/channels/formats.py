"""The registry of formats. A new one is a module with a `FORMAT`, and a line here."""

from __future__ import annotations

from wms.channels import olist, plain, shopify
from wms.channels.format import Format

FORMATS: tuple[Format, ...] = (shopify.FORMAT, olist.FORMAT, plain.FORMAT)
"""In the order they are asked; the first that recognises a file reads it."""

"""The hub: numbers what terminals record, decides what only one can decide, and tells everybody."""

from wms.hub.embedded import new_code
from wms.hub.server import serve

__all__ = ["new_code", "serve"]

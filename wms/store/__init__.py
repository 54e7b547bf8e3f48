"""The store: journal and projections of one device in one SQLite file."""

from wms.store.database import StoreUnwritable
from wms.store.journal import Forked
from wms.store.store import Store
from wms.store.verify import Verification, verify

__all__ = ["Forked", "Store", "StoreUnwritable", "Verification", "verify"]

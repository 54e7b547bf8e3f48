"""Sync: a terminal's side of the talk with the hub."""

from wms.sync.client import SyncClient, SyncStatus
from wms.sync.connection import HubTrouble, NotReached
from wms.sync.exchange import Unreachable
from wms.sync.membership import enrol, membership, sync_now

__all__ = ["HubTrouble", "NotReached", "SyncClient", "SyncStatus", "Unreachable", "enrol", "membership", "sync_now"]

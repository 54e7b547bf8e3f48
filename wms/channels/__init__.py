"""Channels: merchants' exports become orders, with a reason for every record that does not. No file is opened here."""

from wms.channels.accounts import Entry, FileAccount, sums
from wms.channels.goods import Goods, Listed
from wms.channels.parsed import ParsedItem, ParsedLine, ParsedOrder, ParsedRecipient, Result
from wms.channels.reading import AUTO, Import, match, of_orders, read
from wms.channels.sources import Source, of_bytes

__all__ = [
    "AUTO",
    "Entry",
    "FileAccount",
    "Goods",
    "Import",
    "Listed",
    "ParsedItem",
    "ParsedLine",
    "ParsedOrder",
    "ParsedRecipient",
    "Result",
    "Source",
    "match",
    "of_bytes",
    "of_orders",
    "read",
    "sums",
]

"""Channels: merchants' exports become orders, with a reason for every row refused. No I/O: files come as bytes."""

from wms.channels.parsed import Import, Outcome, ParsedItem, ParsedLine, ParsedOrder, ParsedRecipient, Result
from wms.channels.reading import read

__all__ = ["Import", "Outcome", "ParsedItem", "ParsedLine", "ParsedOrder", "ParsedRecipient", "Result", "read"]

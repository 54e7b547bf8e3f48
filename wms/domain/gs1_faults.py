"""Why a message that claims to be GS1 is refused."""

from __future__ import annotations

from enum import StrEnum

from wms.domain.records import Record


class Fault(StrEnum):
    """What is wrong with a message that claims to be GS1. The values are part of what `wms scan parse` prints."""

    NO_SYMBOLOGY_ID = "no_symbology_id"
    EMPTY = "empty"
    LENGTH = "length"
    CONTENT = "content"
    CHECK_DIGIT = "check_digit"
    DATE = "date"
    COMPANY_PREFIX = "company_prefix"
    UNKNOWN_AI = "unknown_ai"
    ILLEGAL_CARET = "illegal_caret"
    DL_NO_KEY = "dl_no_key"
    DL_ILLEGAL_CHARACTER = "dl_illegal_char"
    DL_QUALIFIERS = "dl_qualifiers"
    DL_ATTRIBUTE = "dl_attribute"
    DL_DUPLICATE = "dl_duplicate"


class Rejected(Record):
    """A message that claims to be GS1 and is not: no element of it may be used. `ai` is where it went wrong, or ''."""

    fault: Fault
    ai: str = ""

"""What can be wrong with a label, told so that whoever filled in the field can mend it."""

from __future__ import annotations


class LayoutError(ValueError):
    """A label cannot be printed as asked: `field` names the offending datum, `reason` says why, in English."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason

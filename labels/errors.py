"""What can be wrong with a label, told so that whoever filled in the field can mend it."""

from __future__ import annotations


class LayoutError(ValueError):
    """A label cannot be printed as asked: `field` names the offending datum, `reason` says why, in English."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class TemplateError(ValueError):
    """A template cannot be used: `reason` says why, `row` and `column` (from 1) where in `file`."""

    def __init__(self, file: str, row: int, column: int, reason: str) -> None:
        super().__init__(f"{file}: row {row}, column {column}: {reason}")
        self.file = file
        self.row = row
        self.column = column
        self.reason = reason

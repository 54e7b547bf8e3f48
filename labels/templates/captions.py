"""The languages labels are printed in."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["zh_CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

"""The visible mark of a reprint: a black bar above the label, which itself is the same as the first one."""

from __future__ import annotations

import gettext
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import wms.locale
from labels import Language, Profile, render
from labels.model import Label, Space, Text
from wms.workflows.prompt import msg

REPRINT = msg("REPRINT")


def mark(copy: int, at: datetime, profile: Profile, language: Language) -> bytes:
    """What a printer gets before the bytes of the label: which copy this is and when it was asked for, on the
    warehouse's clock. Nothing is cut between."""
    word = gettext.translation("wms", Path(wms.locale.__file__).parent, [language], fallback=True).gettext(REPRINT.text)
    bar = Text(f"{word} {copy}  {at:%Y-%m-%d %H:%M}", 4.5, "reprint", bold=True, align="center", inverse=True)
    uncut = replace(profile, cut="none", tear_mm=0)
    return render(Label(profile.width_mm, (bar, Space(1.0))), uncut, language).data

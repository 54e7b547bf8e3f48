"""Whether a label says in print what it should: exactly where the printer was sent codes, by OCR where in pictures."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache
from io import BytesIO

import pytest
from PIL import Image

_LEAST_PIECE = 2
_LIKE_ENOUGH = 0.8


def printed_whole(wanted: str, runs: Sequence[str]) -> bool:
    """True when `wanted` can be put together from pieces of the runs, as wrapping leaves them. Blanks do not count."""
    left = wanted.replace(" ", "")
    lines = [run.replace(" ", "").replace("\u00a0", "") for run in runs]
    while left:
        length = next((n for n in range(len(left), 0, -1) if any(left[:n] in line for line in lines)), 0)
        if length < min(_LEAST_PIECE, len(left)):
            return False
        left = left[length:]
    return True


@cache
def _has_tesseract() -> bool:
    if not shutil.which("tesseract"):
        return False
    known = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)
    return {"chi_sim", "eng"} <= set(known.stdout.split())


def tesseract_reads(picture: Image.Image) -> str:
    """All text an OCR finds, without blanks. Skips the test on a machine that has none."""
    if not _has_tesseract():
        pytest.skip("no tesseract with chi_sim and eng here to read the pictures")
    large = picture.convert("L").resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
    file = BytesIO()
    large.save(file, "PNG", dpi=(406, 406))
    said = ""
    # Sparse text finds what stands alone, one block what runs on.
    for mode, languages in (("11", "chi_sim+eng"), ("6", "chi_sim")):
        done = subprocess.run(
            ["tesseract", "-", "-", "-l", languages, "--psm", mode],
            input=file.getvalue(),
            capture_output=True,
            check=True,
            env={"OMP_THREAD_LIMIT": "1"},
        )
        said += "".join(done.stdout.decode().split()) + "|"
    return said


def seems_to_say(seen: str, wanted: str) -> bool:
    """True when somewhere in `seen` stands something like `wanted`: OCR mistakes a stroke now and then."""
    wanted = wanted.replace(" ", "")
    if wanted in seen:
        return True
    width = len(wanted)
    return any(
        SequenceMatcher(None, seen[at : at + width], wanted, autojunk=False).ratio() >= _LIKE_ENOUGH
        for at in range(max(1, len(seen) - width + 1))
    )

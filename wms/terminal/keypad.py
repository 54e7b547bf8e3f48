"""What typing and keys mean under the prompt on the screen: an entry, a choice, a code typed by hand, or a key."""

from __future__ import annotations

from dataclasses import dataclass

from wms.workflows.inputs import Chose, Entered, Input, Pressed, Scanned
from wms.workflows.prompt import Entry, Prompt

LONGEST = 64
_WORK_KEYS = frozenset({"enter", "escape", "up", "down", "pageup", "pagedown", *(f"f{n}" for n in range(1, 13))})
_RUBOUT = frozenset({"backspace", "delete", "ctrl+h"})
_FIGURES = frozenset("0123456789.-")
_PAUSE_MS = 1000


@dataclass(slots=True)
class Keypad:
    """The line being typed. Where the prompt asks for no entry it is a code: a label too damaged to scan."""

    text: str = ""
    _asked: tuple[str, Entry] = ("", Entry.NONE)
    _typed_at: int = 0
    _cut: bool = False  # the front of the line is gone; what follows without a pause is its rest

    def follow(self, prompt: Prompt) -> None:
        """Forgets what was typed for a prompt that is no longer there, and what is still to come of it."""
        asked = (prompt.name, prompt.entry)
        if asked != self._asked:
            self._asked = asked
            self._cut = self._cut or bool(self.text)
            self.text = ""

    def typed(self, text: str, prompt: Prompt, at: int) -> Input | None:
        """Takes characters typed at `at` (ms); a single digit may answer a question."""
        self._cut = self._cut and at - self._typed_at <= _PAUSE_MS
        self._typed_at = at
        if self._cut:
            return None
        if (chosen := self._choice(text, prompt)) is not None:
            return Chose(chosen)
        if prompt.entry is Entry.NUMBER:
            if len(text) > 1 and set(text) - _FIGURES:  # a short code, scanned: no part of it is an answer
                self._cut, self.text = True, ""
                return None
            text = "".join(c for c in text if c in _FIGURES)
        self.text = (self.text + text)[:LONGEST]
        return None

    def pressed(self, key: str, prompt: Prompt, at: int) -> Input | None:
        """Takes a key. Enter with nothing typed, and Escape with nothing to clear, are the workflow's."""
        if key in _RUBOUT:
            self.text = self.text[:-1]
            return None
        if key not in _WORK_KEYS:
            return None
        cut, self._cut = self._cut, False
        if cut and key == "enter" and at - self._typed_at <= _PAUSE_MS:
            return None
        if self.text and key == "escape":
            self.text = ""
            return None
        if self.text and key == "enter":
            text, self.text = self.text, ""
            return Entered(text) if prompt.entry else self._code(text, at)
        return Pressed(key)

    def scanned(self, fault: str) -> None:
        """A scan that came in pieces may have left its first ones here, and they are no number either."""
        if fault == "partial":
            self.text = ""

    def line(self, prompt: Prompt) -> str | None:
        """What the screen shows of the typing; `None` where there is no line to show."""
        if prompt.entry is Entry.SECRET:
            return "*" * len(self.text)
        return self.text if self.text or prompt.entry else None

    def _choice(self, text: str, prompt: Prompt) -> int | None:
        """A choice's index: keys 1…9, and 0 for the tenth."""
        if prompt.entry or self.text or len(text) != 1 or not ("0" <= text <= "9"):
            return None
        index = (int(text) - 1) % 10
        return index if index < len(prompt.choices) else None

    @staticmethod
    def _code(text: str, at: int) -> Input | None:
        code = text.removeprefix("/").strip()
        return Scanned(code, source="keypad", at=at) if code else None

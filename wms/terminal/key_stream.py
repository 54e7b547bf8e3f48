"""The terminal's characters as keys and pastes, where Textual's own parser would lose some or make up others.

What it mends (Textual 8.2.8): Escape and the character after it became one Alt key, so "6901" began with "§"; the rest
of a sequence nobody knows, or of one that the line held up, was typed out as text; a paste whose end never came
swallowed all keys from then on. Sequences are ECMA-48 control sequences, and the keypad's SS3 of xterm (ctlseqs).
"""

from __future__ import annotations

import re
import select
import sys
from collections.abc import Iterable

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._time import get_time
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.keys import Keys
from textual.message import Message

_ESC = "\x1b"
_SEQUENCE = re.compile(r"\x1b(?:\[\[[A-E]|\[(?!\[)[0-?]*[ -/]*[@-~]|O[ -~])")
_BEGUN = re.compile(r"\x1b(?:\[\[?|\[[0-?]*[ -/]*|O)?")
_LATE = re.compile(r"\[[0-9;]+~")
_KEYPAD = {"\x1bO ": " ", "\x1bOI": "\t", "\x1bOX": "=", "\x1bOl": ","}
_ESCAPE_S = 0.2  # for what may follow an Escape, which a busy machine or line can hold up
_STALL_S = 5.0  # for the rest of a sequence that was begun: no person types one
_LATE_S = 1.0  # for the rest of one whose Escape was taken for the key
_PASTE_S = 1.0  # a paste that pauses so long has lost its end
_LONGEST_SEQUENCE = 32
_LONGEST_PASTE = 65_536


class Intake:
    """Whether keys are on their way that the app has not been handed yet."""

    def __init__(self) -> None:
        self.busy = False  # set and read by two threads, one bool at a time

    def idle(self) -> bool:
        return not self.busy and not input_waits()


def input_waits() -> bool:
    """Whether the terminal has sent more than was read."""
    if sys.__stdin__ is None or not hasattr(select, "poll"):
        return False
    try:
        watched = select.poll()
        watched.register(sys.__stdin__.fileno(), select.POLLIN)
        return sys.__stdin__.isatty() and bool(watched.poll(0))
    except (OSError, ValueError):  # closed
        return False


class CutPaste(events.Paste):
    """A paste whose end never came, or that is too long."""


class KeyStream(XTermParser):
    """Feeds Textual's parser whole sequences only, so that it never has to guess."""

    def __init__(self, debug: bool = False, intake: Intake | None = None) -> None:
        super().__init__(debug)
        self._intake = intake or Intake()
        self._begun = ""  # a sequence whose rest is to come
        self._pasted: str | None = None
        self._dropping = False  # the rest of a paste that was too long
        self._since = 0.0
        self._escape_at = float("-inf")
        self._read_at = 0.0
        self._more_waits = False

    def feed(self, data: str) -> Iterable[Message]:
        """What `data` completes, all of it as of now: what was read at once came at once.

        What waits already when this is done came meanwhile; a busy machine must not make a pause of that.
        """
        self._intake.busy = True
        now = self._read_at if self._more_waits else get_time()
        for message in self._messages(data, now) if data else super().feed(data):
            message.time = now
            yield message
        self._read_at, self._more_waits = now, input_waits()
        self._intake.busy = False

    def _messages(self, data: str, now: float) -> Iterable[Message]:
        if (late := _LATE.match(data)) and _ESC + late[0] in ANSI_SEQUENCES_KEYS and now - self._escape_at < _LATE_S:
            data = data if self._begun == _ESC else _ESC + data
        else:
            yield from self.tick()
        text, self._begun = self._begun + data, ""
        while text:
            if self._pasted is not None:
                message, text = self._in_paste(self._pasted + text)
                if message is not None:
                    yield message
                continue
            if typed := text.partition(_ESC)[0]:
                yield from super().feed(typed)
            if text := text[len(typed) :]:
                messages, text = self._at_escape(text)
                yield from messages
        self._since = get_time()  # not before: on a busy machine it takes long until all keys are handed on
        self._escape_at = self._since if self._begun else float("-inf")

    def tick(self) -> Iterable[Message]:
        """Gives up what has waited too long for its rest."""
        waited = get_time() - self._since
        if self._pasted is not None and waited > _PASTE_S:
            text, self._pasted = self._pasted, None
            yield CutPaste("" if self._dropping else text)  # what is left of either may still come, as keys
            self._dropping = False
        elif self._begun == _ESC and waited > _ESCAPE_S:
            self._begun = ""
            yield events.Key("escape", _ESC)
        elif waited > _STALL_S:
            self._begun = ""

    def _in_paste(self, text: str) -> tuple[Message | None, str]:
        """What is complete of a paste, and the text after it."""
        pasted, end, rest = text.partition(BRACKETED_PASTE_END)
        if end:
            dropped, self._pasted, self._dropping = self._dropping, None, False
            return (None if dropped else events.Paste(pasted.replace("\0", ""))), rest
        if len(text) > _LONGEST_PASTE:
            dropped, self._dropping = self._dropping, True
            self._pasted = text[-len(BRACKETED_PASTE_END) :]
            return (None if dropped else CutPaste(text[:_LONGEST_PASTE])), ""
        self._pasted = text
        return None, ""

    def _at_escape(self, text: str) -> tuple[Iterable[Message], str]:
        """What the Escape at the front of `text` begins, and the text after it."""
        if _BEGUN.fullmatch(text) and len(text) < _LONGEST_SEQUENCE:
            self._begun = text
            return (), ""
        if found := _SEQUENCE.match(text):
            sequence, rest = found[0], text[found.end() :]
            if sequence == BRACKETED_PASTE_START:
                self._pasted = ""
                return (), rest
            unknown = sequence == BRACKETED_PASTE_END or len(sequence) > _LONGEST_SEQUENCE
            return () if unknown else super().feed(sequence), rest
        if text[1] == "[" and len(text) >= _LONGEST_SEQUENCE:
            return (), text[_LONGEST_SEQUENCE:]
        return (events.Key("escape", _ESC),), text[1:]

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        sequence = _KEYPAD.get(sequence, sequence)
        keys = list(super()._sequence_to_key_events(sequence, alt))
        if keys or not _SEQUENCE.fullmatch(sequence) or "<" in sequence or sequence.endswith("$y"):
            return keys  # a mouse's and a mode's report come after the keys
        kitty = self._parse_extended_key(sequence) or ()
        return [key.copy() for key in kitty] or [events.Key(Keys.Ignore, sequence)]

    def _parse_extended_key(self, sequence: str) -> list[events.Key] | None:  # type: ignore[override]
        """A key of the kitty protocol; some terminals keep it on though nobody asked for it."""
        if not sequence.endswith("u"):
            return None
        try:
            return super()._parse_extended_key(sequence)
        except (ValueError, OverflowError):  # an event that is no press, a number that is no character
            return None

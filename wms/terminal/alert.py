"""When the terminal makes a sound: a refusal or a question does; the scanner itself confirms what went well."""

from __future__ import annotations

from dataclasses import dataclass

from wms.workflows.prompt import Said, Tone


@dataclass(slots=True)
class Alert:
    """Hears every verdict, also those that a newer view overtakes before they are drawn."""

    _heard: Said | None = None
    _due: bool = False

    def hear(self, said: Said | None) -> None:
        """Takes a view's verdict; a view that only repeats the last verdict says nothing new."""
        if said is not None and said is not self._heard and said.tone in (Tone.NO, Tone.LOOK):
            self._due = True
        self._heard = said

    def taken(self) -> bool:
        """Whether a sound was due; asks once."""
        due, self._due = self._due, False
        return due

"""Messages in the operator's language: gettext templates, filled with values that are never parsed.

The catalogues are compiled by `python -m wms.locale.compile`; a message without a translation is shown in English.
"""

from __future__ import annotations

import gettext
import re
from functools import lru_cache
from pathlib import Path

from wms.workflows.prompt import Bilingual, Msg, Value

LOCALE = Path(__file__).parent.parent / "locale"
DOMAIN = "wms"

_FIELD = re.compile(r"\{\{|\}\}|\{(\w+)\}")


class Speech:
    """Says messages in one language (`en`, `zh_CN`)."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._chinese = language.startswith("zh")
        self._catalogue = gettext.translation(DOMAIN, LOCALE, [language], fallback=True)

    def say(self, message: Msg) -> str:
        """The finished sentence. A field without a value stays visible as `{name}`; nothing here can fail."""
        template = self._template(message)
        if "{" not in template and "}" not in template:
            return template
        return _FIELD.sub(lambda field: self._filled(field, message), template)

    def _template(self, message: Msg) -> str:
        if message.plural:
            return self._catalogue.ngettext(message.text, message.plural, message.count)
        # The empty msgid is the catalogue's own header.
        return self._catalogue.gettext(message.text) if message.text else ""

    def _filled(self, field: re.Match[str], message: Msg) -> str:
        name = field[1]
        if name is None:
            return field[0][0]
        return self._value(message.args[name]) if name in message.args else field[0]

    def _value(self, value: Value) -> str:
        match value:
            case Msg():
                return self.say(value)
            case Bilingual():
                return (value.zh or value.en) if self._chinese else (value.en or value.zh)
            case _:
                return str(value)


@lru_cache(maxsize=8)
def speech(language: str) -> Speech:
    """The shared `Speech` of a language; reading a catalogue takes a few milliseconds."""
    return Speech(language)

"""Messages as English sentences, for programs and for those who read their logs."""

from __future__ import annotations

from collections.abc import Iterable

from wms.workflows.prompt import Bilingual, Msg, Value


def says(message: Msg) -> str:
    text = message.plural if message.plural and message.count != 1 else message.text
    return text.format_map({name: _value(value) for name, value in message.args.items()})


def all_say(messages: Iterable[Msg]) -> str:
    return ". ".join(filter(None, map(says, messages)))


def _value(value: Value) -> str:
    match value:
        case Msg():
            return says(value)
        case Bilingual():
            return value.en or value.zh
    return str(value)

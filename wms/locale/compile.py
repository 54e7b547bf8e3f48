"""Keeps the catalogues in step with the code: `python -m wms.locale.compile update|compile` (needs Babel).

`update` collects every message of the code into `<language>/LC_MESSAGES/wms.po`, keeping the translations there are
and dropping messages that are gone. `compile` writes the `.mo` files the terminal reads. Both are committed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wms.domain.reasons import SENTENCES
from wms.planning.floor_words import SENTENCES as FLOOR_SENTENCES

LOCALE = Path(__file__).parent
SOURCE = LOCALE.parent
LANGUAGES = ("en", "zh_CN")
DOMAIN = "wms"

# The calls that make a message, and how many literals each starts with. Babel's own extractor works on tokens and
# does not see a call inside an f-string.
_LITERALS = {"msg": 1, "msg_n": 2}
_MARKED = "wms/domain/reasons.py"
"""There `sentence` marks texts that are made into messages elsewhere."""


def catalogue_path(language: str, suffix: str = "po") -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"


def extracted(source: Path = SOURCE) -> Iterator[tuple[str | tuple[str, ...], str]]:
    """Every message of the code (a pair where it has a plural), with the `file:line` it stands at; the reasons; what
    may be wrong with a floor."""
    for call, place in _calls(source):
        texts = [node.value for node in _texts(call) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        if len(texts) == len(_texts(call)):
            yield texts[0] if len(texts) == 1 else tuple(texts), place
    if source == SOURCE:
        yield from ((text, "wms/domain/reasons.py:1:0") for text in SENTENCES.values())
        yield from ((text, "wms/planning/floor_words.py:1:0") for text in FLOOR_SENTENCES.values())


def not_literal(source: Path = SOURCE) -> list[str]:
    """Where the text of a message is no literal, so that no catalogue can hold it."""
    found = {place for _, place in extracted(source)}
    return [place for _, place in _calls(source) if place not in found]


def _calls(source: Path) -> Iterator[tuple[ast.Call, str]]:
    for path in sorted(source.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                file = path.relative_to(source.parent).as_posix()
                if node.func.id in _LITERALS or (node.func.id == "sentence" and file == _MARKED):
                    yield node, f"{file}:{node.lineno}:{node.col_offset}"


def _texts(call: ast.Call) -> list[ast.expr]:
    return call.args[: _LITERALS.get(call.func.id, 1)] if isinstance(call.func, ast.Name) else []


def read_catalogue(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, project="wms", domain=DOMAIN)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def update(language: str) -> None:
    """Writes the messages of the code, with their translations, in the order of their text."""
    known = read_catalogue(language)
    fresh = Catalog(
        locale=language,
        project="wms",
        domain=DOMAIN,
        header_comment="# Messages of the warehouse terminal, in the order of their English text.",
        version="1",
        msgid_bugs_address="-",
        last_translator="-",
        language_team="-",
        creation_date=known.creation_date,
        revision_date=known.creation_date,
        fuzzy=False,
    )
    for message, _place in extracted():
        before = known.get(_key(message))
        fresh.add(message, _translation(before, message))
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, width=120, sort_output=True, no_location=True)


def _key(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def _translation(before: Message | None, message: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """The translation kept, if it has the form the message has now."""
    kept = before.string if before is not None else ""
    if isinstance(message, str):
        return kept if isinstance(kept, str) else ""
    return tuple(kept) if isinstance(kept, list | tuple) else ()


def compile_catalogue(language: str) -> None:
    with catalogue_path(language, "mo").open("wb") as file:
        write_mo(file, read_catalogue(language))


def main(arguments: list[str]) -> int:
    verbs = {"update": update, "compile": compile_catalogue}
    if len(arguments) != 1 or arguments[0] not in verbs:
        sys.stderr.write("usage: python -m wms.locale.compile update|compile\n")
        return 2
    for language in LANGUAGES:
        verbs[arguments[0]](language)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

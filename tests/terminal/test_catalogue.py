"""Every message of the code can be said in Chinese, with the same fields, and the compiled catalogue is up to date."""

import io
import re

import pytest
from babel.messages.mofile import write_mo

from wms.domain.reasons import SENTENCES
from wms.locale.compile import LANGUAGES, catalogue_path, extracted, not_literal, read_catalogue

FIELD = re.compile(r"\{(\w*)\}")


def messages():
    return dict(extracted())


def _has_words(text):
    """Whether there is anything to translate beside the fields."""
    return any(
        character.isalpha()
        for part in ((text,) if isinstance(text, str) else text)
        for character in FIELD.sub("", part)
    )


def test_every_message_has_a_chinese_translation():
    chinese = read_catalogue("zh_CN")
    missing = []
    for text, place in messages().items():
        found = chinese.get(text if isinstance(text, str) else text[0])
        string = found.string if found is not None else ""
        if _has_words(text) and not (string if isinstance(string, str) else all(string)):
            missing.append(f"{place}: {text!r}")
    assert not missing, f"{len(missing)} without a translation:\n" + "\n".join(missing)


def test_translations_have_the_fields_of_their_message():
    wrong = []
    for entry in read_catalogue("zh_CN"):
        originals = [entry.id] if isinstance(entry.id, str) else entry.id
        strings = [entry.string] if isinstance(entry.string, str) else entry.string
        fields = {name for original in originals for name in FIELD.findall(original)}
        wrong += [f"{entry.id!r}: {s!r}" for s in strings if entry.id and s and set(FIELD.findall(s)) != fields]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_up_to_date(language):
    fresh = io.BytesIO()
    write_mo(fresh, read_catalogue(language))
    assert catalogue_path(language, "mo").read_bytes() == fresh.getvalue(), "run: python -m wms.locale.compile compile"


def test_extractor_sees_what_babel_s_tokens_do_not(tmp_path):
    (tmp_path / "a.py").write_text(
        "f\"{msg('inside')}\"\nmsg_n('one', 'many', 2)\nmsg('long '\n 'text', a=msg('nested'))\n"
    )
    assert {text for text, _ in extracted(tmp_path)} == {"inside", ("one", "many"), "long text", "nested"}


def test_every_message_is_a_literal(tmp_path):
    (tmp_path / "a.py").write_text("msg('x', role=msg(name))\n")
    assert not_literal(tmp_path) == [f"{tmp_path.name}/a.py:1:14"]
    assert not_literal() == []


def test_the_sentences_of_reasons_are_messages_too():
    assert set(SENTENCES.values()) <= messages().keys()

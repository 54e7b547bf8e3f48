"""Messages in the operator's language, with values that are only ever values."""

from datetime import UTC, datetime

import pytest

from wms.terminal.messages import speech
from wms.terminal.times import countdown, wall_clock, wall_date
from wms.workflows.prompt import NOTHING, Bilingual, Msg, msg, plain


def test_translation_nesting_and_names_in_both_languages():
    message = msg("due {left}", left=msg("{n} d", n=3))
    assert speech("zh_CN").say(message) == "剩3天"
    assert speech("en").say(message) == "due 3 d"
    rice = Msg("{x}", {"x": Bilingual("米", "rice")})
    assert (speech("zh_CN").say(rice), speech("en").say(rice)) == ("米", "rice")
    assert speech("en").say(Msg("{x}", {"x": Bilingual("米", "")})) == "米"


def test_a_missing_translation_or_language_is_english():
    untranslated = Msg("never {n} translated", {"n": 1})
    assert speech("zh_CN").say(untranslated) == "never 1 translated"
    assert speech("xx_YY").say(msg("due {left}", left="1:00")) == "due 1:00"


def test_plural_forms():
    def parcels(n):
        return Msg("{n} parcel of nobody", {"n": n}, "{n} parcels of nobody", n)

    assert speech("en").say(parcels(1)) == "1 parcel of nobody"
    assert speech("en").say(parcels(2)) == "2 parcels of nobody"
    assert speech("zh_CN").say(parcels(5)) == "5 parcels of nobody"


def test_nothing_is_nothing_and_not_the_catalogue_header():
    assert speech("zh_CN").say(NOTHING) == ""


@pytest.mark.parametrize("value", ["{n}", "{0.__class__}", "%s", "{", "}}"])
def test_values_are_never_parsed(value):
    assert speech("en").say(plain(value)) == value
    assert speech("en").say(msg("due {left}", left=value)) == f"due {value}"


def test_a_bad_template_is_shown_not_raised():
    assert speech("en").say(Msg("{missing} {0} {a.b} {{x}} {", {"x": "1"})) == "{missing} {0} {a.b} {x} {"


def test_times_are_the_site_s():
    at = int(datetime(2026, 11, 21, 6, 5, tzinfo=UTC).timestamp())
    assert wall_clock(at, "Asia/Shanghai") == "14:05"
    assert wall_clock(at, "No/Where") == "06:05"
    assert speech("en").say(wall_date(at, "Asia/Shanghai")) == "21 Nov 14:05"
    assert speech("zh_CN").say(wall_date(at, "Asia/Shanghai")) == "11月21日 14:05"
    assert speech("zh_CN").say(countdown(at, at - 6720)) == "剩1:52"
    assert speech("zh_CN").say(countdown(at, at + 60)) == "超0:01"

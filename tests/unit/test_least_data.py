"""What a stranger's label says of a person never stands in the journal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.domain.least_data import unknown_code


@pytest.mark.parametrize("code", ["UNKNOWN-1", "0104006381333931\x1d10L7", "SF1234567890123", "A-01-1*37", "85123A"])
def test_a_code_is_kept_whole(code):
    assert unknown_code(code) == code


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("13800138000", "99999999999"),
        ("+8613800138000", "+9999999999999"),
        ("li@example.com", "aa@aaaaaaa.aaa"),
        ("https://t.example/?name=Li", "aaaaa://a.aaaaaaa/?aaaa=Aa"),
        ('{"name":"Li"}', '{"aaaa":"Aa"}'),
        ("Li Na", "Aa Aa"),
        ("王小明\t北京", "字字字\t字字"),
    ],
)
def test_of_anything_else_the_shape(text, kept):
    assert unknown_code(text) == kept


@given(st.text(alphabet="王小明李é ", min_size=1))
def test_no_name_in_another_script_survives(text):
    assert not set(unknown_code(text)) & set("王小明李é")

"""Facts, intents and messages survive the wire, and nothing is lost between versions without a word."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wms.domain.bounds import is_bounded
from wms.domain.commands import INTENTS
from wms.domain.events import Event, Fact, FactUnreadable, Key
from wms.domain.ids import Badge, DeviceId
from wms.sync import wire
from wms.workflows.prompt import Bilingual, msg, msg_n, plain

st.register_type_strategy(int, st.integers(-(2**53), 2**53))
st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))


def over_the_wire(value: Any, kind: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value), type=kind)


@pytest.mark.parametrize(
    "kind", [kind for kind in get_args(Event) if kind is not FactUnreadable], ids=lambda kind: kind.__name__
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
@given(st.data())
def test_every_kind_of_event_arrives_as_it_was(kind: type, data: st.DataObject) -> None:
    body = data.draw(st.from_type(kind).filter(is_bounded))
    fact = Fact(
        Key(DeviceId("A"), 2, 3), 1_700_000_000_123, Badge("P1"), body, data.draw(st.none() | st.integers(1, 9))
    )
    line = over_the_wire(wire.line_of(fact), wire.FactLine)
    wire.require_known(line, wire.VERSION + 1)
    assert wire.fact_of(line) == fact


@pytest.mark.parametrize("kind", INTENTS, ids=lambda kind: kind.__name__)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_intent_arrives_as_it_was(kind: type, data: st.DataObject) -> None:
    command = data.draw(st.from_type(kind))
    message = over_the_wire(wire.ask("r", "P1", command), wire.Ask)
    assert wire.command_of(message.command, message.body) == command


def test_messages_for_the_operator_arrive_with_their_values() -> None:
    inner = msg_n("{n} unit", "{n} units", 2)
    said = msg("{item} at {bin}: {left}", item=Bilingual("牙膏", "Toothpaste"), bin=plain("A-01"), left=inner)
    assert wire.msg_of(over_the_wire(wire.msg_line(said), dict[str, Any])) == said


def line(kind: str, body: bytes) -> wire.FactLine:
    return wire.FactLine("A", 1, 1, 1, 0, "P1", kind, msgspec.Raw(body))


def test_a_field_or_a_kind_of_a_newer_version_is_noticed_and_a_missing_field_gets_its_default() -> None:
    said = b'{"sku": "S", "lot": "", "place": "B", "difference": 1, "reason": "x"}'
    wire.require_known(line("StockAdjusted", said), wire.VERSION + 1)
    for kind, body in (("StockAdjusted", said[:-1] + b', "colour": "red"}'), ("GoodsTeleported", b"{}")):
        with pytest.raises(wire.NewerVersion):
            wire.require_known(line(kind, body), wire.VERSION + 1)
        wire.require_known(line(kind, body), wire.VERSION)  # of one's own version it is merely wrong
    wire.require_known(line("LabelRequested", b'{"parcel": "P-1"}'), wire.VERSION + 1)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("GoodsTeleported", '{"to":"X"}'),
        ("GoodsReceived", '{"receipt":7}'),
        ("GoodsReceived", "[]"),
        ("SiteNamed", "1"),
    ],
)
def test_what_can_not_be_read_goes_on_to_the_letter(kind: str, body: str) -> None:
    fact = wire.fact_of(line(kind, body.encode()))
    assert fact.body == FactUnreadable(kind, body)
    assert over_the_wire(wire.line_of(fact), wire.FactLine) == line(kind, body.encode())

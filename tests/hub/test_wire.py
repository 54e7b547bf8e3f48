"""Facts, intents and messages survive the wire, and nothing is lost between versions without a word."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.domain.commands import INTENTS
from wms.domain.events import Event, Fact, Key
from wms.domain.ids import Badge, DeviceId
from wms.store.codec import UnknownEvent
from wms.sync import wire
from wms.workflows.prompt import Bilingual, msg, msg_n, plain

st.register_type_strategy(int, st.integers(-(2**53), 2**53))
st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))


def over_the_wire(value: Any, kind: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value), type=kind)


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_kind_of_event_arrives_as_it_was(kind: type, data: st.DataObject) -> None:
    body = data.draw(st.from_type(kind))
    fact = Fact(
        Key(DeviceId("A"), 2, 3), 1_700_000_000_123, Badge("P1"), body, data.draw(st.none() | st.integers(1, 9))
    )
    assert wire.fact_of(over_the_wire(wire.fact_line(fact), wire.FactLine), version=wire.VERSION + 1) == fact


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


def test_a_field_of_a_newer_version_is_noticed_and_a_missing_one_gets_its_default() -> None:
    def line(body: bytes) -> wire.FactLine:
        return wire.FactLine("A", 1, 1, 1, 0, "P1", "StockAdjusted", msgspec.Raw(body))

    said = b'{"sku": "S", "lot": "", "place": "B", "difference": 1, "reason": "x"}'
    assert wire.fact_of(line(said)).body
    with pytest.raises(wire.NewerVersion):
        wire.fact_of(line(said[:-1] + b', "colour": "red"}'), version=wire.VERSION + 1)
    with pytest.raises(UnknownEvent):
        wire.fact_of(wire.FactLine("A", 1, 1, 1, 0, "P1", "GoodsTeleported", msgspec.Raw(b"{}")))
    short = wire.FactLine("A", 1, 1, 1, 0, "P1", "LabelRequested", msgspec.Raw(b'{"parcel": "P-1"}'))
    assert wire.fact_of(short, version=wire.VERSION + 1).body == wire.fact_of(short).body

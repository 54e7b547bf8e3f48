"""The weighing step: what the scale says becomes words that say what to do, and keys that command it."""

from __future__ import annotations

import pytest

from tests.unit.floor import TEA, Worker, a_packer_with_a_tote, a_warehouse
from wms.domain.ids import ParcelId
from wms.domain.packing import Parcel
from wms.domain.records import replace
from wms.terminal.messages import speech
from wms.terminal.rows import Pen
from wms.terminal.screens.work import work_picture
from wms.workflows.inputs import Pressed, ScaleAnswered
from wms.workflows.on_scale import OnScale, scale_trouble
from wms.workflows.prompt import Tone
from wms.workflows.view import DeviceState, Status, View

ALL = ("zero", "clear_tare")


@pytest.fixture
def packer():
    return a_packer_with_a_tote(a_warehouse(), (TEA, 2)).go_on(until="pack.weigh")


def beside(packer: Worker, scale: OnScale) -> Worker:
    who = Worker.who(packer)
    packer.who = lambda: replace(who, now=packer.floor.now, scale=scale)
    return packer.look_again()


def asks(packer: Worker, language: str = "en") -> str:
    return speech(language).say(packer.prompt.ask)


@pytest.mark.parametrize(
    ("scale", "english", "chinese"),
    [
        (OnScale("", ALL), "Put the parcel on the scale, or type grams", "包裹放上秤，或输入克数"),
        (OnScale("stable", ALL), "Put the parcel on the scale, or type grams", "包裹放上秤，或输入克数"),
        (OnScale("stable", ALL, weighed=ParcelId("another")), "Take the last parcel off first", "先把上一个包裹拿下来"),
        (OnScale("moving", ALL, weighed=ParcelId("another")), "Take the last parcel off first", "先把上一个包裹拿下来"),
        (OnScale("silent", ALL, weighed=ParcelId("another")), "No scale: type the grams", "没有秤：输入克数"),
        (OnScale("moving", ALL), "Hands off: wait until it rests", "手离开，等秤稳定"),
        (OnScale("negative", ALL), "Below zero: empty the pan, then F5", "低于零：清空秤盘，按 F5"),
        (OnScale("under", ALL), "Below zero: empty the pan, then F5", "低于零：清空秤盘，按 F5"),
        (OnScale("negative", ALL, net=True), "Below zero: empty the pan, then F6", "低于零：清空秤盘，按 F6"),
        (OnScale("negative"), "Below zero: empty the pan, press zero on the scale", "低于零：清空秤盘，按秤上的置零键"),
        (OnScale("over", ALL), "Too heavy: take it off, type the grams", "太重：拿下来，输入克数"),
        (OnScale("silent", ALL), "No scale: type the grams", "没有秤：输入克数"),
        (OnScale("lost"), "No scale: type the grams", "没有秤：输入克数"),
        (OnScale("unknown_protocol"), "No weight comes: type the grams", "收不到重量：输入克数"),
    ],
)
def test_the_screen_says_what_to_do(packer, scale, english, chinese):
    beside(packer, scale)
    assert (asks(packer), asks(packer, "zh_CN")) == (english, chinese)


@pytest.mark.parametrize(
    ("status", "english"),
    [
        ("lost", "Scale lost: check cable, power"),
        ("silent", "Scale is silent: check cable, power"),
        ("over", "Scale overloaded: take it off"),
        ("under", "Scale out of range: empty the pan"),
        ("unknown_protocol", "Scale not understood: call the supervisor"),
        ("negative", ""),
        ("moving", ""),
        ("stable", ""),
    ],
)
def test_trouble_with_the_scale_is_told_on_every_screen(status, english):
    trouble = scale_trouble(OnScale(status))
    assert speech("en").say(trouble) == english
    assert (speech("zh_CN").say(trouble) == english) is (english == "")


@pytest.mark.parametrize(
    ("scale", "keys"),
    [
        (OnScale("stable"), ["f1", "f4"]),
        (OnScale("stable", ALL), ["f1", "f5", "f4"]),
        (OnScale("stable", ("zero",), net=True), ["f1", "f5", "f4"]),
        (OnScale("stable", ALL, net=True), ["f1", "f5", "f6", "f4"]),
    ],
)
def test_a_key_is_offered_where_the_scale_obeys(packer, scale, keys):
    beside(packer, scale)
    assert [key.key for key in packer.prompt.keys] == keys
    for key, command in (("f5", "zero"), ("f6", "clear_tare")):
        step = packer.workflow.step(packer.state, Pressed(key), packer.floor.rows)
        assert step.scale == (command if key in keys else "")
        assert step.commands == ()


def test_a_parcel_is_not_zeroed_away(packer):
    beside(packer, OnScale("stable", ALL, loaded=True))
    step = packer.workflow.step(packer.state, Pressed("f5"), packer.floor.rows)
    assert step.scale == ""
    packer.press("f5")
    assert (packer.tone, packer.says) == (Tone.NO, ["Something lies on the scale", "Empty the pan, then F5 again"])


@pytest.mark.parametrize(
    ("command", "result", "tone", "says"),
    [
        ("zero", "done", Tone.INFO, "Scale zeroed"),
        ("zero", "moving", Tone.NO, "Not zeroed: the scale moves"),
        ("zero", "out_of_range", Tone.NO, "Not zeroed: something lies there"),
        ("zero", "refused", Tone.NO, "The scale did not zero"),
        ("zero", "unsupported", Tone.NO, "The scale did not zero"),
        ("zero", "no_answer", Tone.NO, "The scale does not answer"),
        ("clear_tare", "done", Tone.INFO, "Tare cleared"),
        ("clear_tare", "refused", Tone.NO, "Tare not cleared"),
    ],
)
def test_what_became_of_it_is_said(packer, command, result, tone, says):
    packer._happen(ScaleAnswered(command, result))
    assert (packer.screen, packer.tone, packer.says[0]) == ("pack.weigh", tone, says)
    for line in packer.said.lines:
        assert speech("zh_CN").say(line) != speech("en").say(line)


def test_an_answer_that_comes_late_changes_nothing(packer):
    packer.go_on(until="pack.label")
    packer._happen(ScaleAnswered("zero", "done"))
    assert (packer.screen, packer.said) == ("pack.label", None)
    assert packer.floor.rows.all(Parcel)[0].weight_g > 0


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("status", ["negative", "over", "under", "silent", "lost", "moving", "unknown_protocol"])
def test_it_all_stands_on_the_smallest_screen(packer, status, language):
    scale = OnScale(status, ALL, net=True)
    beside(packer, scale)
    state = DeviceState.TROUBLE if scale_trouble(scale).text else DeviceState.READY
    view = View(1, packer.prompt, None, Status(scale=state, scale_says=scale_trouble(scale)), language)
    picture = work_picture(view, Pen(speech(language), 20, packer.floor.now), 16, "")
    rows = [row.text for row in (*picture.where, *picture.do, *picture.what, *picture.said, *picture.keys)]
    assert len(rows) <= 16
    assert asks(packer, language).replace(" ", "") in "".join(rows).replace(" ", "")
    assert "F5" in rows[-1]
    assert "F6" in rows[-1]

"""One terminal at a time gives back what a restored hub lost."""

from wms.domain.ids import DeviceId
from wms.hub.turns import AT_WORK, PAUSE, Turns
from wms.sync.wire import BATCH

A, B = DeviceId("A"), DeviceId("B")


class Watch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_others_wait_while_one_brings_whole_messages() -> None:
    watch = Watch()
    turns = Turns(watch)
    assert turns.begin("W", A)
    assert not turns.begin("W", B)
    assert turns.begin("ELSEWHERE", B)
    turns.end("W", A, BATCH, BATCH)
    assert turns.left("W") == PAUSE
    assert not turns.begin("W", B)
    assert turns.begin("W", A)


def test_a_turn_ends_with_what_is_short_or_held_already_and_with_silence() -> None:
    watch = Watch()
    turns = Turns(watch)
    for sent, taken in ((BATCH - 1, BATCH - 1), (BATCH, BATCH - 1), (BATCH, 0)):
        assert turns.begin("W", A)
        turns.end("W", A, sent, taken)
        assert turns.left("W") == 0
    turns.begin("W", A)
    turns.end("W", A, BATCH, BATCH)
    watch.now += PAUSE
    assert turns.begin("W", B)


def test_an_answer_that_comes_too_late_ends_nobody_elses_turn() -> None:
    watch = Watch()
    turns = Turns(watch)
    turns.begin("W", A)
    watch.now += AT_WORK
    assert turns.begin("W", B)
    turns.end("W", A, 1, 1)
    assert turns.left("W") == AT_WORK

"""Any order of a person's keys and a wedge's bursts, on a line that stalls: no code is shortened, joined or moved."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wms.terminal.wedge import KeyPressed, Router, Scan, Typed, WedgeConfig

LETTERS = "0123456789ABCxyz-/ #大\x1d"
NAMES = {"\r": "enter", "\x1d": "ctrl+right_square_bracket"}


class Line:
    """What was pressed when, and when it arrives: a stalled line keeps everything and lets go of it at once."""

    def __init__(self, stalls, *, asks=False):
        self.stalls = stalls
        self.asks = asks  # so that each key typed answers a question
        self.router = Router()
        self.free_at = 0.0
        self.out = []

    def arrives(self, at):
        for begin, end in self.stalls:
            if begin < at < end:
                at = end
        self.free_at = max(at, self.free_at + 0.05)
        return self.free_at

    def press(self, character, at):
        at = self.arrives(at)
        while (due := self.router.deadline) is not None and due < at:
            self._gives(self.router.tick(due))
        self._gives(self.router.key(NAMES.get(character, character), character, at))

    def _gives(self, routed):
        self.out += routed
        if self.asks and any(isinstance(item, Typed) for item in routed):
            self.router.answered()

    def rest(self):
        while (due := self.router.deadline) is not None:
            self._gives(self.router.tick(due))
        return self.out


codes = st.text(LETTERS, min_size=6, max_size=20).filter(lambda code: len(set(code)) > 1)
bursts = st.tuples(codes, st.floats(0, 34))
keys = st.tuples(st.sampled_from("123yY"), st.none())


@st.composite
def days(draw, *, calm=False):
    """(keys pressed with their times, codes sent, those among them that no stall touched), and the line's stalls."""
    pressed, sent, untouched, stalls, now, by_hand = [], [], [], [], 1000.0, False
    for text, cadence in draw(st.lists(st.one_of(bursts, keys), min_size=1, max_size=12)):
        if cadence is None:
            now += draw(st.floats(60, 400))
            pressed.append((text, now))
            by_hand = True
            continue
        now += draw(st.floats(60, 400)) if by_hand else draw(st.floats(0, 300))
        begin = now
        sent.append(f"{len(sent):03}{text}")
        for character in f"{sent[-1]}\r":
            pressed.append((character, now))
            now += cadence
        if not calm and draw(st.booleans()):
            at = begin + draw(st.floats(0, 1)) * (now - begin)
            stalls.append((at, at + draw(st.floats(0, 9000))))
            now = max(now, stalls[-1][1])
        elif not by_hand:
            untouched.append(sent[-1])
        by_hand = False
        now += draw(st.sampled_from([0, 0, 50, 500]))
    return pressed, sent, untouched, stalls


def live(day, *, asks=False):
    pressed, *_, stalls = day
    line = Line(stalls, asks=asks)
    for character, at in pressed:
        line.press(character, at)
    return line.rest()


def in_order(some, of):
    rest = iter(of)
    return all(one in rest for one in some)


@settings(max_examples=300, deadline=None)
@given(days())
def test_never_a_shorter_or_joined_code(day):
    pressed, sent, untouched, _ = day
    out = live(day)
    good = [item.text for item in out if isinstance(item, Scan) and not item.fault]
    assert in_order(good, sent)
    assert in_order(untouched, good)
    whole = "".join("" if isinstance(item, KeyPressed) else item.text for item in out)
    printed = "".join(character for character, _ in pressed if character not in "\r\x1d")
    assert whole.replace("\x1d", "") == printed  # a separator torn off alone is nothing


@settings(max_examples=300, deadline=None)
@given(days(calm=True))
def test_on_a_line_that_does_not_stall_every_code_is_whole_and_every_key_an_answer(day):
    pressed, sent, *_ = day
    out = live(day, asks=True)
    assert [item for item in out if isinstance(item, Scan)] == [Scan(code) for code in sent]
    assert sum(isinstance(item, Typed) for item in out) == len(out) - len(sent)
    assert sum(len(item.text) for item in out) == sum(character != "\r" for character, _ in pressed)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(codes, st.lists(st.floats(0, 900), min_size=30, max_size=30)), max_size=6))
def test_with_prefix_and_suffix_any_pause_a_line_makes_is_borne(scans):
    router, now, out = Router(WedgeConfig(gap_ms=0)), 0.0, []
    for text, pauses in scans:
        for character, pause in zip(["\x02", *text, "\r"], pauses, strict=False):
            now += pause
            out += router.key(NAMES.get(character, "ctrl+b" if character == "\x02" else character), character, now)
    assert out == [Scan(text) for text, _ in scans]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([0, 35]),
    st.lists(st.tuples(codes, st.sampled_from([2, 8, 120]), st.integers(1, 6), st.floats(0, 29_000)), max_size=6),
)
def test_no_pause_within_a_scan_that_has_its_prefix_makes_a_shorter_code_of_it(gap_ms, scans):
    """Nor typing, or an Enter, of its rest: only a pause right after the prefix leaves the code whole without it."""
    router, now, out = Router(WedgeConfig(gap_ms=gap_ms)), 0.0, []
    for text, cadence, cut, pause in scans:
        for n, character in enumerate(["\x02", *text, "\r"]):
            now += pause if n == cut + 1 else cadence
            while (due := router.deadline) is not None and due < now:
                out += router.tick(due)
            out += router.key(NAMES.get(character, "ctrl+b" if character == "\x02" else character), character, now)
    assert all(isinstance(item, Scan) for item in out)
    assert [item.text for item in out if not item.fault] == [text for text, *_, pause in scans if pause <= 1000]
    assert "".join(item.text for item in out) == "".join(text for text, *_ in scans)

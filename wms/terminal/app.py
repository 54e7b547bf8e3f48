"""The terminal application: draws the newest view, and hands on what is scanned, typed and pressed."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Iterable

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message

from wms.terminal.alert import Alert
from wms.terminal.driver_mends import line_gone, lose_no_key, output_stalled
from wms.terminal.key_stream import CutPaste, Intake
from wms.terminal.keypad import Keypad
from wms.terminal.messages import speech
from wms.terminal.rows import Pen, Picture
from wms.terminal.screens.handbook import Handbook, read_page
from wms.terminal.screens.work import work_picture
from wms.terminal.station_port import StationPort
from wms.terminal.theme import GROUND
from wms.terminal.wedge import KeyPressed, Routed, Router, Scan, Typed, WedgeConfig
from wms.terminal.widgets.region import Region
from wms.workflows.inputs import Chose, Input, Scanned
from wms.workflows.view import View

QUIT = "quit"
_REGIONS = ("where", "do", "what", "said", "keys")
_CLOCK_SECONDS = 2.0
_LATE_SECONDS = 0.02
_RETRY_SECONDS = 0.02
_HANDING_ON = 3  # rounds of the loop that a key takes from the driver's thread into the queue


class WmsApp(App[None], inherit_bindings=False):
    """The screen of one terminal.

    `language` overrides the view's own, `ascii` draws without block characters. Scans typed by a wedge are taken
    before any widget sees a key. Only the station can end the app, by a prompt named `quit`; and SIGTERM or SIGHUP.
    """

    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""
    CSS = f"Screen {{ layout: vertical; overflow: hidden; background: {GROUND}; }}"

    class ViewChanged(Message):
        """A newer view waits in the station."""

    def __init__(
        self,
        station: StationPort,
        language: str = "",
        wedge: WedgeConfig | None = None,
        ascii: bool = False,  # noqa: A002
    ) -> None:
        super().__init__()
        self.station = station
        self.animation_level = "none"
        self._language = language
        self._ascii = ascii
        self._router = Router(wedge or WedgeConfig())
        self._keypad = Keypad()
        self._handbook: Handbook | None = None
        self._drawn = station.view
        self._announced = False  # a ViewChanged is on its way; read and set by two threads, one bool at a time
        self._alert = Alert(self._drawn.said)
        self._held_until: float | None = None
        self._regions = {name: Region(name) for name in _REGIONS}
        self._intake = Intake()
        lose_no_key(self.driver_class, self._intake)

    def compose(self) -> ComposeResult:
        yield from self._regions.values()

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        for stop in (signal.SIGTERM, signal.SIGHUP):
            with contextlib.suppress(RuntimeError, ValueError):  # not the main thread: a test, an embedding
                loop.add_signal_handler(stop, self.exit)
        self.station.subscribe(self._view_published)
        self.set_interval(_CLOCK_SECONDS, self._clock_ticked)
        self._follow()

    def _view_published(self, view: View) -> None:
        """Called in the station's thread; many views may become one repaint, but no refusal goes unheard."""
        self._alert.hear(view.said)
        if not self._announced:
            self._announced = True
            with contextlib.suppress(RuntimeError):  # the loop has just ended
                self.post_message(self.ViewChanged())

    def on_wms_app_view_changed(self) -> None:
        self._announced = False
        self._follow()

    def _clock_ticked(self) -> None:
        if not self.is_headless and line_gone():
            self.exit()
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _follow(self) -> None:
        """Takes the newest view and shows it."""
        before, self._drawn = self._drawn, self.station.view
        if self._drawn.prompt.name == QUIT:
            self.exit()
            return
        self._keypad.follow(self._drawn.prompt)
        if before.said is not self._drawn.said or before.prompt.name != self._drawn.prompt.name:
            self._handbook = None  # the work went on; nothing may hide it
        if self._alert.taken() and not output_stalled(self):
            self.bell()
        self._draw()

    def _draw(self) -> None:
        if output_stalled(self) or not self.size:
            return
        picture = self._picture()
        for name, region in self._regions.items():
            region.show(getattr(picture, name))

    def _picture(self) -> Picture:
        view = self._drawn
        columns, rows = self.size
        pen = Pen(speech(self._language or view.language), columns, int(time.time()), self._ascii)
        if self._handbook is not None:
            return self._handbook.picture(pen, rows)
        typed = self._keypad.line(view.prompt)
        if view.board is not None:
            from wms.terminal.screens.board import board_picture

            return board_picture(view, view.board, pen, rows, typed)
        return work_picture(view, pen, rows, typed)

    async def on_event(self, event: events.Event) -> None:
        """Takes keys and pastes here, in the order they came, before bindings, focus or a slow handler can."""
        if isinstance(event, events.Key):
            self._take(self._router.key(event.key, event.character, event.time * 1000), event.time)
        elif isinstance(event, events.Paste):
            cut = isinstance(event, CutPaste)
            self._take(self._router.paste(event.text, event.time * 1000, cut=cut), event.time)
        elif not isinstance(event, events.InputEvent):
            await super().on_event(event)

    def _take(self, routed: Iterable[Routed], at: float) -> None:
        since_epoch = int((time.time() - time.monotonic() + at) * 1000)
        redraw = False
        for item in routed:
            match item:
                case Scan():
                    self._handbook = None
                    self._keypad.scanned(item.fault)
                    self._submit(Scanned(item.text, item.aim, "wedge", since_epoch, item.fault))
                case Typed(text):
                    self._handbook = None
                    self._type(text, since_epoch)
                    redraw = True
                case KeyPressed(name):
                    self._press(name, since_epoch)
                    redraw = True
        if redraw:
            self._draw()
        self._hold()

    def _type(self, text: str, at: int) -> None:
        given = self._keypad.typed(text, self._drawn.prompt, at)
        if isinstance(given, Chose):
            self._router.answered()
        self._submit(given)

    def _press(self, key: str, at: int) -> None:
        if self._handbook is not None:
            if self._handbook.turn(key):
                return
            self._handbook = None
            if key in ("f1", "escape", "enter"):
                return
        if key == "f1":
            page = self._drawn.prompt.handbook
            self._handbook = Handbook(read_page(self._language or self._drawn.language, page))
            return
        self._submit(self._keypad.pressed(key, self._drawn.prompt, at))

    def _submit(self, inp: Input | None) -> None:
        if inp is not None:
            self.station.submit(inp)

    def _hold(self) -> None:
        """Sees to it that keys held back by the router come out in time."""
        deadline = self._router.deadline
        if deadline is not None and self._held_until is None:
            self._wake_at(deadline / 1000)

    def _wake_at(self, at: float) -> None:
        self._held_until = at
        self.set_timer(max(at - time.monotonic(), 0.001), self._held_long_enough)

    async def _held_long_enough(self) -> None:
        """Lets the router decide; but after a hold-up the keys that belong here may still be on their way."""
        idle = self._intake.idle()
        for _ in range(_HANDING_ON):
            await asyncio.sleep(0)
        now = time.monotonic()
        held_until, self._held_until = self._held_until or now, None
        if not idle or self.message_queue_size or now - held_until > _LATE_SECONDS:
            self._wake_at(now + _RETRY_SECONDS)
        else:
            self._take(self._router.tick(now * 1000), now)

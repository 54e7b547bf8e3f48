"""Runs the real app, headless, at a size, against a scripted station."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.terminal.scripted import Script, ScriptedStation, screen_rows
from wms.terminal.app import WmsApp
from wms.workflows.view import View


class Stage:
    """The app while it runs, its station, and patience."""

    def __init__(self, pilot: Pilot[None], station: ScriptedStation) -> None:
        self.pilot = pilot
        self.app = pilot.app
        self.station = station

    @property
    def rows(self) -> list[str]:
        return screen_rows(self.app)

    async def until(self, true: Callable[[], Any]) -> None:
        for _ in range(400):
            await self.pilot.pause()
            if true():
                return
            await asyncio.sleep(0.005)
        pytest.fail("never happened; the screen:\n" + "\n".join(self.rows))

    async def show(self, view: View) -> list[str]:
        """Has the station publish a view and waits until it is drawn."""
        serial = self.station.view.serial
        self.station.publish(view)
        await self.until(lambda: self.station.view.serial > serial and self.app._drawn is self.station.view)
        await self.pilot.pause()
        return self.rows

    async def inputs(self, count: int) -> list[Any]:
        await self.until(lambda: len(self.station.inputs) >= count)
        return self.station.inputs


Act = Callable[[Stage], Awaitable[None]]


@pytest.fixture
def play():
    """`play(view, act, size=…)` runs `act` on the running app."""

    def run(
        view: View, act: Act, size: tuple[int, int] = (40, 20), script: Script | None = None, **options: Any
    ) -> None:
        async def scene() -> None:
            station = ScriptedStation(view, script)
            try:
                async with WmsApp(station, **options).run_test(size=size) as pilot:
                    await pilot.pause()
                    await act(Stage(pilot, station))
            finally:
                station.close()

        asyncio.run(scene())

    return run

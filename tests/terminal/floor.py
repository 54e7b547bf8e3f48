"""The app as a process of its own, for tests in a real pty: it logs every input that its station gets.

`python floor.py LOG [slow] [commit=SECONDS] [wedge=OPTIONS]`: a `slow` station stops now and then, `commit` is how
long it takes over each input.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from wms.domain.records import replace

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.terminal.scripted import ScriptedStation, pick_bin
from wms.terminal.app import WmsApp
from wms.terminal.wedge_options import parse_wedge
from wms.workflows.inputs import Input, Pressed, Scanned
from wms.workflows.prompt import Prompt, no, plain
from wms.workflows.view import View


def main(log_path: str, *options: str) -> None:
    named = dict(option.split("=", 1) for option in options if "=" in option)
    pause = 0.02 if "slow" in options else 0.0
    commit = float(named.get("commit", 0))
    count = 0
    with Path(log_path).open("w", encoding="utf-8") as log:

        def script(inp: Input, view: View) -> View | None:
            nonlocal count
            count += 1
            if pause and count % 50 == 0:
                time.sleep(pause)
            time.sleep(commit)
            log.write(f"{inp.aim}{inp.text!r}{inp.fault}\n" if isinstance(inp, Scanned) else f"{inp}\n")
            log.flush()
            if inp == Pressed("f9"):
                return replace(view, prompt=Prompt("quit"))
            return replace(view, said=no(plain(inp.text))) if isinstance(inp, Scanned) else None

        station = ScriptedStation(pick_bin(), script)
        try:
            WmsApp(station, wedge=parse_wedge(named.get("wedge", ""))).run(mouse=False)
        finally:
            station.close()
            log.write("closed\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A shell for the command line's tests: runs commands on a data directory of its own, and a small warehouse to run
them on, made the way a site makes its own: blank files written, filled in, imported."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wms.cli.main import run

ROWS = {
    "site.csv": "East,Asia/Shanghai,East Warehouse|1 Sample Road",
    "categories.csv": "food,食品,Food,5,yes,yes,\ntoys,玩具,Toys,10,no,yes,",
    "places.csv": "A-01-1,bin,A,1,37,\nA-01-2,bin,A,2,51,\nS-1,staging,,,,\nR-1,returns,,,,",
    "totes.csv": "T-001,tote,,,,\nC-1,cart,,,,12",
    "items.csv": (
        "TEA-01,龙井茶,Tea,food,罐,tin,6901234567892; 16901234567899*12,160,80,80,120,yes,30\n"
        "CAR-01,玩具车,Toy car,toys,,,4006381333931,250,150,70,60,no,"
    ),
    "people.csv": "P-001,李娜,picker; packer,zh_CN,,yes",
    "cartons.csv": "K1,小号,Small,200,150,100,90",
    "carriers.csv": "sf,顺丰,SF Express,S-1,SF,12,100000000001,100000100000",
    "channels.csv": "shop,官网,Web shop,48,sf\nfast,快,Fast,24,",
    "stock.csv": "A-01-2,CAR-01,,,20",
}
ORDERS = """\
order,channel,placed_at,sku,quantity,name,phone,address,city,carrier
A-1,shop,2026-11-11 16:27,CAR-01,2,王小明,13800138000,人民路1号,上海,sf
A-2,shop,2026-11-11 16:27,4006381333931,1,,,,,
A-3,shop,2026-11-11 16:27,GHOST,1,,,,,
A-4,shop,2026-11-11 16:27,CAR-01,99,,,,,
A-5,shop,2026-11-11 16:27,CAR-01,two,,,,,
"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


class Shell:
    """`shell("orders", "list")` runs it on `data`."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.data, self._capsys = folder, folder / "data", capsys

    def __call__(self, *arguments: object) -> Answer:
        self._capsys.readouterr()
        code = run([*map(str, arguments), "--data", str(self.data)])
        said = self._capsys.readouterr()
        return Answer(code, said.out, said.err)

    def good(self, *arguments: object) -> Answer:
        """One that must succeed, without a word on stderr."""
        answer = self(*arguments)
        assert (answer.code, answer.err) == (0, ""), answer
        return answer

    def bad(self, *arguments: object, code: int = 1) -> str:
        """One that must be refused; returns why."""
        answer = self(*arguments)
        assert answer.code == code, answer
        assert answer.err
        assert "Traceback" not in answer.err
        return answer.err

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def set_up(self) -> Shell:
        """The warehouse of `ROWS`, made once and copied."""
        if _MADE:
            shutil.copytree(_MADE[0] / "setup", self.folder / "setup")
            shutil.copytree(_MADE[0] / "data", self.data)
            return self
        setup = self.folder / "setup"
        self.good("setup", "template", setup)
        for name, rows in ROWS.items():
            with (setup / name).open("a", encoding="utf-8") as file:
                file.write(rows + "\n")
        self.good("setup", "import", setup)
        made = self.folder.parent / "made-by-commands"
        shutil.copytree(self.folder, made)
        _MADE.append(made)
        return self


_MADE: list[Path] = []

"""`wms plan prepare`: the planner is compiled before anybody waits for it."""

from __future__ import annotations

import json

import pytest

from wms.cli.main import run
from wms.planning import solve
from wms.planning.compiled import cache


def test_it_compiles_once_and_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    done: list[bool] = []
    monkeypatch.setattr(solve, "has_compiled", lambda: True)
    monkeypatch.setattr(solve, "prepare_compiled", lambda: done.append(True))
    monkeypatch.setattr(cache, "is_warm", lambda: bool(done))
    assert run(["plan", "prepare", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) | {"seconds": 0} == {"ready": True, "before": False, "seconds": 0}
    assert run(["plan", "prepare"]) == 0
    assert capsys.readouterr().out == "the compiled planner was ready\n"


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(solve, "has_compiled", lambda: False)
    assert run(["plan", "prepare"]) == 1
    assert "pip install 'wms[plan]'" in capsys.readouterr().err

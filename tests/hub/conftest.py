"""A served hub for the tests of who may speak to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.gatehouse import House, serving


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """'' for the embedded engine, else the URL of an empty database."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_database"))


@pytest.fixture
def house(tmp_path: Path, engine: str) -> Iterator[House]:
    """A hub on either engine."""
    with serving(tmp_path / "hub", engine) as house:
        yield house


@pytest.fixture
def small_house(tmp_path: Path) -> Iterator[House]:
    """A hub on SQLite, where the engine makes no difference."""
    with serving(tmp_path / "hub") as house:
        yield house

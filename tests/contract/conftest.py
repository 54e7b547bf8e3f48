"""The contract between terminals and hub is the same on either engine: each test of it runs on both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.floor import Floor
from tests.contract.hub_process import HubProcess
from tests.postgres import Databases

WAREHOUSES = (f"W{n}" for n in itertools.count(1))


@pytest.fixture(scope="session")
def shared_database(postgres: Databases) -> Iterator[str]:
    """The URL of one database for all warehouses of these tests: none of them sees another's."""
    url = postgres.fresh_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    """'' for the embedded engine, else the URL of a database."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("shared_database"))


@pytest.fixture
def hub(tmp_path: Path, engine: str) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path / "hub", engine, next(WAREHOUSES))
    process.start()
    try:
        yield process
    finally:
        if process.process is not None:
            process.kill()


@pytest.fixture
def floor(tmp_path: Path, hub: HubProcess) -> Iterator[Floor]:
    floor = Floor(tmp_path, hub)
    try:
        yield floor
    finally:
        floor.close()

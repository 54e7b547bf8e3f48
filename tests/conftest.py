"""Options of the whole test run, and the PostgreSQL that tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Databases, a_server
from tests.postgres_binaries import NoServerHere


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="also live through long days (some minutes each)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: takes minutes; runs only with --soak")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--soak"):
        return
    for item in items:
        if "soak" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with --soak"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """One server for the whole run, the one that `WMS_TEST_DATABASE` names if that is set."""
    try:
        with a_server(fsync=False) as server:
            yield server
    except NoServerHere as reason:
        pytest.skip(str(reason))


@pytest.fixture
def postgres_database(postgres: Databases) -> Iterator[str]:
    """The URL of an empty database."""
    url = postgres.fresh_database()
    yield url
    postgres.drop_database(url)

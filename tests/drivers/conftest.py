import json
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SHARED = Path(__file__).parents[3] / "shared"


def _load_tool(name: str) -> ModuleType:
    path = SHARED / "tools" / f"{name}.py"
    if not path.exists():
        pytest.skip(f"{path.name} is not beside the checkout")
    spec = spec_from_file_location(f"outside_{name}", path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def outside_scanner() -> ModuleType:
    """A simulated scanner written apart from this project."""
    return _load_tool("fake_scanner")


@pytest.fixture(scope="session")
def outside_scale() -> ModuleType:
    """A simulated scale written apart from this project."""
    return _load_tool("fake_scale")


@pytest.fixture
def link(tmp_path: Path) -> str:
    """Where a simulated scanner is found, whatever its terminal is called at the moment."""
    return str(tmp_path / "scanner")


@pytest.fixture
def make_fake(outside_scanner: ModuleType, link: str) -> Iterator[Callable[..., Any]]:
    fakes: list[Any] = []

    def make(**options: Any) -> Any:
        fakes.append(outside_scanner.FakeScanner(link=link, **options))
        return fakes[-1]

    yield make
    for fake in fakes:
        fake.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sample_scenario" not in metafunc.fixturenames:
        return
    path = SHARED / "scan-cases" / "streams.json"
    if path.exists():
        scenarios: list[Any] = json.loads(path.read_text("utf-8"))["scenarios"]
    else:
        skip = pytest.mark.skip(reason="streams.json is not beside the checkout")
        scenarios = [pytest.param({}, marks=skip)]
    metafunc.parametrize("sample_scenario", scenarios, ids=lambda scenario: scenario.get("id", "absent"))

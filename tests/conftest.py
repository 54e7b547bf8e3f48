"""Options of the whole test run."""

import pytest


def pytest_addoption(parser):
    parser.addoption("--soak", action="store_true", help="also live through long days (some minutes each)")


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: takes minutes; runs only with --soak")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--soak"):
        return
    for item in items:
        if "soak" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with --soak"))

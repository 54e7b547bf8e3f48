"""Where compiled code is kept: by what it was made of, and only where nobody else can put theirs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wms.planning.compiled import cache

folder: Callable[[], Path | None] = cache.folder.__wrapped__  # type: ignore[attr-defined]  # as a new process asks

only_where_files_have_owners = pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no owners here")


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home and a folder for temporary files of the test's own, and sources that may be changed."""
    (tmp_path / "tmp").mkdir()
    shutil.copytree(cache._SOURCES, tmp_path / "sources", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(cache, "_SOURCES", tmp_path / "sources")
    monkeypatch.setattr(cache, "user_cache_path", lambda name: tmp_path / "home" / name)
    monkeypatch.setattr(cache.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)


def given() -> Path:
    found = folder()
    assert found is not None
    return found


def test_a_folder_belongs_to_one_state_of_the_sources_and_the_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = given()
    assert first.is_relative_to(tmp_path / "home" / "wms")
    assert given() == first
    source = tmp_path / "sources" / "tours.py"
    source.write_text(source.read_text() + "\n")
    second = given()
    os.utime(source, (1, 1))  # the compiler takes nothing from before a source was written
    third = given()
    monkeypatch.setattr(cache, "_SOURCES", (tmp_path / "sources").rename(tmp_path / "another installation"))
    fourth = given()
    monkeypatch.setattr(cache.metadata, "version", lambda name: "99")
    assert len({first, second, third, fourth, given()}) == 5


def test_another_place_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "named"))
    assert given().parent == tmp_path / "named"


def test_where_no_cache_of_the_user_can_be_kept_a_temporary_folder_does(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    assert given().is_relative_to(tmp_path / "tmp")
    shutil.rmtree(tmp_path / "tmp")
    (tmp_path / "tmp").write_text("no folder")
    assert folder() is None


@only_where_files_have_owners
def test_only_the_user_can_read_and_write_what_is_kept() -> None:
    assert given().stat().st_mode & 0o077 == 0


@only_where_files_have_owners
def test_a_folder_that_others_may_exchange_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "home").write_text("no folder")
    above = given().parent
    above.chmod(0o777)
    assert folder() is None
    above.chmod(0o1777)  # as that for temporary files is: only owners take away what is theirs
    assert folder() is not None
    monkeypatch.setattr(cache.os, "getuid", lambda: above.stat().st_uid + 1)
    (tmp_path / "tmp" / f"wms-planner-{above.stat().st_uid + 1}").symlink_to(above)
    assert folder() is None


@only_where_files_have_owners
@pytest.mark.parametrize("above", [False, True])
def test_a_folder_of_somebody_else_or_in_one_is_not_trusted(above: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    first, lstat = given(), Path.lstat
    others = first.parent if above else first

    def owned(path: Path) -> os.stat_result:
        found = list(lstat(path))
        if path == others:
            found[4] = 12345
        return os.stat_result(found)

    monkeypatch.setattr(Path, "lstat", owned)
    elsewhere = given()
    assert elsewhere.name == first.name
    assert elsewhere != first


def test_code_is_warm_once_the_search_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "folder", folder)
    assert not cache.is_warm()
    below = given() / "compiled_1234"
    below.mkdir()
    (below / "tours.sweep-30.py311.1.nbc").touch()
    assert not cache.is_warm()
    (below / "search.improve-64.py311.1.nbc").touch()
    assert cache.is_warm()
    monkeypatch.setattr(cache, "folder", lambda: None)
    assert not cache.is_warm()

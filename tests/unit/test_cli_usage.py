"""Wrong words on the command line are said so, with what is right, before anything is opened."""

import pytest

from wms.cli.main import run


def test_the_version_is_told_and_nothing_opened(capsys, tmp_path):
    assert run(["--version", "--data", str(tmp_path / "none")]) == 0
    assert capsys.readouterr().out.startswith("wms ")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--printer", "foo://bar"], "use socket://HOST:PORT"),
        (["--scanner", "/dev/x,telepathy"], "unknown framing 'telepathy'"),
        (["--scale", "/dev/x,telepathy"], "unknown protocol telepathy"),
    ],
)
def test_a_device_that_cannot_be_is_wrong_usage(capsys, tmp_path, words, said):
    assert run([*words, "--data", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err


def test_without_a_terminal_no_screen_is_opened(capsys, tmp_path):
    assert run(["--data", str(tmp_path / "none")]) == 1
    assert "needs a terminal" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()

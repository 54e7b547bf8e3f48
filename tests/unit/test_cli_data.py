"""`wms data`, and backups of encrypted data, at the command line."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from wms.cli.data_settings import with_key
from wms.cli.devices_settings import CannotEdit
from wms.cli.main import run
from wms.domain import events as e
from wms.domain.ids import Badge
from wms.store import Store
from wms.store.peppers import ring_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with closing(Store(tmp_path / "data", "T1")) as store:
        store.record((e.SiteNamed("Demo", "UTC"),), Badge(""))
    return tmp_path / "data"


def wms(folder: Path, *arguments: str) -> int:
    return run([*arguments, "--data", str(folder)])


def said(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> dict:
    assert wms(folder, *arguments, "--json") == 0
    return json.loads(capsys.readouterr().out)


def protection(capsys: pytest.CaptureFixture[str], folder: Path) -> dict:
    wms(folder, "doctor", "--json")
    checks = json.loads(capsys.readouterr().out)["checks"]
    return next(check for check in checks if check["name"] == "encryption")


def test_data_are_encrypted_and_laid_open_again(folder, tmp_path, capsys) -> None:
    (folder / "wms.toml").write_text('language = "en"\n\n[printers.dock]\nuri = "file:/dev/null"\n')
    assert protection(capsys, folder)["says"].startswith("not encrypted")
    key = tmp_path / "usb.key"
    document = said(capsys, folder, "data", "encrypt", f"file:{key}")
    assert document == {"database": str(folder / "wms.sqlite3"), "key": f"file:{key}", "encrypted": True}
    assert protection(capsys, folder)["says"].startswith(f"encrypted, the key is in the file {key}")
    assert said(capsys, folder, "verify")["problems"] == []
    assert said(capsys, folder, "data", "key") == {"key": key.read_text().strip()}
    first = key.read_text()
    assert said(capsys, folder, "data", "rekey")["encrypted"]
    assert key.read_text() != first
    assert said(capsys, folder, "verify")["events"] == 1
    assert said(capsys, folder, "data", "decrypt")["encrypted"] is False
    assert said(capsys, folder, "verify")["events"] == 1
    assert protection(capsys, folder)["says"].startswith("not encrypted")
    assert "[printers.dock]" in (folder / "wms.toml").read_text()


def test_the_doctor_looks_at_who_may_read_the_key(folder, tmp_path, capsys) -> None:
    assert wms(folder, "data", "encrypt", f"file:{tmp_path / 'usb.key'}") == 0
    (tmp_path / "usb.key").chmod(0o644)
    capsys.readouterr()
    found = protection(capsys, folder)
    assert (found["state"], found["mend"]) == ("look", f"chmod 600 {tmp_path / 'usb.key'}")
    assert wms(folder, "data", "decrypt") == wms(folder, "data", "encrypt", f"file:{folder / 'wms.key'}") == 0
    capsys.readouterr()
    assert "beside the data" in protection(capsys, folder)["says"]


def test_what_can_not_be_done_is_refused_in_words(folder, tmp_path, capsys) -> None:
    for arguments, code, words in (
        (("data", "encrypt"), 2, "say where the key is to lie"),
        (("data", "rekey"), 1, "is not encrypted"),
        (("data", "key"), 1, "is not encrypted"),
        (("data", "encrypt", f"file:{tmp_path}/nowhere/key"), 1, "can't be written"),
    ):
        assert wms(folder, *arguments) == code
        assert words in capsys.readouterr().err
    for place in ("paper", "none", "file:"):
        assert wms(folder, "data", "encrypt", place) == 2
    assert "must be" in capsys.readouterr().err
    assert wms(tmp_path / "empty", "data", "encrypt", "file:/x") == 1
    assert "no warehouse" in capsys.readouterr().err
    assert wms(folder, "data", "encrypt", f"file:{tmp_path / 'k'}") == 0
    assert wms(folder, "data", "encrypt", f"file:{tmp_path / 'other'}") == 1
    assert "decrypt first" in capsys.readouterr().err


def test_while_another_program_works_nothing_is_converted(folder, tmp_path, capsys) -> None:
    code = "import sys\nfrom pathlib import Path\nfrom wms.store import Store\ns = Store(Path(sys.argv[1]))\n"
    code += "print('open', flush=True)\nsys.stdin.read()\ns.close()\n"
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "open\n"
        assert wms(folder, "data", "encrypt", f"file:{tmp_path / 'k'}") == 1
        assert "is in use: close the terminal" in capsys.readouterr().err
        other.stdin.close()
        assert other.wait(20) == 0
    assert not (folder / "wms.toml").exists()
    assert wms(folder, "data", "encrypt", f"file:{tmp_path / 'k'}") == 0


def test_a_backup_of_encrypted_data_is_encrypted_and_goes_back(folder, tmp_path, capsys) -> None:
    plain, sealed, key = tmp_path / "plain", tmp_path / "sealed", tmp_path / "k"
    assert said(capsys, folder, "backup", str(plain))["encrypted"] is False
    assert wms(folder, "data", "encrypt", f"file:{key}") == 0
    capsys.readouterr()
    assert said(capsys, folder, "backup", str(sealed))["encrypted"] is True
    assert said(capsys, folder, "backup", str(sealed))["encrypted"] is True  # over the older one
    assert plain.read_bytes().startswith(b"SQLite format 3")
    assert b"SiteNamed" not in sealed.read_bytes()
    for source in (sealed, plain):
        assert said(capsys, folder, "restore", str(source), "--force")["events"] == 1
        assert b"SiteNamed" not in (folder / "wms.sqlite3").read_bytes()
        assert said(capsys, folder, "verify")["events"] == 1
    other = tmp_path / "other"
    assert wms(other, "restore", str(sealed)) == 1
    assert "does not say where its key is" in capsys.readouterr().err
    other.mkdir()
    (other / "wms.toml").write_text(f'[store]\nkey = "file:{tmp_path / "wrong"}"\n')
    (tmp_path / "wrong").write_text("00" * 32)
    assert wms(other, "restore", str(sealed)) == 1
    assert f"does not open with the key in the file {tmp_path / 'wrong'}" in capsys.readouterr().err
    (tmp_path / "wrong").write_text(key.read_text())
    (other / "wms.toml").touch()
    assert said(capsys, other, "restore", str(sealed))["events"] == 1
    assert said(capsys, other, "verify")["problems"] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[store]\nkey = "tpm"\n'),
        ('language = "en"', 'language = "en"\n\n[store]\nkey = "tpm"\n'),
        ('[store]\nkey = "none"  # so far\n[sync]\nmirror = "/m"\n', '[store]\nkey = "tpm"\n[sync]\nmirror = "/m"\n'),
        ("[store]\n# nothing yet\n", '[store]\nkey = "tpm"\n# nothing yet\n'),
        ("[store]", '[store]\nkey = "tpm"\n'),
    ],
)
def test_only_the_one_line_of_the_settings_changes(before: str, after: str) -> None:
    assert with_key(before, "tpm") == after


def test_settings_written_in_an_unusual_way_are_left_alone() -> None:
    for text in ('store = "x"', 'store = { key = "none" }', "[store"):
        with pytest.raises(CannotEdit):
            with_key(text, "tpm")


def test_the_doctor_looks_at_the_second_medium_and_at_pins(folder, tmp_path, capsys) -> None:
    def checks(name: str) -> list[tuple[str, str]]:
        wms(folder, "doctor", "--json")
        found = json.loads(capsys.readouterr().out)["checks"]
        return [(check["state"], check["says"]) for check in found if check["name"] == name]

    assert checks("second medium") == checks("PINs") == []
    (folder / "wms.toml").write_text(f'[sync]\nmirror = "{tmp_path / "usb"}"\n')
    assert checks("second medium") == [("bad", f"{tmp_path / 'usb'} is not there")]
    (tmp_path / "usb").mkdir()
    assert checks("second medium") == [("look", f"{tmp_path / 'usb'} lies on the same disk as the data")]
    (tmp_path / "people.csv").write_text("badge,name,roles,pin\nS1,Sam,supervisor,4711\n")
    assert wms(folder, "setup", "import", str(tmp_path / "people.csv")) == 0
    capsys.readouterr()
    assert checks("PINs") == [("ok", "1 people have one")]
    (folder / "wms.pepper").rename(tmp_path / "kept")
    ring_of.cache_clear()
    assert checks("PINs")[0][0] == "bad"

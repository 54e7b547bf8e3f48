"""The database under a key: made so, changed, opened, refused; and what a stolen file gives away."""

import os
import shutil
import stat
import subprocess
import sys
from base64 import b64encode
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

import wms.store.database as database
from wms.config import BadConfig, KeyTrouble, Unfit, load
from wms.domain import events as e
from wms.domain.ids import Badge
from wms.store import Store, at_rest, keys, verify
from wms.sync.identity import FILE, Credentials, Identity, Trust, keep, kept
from wms.sync.membership import membership

PLACE = "Hinter den Linden 7"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    return made


def configured(folder: Path, place: str) -> None:
    (folder / "wms.toml").write_text(f'language = "en"\n\n[store]\nkey = "{place}"\n')


def a_warehouse(folder: Path, facts: int = 3) -> None:
    with closing(Store(folder, "T1")) as store:
        for n in range(facts):
            store.record((e.SiteNamed(f"{PLACE} {n}", "UTC"),), Badge(""))


def facts_in(folder: Path) -> int:
    with closing(Store(folder)) as store:
        assert verify(store.rows).problems == ()
        return len(store.since(0, 1000))


def readable(folder: Path) -> bool:
    return any(PLACE.encode() in path.read_bytes() for path in folder.glob("wms.sqlite3*"))


def test_a_database_made_under_a_key_shows_nothing_to_who_takes_the_file(folder: Path, tmp_path: Path) -> None:
    configured(folder, f"file:{tmp_path / 'usb.key'}")
    with closing(Store(folder, "T1")) as store:
        store.record((e.SiteNamed(PLACE, "UTC"),), Badge(""))
        assert (folder / "wms.sqlite3-wal").stat().st_size > 0
        assert not readable(folder)  # the log neither
        assert store.rows.connection.execute("PRAGMA cipher_version").fetchone()[0].startswith("4.")
    assert not (folder / "wms.sqlite3").read_bytes().startswith(b"SQLite")
    assert stat.S_IMODE((tmp_path / "usb.key").stat().st_mode) == 0o600
    assert facts_in(folder) == 1


def test_encrypting_rekeying_and_decrypting_keep_every_row(folder: Path, tmp_path: Path) -> None:
    a_warehouse(folder)
    assert readable(folder)
    path, place = folder / "wms.sqlite3", f"file:{tmp_path / 'k'}"
    before = path.stat().st_ino
    at_rest.encrypt(path, place)
    configured(folder, place)
    assert (facts_in(folder), readable(folder), path.stat().st_ino != before) == (3, False, True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = (tmp_path / "k").read_text()
    at_rest.rekey(path)
    assert (facts_in(folder), (tmp_path / "k").read_text() != first) == (3, True)
    assert len((tmp_path / "k").read_text().split()) == 1
    at_rest.decrypt(path)
    configured(folder, "none")
    assert (facts_in(folder), readable(folder)) == (3, True)
    assert sorted(one.name for one in folder.iterdir()) == ["wms.guard", "wms.sqlite3", "wms.toml"]


ME = Credentials("MAIN.token", Identity(bytes(range(32))), Trust("", system=True))


def tells_who_i_am(folder: Path) -> bool:
    said = (folder / FILE).read_bytes()
    return b"MAIN.token" in said or b64encode(bytes(range(32))) in said


def remembered(folder: Path) -> tuple[str, bytes, bool]:
    found = kept(folder)
    return found.token, found.identity.private if found.identity else b"", found.trust.system


def test_who_a_terminal_is_to_its_hub_lies_under_the_key_of_the_database(folder: Path, tmp_path: Path) -> None:
    a_warehouse(folder)
    keep(folder, ME)
    assert tells_who_i_am(folder)
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    os.link(folder / FILE, tmp_path / "witness")  # another name of the same bytes
    path, place = folder / "wms.sqlite3", f"file:{tmp_path / 'k'}"
    at_rest.encrypt(path, place)
    configured(folder, place)
    assert not (tmp_path / "witness").read_bytes().strip(b"\0")
    sealed = (folder / FILE).read_bytes()
    for rekeyed in (False, True):
        if rekeyed:
            at_rest.rekey(path)
        assert (tells_who_i_am(folder), remembered(folder)) == (False, ("MAIN.token", bytes(range(32)), True))
        assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    (folder / FILE).write_bytes(sealed)
    assert remembered(folder) == ("", b"", False), "the old key opens nothing any more"
    keep(folder, ME)
    at_rest.decrypt(path)
    configured(folder, "none")
    assert (tells_who_i_am(folder), remembered(folder)) == (True, ("MAIN.token", bytes(range(32)), True))


def test_who_a_terminal_was_before_is_put_under_the_key_when_it_is_opened(folder: Path, tmp_path: Path) -> None:
    keep(folder, ME)
    configured(folder, f"file:{tmp_path / 'k'}")
    with closing(Store(folder, "T1", decides=False)) as store:
        assert remembered(folder) == ("MAIN.token", bytes(range(32)), True)
        assert tells_who_i_am(folder), "looking changes nothing"
        found = membership(store)
        assert found is not None
        assert found[1].token == "MAIN.token"
    assert (tells_who_i_am(folder), remembered(folder)[0]) == (False, "MAIN.token")


@pytest.mark.parametrize(
    "spoil", [lambda said: said[:-1], lambda said: said[:20], lambda said: said[:-1] + bytes([said[-1] ^ 1])]
)
def test_credentials_that_were_changed_are_nobodys(folder: Path, tmp_path: Path, spoil) -> None:
    configured(folder, f"file:{tmp_path / 'k'}")
    a_warehouse(folder)
    keep(folder, ME)
    (folder / FILE).write_bytes(spoil((folder / FILE).read_bytes()))
    assert remembered(folder) == ("", b"", False)


def test_the_old_file_is_overwritten(folder: Path, tmp_path: Path) -> None:
    a_warehouse(folder)
    os.link(folder / "wms.sqlite3", tmp_path / "witness")  # another name of the same bytes
    at_rest.encrypt(folder / "wms.sqlite3", f"file:{tmp_path / 'k'}")
    assert not (tmp_path / "witness").read_bytes().strip(b"\0")


def test_nothing_is_converted_while_somebody_works(folder: Path, tmp_path: Path) -> None:
    with closing(Store(folder, "T1")) as store:
        store.record((e.SiteNamed(PLACE, "UTC"),), Badge(""))
        with pytest.raises(at_rest.InUse, match="close the terminal"):
            at_rest.encrypt(folder / "wms.sqlite3", f"file:{tmp_path / 'k'}")
        store.record((e.SiteNamed(PLACE, "UTC"),), Badge(""))
    assert facts_in(folder) == 2
    assert list(folder.glob("*.new*")) == []


@pytest.mark.parametrize("instant", ["replace", "fsync"])
def test_a_conversion_cut_short_leaves_the_data_as_they_were(folder, tmp_path, monkeypatch, instant) -> None:
    a_warehouse(folder)

    def cut(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = Path if instant == "replace" else at_rest
    monkeypatch.setattr(target, "replace" if instant == "replace" else "to_disk", cut)
    (tmp_path / "k").write_text("11" * 32)
    with pytest.raises(OSError, match="No space"):
        at_rest.encrypt(folder / "wms.sqlite3", f"file:{tmp_path / 'k'}")
    monkeypatch.undo()
    assert facts_in(folder) == 3
    assert list(folder.glob("*.new*")) == []


def test_after_a_power_cut_while_the_key_changed_either_key_opens(folder: Path, tmp_path: Path) -> None:
    configured(folder, f"file:{tmp_path / 'k'}")
    a_warehouse(folder)
    old = (tmp_path / "k").read_text()
    at_rest.rekey(folder / "wms.sqlite3")
    new = (tmp_path / "k").read_text()
    (tmp_path / "k").write_text(old + new)
    keys.forget(folder)
    assert facts_in(folder) == 3
    at_rest.rekey(folder / "wms.sqlite3")
    assert len((tmp_path / "k").read_text().split()) == 1
    assert facts_in(folder) == 3


def whole(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda key: key.write_text("00" * 32), "does not open with the key in the file"),
        (lambda key: key.unlink(), "is not in the file"),
        (lambda key: key.write_text("hunter2"), "is no key"),
        (lambda key: key.write_text("0" * 62), "is no key"),
    ],
)
def test_a_wrong_or_missing_key_is_one_sentence_and_changes_nothing(folder, tmp_path, spoil, said) -> None:
    configured(folder, f"file:{tmp_path / 'k'}")
    a_warehouse(folder)
    spoil(tmp_path / "k")
    keys.forget(folder)
    before = whole(folder)
    for arguments in (("verify",), ("stock", "show"), ("sync", "status"), ("orders", "list")):
        done = subprocess.run(
            [sys.executable, "-m", "wms", *arguments, "--data", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr  # SQLCipher keeps its own words to itself
        assert whole(folder) == before
    done = subprocess.run(
        [sys.executable, "-m", "wms", "doctor", "--data", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert said in done.stdout
    assert whole(folder) == before


def test_settings_and_file_that_differ_are_told_apart(folder: Path, tmp_path: Path) -> None:
    a_warehouse(folder)
    configured(folder, f"file:{tmp_path / 'k'}")
    (tmp_path / "k").write_text("11" * 32)
    with pytest.raises(KeyTrouble, match="is not encrypted, though"):
        Store(folder)
    at_rest.encrypt(folder / "wms.sqlite3", f"file:{tmp_path / 'k'}")
    assert facts_in(folder) == 3
    (folder / "wms.toml").write_text('language = "en"\n')
    with pytest.raises(KeyTrouble, match="does not say where its key is"):
        Store(folder)


def test_a_damaged_plain_file_is_no_matter_of_keys(folder: Path) -> None:
    (folder / "wms.sqlite3").write_bytes(b"something else entirely")
    with pytest.raises(database.DatabaseError, match="not a database"):
        Store(folder)


def test_settings_name_known_places_only(folder: Path) -> None:
    for place in ("none", "keyring", "tpm", "file:/media/usb/key"):
        configured(folder, place)
        assert load(folder).store_key == place
    for place in ("file:relative", "paper", "file:"):
        configured(folder, place)
        with pytest.raises(BadConfig, match="none, keyring, tpm"):
            load(folder)


def test_an_old_sqlite_is_refused_in_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "sqlite_version_info", (3, 51, 2))
    monkeypatch.setattr(sqlite, "sqlite_version", "3.51.2")
    with pytest.raises(Unfit, match=r"SQLite 3\.51\.2 can damage the data, 3\.51\.3 or newer"):
        Store(folder)


class FakeRing:
    """A keyring back end of ours, so that no desktop is needed."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, account: str) -> str | None:
        return self.kept.get((service, account))

    def set_password(self, service: str, account: str, secret: str) -> None:
        self.kept[service, account] = secret


def test_a_key_in_the_keyring(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring, kept = pytest.importorskip("keyring"), FakeRing()
    for name in ("get_password", "set_password"):
        monkeypatch.setattr(ring, name, getattr(kept, name))
    configured(folder, "keyring")
    a_warehouse(folder)
    assert not readable(folder)
    assert len(kept.kept) == 1
    keys.forget(folder)
    assert facts_in(folder) == 3

    def locked(*_: str) -> str:
        raise ring.errors.NoKeyringError("No recommended backend was available")

    monkeypatch.setattr(ring, "get_password", locked)
    keys.forget(folder)
    with pytest.raises(KeyTrouble, match="the keyring can't be used: No recommended backend"):
        Store(folder)


def test_without_the_keyrings_library_it_is_said_what_to_install(folder, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    configured(folder, "keyring")
    with pytest.raises(KeyTrouble, match=r"pip install 'wms\[keyring\]'"):
        Store(folder)


FAKE_CREDS = """#!/bin/sh
# seals by turning the text round, and only for the name it was sealed under
verb=$1; name=$2
case $verb in
  encrypt) [ "$3" = --with-key=tpm2 ] || exit 9; echo "$name"; rev ;;
  decrypt) [ "$(head -n 1 "$3")" = "$name" ] || { echo "Embedded credential name does not match" >&2; exit 1; }
           tail -n +2 "$3" | rev ;;
esac
"""


@pytest.fixture
def creds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "systemd-creds"
    program.parent.mkdir()
    program.write_text(FAKE_CREDS)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return program


@pytest.mark.skipif(shutil.which("rev") is None, reason="the stand-in for systemd-creds needs rev")
def test_a_key_sealed_by_the_tpm(folder: Path, creds: Path) -> None:
    configured(folder, "tpm")
    a_warehouse(folder)
    assert (folder / "wms.key.cred").exists()
    assert not readable(folder)
    keys.forget(folder)
    assert facts_in(folder) == 3
    (folder / "wms.key.cred").write_text("--name=wms-other\n00\n")
    keys.forget(folder)
    with pytest.raises(KeyTrouble, match="the TPM can't be used: Embedded credential name"):
        Store(folder)


def test_without_systemd_creds_it_is_said_what_is_missing(folder, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    configured(folder, "tpm")
    with pytest.raises(KeyTrouble, match="systemd-creds is missing"):
        Store(folder)


@pytest.mark.skipif(shutil.which("systemd-creds") is None, reason="no systemd-creds here")
def test_a_machine_without_a_tpm_says_so_in_one_sentence(folder: Path) -> None:
    if Path("/dev/tpmrm0").exists():
        pytest.skip("this machine has a TPM")
    configured(folder, "tpm")
    with pytest.raises(KeyTrouble, match="the TPM can't be used: ") as refused:
        Store(folder)
    assert "\n" not in str(refused.value)

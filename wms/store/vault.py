"""Where secrets lie that must not lie in the database: its own key, and what PINs are hashed with.

A backup, a stolen copy of the database file, a memory card taken out: none of them holds these. `wms.toml` says where
they are: in a file, in the system's keyring (the `keyring` library), or sealed by the TPM (systemd-creds(1)).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

from wms.config import KeyTrouble

_PATIENCE_S = 30.0  # a TPM may take seconds
_CHUNK = 1 << 20


class Vault(Protocol):
    """Secrets by name. Every method raises `KeyTrouble` with a sentence that says what is missing."""

    place: str
    """In words, for an administrator."""

    def read(self, name: str) -> bytes | None: ...

    def write(self, name: str, secret: bytes) -> None: ...

    def forget(self, name: str) -> None: ...


def vault(folder: Path, place: str) -> Vault:
    """The vault of the data in `folder` that `[store] key` names. With "none" there is no key to the database, and what
    PINs need lies in a file of its own."""
    if place == "keyring":
        return KeyringVault(folder)
    if place == "tpm":
        return TpmVault(folder)
    return FileVault(Path(place[5:]).expanduser() if place.startswith("file:") else folder / "wms")


class FileVault:
    """Files that only their owner can read: `key` at `path` itself, anything else beside it."""

    def __init__(self, path: Path) -> None:
        self.path, self.place = path, f"the file {path}"

    def at(self, name: str) -> Path:
        return self.path if name == "key" else self.path.with_name(f"{self.path.name}.{name}")

    def read(self, name: str) -> bytes | None:
        try:
            return self.at(name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeyTrouble(f"{self.at(name)} can't be read: {_why(error)}. It must belong to this user") from error

    def write(self, name: str, secret: bytes) -> None:
        try:
            keep_private(self.at(name), secret)
        except OSError as error:
            raise KeyTrouble(f"{self.at(name)} can't be written: {_why(error)}. Mount it, or name another") from error

    def forget(self, name: str) -> None:
        try:
            self.at(name).unlink(missing_ok=True)
        except OSError as error:
            raise KeyTrouble(f"{self.at(name)} can't be deleted: {_why(error)}") from error


class KeyringVault:
    """The system's keyring, through the library of that name; an entry for each data directory."""

    SERVICE = "wms"

    def __init__(self, folder: Path) -> None:
        self.place, self._folder = "the keyring", folder.resolve()
        try:
            import keyring
        except ImportError as error:
            raise KeyTrouble(
                "the key lies in the keyring, and the library for that is missing: pip install 'wms[keyring]'"
            ) from error
        self._ring = keyring

    def _account(self, name: str) -> str:
        return f"{name} of {self._folder}"

    def read(self, name: str) -> bytes | None:
        try:
            found = self._ring.get_password(self.SERVICE, self._account(name))
        except self._ring.errors.KeyringError as error:
            raise self._locked(error) from error
        return None if found is None else found.encode()

    def write(self, name: str, secret: bytes) -> None:
        try:
            self._ring.set_password(self.SERVICE, self._account(name), secret.decode())
        except self._ring.errors.KeyringError as error:
            raise self._locked(error) from error

    def forget(self, name: str) -> None:
        try:
            if self._ring.get_password(self.SERVICE, self._account(name)) is not None:
                self._ring.delete_password(self.SERVICE, self._account(name))
        except self._ring.errors.KeyringError as error:
            raise self._locked(error) from error

    def _locked(self, error: Exception) -> KeyTrouble:
        return KeyTrouble(f"the keyring can't be used: {_first_line(str(error)) or type(error).__name__}. Unlock it")


class TpmVault:
    """Files beside the database that only this machine's TPM opens."""

    def __init__(self, folder: Path) -> None:
        self.place, self._folder = "the TPM", folder

    def at(self, name: str) -> Path:
        return self._folder / f"wms.{name}.cred"

    def read(self, name: str) -> bytes | None:
        path = self.at(name)
        return self._run("decrypt", name, str(path), "-") if path.exists() else None

    def write(self, name: str, secret: bytes) -> None:
        sealed = self._run("encrypt", name, "--with-key=tpm2", "-", "-", secret=secret)
        try:
            keep_private(self.at(name), sealed)
        except OSError as error:
            raise KeyTrouble(f"{self.at(name)} can't be written: {_why(error)}") from error

    def forget(self, name: str) -> None:
        self.at(name).unlink(missing_ok=True)

    def _run(self, verb: str, name: str, *rest: str, secret: bytes = b"") -> bytes:
        program = shutil.which("systemd-creds")
        if program is None:
            raise KeyTrouble("the key is sealed by the TPM, and systemd-creds is missing: install systemd 250 or newer")
        try:
            done = subprocess.run(
                [program, verb, f"--name=wms-{name}", *rest],
                input=secret,
                capture_output=True,
                timeout=_PATIENCE_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise KeyTrouble(f"systemd-creds gave no answer: {error}") from error
        if done.returncode != 0:
            said = _first_line(done.stderr.decode(errors="replace")) or f"exit code {done.returncode}"
            raise KeyTrouble(f"the TPM can't be used: {said}. Ask it with: systemd-creds has-tpm2 (it may need root)")
        return done.stdout


def keep_private(path: Path, content: bytes) -> None:
    """Put a file in its place in one step; its owner alone may read it. Raises `OSError`."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    put_in_place(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), fresh, path, content)


def put_in_place(descriptor: int, fresh: Path, path: Path, content: bytes) -> os.stat_result:
    """Write the open file `fresh` and put it where `path` is, in one step; returns what it is. Raises `OSError`."""
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        found = os.fstat(file.fileno())
    fresh.replace(path)
    to_disk(path.parent)
    return found


def to_disk(path: Path) -> None:
    """A file's content, or a folder's names. Windows has no way to ask for the latter."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def wipe(descriptor: int) -> None:
    """Overwrite a file that has lost its name."""
    size = os.fstat(descriptor).st_size
    for at in range(0, size, _CHUNK):
        os.pwrite(descriptor, bytes(min(_CHUNK, size - at)), at)
    os.fsync(descriptor)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")

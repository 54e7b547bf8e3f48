"""The hub's own certificates: an authority of ten years, and from it a server's of one year, renewed by itself.

After RFC 5280: the authority signs certificates of servers and of no further authorities. Keys are ECDSA on P-256 (NIST
SP 800-186), which every handheld's TLS library speaks. Terminals pin the authority, so that a server's certificate can
be renewed without them.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wms.domain.records import Record
from wms.store.vault import keep_private

AUTHORITY_DAYS = 3650
SERVER_DAYS = 365
RENEW_DAYS = 60
"""A server's certificate that has fewer days left is made anew."""
_EARLIER = dt.timedelta(days=1)
"""Certificates begin a day ago: the clock of a terminal may be slow."""


class Certificates(Record):
    """Where they lie. `server` holds its key too, so that both are replaced in one step. With `authority_key` anybody
    can pretend to be the hub."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def authority_key(self) -> Path:
        return self.folder / "authority.key"

    @property
    def server(self) -> Path:
        return self.folder / "server.pem"

    def made(self) -> bool:
        return self.authority.exists() and self.server.exists()


def of(data: Path) -> Certificates:
    """Those of the hub with that data folder, whether made or not."""
    return Certificates(data / "tls")


def issue(certificates: Certificates, warehouse: str, names: Sequence[str], *, now: dt.datetime) -> None:
    """Make the server's certificate for these host names and addresses, and the authority too if there is none yet.

    Raises `OSError`, and `ValueError` for a name that can't be in a certificate.
    """
    certificates.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not certificates.authority.exists() or not certificates.authority_key.exists():
        _make_authority(certificates, warehouse, now)
    authority = x509.load_pem_x509_certificate(certificates.authority.read_bytes())
    authority_key = load_pem_private_key(certificates.authority_key.read_bytes(), None)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{certificates.authority_key} is no key of this program's making")
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(now + dt.timedelta(days=SERVER_DAYS), authority.not_valid_after_utc)
    made = (
        _begun(f"wms hub {names[0]}"[:64], authority.subject, key.public_key(), now, until)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    keep_private(certificates.server, _private(key) + made.public_bytes(Encoding.PEM))


def names_of(certificate: Path) -> list[str]:
    """The hosts it was made for. Raises `OSError`, `ValueError`."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in names]


def days_left(certificate: Path, now: dt.datetime) -> int:
    """Below 0 once it ran out. Raises `OSError`, `ValueError`."""
    return (x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc - now).days


def renew_if_due(certificates: Certificates, warehouse: str, now: dt.datetime) -> bool:
    """Make the server's certificate anew for the same hosts if it runs out soon and the authority is our own."""
    if not certificates.made() or not certificates.authority_key.exists():
        return False
    if days_left(certificates.server, now) >= RENEW_DAYS:
        return False
    issue(certificates, warehouse, names_of(certificates.server), now=now)
    return True


def _make_authority(certificates: Certificates, warehouse: str, now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = f"wms hub authority {warehouse} {os.urandom(3).hex()}"
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    until = now + dt.timedelta(days=AUTHORITY_DAYS)
    made = (
        _begun(name, subject, key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    keep_private(certificates.authority_key, _private(key))
    keep_private(certificates.authority, made.public_bytes(Encoding.PEM))
    certificates.authority.chmod(0o644)  # it is no secret, and may be carried to terminals


def _begun(
    name: str,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: dt.datetime,
    until: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        if not name.isascii() or not all(part.replace("-", "a").isalnum() for part in name.split(".")):
            raise ValueError(f"{name!r} is neither a host name nor an address") from None
        return x509.DNSName(name)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

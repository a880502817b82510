"""An issuer behind TLS, with a certificate by an authority that is made for the test."""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.gateway.oidc.fake_issuer import fake_issuer

_PEM = Encoding.PEM


@contextlib.contextmanager
def tls_issuer(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Serve an issuer by https; give its address, its authority's file and another authority's."""
    with fake_issuer(server_context(folder)) as made:
        yield made.issuer, folder / "right.pem", folder / "other.pem"


def server_context(folder: Path) -> ssl.SSLContext:
    """Return what a server at 127.0.0.1 needs, by an authority `right.pem` that is made here.

    `other.pem` is an authority that did not sign it.
    """
    authorities = []
    for name in ("right", "other"):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(name, key, name, key, authority=True)
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(_PEM))
        authorities.append(key)
    own = ec.generate_private_key(ec.SECP256R1())
    signed = _certificate("127.0.0.1", own, "right", authorities[0], authority=False)
    private = own.private_bytes(_PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(private + signed.public_bytes(_PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: str,
    by_key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not authority:
        place = x509.IPAddress(ipaddress.ip_address(name))
        builder = builder.add_extension(x509.SubjectAlternativeName([place]), critical=False)
    return builder.sign(by_key, hashes.SHA256())

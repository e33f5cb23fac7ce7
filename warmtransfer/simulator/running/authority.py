"""A certificate authority of its own for one run; its key is never written down."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: How long its certificates hold; runs are shorter, and clocks differ.
DAYS = 30
EARLY = datetime.timedelta(hours=1)
#: Where Linux distributions and the BSDs keep the authorities that everybody trusts.
PLACES = (
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)  # fmt: skip


class HostContext(ssl.SSLContext):
    """The server's side of TLS for one host, which it knows."""

    host = ""


class Authority:
    """Makes certificates for hosts as they are asked for."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Simulated phone network")])
        builder = _begun(self._name, self._name, self._key).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        usage = dict.fromkeys(
            (
                "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                "key_agreement", "encipher_only", "decipher_only",
            ),
            False,
        )  # fmt: skip
        builder = builder.add_extension(
            x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True
        )
        self._certificate = builder.sign(self._key, hashes.SHA256())
        self._contexts: dict[str, HostContext] = {}

    @property
    def pem(self) -> str:
        """Its own certificate."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def context(self, host: str) -> HostContext:
        """The server's side of TLS for a host."""
        if host not in self._contexts:
            context = HostContext(ssl.PROTOCOL_TLS_SERVER)
            context.host = host
            self._load(context, host)
            self._contexts[host] = context
        return self._contexts[host]

    def _load(self, context: ssl.SSLContext, host: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            _begun(name, self._name, key)
            .add_extension(x509.SubjectAlternativeName([_named(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # OpenSSL's side of Python takes files alone; this one is gone again before anybody connects.
        with tempfile.NamedTemporaryFile() as file:
            file.write(pem)
            file.flush()
            context.load_cert_chain(file.name)


def _named(host: str) -> x509.GeneralName:
    """A host as certificates name it: an address is no name."""
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def trusted(named: Iterable[str]) -> str:
    """The authorities of these files; of the machine's own, where none of them exists."""
    there = [place for place in dict.fromkeys(named) if place and Path(place).is_file()]
    usual = (ssl.get_default_verify_paths().cafile, *PLACES)
    chosen = there or [place for place in usual if place and Path(place).is_file()][:1]
    return "\n".join(Path(place).read_text(encoding="utf-8", errors="replace") for place in chosen)

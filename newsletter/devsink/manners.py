"""What the sink's SMTP half asks of those who bring mail: encryption, a password, messages of a size."""

import datetime
import ipaddress
import ssl
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import BaseModel, ConfigDict, Field, ValidationError

CA_FILE = "ca.pem"
_LIFE = datetime.timedelta(days=30)


class MannersError(ValueError):
    """There is no such option, or no such value for it; the message says which there are."""


class Manners(BaseModel):
    """As a mail server may be set up. By default it takes anything from anybody.

    With `starttls` nothing is taken in clear; who believes the certificate finds its maker in the sink's folder
    (`ca.pem`). `user` is NAME:PASSWORD. `size` is the largest message in octets.
    """

    model_config = ConfigDict(extra="forbid")

    starttls: bool = False
    user: str = Field(default="", pattern=r"^$|^[^:]+:.+$")
    size: int = Field(default=33_554_432, ge=1)
    pipelining: bool = True
    smtputf8: bool = False


def read_manners(pairs: Sequence[str]) -> Manners:
    """From NAME=VALUE pairs as on a command line; MannersError says why not."""
    try:
        return Manners.model_validate({name: value for name, _, value in (pair.partition("=") for pair in pairs)})
    except ValidationError as error:
        fault = error.errors()[0]
        known = ", ".join(Manners.model_fields)
        raise MannersError(f"{fault['loc'][0]}: {fault['msg']}; there are {known}") from None


def encryption(folder: Path) -> ssl.SSLContext:
    """A certificate for this machine, made for this run; its own maker is written to the folder for those who ask."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / CA_FILE).write_bytes(certificate)
    chain = folder / "smtp-key.pem"
    chain.touch(mode=0o600)
    chain.write_bytes(private + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    chain.unlink()
    return context


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "newsletter dev-sink")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - _LIFE)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )

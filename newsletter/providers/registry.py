"""From settings to a road out; what is missing is named by the variable or key that would give it."""

import re
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from newsletter.model.delivery import Provider
from newsletter.model.provider_settings import ProviderSettings
from newsletter.model.workspace import Secrets

if TYPE_CHECKING:
    from newsletter.providers.smtp_route import Sign

SMTP_VARIABLE = "NEWSLETTER_SMTP_PASSWORD"
SENDGRID_VARIABLE = "NEWSLETTER_SENDGRID_KEY"
SES_VARIABLE = "NEWSLETTER_SES_SECRET"
DKIM_VARIABLE = "NEWSLETTER_DKIM_KEY"
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]+")


class ProviderError(ValueError):
    """The road out cannot be opened as configured; says in one sentence what to set. Holds no secret."""


def open_provider(settings: ProviderSettings, secrets: Secrets, root: Path) -> Provider:
    """The provider the workspace at `root` names; ProviderError where a secret or setting is missing or unfit.

    Nothing is connected yet. Libraries of roads not taken are not imported.
    """
    if settings.kind == "smtp":
        return _smtp(settings, secrets, root)
    if settings.kind == "sendgrid":
        return _sendgrid(settings, secrets.sendgrid_key)
    if settings.kind == "ses":
        return _ses(settings, secrets.ses_secret)
    from newsletter.providers.outbox import OutboxProvider

    return OutboxProvider(root / settings.path)


def _smtp(settings: ProviderSettings, secrets: Secrets, root: Path) -> Provider:
    from newsletter.providers.smtp import SmtpProvider, SmtpRoute

    password = secrets.smtp_password
    if settings.username and not _value(password):
        raise ProviderError(_missing("smtp", SMTP_VARIABLE, "the password of provider.username"))
    if settings.username and settings.security == "none" and not _is_loopback(settings.host):
        raise ProviderError(
            'provider.security = "none" would send the password readable to anyone on the way to '
            f'{settings.host}; set it to "starttls" or "tls"'
        )
    s = settings
    route = SmtpRoute(
        host=s.host,
        port=s.port,
        security=s.security,
        username=s.username,
        password=password,
        timeout=s.timeout,
        tls=_believed(root / s.ca_file) if s.ca_file else None,
        connections=s.connections,
        messages_per_connection=s.messages_per_connection,
        sign=_signer(settings, secrets.dkim_key) if s.dkim.selector else None,
    )
    return SmtpProvider(route)


def _believed(path: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(path))
    except (OSError, ssl.SSLError) as error:
        why = getattr(error, "strerror", None) or error
        raise ProviderError(f"provider.ca_file {path} is no file of certificates in PEM form: {why}") from None


def _signer(settings: ProviderSettings, key: SecretStr | None) -> "Sign":
    from newsletter.providers.dkim import DkimKeyError, Signer

    if not _value(key):
        what = "the private key (PEM) of provider.dkim.selector"
        raise ProviderError(f"provider.dkim is set but {DKIM_VARIABLE} is not: {_put(what, DKIM_VARIABLE)}")
    try:
        return Signer(_value(key), settings.dkim.domain, settings.dkim.selector).field
    except DkimKeyError as error:
        raise ProviderError(f"{DKIM_VARIABLE} cannot sign: {error}") from None


def _sendgrid(settings: ProviderSettings, key: SecretStr | None) -> Provider:
    from newsletter.providers.sendgrid import SendGridProvider, SendGridRoute

    value = _value(key)
    if not key or not value:
        raise ProviderError(_missing("sendgrid", SENDGRID_VARIABLE, "an API key that may send mail"))
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ProviderError(f"{SENDGRID_VARIABLE} holds spaces, line breaks or other characters no key has")
    _check_url(settings.api_url)
    return SendGridProvider(SendGridRoute(settings.api_url, key, settings.timeout, settings.sandbox))


def _ses(settings: ProviderSettings, secret: SecretStr | None) -> Provider:
    from newsletter.providers.ses import SesProvider, SesRoute

    if not secret or not _value(secret):
        raise ProviderError(_missing("ses", SES_VARIABLE, "the secret access key of provider.username"))
    if not settings.username:
        raise ProviderError("provider.username is empty; with SES it is the id of the access key")
    if not _REGION.fullmatch(settings.region):
        raise ProviderError(f'provider.region is {settings.region!r}; with SES it is the account\'s, as "eu-west-1"')
    url = settings.api_url if "api_url" in settings.model_fields_set else ""
    if url:
        _check_url(url)
    return SesProvider(SesRoute(settings.region, settings.username, secret, url, settings.timeout))


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # reading it is what checks it
    except ValueError as error:
        raise ProviderError(f"provider.api_url is {url!r}: {error}") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ProviderError(f"provider.api_url is {url!r}; it must begin with https://")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ProviderError(f"provider.api_url is {url!r}; without https the key could be read on the way")


def _missing(kind: str, variable: str, what: str) -> str:
    return f"provider.kind is {kind!r} but {variable} is not set: {_put(what, variable)}"


def _put(what: str, variable: str) -> str:
    return f"put {what} there, or a file's path in {variable}_FILE"


def _value(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

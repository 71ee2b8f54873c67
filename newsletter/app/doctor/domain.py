"""What the DNS says of the domain that mail is sent from."""

from collections.abc import Callable, Iterator
from email.utils import parseaddr
from functools import partial

from newsletter.app.doctor.surroundings import Surroundings
from newsletter.app.workspace import Workspace
from newsletter.health.dkim import judge_dkim
from newsletter.health.dmarc import judge_dmarc
from newsletter.health.spf import Texts, judge_spf
from newsletter.model.health import Finding, ok
from newsletter.net.names import NamesError
from newsletter.providers.dkim import DkimKeyError, dns_record, read_key

#: What SendGrid's domain authentication has one publish.
_SENDGRID_SELECTORS = ("s1", "s2")


def domain_findings(ws: Workspace, around: Surroundings) -> Iterator[Finding]:
    """SPF, DKIM and DMARC of the sender's domain, where mail leaves this machine at all."""
    if ws.settings.provider.kind == "outbox":
        yield ok("dns", "Mail goes to files: the DNS has no say yet")
        return
    domain, texts = sender_domain(ws), around.names.texts
    if ws.settings.provider.kind == "smtp":
        yield _asked(domain, lambda: judge_spf(domain, texts))
    signing = signing_domain(ws)
    for selector in selectors(ws):
        name = f"{selector}._domainkey.{signing}"
        yield _asked(name, partial(_dkim, selector, signing, texts, _our_record(ws)))
    if not selectors(ws):
        text = "Nobody has said under which DKIM key your mail is signed, so it is not looked at"
        advice = "Set checks.dkim_selectors as your provider says, or [provider.dkim] to sign here"
        yield Finding("dns", "warning", "doctor.dkim-unknown", text, advice)
    yield _asked(domain, lambda: judge_dmarc(domain, signing, texts))


def sender_domain(ws: Workspace) -> str:
    """The domain of the From address."""
    return parseaddr(ws.settings.sender.address)[1].rpartition("@")[2].lower()


def signing_domain(ws: Workspace) -> str:
    """The domain that signs: of the key that signs here, else what the provider is said to sign for."""
    s = ws.settings
    return (s.provider.dkim.domain or s.checks.dkim_domain or sender_domain(ws)).lower()


def selectors(ws: Workspace) -> tuple[str, ...]:
    """The names of the keys that sign."""
    if ws.settings.provider.dkim.selector:
        return (ws.settings.provider.dkim.selector,)
    usual = _SENDGRID_SELECTORS if ws.settings.provider.kind == "sendgrid" else ()
    return ws.settings.checks.dkim_selectors or usual


def _our_record(ws: Workspace) -> str:
    """What the DNS must say of the key that signs here; empty where none does, or it cannot be read."""
    key = ws.settings.secrets.dkim_key
    if not ws.settings.provider.dkim.selector or key is None:
        return ""
    try:
        return dns_record(read_key(key.get_secret_value()))
    except DkimKeyError:
        return ""  # told with the provider, which cannot be opened then


def _dkim(selector: str, signing: str, texts: Texts, ours: str) -> Finding:
    return judge_dkim(selector, signing, texts(f"{selector}._domainkey.{signing}"), ours)


def _asked(name: str, judge: Callable[[], Finding]) -> Finding:
    try:
        return judge()
    except NamesError as error:
        text = f"The DNS did not answer for {name}: {error}"
        return Finding("dns", "warning", "doctor.dns-silent", text, "Nothing is known of it: try again, or elsewhere")

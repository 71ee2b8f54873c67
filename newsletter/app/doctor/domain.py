"""What the DNS says of the domain that mail is sent from."""

from collections.abc import Callable, Iterator
from email.utils import parseaddr

from newsletter.app.doctor.surroundings import Surroundings
from newsletter.app.workspace import Workspace
from newsletter.health.dkim import judge_dkim
from newsletter.health.dmarc import judge_dmarc
from newsletter.health.spf import judge_spf
from newsletter.model.health import Finding, ok
from newsletter.net.names import NamesError

#: What SendGrid's domain authentication has one publish.
_SENDGRID_SELECTORS = ("s1", "s2")


def domain_findings(ws: Workspace, around: Surroundings) -> Iterator[Finding]:
    """SPF, DKIM and DMARC of the sender's domain, where mail leaves this machine at all."""
    if ws.settings.provider.kind == "outbox":
        yield ok("dns", "Mail goes to files: the DNS has no say yet")
        return
    domain = sender_domain(ws)
    signing = (ws.settings.checks.dkim_domain or domain).lower()
    texts = around.names.texts
    if ws.settings.provider.kind == "smtp":
        yield _asked(domain, lambda: judge_spf(domain, texts))
    for selector in selectors(ws):
        name = f"{selector}._domainkey.{signing}"
        yield _asked(name, lambda name=name, one=selector: judge_dkim(one, signing, texts(name)))  # type: ignore[misc]
    if not selectors(ws):
        text = "Nobody has said under which DKIM key your mail is signed, so it is not looked at"
        yield Finding(
            "dns", "warning", "doctor.dkim-unknown", text, "Set checks.dkim_selectors, as your provider says"
        )
    yield _asked(domain, lambda: judge_dmarc(domain, signing, texts))


def sender_domain(ws: Workspace) -> str:
    """The domain of the From address."""
    return parseaddr(ws.settings.sender.address)[1].rpartition("@")[2].lower()


def selectors(ws: Workspace) -> tuple[str, ...]:
    """The names of the keys that sign."""
    usual = _SENDGRID_SELECTORS if ws.settings.provider.kind == "sendgrid" else ()
    return ws.settings.checks.dkim_selectors or usual


def _asked(name: str, judge: Callable[[], Finding]) -> Finding:
    try:
        return judge()
    except NamesError as error:
        text = f"The DNS did not answer for {name}: {error}"
        return Finding("dns", "warning", "doctor.dns-silent", text, "Nothing is known of it: try again, or elsewhere")

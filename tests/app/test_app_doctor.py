"""`doctor` over a healthy workspace, and over forty faults planted one at a time: it names each, and nothing else."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from support_dev_sink import DevSink
from support_loopback import Served, served
from support_rows import inside

from newsletter.app.doctor import event_hook
from newsletter.app.doctor.examining import examine_workspace
from newsletter.app.doctor.surroundings import Surroundings
from newsletter.app.public_pages import PublicPages
from newsletter.app.reporting.applying import apply_spool
from newsletter.app.reporting.receiving import Receiver
from newsletter.app.sample import init_workspace
from newsletter.app.subscribing import add
from newsletter.app.workspace import open_workspace, with_settings
from newsletter.devsink.events import Signer
from newsletter.health.events import judge_round
from newsletter.model.health import Finding
from newsletter.net.asking import Said, ask
from newsletter.net.names import NamesError
from newsletter.providers.dkim import dns_record, read_key
from newsletter.providers.sendgrid_hook import ask_hook
from newsletter.web.public import public_app

NOW = datetime(2026, 11, 3, 18, 0, tzinfo=UTC)
BASE = "https://news.example.org"
KEY = b64encode(bytes(294)).decode()
SIGNED = "hours._domainkey.news.example.org"
ZONE = {
    "news.example.org": ("v=spf1 include:_spf.example.net -all",),
    "_spf.example.net": ("v=spf1 ip4:192.0.2.0/24 -all",),
    SIGNED: (f"v=DKIM1; k=rsa; p={KEY}",),
    "_dmarc.example.org": ("v=DMARC1; p=none",),
}
CONFIG = """
[community]
id = "lab"
name = "Lab"
timezone = "America/Los_Angeles"
postal_address = "1100 Shore Avenue N, Seattle, WA 98109, USA"

[sender]
address = "Common Hours <hours@news.example.org>"

[[sources]]
name = "deep-dives"
format = "markdown"
path = "content/deep-dives/*.md"
base_url = "https://data.example.org"

[terms]
"Winter Quarter 2027" = { first = 2027-01-04, last = 2027-03-19 }

[digests.weekly]
title = "Common Hours"
list = "community"
cadence = "weekly on Friday at 09:00"
window = "7 days from next Monday"

[provider]
kind = "smtp"
host = "127.0.0.1"
port = PORT
security = "none"

[web]
base_url = "https://news.example.org"

[alerts]
mail = ["operator@example.org"]

[checks]
dkim_selectors = ["hours"]
"""
LISTS = '[lists.community]\ntitle = "Common Hours"\ndigests = ["weekly"]\n'
SENDGRID = """[provider]
kind = "sendgrid"
api_url = "{url}"
"""


@dataclass
class Zone:
    """What the DNS says; a name in `silent` gets no answer."""

    texts_of: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(ZONE))
    silent: set[str] = field(default_factory=set)

    def texts(self, name: str) -> tuple[str, ...]:
        if name in self.silent:
            raise NamesError(f"{name}: LifetimeTimeout")
        return self.texts_of.get(name, ())


@dataclass
class World:
    """A workspace of one's own, with all that lies around it."""

    root: Path
    pages: Served
    sink: DevSink
    zone: Zone = field(default_factory=Zone)
    free: int = 10**12
    now: datetime = NOW
    environ: dict[str, str] = field(default_factory=dict)
    inside: ExitStack = field(default_factory=ExitStack)

    def change(self, old: str, new: str, file: str = "config.toml") -> None:
        text = (self.root / file).read_text(encoding="utf-8")
        assert old in text, old
        (self.root / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    def ask(self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Said:
        """What the server says that stands behind the public name."""
        return ask(method, url.replace(BASE, self.pages.url), headers, body)

    def sql(self, statement: str) -> None:
        with inside(self.root) as connection:
            connection.exec_driver_sql(statement)

    def findings(self) -> list[Finding]:
        around = Surroundings(self.zone, self.ask, lambda folder: self.free)
        return list(examine_workspace(self.root, self.environ, around, lambda: self.now))

    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings() if finding.condition != "ok"]


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory, dev_sink_process: DevSink) -> Path:
    """One digest out of one folder, a reader, and the road over SMTP."""
    root = tmp_path_factory.mktemp("doctor") / "lab"
    init_workspace(root)
    (root / "config.toml").write_text(CONFIG.replace("PORT", str(dev_sink_process.smtp_port)), encoding="utf-8")
    (root / "subscribers/lists.toml").write_text(LISTS, encoding="utf-8")
    (root / "personas.toml").unlink()
    ws = open_workspace(root, {}, lambda: NOW)
    add(ws, "ada@mail.example.org", "community")
    assert ws.secret
    ws.store.close()
    return root


@pytest.fixture(scope="module")
def pages(healthy: Path) -> Iterator[Served]:
    ws = open_workspace(healthy, {}, lambda: NOW)
    with served(public_app(PublicPages(ws))) as running:
        yield running
    ws.store.close()


@pytest.fixture
def world(tmp_path: Path, healthy: Path, pages: Served, dev_sink: DevSink) -> Iterator[World]:
    root = tmp_path / "lab"
    copytree(healthy, root)
    world = World(root, pages, dev_sink)
    with world.inside:
        yield world


def answering(answer: Callable[[Request], Response]) -> Starlette:
    """A server in the place of ours."""

    async def leave(request: Request) -> Response:
        return answer(request)

    return Starlette(routes=[Route("/{path:path}", leave, methods=["GET", "POST"])])


def redirected(_request: Request) -> Response:
    return RedirectResponse("https://www.news.example.org/", 301)


def with_cookie(_request: Request) -> Response:
    answer = PlainTextResponse("Unsubscribed.\n")
    answer.set_cookie("session", "1")
    return answer


def with_login(_request: Request) -> Response:
    return PlainTextResponse("Who are you?", 401)


def over_sendgrid(world: World, more: str = "", url: str = "", late: timedelta = timedelta()) -> None:
    """That road instead; the sink's own clock is the provider's."""
    text = (world.root / "config.toml").read_text(encoding="utf-8")
    road = text[text.index("[provider]") : text.index("[web]")]
    world.change(road, SENDGRID.format(url=url or world.sink.api_url) + more + "\n\n")
    world.environ["NEWSLETTER_SENDGRID_KEY"] = "SG.key"
    world.now = datetime.now(UTC) + late


def served_by(app: Starlette) -> Callable[[World], None]:
    def plant(world: World) -> None:
        world.pages = world.inside.enter_context(served(app))

    return plant


def broken_store(world: World) -> None:
    file = world.root / "subscribers/newsletter.db"
    file.write_bytes(b"not a database" * 1000)


def open_to_others(world: World) -> None:
    (world.root / "subscribers/newsletter.db").chmod(0o644)


def open_key(world: World) -> None:
    (world.root / "subscribers/secret.key").chmod(0o640)


def open_password(world: World) -> None:
    file = world.root / "password"
    file.write_text("secret")
    file.chmod(0o644)
    world.environ["NEWSLETTER_SMTP_PASSWORD_FILE"] = str(file)


def zone(name: str, *texts: str) -> Callable[[World], None]:
    def plant(world: World) -> None:
        world.zone.texts_of[name] = texts

    return plant


def config(old: str, new: str) -> Callable[[World], None]:
    return lambda world: world.change(old, new)


def schema(version: str) -> Callable[[World], None]:
    return lambda world: world.sql(f"UPDATE alembic_version SET version_num = '{version}'")


def no_server(world: World) -> None:
    world.change(f"port = {world.sink.smtp_port}", "port = 1")


def signed_by_another(world: World) -> None:
    world.change("[checks]", '[checks]\ndkim_domain = "mail.example.net"')
    world.zone.texts_of["hours._domainkey.mail.example.net"] = ZONE[SIGNED]


def signed_here(world: World) -> None:
    """By a key of one's own, which is not the one in the DNS."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    world.environ["NEWSLETTER_DKIM_KEY"] = pem
    world.change("[web]", '[provider.dkim]\ndomain = "news.example.org"\nselector = "hours"\n\n[web]')


def broken_template(world: World) -> None:
    file = world.root / "templates/hours/issue.mjml"
    file.write_text("{% broken %}" + file.read_text(encoding="utf-8"), encoding="utf-8")


def without_terms(world: World) -> None:
    world.change('cadence = "weekly on Friday at 09:00"', 'cadence = "quarterly 7 days before term at 09:00"')
    world.change('window = "7 days from next Monday"', 'window = "term"')
    set_clock(world, timedelta(days=900))


def set_free(world: World, megabytes: int) -> None:
    world.free = megabytes * 1024 * 1024


def set_clock(world: World, delta: timedelta) -> None:
    world.now += delta


FAULTS: dict[str, tuple[Callable[[World], object], str]] = {
    "a misspelt setting": (config("url = ", "ulr = "), "settings.unknown-key"),
    "a zone nobody knows": (config("America/Los_Angeles", "America/Lost_Angels"), "settings.timezone"),
    "no lists": (lambda world: (world.root / "subscribers/lists.toml").unlink(), "settings.file"),
    "alerts that nobody hears": (config('mail = ["operator@example.org"]', ""), "doctor.alerts-unheard"),
    "days no issue covers": (config("7 days from next Monday", "3 days from next Monday"), "settings.window-gap"),
    "a password that others read": (open_password, "settings.secret"),
    "a key that others read": (open_key, "doctor.secret-open"),
    "no room": (lambda world: set_free(world, 10), "doctor.disk-full"),
    "little room": (lambda world: set_free(world, 300), "doctor.disk-low"),
    "a store that is none": (broken_store, "doctor.store-broken"),
    "a store of a newer program": (schema("9999"), "doctor.store-newer"),
    "a store of an older program": (schema("0001"), "doctor.store-older"),
    "a store that others read": (open_to_others, "doctor.store-open"),
    "no database's address": (config("[web]", '[store]\nurl = "nothing"\n\n[web]'), "doctor.store-settings"),
    "a clock behind the store": (lambda world: set_clock(world, -timedelta(hours=2)), "doctor.clock-behind"),
    "a clock ahead of all": (lambda world: over_sendgrid(world, late=timedelta(hours=1)), "doctor.clock-off"),
    "nobody listens": (no_server, "doctor.provider-unreachable"),
    "no encryption offered": (config('security = "none"', 'security = "starttls"'), "doctor.provider-security"),
    "no password": (config('security = "none"', 'username = "us"'), "doctor.provider-settings"),
    "mail to files": (config('kind = "smtp"', 'kind = "outbox"'), "doctor.provider-outbox"),
    "no SendGrid": (lambda world: over_sendgrid(world, url="http://127.0.0.1:1"), "doctor.provider-unreachable"),
    "a sandbox": (lambda world: over_sendgrid(world, "sandbox = true"), "doctor.provider-sandbox"),
    "a key refused": (lambda world: over_sendgrid(world, url=f"{world.pages.url}/u"), "doctor.provider-answer"),
    "no SPF": (zone("news.example.org"), "doctor.spf-missing"),
    "two SPF records": (zone("news.example.org", "v=spf1 -all", "v=spf1 mx -all"), "doctor.spf-double"),
    "SPF for everybody": (zone("news.example.org", "v=spf1 +all"), "doctor.spf-open"),
    "no DKIM key": (zone(SIGNED), "doctor.dkim-missing"),
    "a withdrawn DKIM key": (zone(SIGNED, "v=DKIM1; p="), "doctor.dkim-revoked"),
    "nobody says which DKIM key": (config('dkim_selectors = ["hours"]', ""), "doctor.dkim-unknown"),
    "another key than ours": (signed_here, "doctor.dkim-mismatch"),
    "no DMARC": (zone("_dmarc.example.org"), "doctor.dmarc-missing"),
    "signed by somebody else": (signed_by_another, "doctor.dmarc-alignment"),
    "a DNS that is silent": (lambda world: world.zone.silent.add("news.example.org"), "doctor.dns-silent"),
    "pages without https": (config(BASE, "http://127.0.0.1:1"), "doctor.pages-local doctor.pages-unreachable"),
    "one click goes elsewhere": (served_by(answering(redirected)), "doctor.one-click-redirect"),
    "one click asks who": (served_by(answering(with_login)), "doctor.one-click-status"),
    "one click leaves a cookie": (served_by(answering(with_cookie)), "doctor.one-click-cookie"),
    "no key for links yet": (lambda world: (world.root / "subscribers/secret.key").unlink(), "doctor.pages-new"),
    "a broken template": (broken_template, "doctor.template"),
    "no such theme": (config("[provider]", 'theme = "days"\n\n[provider]'), "doctor.template"),
    "a source without files": (config("content/deep-dives/*.md", "content/deeper-dives/*.md"), "doctor.source"),
    "no term any more": (without_terms, "doctor.no-slot"),
}  # fmt: skip


def test_a_healthy_workspace_has_nothing_the_matter(world: World) -> None:
    found = world.findings()
    assert [finding for finding in found if finding.condition != "ok"] == []
    assert {finding.area for finding in found} == {
        *("settings", "secrets", "templates", "store", "clock", "disk", "provider", "dns", "pages")
    }


@pytest.mark.sqlite_only  # some faults are planted in the file
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_named_and_nothing_else_is(world: World, name: str) -> None:
    plant, expected = FAULTS[name]
    plant(world)
    found = [finding for finding in world.findings() if finding.condition != "ok"]
    # Over SendGrid, whoever sets no key of its webhook is told so.
    unset = ["doctor.webhook-unset"] if "NEWSLETTER_SENDGRID_KEY" in world.environ else []
    assert sorted(finding.code for finding in found) == [*expected.split(), *unset], found
    assert all(finding.advice or finding.code.startswith("settings.") for finding in found)


@pytest.mark.parametrize(("sent", "condition"), [(False, "warning"), (True, "error")])
def test_pages_that_nobody_reaches_are_an_error_once_readers_hold_links(
    world: World, sent: bool, condition: str
) -> None:
    world.change(BASE, "https://127.0.0.1:1")
    if sent:
        at = "'2026-11-02 09:00:00.000000'"
        world.sql(
            "INSERT INTO mailing (id, community, kind, key, list, digest, state, content_hash, planned_at) "
            f"VALUES (1, 'lab', 'issue', 'k', 'l', 'd', 'sent', 'h', {at})"
        )
        world.sql(
            "INSERT INTO attempt (id, community, mailing_id, edition_key, worker, phase, lease_until, claimed_at, "
            f"submitted_at) VALUES ('a', 'lab', 1, 'e', 'w', 'done', {at}, {at}, {at})"
        )
    found = [one for one in world.findings() if one.code == "doctor.pages-unreachable"]
    assert [one.condition for one in found] == [condition]


def test_the_key_that_signs_here_and_stands_in_the_dns_is_well(world: World) -> None:
    signed_here(world)
    world.zone.texts_of[SIGNED] = (dns_record(read_key(world.environ["NEWSLETTER_DKIM_KEY"])),)
    assert world.codes() == []


def with_a_hook(world: World, key: str = "") -> None:
    """The road over SendGrid, and its events posted to our pages, which believe the sink's key or another."""
    signed_by = world.sink.events()["key"]
    over_sendgrid(world, f'webhook_key = "{signed_by}"')
    opened = open_workspace(world.root, world.environ)
    provider = opened.settings.provider.model_copy(update={"webhook_key": key or signed_by})
    ws = with_settings(opened, provider=provider)
    receiver = world.inside.enter_context(closing(Receiver(ws)))
    world.pages = world.inside.enter_context(served(public_app(PublicPages(ws), hooks=receiver)))
    world.change(BASE, world.pages.url)
    world.sink.tell_events(url=f"{world.pages.url}/hooks/lab/sendgrid")


def of_events(world: World) -> list[tuple[str, str]]:
    return [(one.condition, one.code) for one in world.findings() if one.area == "events"]


def test_a_test_event_of_the_provider_goes_round_and_changes_nothing(world: World) -> None:
    with_a_hook(world)
    before = world.sink.events()["posted"]
    assert of_events(world) == [("ok", "")]
    assert world.sink.events()["posted"] == before, "a test is no event of a mail"
    ws = open_workspace(world.root, world.environ)
    assert apply_spool(ws).fates == {"forgotten": 1, "foreign": 2}
    ws.store.close()


def test_a_hook_that_is_not_well_is_named(world: World) -> None:
    with_a_hook(world)
    url = world.sink.events()["plan"]["url"]
    world.sink.tell_events()
    assert of_events(world) == [("error", "doctor.webhook-missing")]
    world.sink.tell_events(url=url)
    world.change(world.sink.events()["key"], Signer().public)
    assert of_events(world) == [("error", "doctor.webhook-key")]
    world.change('id = "lab"', 'id = "lob"')
    assert of_events(world) == [("error", "doctor.webhook-status")]


def test_a_hook_that_believes_nobody_or_everybody_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_hook, "PATIENCE", 0.5)
    with_a_hook(world, key=Signer().public)
    assert of_events(world) == [("error", "doctor.webhook-silent")]
    taking = world.inside.enter_context(served(answering(lambda _request: PlainTextResponse("Unsubscribed."))))
    world.change(world.pages.url, taking.url)
    assert of_events(world) == [("error", "doctor.webhook-open")]


def test_a_key_that_may_not_ask_about_webhooks_is_a_warning() -> None:
    probe = ask_hook("http://127.0.0.1:1", "SG.key", 1.0, f"{BASE}/hooks/lab/sendgrid", "key")
    found = judge_round(f"{BASE}/hooks/lab/sendgrid", probe, heard=False)
    assert (found.condition, found.code) == ("warning", "doctor.webhook-unasked")
    assert "Test Integration" in found.advice

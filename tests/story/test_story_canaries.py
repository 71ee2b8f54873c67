"""Check 60: keys, passwords, links and a reader's address go through the story, and stand nowhere they must not.

Each secret has a value that nothing else has. The commands are given, providers refuse while repeating what they were
given, the program breaks, pages are asked for; then everything that came out is searched, however it is spelled.
"""

import base64
import io
import json
import logging
import quopri
import re
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlencode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from support_http import Answer, CannedHttp
from support_loopback import Served, ask, served
from support_rows import whole_store
from support_smtp import Step, scripted

from newsletter.app.observing.observer import Observer
from newsletter.app.reloading import Reloader
from newsletter.app.sample import init_workspace
from newsletter.app.sending.addressing import LEAVE
from newsletter.app.signing_in.people import people_of
from newsletter.app.signing_in.sessions import new_link
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.cli.at_work import AtWork
from newsletter.cli.failures import run_guarded
from newsletter.people.address import parse_address
from newsletter.people.tokens import make_token
from newsletter.runtime.log_lines import log_crashes, log_to
from newsletter.runtime.server import listen
from newsletter.store import subscribers
from newsletter.web.monitor import monitor_app

AT = "2026-12-01T09:00"
NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
KEY = "weekly-2026-12-04"
READER = "zq.canary!reader+tag@zq-reader-domain.example.org"
EDITOR = "zq-editor@example.org"
SECRETS = {
    "NEWSLETTER_SECRET": "Zq7canarySigningKey-4f9A1c2E8b6D",
    "NEWSLETTER_SECRET_OLD": "Zq7canaryOlderSigningKey-7b1D9e3F",
    "NEWSLETTER_SENDGRID_KEY": "SG.Zq7canaryKey0fSendGrid.u8Yt5RrE3wQ1zXcVbNm",
    "NEWSLETTER_SMTP_PASSWORD": "zq7 canary; of=SMTP & pässword",
    "NEWSLETTER_SES_SECRET": "Zq7canarySes/Secret+Access9Key0",
    "NEWSLETTER_IMAP_PASSWORD": "zq7-canary-of-the-mailbox",
    "NEWSLETTER_BOUNCES_PASSWORD": "zq7-canary-of-the-bounces",
    "NEWSLETTER_ALERTS_SECRET": "zq7-canary-of-the-alerts",
    "LAB_CALENDAR": "http://127.0.0.1:1/zq7-canary-of-a-calendar/basic.ics",
}


@dataclass
class Told:
    """Everything that came out, by where; `links` are secrets that came to be on the way."""

    outputs: dict[str, bytes] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    log: io.StringIO = field(default_factory=io.StringIO)

    def say(self, name: str, text: str) -> None:
        self.outputs[f"{len(self.outputs):02} {name}"] = text.encode()

    def named(self, *words: str) -> dict[str, bytes]:
        return {name: data for name, data in self.outputs.items() if any(word in name for word in words)}


def spellings(value: str) -> set[bytes]:
    """The value as it stands, in URLs, JSON, base64 at each offset, quoted-printable and hex; and line by line."""
    raw = value.encode()
    found = {raw, quote(value, safe="").encode(), json.dumps(value)[1:-1].encode(), raw.hex().encode()}
    found |= {urlencode({"x": value})[2:].encode(), quopri.encodestring(raw).replace(b"=\n", b"")}
    for skipped, first in enumerate((0, 2, 3)):
        coded = base64.b64encode(b"\0" * skipped + raw)[first:-4]
        found |= {coded, coded.replace(b"+", b"-").replace(b"/", b"_")}
    found |= {line.encode() for line in value.splitlines() if len(line) > 20 and "-----" not in line}
    return {one.lower() for one in found if len(one) > 7}


def leaks(outputs: Mapping[str, bytes], secrets: Mapping[str, str]) -> list[tuple[str, str]]:
    """Which secret stands where."""
    found = []
    for where, data in outputs.items():
        unfolded = data.replace(b"=\r\n", b"").replace(b"=\n", b"").replace(b"\r\n ", b"")
        forms = b"\0".join((data, unfolded, quopri.decodestring(data), unquote_to_bytes(data))).lower()
        found += [(name, where) for name, value in secrets.items() if any(one in forms for one in spellings(value))]
    return found


def dkim_key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return made.private_bytes(*form).decode()


def echo(status: str, kind: str = "json") -> Answer:
    """A provider that refuses, and says again what it was told: key, address and all."""

    def answer(request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        key = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"authorization")), b"").decode()
        said = f"{key} of {READER} is wrong: {body[:2000].decode('utf-8', 'replace')}"
        page = json.dumps({"errors": [{"field": None, "message": said}]}) if kind == "json" else f"<h1>{said}</h1>"
        return f"HTTP/1.1 {status}\r\nContent-Length: {len(page.encode())}\r\n\r\n{page}".encode()

    return answer


def configure(root: Path, provider: str, port: int) -> None:
    config = root / "config.toml"
    text = config.read_text()
    if "[sign_in]" not in text:
        text = text.replace(
            '[web]\nbase_url = "https://news.example.org"', f'[web]\nbase_url = "http://127.0.0.1:{port}"'
        )
        text += f'\n[sign_in]\neditors = ["{EDITOR}"]\noperators = ["{EDITOR}"]\n'
        text += '\n[alerts]\nwebhook_env = "LAB_CALENDAR"\n'
    text = re.sub(r"\[provider\]\n(?:[^\[\n].*\n)*", f"[provider]\n{provider}\n", text)
    config.write_text(text)


@contextmanager
def logged(told: Told) -> Iterator[None]:
    """Whatever is logged, and whatever ends a thread, in the lines that `newsletter run` writes."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    log_to(told.log, "json", logging.DEBUG)
    log_crashes()
    try:
        yield
    finally:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logging.captureWarnings(False)
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


def give(told: Told, root: Path, *words: str) -> int:
    """One command; what it prints on both of its streams is kept."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_guarded(["--workspace", str(root), *words])
    told.say(f"{' '.join(words)} ({code})", out.getvalue() + "\0" + err.getvalue())
    return code


def send_and_ask(told: Told, root: Path, port: int) -> None:
    """The issue meets providers that refuse it in each of their ways; then everything is asked about."""
    give(told, root, "draft", "weekly", "--at", AT)
    give(told, root, "approve", KEY, "--by", "Sunita Rao")
    for status, kind in (("401 Unauthorized", "json"), ("400 Bad Request", "json"), ("500 Oops", "html")):
        with closing(CannedHttp(echo(status, kind))) as server:
            configure(root, f'kind = "sendgrid"\napi_url = "{server.url}"', port)
            give(told, root, "send", "weekly", "--test", EDITOR, "--at", AT)
            if kind == "html" or status.startswith("401"):
                give(told, root, "send", KEY, "--at", "2026-12-04T09:00")
            if status.startswith("401"):
                give(told, root, "doctor", "--json")
    echoing = "535 5.7.8 {} is wrong".format
    login = base64.b64encode(f"\0zq\0{SECRETS['NEWSLETTER_SMTP_PASSWORD']}".encode()).decode()
    script: dict[str, Step] = {
        "EHLO": "250-hello\r\n250 AUTH PLAIN LOGIN",
        "AUTH": echoing(login),
        "MAIL": echoing(login),
    }
    with scripted(script) as smtp:
        configure(
            root, f'kind = "smtp"\nhost = "127.0.0.1"\nport = {smtp.port}\nsecurity = "none"\nusername = "zq"', port
        )
        give(told, root, "send", "weekly", "--test", EDITOR, "--at", AT)
    configure(root, 'kind = "outbox"', port)
    for words in (
        ("status", KEY), ("status", KEY, "--json"), ("status", "--json"), ("reconcile", KEY, "--dry-run", "--json"),
        ("audit", KEY, "--json"), ("audit-log", "--json"), ("alerts", "--json"), ("events", "--json"),
        ("check", "weekly", "--at", AT, "--json"), ("compose", "weekly", "--at", AT, "--json"),
        ("collect", "--at", AT), ("sign-ins", "--json"), ("send", "nothing"), ("worker", "--once"),
    ):  # fmt: skip
        give(told, root, *words)


def break_down(told: Told, ws: Workspace) -> None:
    """Faults with everything in their words and in their variables: in a thread, in a beat, and at the end."""

    def fault(key: str = SECRETS["NEWSLETTER_SENDGRID_KEY"]) -> None:
        raise RuntimeError(f"{key} {READER} {SECRETS['NEWSLETTER_SMTP_PASSWORD']} {quote(READER)}")

    thread = threading.Thread(target=fault)
    thread.start()
    thread.join()
    try:
        fault()
    except RuntimeError as error:
        logging.getLogger("newsletter.app.posting").exception("mails wait")
        sys.excepthook(type(error), error, error.__traceback__)


def ask_pages(told: Told, ws: Workspace, listener: socket.socket) -> None:
    """Public pages, sign-in, studio and monitor, with the links of a reader and of an editor."""
    person = people_of(ws)[parse_address(EDITOR).key]
    with ws.store.read() as connection:
        reader = subscribers.by_key(connection, ws.settings.community.id, parse_address(READER).key)
    assert reader is not None
    leave = make_token(ws.secret, LEAVE, reader.id, "community")
    link = new_link(ws, person, ws.clock())
    told.secrets |= {"leave link": leave, "sign-in link": link}
    made = AtWork(ws, Observer(ws), threading.Event(), Reloader(ws))
    with closing(made) as at_work, served(at_work.app, listener) as server:
        public = (
            "/",
            f"/u/{leave}",
            f"/u/{leave}x",
            f"/p/{leave}",
            "/subscribe",
            "/studio/",
            "/sign-in",
            "/operator/",
        )
        for path in public:
            answer, page = ask(server, "GET", path)
            # A page's own address, which stands in its forms, is known to who asked for it.
            told.say(f"page GET {path[:12]} {answer.status}", page.replace(leave, "") + str(answer.getheaders()))
        cookie = sign_in(told, server, link)
        told.secrets["session cookie"] = cookie.partition("=")[2].partition(";")[0]
        headers = {"Cookie": cookie.partition(";")[0]}
        for path in (
            "/studio/",
            "/studio/?tab=send",
            "/studio/mail",
            "/operator/",
            f"/operator/issues/{KEY}",
            "/sign-in",
        ):
            answer, page = ask(server, "GET", path, headers=headers)
            told.say(f"page signed in GET {path} {answer.status}", page + str(answer.getheaders()))
        ask(server, "POST", f"/u/{leave}", "List-Unsubscribe=One-Click", {"Content-Type": FORM})
    with served(monitor_app(Observer(ws))) as server:
        for path in ("/metrics", "/readyz", "/healthz"):
            told.say(f"monitor {path}", ask(server, "GET", path)[1])


FORM = "application/x-www-form-urlencoded"


def sign_in(told: Told, server: Served, link: str) -> str:
    answer, page = ask(server, "GET", f"/sign-in/{link}")
    told.say(f"page of a link {answer.status}", page.replace(link, ""))
    (jar,) = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    token = re.findall(r'name="token" value="([^"]+)"', page)[0]
    headers = {"Content-Type": FORM, "Cookie": jar.partition(";")[0], "Origin": server.url}
    answer, _ = ask(server, "POST", f"/sign-in/{link}", urlencode({"token": token}), headers)
    cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    assert answer.status == 303, "somebody is signed in, or nothing here is searched that matters"
    return next(one for one in cookies if not one.startswith("newsletter-session-form"))


def keep_files(told: Told, ws: Workspace) -> None:
    """Every row of the store, and every file of the workspace."""
    told.say("store dump", "\n".join(whole_store(ws.root)))
    for file in sorted(ws.root.rglob("*")):
        if file.is_file():
            told.outputs[f"file {file.relative_to(ws.root)}"] = file.read_bytes()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    root, told = tmp_path_factory.mktemp("canaries") / "lab", Told()
    told.secrets = SECRETS | {"NEWSLETTER_DKIM_KEY": dkim_key()}
    init_workspace(root)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    configure(root, 'kind = "outbox"', port)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in told.secrets.items():
            patch.setenv(name, value)
        stack.enter_context(logged(told))
        give(told, root, "subscribers", "add", READER, "--list", "community")
        send_and_ask(told, root, port)
        log_to(told.log, "json", logging.DEBUG)
        ws = stack.enter_context(opened(root))
        ask_pages(told, ws, listener)
        break_down(told, ws)
        keep_files(told, ws)
    told.say("log", told.log.getvalue())
    return told


@contextmanager
def opened(root: Path) -> Iterator[Workspace]:
    ws = replace(open_workspace(root), clock=lambda: NOW)
    try:
        yield ws
    finally:
        ws.store.close()


def test_the_story_was_told_and_providers_repeated_what_they_were_given(told: Told) -> None:
    said = b"".join(told.named("status", "send", "doctor", "store dump").values())
    assert b"401" in said
    assert b"[secret]" in said, "the echo was taken in, or nothing is proven"
    (log,) = told.named(" log").values()
    assert b"[address]" in log
    assert len(told.named("page")) > 14
    assert len(told.named("file ")) > 20
    assert all(b" 200" in name.encode() for name in told.named("signed in GET /studio"))


def test_no_secret_stands_in_any_output_page_error_log_store_or_file(told: Told) -> None:
    found = leaks(told.outputs, told.secrets)
    # A mail is where its reader's own link belongs.
    assert [one for one in found if one[0] != "leave link" or "file outbox/" not in one[1]] == []


def test_the_readers_address_stands_in_no_log_number_or_log_of_deeds(told: Told) -> None:
    reader = {"whole": READER, "name": "zq.canary!reader", "domain": "zq-reader-domain", "editor": "zq-editor"}
    lines = told.named(" log", "monitor", f"audit {KEY}", "audit-log", "status", "reconcile", "alerts", "page GET")
    assert leaks(lines, {name: value for name, value in reader.items() if name != "editor"}) == []
    assert leaks(told.named(" log", "monitor"), reader) == []


@pytest.mark.parametrize("name", ["NEWSLETTER_SMTP_PASSWORD", "NEWSLETTER_SENDGRID_KEY", "NEWSLETTER_DKIM_KEY"])
def test_a_leak_that_is_planted_is_found_however_it_is_spelled(told: Told, name: str) -> None:
    value = told.secrets[name]
    planted = {
        "plain": f"x{value}x".encode(),
        "login": base64.b64encode(f"\0zq\0{value}".encode()),
        "address": b"https://x/?k=" + quote(value).encode(),
        "mail": quopri.encodestring(f"a line before it that is long enough to fold, and {value} x".encode()),
        "json": json.dumps({"k": value}).encode(),
        "hex": value.encode().hex().upper().encode(),
    }
    assert {where for _, where in leaks(planted, {name: value})} == set(planted)
    assert leaks({"nothing": b"a page without it"}, {name: value}) == []

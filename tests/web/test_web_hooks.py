"""Posts of SendGrid over real HTTP: what is signed is kept before it is acknowledged, and nothing else is."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from support_events import JSON, PATH, SIGNER, Sent, body_of, send, sendgrid_at, signed
from support_loopback import Served, ask, served
from support_rows import rows_of, whole_store
from support_workspace import NOW, Clock

from newsletter.app.public_pages import PublicPages
from newsletter.app.reporting.applying import apply_spool
from newsletter.app.reporting.looking import look_at_events
from newsletter.app.reporting.receiving import Receiver, spool_of
from newsletter.app.subscribing import show
from newsletter.app.workspace import Workspace, with_settings
from newsletter.devsink.events import SIGNATURE, TIMESTAMP, Signer
from newsletter.web.hooks import LARGEST_POST
from newsletter.web.public import public_app

STRANGER = Signer()


@dataclass(frozen=True)
class Site:
    """A workspace that sent to three readers, and its public pages."""

    ws: Workspace
    server: Served
    mails: list[Sent]

    def post(self, body: bytes, headers: dict[str, str], path: str = PATH) -> int:
        answer, text = ask(self.server, "POST", path, body, headers)
        assert answer.status != 500
        assert "data-lab" not in text
        assert "reader" not in text
        return answer.status

    def waiting(self) -> int:
        return len(spool_of(self.ws).waiting())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    ws = sendgrid_at(tmp_path_factory.mktemp("hooks"), Clock())
    mails = send(ws, 3)
    receiver = Receiver(ws)
    with served(public_app(PublicPages(ws), hooks=receiver)) as running:
        yield Site(ws, running, mails)
    receiver.close()
    ws.store.close()


@pytest.fixture(autouse=True)
def _nothing_waits(site: Site) -> None:
    for path in spool_of(site.ws).waiting():
        path.unlink()


GOOD = body_of({"event": "open", "timestamp": int(NOW.timestamp()), "email": "a@example.org"})
Headers = dict[str, str]


def changed(**headers: str | None) -> Headers:
    """Good headers of the good body, but for these; None leaves one out."""
    names = {"signature": SIGNATURE, "timestamp": TIMESTAMP, "kind": "Content-Type"}
    given = signed(GOOD) | {names[name]: value for name, value in headers.items()}
    return {name: value for name, value in given.items() if value is not None}


def signature_of(body: bytes, timestamp: str, signer: Signer = SIGNER) -> str:
    """A signature over any timestamp text."""
    return base64.b64encode(signer.sign(timestamp.encode() + body)).decode()


def with_timestamp(text: str, body: bytes = GOOD) -> Headers:
    return JSON | {TIMESTAMP: text, SIGNATURE: signature_of(body, text)}


SECONDS = str(int(NOW.timestamp()))
RAW = base64.b64decode(signed(GOOD)[SIGNATURE])
#: A signature whose two numbers are nought.
NOUGHT = base64.b64encode(bytes.fromhex("3006020100020100")).decode()
#: Nothing stands between timestamp and body in what is signed: here a digit has changed sides.
MOVED = JSON | {TIMESTAMP: SECONDS[:-1], SIGNATURE: signature_of(SECONDS[-1:].encode() + GOOD, SECONDS[:-1])}
DEEP = b"[" * 100_000 + b"]" * 100_000
#: Name: body, headers, and the right answer.
TABLE: dict[str, tuple[bytes, Headers, int]] = {
    # Forged or damaged: whoever cannot sign is told nothing.
    "no headers at all": (GOOD, JSON, 403),
    "no signature": (GOOD, changed(signature=None), 403),
    "no timestamp": (GOOD, changed(timestamp=None), 403),
    "an empty signature": (GOOD, changed(signature=""), 403),
    "an empty timestamp": (GOOD, changed(timestamp=""), 403),
    "another's key": (GOOD, signed(GOOD, signer=STRANGER), 403),
    "a signature that is no base64": (GOOD, changed(signature="not base64!"), 403),
    "base64 of the wrong length": (GOOD, changed(signature="abc"), 403),
    "base64 of something else": (GOOD, changed(signature=base64.b64encode(b"hello").decode()), 403),
    "urlsafe base64": (GOOD, changed(signature=base64.urlsafe_b64encode(b"\xff\xfe\xfd" * 20).decode()), 403),
    "a signature cut short": (GOOD, changed(signature=base64.b64encode(RAW[:-4]).decode()), 403),
    "a signature with more behind it": (GOOD, changed(signature=base64.b64encode(RAW + b"\0").decode()), 403),
    "a signature in hex": (GOOD, changed(signature=RAW.hex()), 403),
    "a very long signature": (GOOD, changed(signature="A" * 4000), 403),
    "both numbers nought": (GOOD, changed(signature=NOUGHT), 403),
    "bytes that are no ASCII": (GOOD, changed(signature="é"), 403),
    "a body that was changed": (GOOD.replace(b"open", b"drop"), signed(GOOD), 403),
    "a body without its last line break": (GOOD.rstrip(), signed(GOOD), 403),
    "a body written anew": (json.dumps(json.loads(GOOD), indent=1).encode(), signed(GOOD), 403),
    "an empty body under a good signature": (b"", signed(GOOD), 403),
    "another timestamp": (GOOD, changed(timestamp=str(int(SECONDS) - 1)), 403),
    "26 hours old": (GOOD, signed(GOOD, NOW - timedelta(hours=26)), 403),
    "26 hours early": (GOOD, signed(GOOD, NOW + timedelta(hours=26)), 403),
    "of 2020": (GOOD, signed(GOOD, 1_600_000_000), 403),
    "a timestamp in words": (GOOD, with_timestamp("yesterday"), 403),
    "a timestamp with a fraction": (GOOD, with_timestamp(f"{SECONDS}.5"), 403),
    "a timestamp with a sign": (GOOD, with_timestamp(f"+{SECONDS}"), 403),
    "a timestamp in other digits": (GOOD, JSON | {TIMESTAMP: "²" * 10, SIGNATURE: signed(GOOD)[SIGNATURE]}, 403),
    "a timestamp of 11 digits": (GOOD, with_timestamp(f"{SECONDS}0"), 403),
    "a digit of the timestamp in the body": (SECONDS[-1:].encode() + GOOD, MOVED, 403),
    # Signed, and still not what is posted here.
    "no array": (b'{"event": "open"}\r\n', signed(b'{"event": "open"}\r\n'), 400),
    "a string": (b'"open"', signed(b'"open"'), 400),
    "nothing": (b"", signed(b""), 400),
    "null": (b"null", signed(b"null"), 400),
    "no JSON": (b"event=open", signed(b"event=open"), 400),
    "JSON cut short": (GOOD[:-8], signed(GOOD[:-8]), 400),
    "bytes that are no UTF-8": (b'["\xff"]', signed(b'["\xff"]'), 400),
    "UTF-16": ("[]".encode("utf-16"), signed("[]".encode("utf-16")), 400),
    "nested too deep": (DEEP, signed(DEEP), 400),
    "a number too long to read": (b"[" + b"9" * 5000 + b"]", signed(b"[" + b"9" * 5000 + b"]"), 400),
    # Of the wrong kind, or too large, before anybody looks at a signature.
    "a form": (GOOD, changed(kind="application/x-www-form-urlencoded"), 415),
    "no kind": (GOOD, changed(kind=None), 415),
    "text": (GOOD, changed(kind="text/plain; charset=utf-8"), 415),
    "more than 10 MB": (b"[" + b" " * LARGEST_POST + b"]", signed(b"x"), 413),
    # Good, however odd.
    "good": (GOOD, signed(GOOD), 204),
    "good, with a charset": (GOOD, changed(kind="Application/JSON; charset=utf-8"), 204),
    "good, 24 hours old": (GOOD, signed(GOOD, NOW - timedelta(hours=24)), 204),
    "no events": (b"[]", signed(b"[]"), 204),
    "spaces around": (b" \r\n[ ]\r\n", signed(b" \r\n[ ]\r\n"), 204),
    "entries that are no objects": (b'[1, "x", null, [], true]', signed(b'[1, "x", null, [], true]'), 204),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_check_28_forged_and_odd_posts_get_the_right_answer(name: str, site: Site) -> None:
    body, headers, status = TABLE[name]
    assert site.post(body, headers) == status
    assert site.waiting() == (1 if status == 204 else 0)


def test_the_table_is_as_long_as_promised() -> None:
    assert len(TABLE) >= 40


@pytest.mark.parametrize("path", ["/hooks/data-lab/mailgun", "/hooks/other/sendgrid", "/hooks/data-lab/", "/hooks/"])
def test_there_is_no_other_hook(path: str, site: Site) -> None:
    answer, _ = ask(site.server, "POST", path, GOOD, signed(GOOD))
    assert answer.status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_a_hook_takes_posts_alone(method: str, site: Site) -> None:
    assert ask(site.server, method, PATH)[0].status == 405


def test_other_pages_take_no_larger_bodies_for_it(site: Site) -> None:
    assert ask(site.server, "POST", "/u/token", b"x" * 20_000, {"Content-Type": "text/plain"})[0].status == 413


@pytest.mark.parametrize("key", ["", STRANGER.public])
def test_without_the_right_key_everything_is_refused(key: str, site: Site) -> None:
    ws = with_settings(site.ws, provider=site.ws.settings.provider.model_copy(update={"webhook_key": key}))
    assert answered(ws, GOOD, signed(GOOD)) == 403


def test_while_keys_change_either_is_good(site: Site) -> None:
    both = f"{STRANGER.public}\n{SIGNER.public}"
    ws = with_settings(site.ws, provider=site.ws.settings.provider.model_copy(update={"webhook_key": both}))
    assert answered(ws, GOOD, signed(GOOD)) == answered(ws, GOOD, signed(GOOD, signer=STRANGER)) == 204


def test_the_window_is_the_workspaces(site: Site) -> None:
    ws = with_settings(site.ws, provider=site.ws.settings.provider.model_copy(update={"webhook_hours": 1.0}))
    assert answered(ws, GOOD, signed(GOOD, NOW - timedelta(minutes=59))) == 204
    assert answered(ws, GOOD, signed(GOOD, NOW - timedelta(minutes=61))) == 403


def answered(ws: Workspace, body: bytes, headers: Headers) -> int:
    """What a receiver of this workspace says."""
    receiver, statuses = Receiver(ws), list[int]()
    receiver.take({name.lower(): value for name, value in headers.items()}, body, statuses.append)
    receiver.close()
    [status] = statuses
    return status


def test_what_cannot_be_kept_is_asked_for_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_posts: object) -> None:
        raise OSError("no space left")

    receiver, statuses = Receiver(site.ws), list[int]()
    monkeypatch.setattr(receiver._spool, "add", full)
    receiver.take({name.lower(): value for name, value in signed(GOOD).items()}, GOOD, statuses.append)
    receiver.close()
    assert statuses == [503]


def test_check_29_a_hundred_thousand_events_in_one_post_are_taken(site: Site) -> None:
    event = {"event": "open", "timestamp": int(NOW.timestamp())}
    body = json.dumps([event] * 100_000, separators=(",", ":")).encode()
    assert len(body) < LARGEST_POST
    assert site.post(body, signed(body)) == 204
    assert apply_spool(site.ws).fates == {"forgotten": 100_000}


def test_check_29_unknown_types_are_kept_and_change_nothing(site: Site) -> None:
    mail = site.mails[0]
    body = body_of(
        mail.event("teleported", colour="red", contact=mail.address, ip="192.0.2.1"),
        mail.event("group_resubscribe", asm_group_id=7),
        {"event": "delivered", "email": mail.address},
        17,
    )
    before = ledger(site.ws)
    assert site.post(body, signed(body)) == 204
    assert apply_spool(site.ws).fates == {"kept": 4}
    assert ledger(site.ws) == before
    found = look_at_events(site.ws)
    kept = {
        ("noted", "teleported"): 1,
        ("noted", "group_resubscribe"): 1,
        ("unreadable", "delivered"): 1,
        ("unreadable", "?"): 1,
    }
    assert kept.items() <= found.counts.items()
    [odd] = [one for one in found.newest if one.kind == "teleported"]
    assert odd.payload["colour"] == "red"
    assert "@" not in json.dumps([dict(one.payload) for one in found.newest])
    assert "192.0.2.1" not in json.dumps([dict(one.payload) for one in found.newest])


def test_check_29_a_late_bounce_without_our_ids_is_of_the_last_mail_to_its_address(site: Site) -> None:
    mail = site.mails[1]
    bare = mail.event("bounce", type="bounce", reason="550 5.1.1 no such user")
    for name in ("delivery_id", "attempt_id", "sg_message_id"):
        del bare[name]
    body = body_of(bare)
    assert site.post(body, signed(body)) == 204
    assert apply_spool(site.ws).fates == {"new": 1}
    assert show(site.ws, mail.address).suppressed == "bounced"


def test_check_31_a_signed_event_about_an_address_that_was_never_mailed_suppresses_nobody(
    site: Site,
) -> None:
    never = Sent("f" * 32, "e" * 32, "never@example.org")
    events = [never.event(kind) for kind in ("bounce", "spamreport", "unsubscribe", "dropped", "delivered")]
    at = int(NOW.timestamp())
    bare = [{"event": kind, "email": never.address, "timestamp": at} for kind in ("bounce", "spamreport")]
    swapped = site.mails[2].event("spamreport", attempt_id="of another")
    body = body_of(*events, *bare, swapped)
    before = ledger(site.ws)
    assert site.post(body, signed(body)) == 204
    assert apply_spool(site.ws).fates == {"foreign": 8}
    assert ledger(site.ws) == before
    assert ("quarantine", "spamreport") in look_at_events(site.ws).counts


def test_an_event_of_the_account_is_told_to_the_operator(site: Site) -> None:
    body = body_of(
        {"event": "account_status_change", "type": "compliance_suspend", "timestamp": int(NOW.timestamp())}
    )
    for _ in range(2):
        assert site.post(body, signed(body)) == 204
        assert apply_spool(site.ws).fates == {"account": 1}
    rows = rows_of(site.ws.root, "SELECT text FROM alert WHERE kind = 'account'")
    assert rows == [("sendgrid says of the account: compliance_suspend; look at its dashboard",)]


def ledger(ws: Workspace) -> list[str]:
    """Everything but what is kept of events that change nothing."""
    return whole_store(ws.root, but=("provider_event",))

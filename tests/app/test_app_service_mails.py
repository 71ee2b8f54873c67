"""Mails that answer one person: asked for in a transaction, sent through the ledger, each request once."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage

import pytest
from support_mailings import Clock

from newsletter.app.membership import Event, leave_list
from newsletter.app.sending.addressing import CONFIRM, PREFERENCES
from newsletter.app.service_mails import ask_for_mail, forget_old_requests, post_service_mails
from newsletter.app.subscribing import add, suppress
from newsletter.app.workspace import Workspace
from newsletter.model.service import ServiceMail
from newsletter.people.tokens import read_token
from newsletter.render.errors import RenderError
from newsletter.store import mailings, service_mails

ADDRESS = "ada@mail.example.org"


def ask(ws: Workspace, mail: ServiceMail, request: str = "") -> bool:
    with ws.store.begin() as connection:
        return ask_for_mail(connection, ws, mail, ws.clock(), request)


def sent(ws: Workspace) -> list[EmailMessage]:
    files = sorted((ws.root / "outbox").rglob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]  # type: ignore[misc]


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_link_that_was_asked_for_comes_by_mail_and_opens_ones_own_choices(ws: Workspace, ada: str) -> None:
    assert ask(ws, ServiceMail("sign_in", ada, "community", PREFERENCES))
    assert post_service_mails(ws) == 1

    [message] = sent(ws)
    assert message["To"] == ADDRESS
    assert message["Subject"] == "Your link for Common Hours"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    [link] = [line for line in text_of(message).splitlines() if "/p/" in line]
    claim = read_token((ws.secret,), link.rpartition("/")[2], PREFERENCES)
    assert claim is not None
    assert (claim.subject, claim.scope) == (ada, "community")


def test_a_welcome_belongs_to_the_list_and_is_left_by_its_header(ws: Workspace, ada: str) -> None:
    ask(ws, ServiceMail("welcome", ada, "community", PREFERENCES))
    post_service_mails(ws)

    [message] = sent(ws)
    assert message["List-Unsubscribe"].startswith("<https://news.example.org/u/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Unsubscribe: https://news.example.org/u/" in text_of(message)


def test_one_request_is_answered_once_and_looking_again_sends_nothing(ws: Workspace, ada: str) -> None:
    mail = ServiceMail("sign_in", ada, "community", PREFERENCES)
    assert [ask(ws, mail, "request-1"), ask(ws, mail, "request-1")] == [True, False]

    assert [post_service_mails(ws), post_service_mails(ws)] == [1, 0]
    assert len(sent(ws)) == 1


def test_who_asks_twice_a_day_gets_two_mails_and_the_ledger_proves_both(ws: Workspace, ada: str) -> None:
    for _ in range(2):
        ask(ws, ServiceMail("sign_in", ada, "community", PREFERENCES))
        post_service_mails(ws)

    assert len(sent(ws)) == 2
    community = ws.settings.community.id
    with ws.store.read() as connection:
        keys = ("sign-in-community-2026-12-04", "sign-in-community-2026-12-04-2")
        found = [mailings.find(connection, community, "service", key) for key in keys]
        assert [one.state for one in found if one] == ["sent", "sent"]
        assert [mailings.counts(connection, one.id)["accepted"] for one in found if one] == [1, 1]


def test_a_mail_that_is_not_fitting_any_more_is_not_sent(ws: Workspace, ada: str) -> None:
    ask(ws, ServiceMail("welcome", ada, "community", PREFERENCES))
    with ws.store.begin() as connection:
        leave_list(connection, ws.settings.community.id, ada, "community", Event("left", ws.clock(), "test"))
    post_service_mails(ws)
    assert sent(ws) == []

    suppress(ws, ADDRESS, reason="complained")
    for name in ("confirm", "sign_in", "goodbye"):
        ask(ws, ServiceMail(name, ada, "community", PREFERENCES))  # type: ignore[arg-type]  # each is a name
    post_service_mails(ws)
    assert sent(ws) == []


@pytest.mark.parametrize("reason", ["bounced", "erased"])
def test_an_address_that_bounced_or_was_erased_may_be_asked_to_confirm(ws: Workspace, ada: str, reason: str) -> None:
    with ws.store.begin() as connection:
        leave_list(connection, ws.settings.community.id, ada, "community", Event("left", ws.clock(), "test"))
    suppress(ws, ADDRESS, reason=reason)  # type: ignore[arg-type]  # each is a reason
    ask(ws, ServiceMail("confirm", ada, "community", CONFIRM, "community\x1f1"))
    post_service_mails(ws)
    assert [message["Subject"] for message in sent(ws)] == ["Please confirm: Common Hours"]


def test_a_mail_may_go_to_an_address_that_is_not_the_subscribers_yet(ws: Workspace, ada: str) -> None:
    ask(ws, ServiceMail("sign_in", ada, "community", PREFERENCES, address="new@mail.example.org"))
    suppress(ws, "barred@mail.example.org")
    ask(ws, ServiceMail("sign_in", ada, "community", PREFERENCES, address="barred@mail.example.org"))
    post_service_mails(ws)
    assert [message["To"] for message in sent(ws)] == ["new@mail.example.org"]


def test_what_is_forgotten_before_it_is_sent_is_not_sent(ws: Workspace, ada: str) -> None:
    ask(ws, ServiceMail("sign_in", ada, "community", PREFERENCES))
    with ws.store.begin() as connection:
        service_mails.forget(connection, ws.settings.community.id, ada)
    assert post_service_mails(ws) == 0
    ask(ws, ServiceMail("sign_in", "nobody", "community", PREFERENCES))
    assert post_service_mails(ws) == 0
    assert sent(ws) == []


def test_requests_are_forgotten_after_a_month(ws: Workspace, ada: str, clock: Clock) -> None:
    ask(ws, ServiceMail("sign_in", ada, "community", PREFERENCES))
    post_service_mails(ws)
    clock.now += timedelta(days=29)
    assert forget_old_requests(ws, clock.now) == 0
    clock.now += timedelta(days=2)
    assert forget_old_requests(ws, clock.now) == 1


def test_its_reader_is_answered_in_their_language(ws: Workspace) -> None:
    person = add(ws, "jo@mail.example.org", "community", language="de").subscriber.id
    ask(ws, ServiceMail("sign_in", person, "community", PREFERENCES))
    ask(ws, ServiceMail("sign_in", person, "community", PREFERENCES, language="fr"))
    post_service_mails(ws)
    german, french = sent(ws)
    assert german["Subject"] != french["Subject"] != "Your link for Common Hours"


@pytest.mark.slow
def test_a_template_that_never_ends_stops_nobody_and_what_was_asked_for_waits(ws: Workspace, ada: str) -> None:
    file = ws.root / "templates/hours/mail/service.mjml"
    sound = file.read_text(encoding="utf-8")
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    file.write_text(loop + sound, encoding="utf-8")
    ask(ws, ServiceMail("sign_in", ada, "community", PREFERENCES))
    with pytest.raises(RenderError) as told:
        post_service_mails(ws)
    assert told.value.problems[0].code == "src.endless"

    file.write_text(sound, encoding="utf-8")
    assert post_service_mails(ws) == 1
    assert len(sent(ws)) == 1

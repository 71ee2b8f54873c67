"""Joining from the form to the first mail, as it happens over HTTP: checks 37 to 40 of what must hold.

Nobody becomes a member without their own yes, nothing that was typed stands in a mail, and no answer tells who is
known.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from support_joining import ADDRESS, FORM, join, join_json, link_in, mails, run, sample, text_of, token
from support_loopback import Served, ask, served
from support_public_pages import dump
from support_workspace import Clock

from newsletter.app.joining.asking import forget_unconfirmed, request
from newsletter.app.joining.pages import JoinPages
from newsletter.app.owning.changing_address import change_address
from newsletter.app.public_pages import PublicPages
from newsletter.app.subscribing import add, leave, listing, show, suppress
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.joining import Alert, Wish
from newsletter.people.consent import fold
from newsletter.people.joining import form_token, text_version
from newsletter.people.tokens import make_token
from newsletter.store import alerts, signups
from newsletter.web.public import public_app

CONFIRM = b"confirm=yes"


@pytest.fixture
def sampled(tmp_path: Path) -> tuple[Workspace, Clock]:
    return sample(tmp_path / "lab")


@pytest.fixture
def ws(sampled: tuple[Workspace, Clock]) -> Iterator[Workspace]:
    yield sampled[0]
    sampled[0].store.close()


@pytest.fixture
def clock(sampled: tuple[Workspace, Clock]) -> Clock:
    return sampled[1]


@pytest.fixture
def server(ws: Workspace) -> Iterator[Served]:
    with open_pages(ws) as running:
        yield running


def open_pages(ws: Workspace) -> AbstractContextManager[Served]:
    return served(public_app(PublicPages(ws), joining=JoinPages(ws)))


def state_of(ws: Workspace, address: str = ADDRESS) -> str | None:
    return next((membership.state for person, membership in listing(ws) if person.address == address), None)


def test_somebody_joins_by_their_own_yes(ws: Workspace, server: Served) -> None:
    answer, page = join(
        ws, server, ADDRESS, ("digest", "monthly"), ("topic", "datathons"), ("timezone", "Europe/Berlin")
    )
    assert (answer.status, answer.getheader("Set-Cookie")) == (200, None)
    assert "Look into your mail." in page
    run(ws)
    assert state_of(ws) == "pending"

    [message] = mails(ws)
    assert (message["To"], message["Subject"]) == (ADDRESS, "Please confirm: Common Hours")
    link = link_in(message, "confirm")
    answer, page = ask(server, "GET", link)
    assert "One more step." in page
    assert "Common Hours, the month" in page
    assert ADDRESS not in page
    assert state_of(ws) == "pending"

    answer, page = ask(server, "POST", link, CONFIRM, FORM)
    assert (answer.status, state_of(ws)) == (200, "active")
    assert "You are on the list." in page
    person = show(ws, ADDRESS)
    assert person.subscriber.timezone == "Europe/Berlin"
    assert [(one.digests, one.topics) for one in person.subscriptions] == [(("monthly",), ("datathons",))]


def test_the_proof_says_what_was_agreed_to_when_and_how_and_holds_no_address(ws: Workspace, server: Served) -> None:
    join(ws, server)
    run(ws)
    ask(server, "POST", link_in(mails(ws)[0], "confirm"), CONFIRM, FORM)

    text = ws.settings.lists["community"].consent_text
    requested, confirmed = show(ws, ADDRESS).consents
    assert (requested.action, requested.how, confirmed.action, confirmed.how) == (
        "requested", "page", "confirmed", "confirmation link",
    )  # fmt: skip
    assert requested.text == confirmed.text == text
    assert requested.version == confirmed.version == text_version(text)
    assert requested.network == confirmed.network != ""
    assert "127.0.0" not in requested.network
    assert fold([requested, confirmed], "community") == "active"
    log = [line for line in dump(ws) if line.startswith('"consent"')]
    assert log
    told = [re.sub(r"\b[0-9a-f]{64}\b", "", line) for line in log]  # by chance a hash has any three digits
    assert not any("ada" in line or "@" in line for line in told)


def test_check_34_a_scanner_confirms_nothing(ws: Workspace, server: Served) -> None:
    join(ws, server)
    run(ws)
    link = link_in(mails(ws)[0], "confirm")
    before = dump(ws)
    for _ in range(3):
        for method in ("GET", "HEAD", "OPTIONS"):
            for path in (link, "/subscribe", "/link", "/api/subscribe"):
                ask(server, method, path)
    assert ask(server, "POST", link, b"", FORM)[0].status == 400
    assert dump(ws) == before


def test_check_37_a_confirmation_link_that_was_used_shows_that_it_is_done(ws: Workspace, server: Served) -> None:
    join(ws, server)
    run(ws)
    link = link_in(mails(ws)[0], "confirm")
    for _ in range(3):
        answer, page = ask(server, "POST", link, CONFIRM, FORM)
        assert (answer.status, "You are on the list." in page) == (200, True)
        run(ws)
    assert "You are on the list." in ask(server, "GET", link)[1]
    assert len(show(ws, ADDRESS).consents) == 2
    assert len(mails(ws)) == 1


def test_check_37_a_confirmation_link_is_over_after_seven_days(ws: Workspace, server: Served, clock: Clock) -> None:
    join(ws, server)
    run(ws)
    link = link_in(mails(ws)[0], "confirm")
    clock.now += timedelta(days=7, seconds=-1)
    assert "One more step." in ask(server, "GET", link)[1]
    clock.now += timedelta(seconds=1)
    _, page = ask(server, "POST", link, CONFIRM, FORM)
    assert "This link is over." in page
    assert 'href="../subscribe?list=community"' in page
    assert state_of(ws) == "pending"


def test_check_37_a_confirmation_link_works_in_another_browser(ws: Workspace, server: Served) -> None:
    join(ws, server, headers={"X-Forwarded-For": "198.51.100.7", "User-Agent": "one"})
    run(ws)
    elsewhere = {**FORM, "X-Forwarded-For": "203.0.113.9", "User-Agent": "another"}
    assert "You are on the list." in ask(server, "POST", link_in(mails(ws)[0], "confirm"), CONFIRM, elsewhere)[1]
    requested, confirmed = show(ws, ADDRESS).consents
    assert requested.network != confirmed.network


@pytest.mark.parametrize("welcomed", [True, False])
def test_a_link_from_before_somebody_left_does_not_bring_them_back(
    ws: Workspace, server: Served, welcomed: bool
) -> None:
    join(ws, server)
    run(ws)
    link = link_in(mails(ws)[0], "confirm")
    ask(server, "POST", link, CONFIRM, FORM)
    if welcomed:
        run(ws)
    person = show(ws, ADDRESS).subscriber
    leave(ws, make_token(ws.secret, "leave", person.id, "community"), "test")
    assert "This link is over." in ask(server, "POST", link, CONFIRM, FORM)[1]
    assert state_of(ws) == "left"


def test_a_link_to_an_address_that_is_not_theirs_any_more_confirms_nothing(ws: Workspace, server: Served) -> None:
    join(ws, server)
    run(ws)
    change_address(ws, ADDRESS, "ada@else.example.com")
    assert "This link is over." in ask(server, "POST", link_in(mails(ws)[0], "confirm"), CONFIRM, FORM)[1]
    assert state_of(ws, "ada@else.example.com") == "pending"


@pytest.mark.parametrize("purpose", ["leave", "preferences", "form"])
def test_check_35_a_link_for_something_else_confirms_nothing(ws: Workspace, server: Served, purpose: str) -> None:
    join(ws, server)
    run(ws)
    person = show(ws, ADDRESS).subscriber
    with ws.store.read() as connection:
        [one] = signups.in_state(connection, "data-lab", "asked", 9)
    forged = make_token(ws.secret, purpose, person.id, f"{one.id} community")
    assert ask(server, "POST", f"/confirm/{forged}", CONFIRM, FORM)[0].status == 404
    others = make_token(ws.secret, "confirm", person.id, "00000000000000000000 community")
    assert "This link is over." in ask(server, "POST", f"/confirm/{others}", CONFIRM, FORM)[1]
    assert state_of(ws) == "pending"


def test_who_left_comes_back_by_their_own_yes_with_new_choices(ws: Workspace, server: Served) -> None:
    added = add(ws, ADDRESS, "community")
    leave(ws, make_token(ws.secret, "leave", added.subscriber.id, "community"), "test")
    join(ws, server, ADDRESS, ("digest", "quarterly"))
    run(ws)
    assert state_of(ws) == "left"
    ask(server, "POST", link_in(mails(ws)[0], "confirm"), CONFIRM, FORM)
    assert state_of(ws) == "active"
    assert show(ws, ADDRESS).subscriptions[0].digests == ("quarterly",)


@pytest.mark.parametrize("reason", ["bounced", "erased"])
def test_the_owners_yes_ends_a_suppression_that_was_about_the_mailbox(
    ws: Workspace, server: Served, reason: str
) -> None:
    suppress(ws, ADDRESS, reason=reason)  # type: ignore[arg-type]  # each is a reason
    join(ws, server)
    run(ws)
    assert show(ws, ADDRESS).suppressed == reason
    ask(server, "POST", link_in(mails(ws)[0], "confirm"), CONFIRM, FORM)
    assert (show(ws, ADDRESS).suppressed, state_of(ws)) == ("", "active")


@pytest.mark.parametrize("reason", ["complained", "operator"])
def test_who_complained_or_was_barred_is_not_written_to(ws: Workspace, server: Served, reason: str) -> None:
    suppress(ws, ADDRESS, reason=reason)  # type: ignore[arg-type]  # each is a reason
    join(ws, server)
    run(ws)
    assert (mails(ws), state_of(ws)) == ([], None)
    with ws.store.read() as connection:
        assert signups.in_state(connection, "data-lab", "new", 9) == ()


def test_a_member_who_asks_again_gets_their_link_and_keeps_what_they_chose(ws: Workspace, server: Served) -> None:
    add(ws, ADDRESS, "community", topics=["datathons"], digests=["monthly"])
    before = show(ws, ADDRESS)
    join(ws, server, ADDRESS, ("digest", "weekly"), ("timezone", "Asia/Tokyo"))
    run(ws)
    assert [message["Subject"] for message in mails(ws)] == ["Your link for Common Hours"]
    after = show(ws, ADDRESS)
    assert (after.subscriber, after.subscriptions, after.consents) == (
        before.subscriber, before.subscriptions, before.consents,
    )  # fmt: skip


def test_a_list_without_double_opt_in_takes_people_in_at_once(tmp_path: Path) -> None:
    ws, _ = sample(tmp_path / "lab", double_opt_in=False, welcome="mail")
    with open_pages(ws) as server:
        _, page = join(ws, server)
    assert "comes to" in page
    run(ws)
    assert state_of(ws) == "active"
    assert [line.action for line in show(ws, ADDRESS).consents] == ["requested", "added"]
    run(ws)
    assert [message["Subject"] for message in mails(ws)] == ["Welcome to Common Hours"]


def test_a_list_without_double_opt_in_still_asks_who_left(tmp_path: Path) -> None:
    ws, _ = sample(tmp_path / "lab", double_opt_in=False)
    added = add(ws, ADDRESS, "community")
    leave(ws, make_token(ws.secret, "leave", added.subscriber.id, "community"), "test")
    with open_pages(ws) as server:
        join(ws, server)
    run(ws)
    assert state_of(ws) == "left"
    assert [message["Subject"] for message in mails(ws)] == ["Please confirm: Common Hours"]


def test_a_list_that_nobody_may_join_has_no_form(tmp_path: Path) -> None:
    ws, _ = sample(tmp_path / "lab", sign_up=False)
    with open_pages(ws) as server:
        assert ask(server, "GET", "/subscribe")[0].status == 404
        assert join(ws, server)[0].status == 404
        assert join_json(server, {"email": ADDRESS, "list": "community"})[0] == 404


def test_check_38_one_address_gets_one_mail_however_often_it_is_typed(ws: Workspace, server: Served) -> None:
    pages = {join(ws, server, headers={"X-Forwarded-For": f"198.51.{n}.7"})[1] for n in range(30)}
    run(ws)
    assert len(mails(ws)) == 1
    assert len(pages) == 1


def test_check_38_one_address_gets_three_mails_a_day_and_never_two_in_a_quarter_hour(
    ws: Workspace, clock: Clock
) -> None:
    start, free = clock.now, []
    wish = Wish("community", ADDRESS, ADDRESS, ("weekly",))
    for minute in range(0, 25 * 60, 5):
        clock.now = start + timedelta(minutes=minute)
        if request(ws, wish, f"198.51.{minute % 250}.7") == "free":
            free.append(minute)
    assert free == [0, 15, 30, 24 * 60, 24 * 60 + 15, 24 * 60 + 30]


def test_check_38_one_network_asks_for_no_more_than_its_ceiling_and_an_operator_is_told(
    ws: Workspace, server: Served, caplog: pytest.LogCaptureFixture
) -> None:
    ws = with_limits(ws, per_network=5)
    with open_pages(ws) as tight:
        statuses = [
            join(ws, tight, f"reader{n}@example.org", headers={"X-Forwarded-For": f"198.51.100.{n}"})[0].status
            for n in range(12)
        ]
        assert join(ws, tight, headers={"X-Forwarded-For": "203.0.113.1"})[0].status == 200
    run(ws)
    assert statuses == [200] * 5 + [429] * 7
    assert len(mails(ws)) == 6
    assert [record.message for record in caplog.records if "one network" in record.message] != []
    assert sum("one network" in record.message for record in caplog.records) == 1
    assert len(alerts_of(ws)) == 1
    assert "198.51" not in " ".join(dump(ws))


def test_check_38_all_networks_together_have_a_ceiling_too(ws: Workspace, clock: Clock) -> None:
    ws = with_limits(ws, per_hour=4)
    with open_pages(ws) as tight:
        statuses = [
            join(ws, tight, f"reader{n}@example.org", headers={"X-Forwarded-For": f"198.51.{n}.7"})[0].status
            for n in range(7)
        ]
        assert statuses == [200] * 4 + [429] * 3
        assert join(ws, tight, "reader0@example.org")[0].status == 429, "a known address is told the same"
        clock.now += timedelta(hours=1)
        assert join(ws, tight, "late@example.org")[0].status == 200
    run(ws)
    assert len(mails(ws)) == 5
    assert [one.kind for one in alerts_of(ws)] == ["joining-everybody"]


def with_limits(ws: Workspace, **changes: int) -> Workspace:
    return with_settings(ws, joining=ws.settings.joining.model_copy(update=changes))


def alerts_of(ws: Workspace) -> tuple[Alert, ...]:
    with ws.store.read() as connection:
        return alerts.since(connection, "data-lab", ws.clock() - timedelta(days=2))


def known(ws: Workspace) -> None:
    add(ws, ADDRESS, "community")


def new(ws: Workspace) -> None:
    pass


def gone(ws: Workspace) -> None:
    added = add(ws, ADDRESS, "community")
    leave(ws, make_token(ws.secret, "leave", added.subscriber.id, "community"), "test")


def barred(ws: Workspace) -> None:
    suppress(ws, ADDRESS, reason="complained")


@pytest.mark.parametrize("road", ["page", "link", "api"])
def test_check_39_known_new_left_and_suppressed_addresses_are_answered_alike(tmp_path: Path, road: str) -> None:
    answers = set()
    for number, prepare in enumerate((known, new, gone, barred)):
        ws, _ = sample(tmp_path / str(number))
        prepare(ws)
        with open_pages(ws) as server:
            answers.add(ask_by(road, ws, server))
        ws.store.close()
    assert len(answers) == 1


def ask_by(road: str, ws: Workspace, server: Served) -> tuple[object, ...]:
    if road == "api":
        status, said = join_json(server, {"email": ADDRESS, "token": token(ws)})
        return status, str(said)
    if road == "page":
        answer, page = join(ws, server)
    else:
        body = f"email={ADDRESS}&token={token(ws, '')}".encode()
        answer, page = ask(server, "POST", "/link", body, FORM)
    return answer.status, page, str([pair for pair in answer.getheaders() if pair[0] != "date"])


HOSTILE = [
    "ada@example.org\r\nBcc: all@example.org", "ada@example.org\nSubject: hi", "ada@exa\0mple.org", "ada@exam.org\v",
    "ada@example.org\x1c", "ada@example.org\x85x", "ada@example.org\u2028x", "\u202eada@example.org\u202cx", "👩‍💻",
    "ada@" + "x" * 10_000 + ".org", "ada@example.org, bo@example.org", "<script>@example.org", "{{7*7}}@example.org",
    '"a b"@example.org', "ada@[127.0.0.1]", "ada", "", "@", "ada@localhost",
]  # fmt: skip


def test_check_40_no_text_of_a_requester_reaches_a_mail(ws: Workspace, server: Served) -> None:
    fields = [("name", "Ada <b>Buy now</b> https://evil.example.net"), ("subject", "Buy\r\nBcc: x@example.org")]
    for number, typed in enumerate((*HOSTILE, ADDRESS)):
        answer, page = join(ws, server, typed, *fields, headers={"X-Forwarded-For": f"198.51.{number}.7"})
        assert answer.status in (200, 413, 422)
        assert "<script>@" not in page
    run(ws)
    assert ADDRESS in {message["To"] for message in mails(ws)}
    for message in mails(ws):
        assert sorted(message.keys()) == sorted(set(message.keys()))
        assert (message["Bcc"], message["Subject"]) == (None, "Please confirm: Common Hours")
        body = text_of(message).replace(link_in(message, "confirm"), "")  # by chance a key has any two digits
        assert not any(word in body for word in ("evil", "Buy", "7*7", "49", str(message["To"])))


def test_the_confirmation_mail_holds_nothing_but_the_lists_own_words_and_one_link(
    ws: Workspace, server: Served
) -> None:
    join(ws, server, ADDRESS, ("timezone", "Europe/Berlin"))
    run(ws)
    [message] = mails(ws)
    html = message.get_body(("html",))
    assert html is not None
    for body in (text_of(message), str(html.get_content())):
        said = body.replace(link_in(message, "confirm"), "")  # by chance a key has any three letters
        assert "ada" not in said.casefold().replace("canada", "")
        assert "Berlin" not in said
    links = {line.strip() for line in text_of(message).splitlines() if "://" in line}
    assert links == {"https://news.example.org" + link_in(message, "confirm"), "https://data.example.org"}
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None


def test_what_fills_in_the_hidden_field_is_answered_and_gets_nothing(ws: Workspace, server: Served) -> None:
    good = join(ws, server, "bo@example.org")[1].replace("bo@example.org", ADDRESS)
    answer, page = join(ws, server, ADDRESS, ("website", "https://spam.example.net"))
    assert (answer.status, page) == (200, good)
    run(ws)
    assert [message["To"] for message in mails(ws)] == ["bo@example.org"]


@pytest.mark.parametrize(
    "made", [lambda ws: "", lambda ws: "forged", lambda ws: form_token(ws.secret, "community", ws.clock()),
             lambda ws: form_token(ws.secret, "other", ws.clock() - timedelta(seconds=9)),
             lambda ws: form_token(ws.secret, "community", ws.clock() - timedelta(days=2))],
    ids=["none", "forged", "too quick", "of another list", "too old"],
)  # fmt: skip
def test_a_form_that_nobody_was_seen_to_fill_in_asks_for_one_more_press(
    ws: Workspace, server: Served, made: Callable[[Workspace], str]
) -> None:
    body = f"list=community&email={ADDRESS}&digest=monthly&topic=datathons&token={made(ws)}".encode()
    answer, page = ask(server, "POST", "/subscribe", body, FORM)
    assert (answer.status, "One more press" in page) == (200, True)
    assert f'value="{ADDRESS}"' in page
    assert 'value="monthly" checked' in page
    assert 'value="datathons" checked' in page
    run(ws)
    assert mails(ws) == []


def test_a_form_on_another_site_posts_here_without_cookies(ws: Workspace, server: Served) -> None:
    body = f"list=community&email={ADDRESS}".encode()
    there = {**FORM, "Origin": "https://data.example.org", "Referer": "https://data.example.org/"}
    answer, page = ask(server, "POST", "/subscribe", body, there)
    assert (answer.status, answer.getheader("Set-Cookie")) == (200, None)
    [shown] = [line for line in page.splitlines() if 'name="token"' in line]
    again = shown.split('value="')[1].split('"')[0]
    joining_clock(ws).now += timedelta(seconds=3)
    answer, page = ask(server, "POST", "/subscribe", body + f"&token={again}".encode(), FORM)
    assert "Look into your mail." in page


def joining_clock(ws: Workspace) -> Clock:
    assert isinstance(ws.clock, Clock)
    return ws.clock


def test_faults_of_the_form_are_told_and_nothing_typed_is_lost(ws: Workspace, server: Served) -> None:
    answer, page = join(ws, server, "ada", ("digest", "monthly"), ("timezone", "Atlantis"), ("topic", "datathons"))
    page = unescape(page)
    assert answer.status == 422
    assert "We cannot write to this address." in page
    assert "We do not know this time zone" in page
    assert 'value="Atlantis"' in page
    assert 'value="monthly" checked' in page
    assert join(ws, server, ADDRESS, ("digest", "daily"))[0].status == 422
    assert join(ws, server, ADDRESS, ("topic", "gardening"))[0].status == 422


def test_no_topic_is_ticked_beforehand(ws: Workspace, server: Served) -> None:
    page = ask(server, "GET", "/subscribe")[1]
    assert page.count('type="checkbox"') == 4
    assert [line for line in page.splitlines() if 'type="checkbox"' in line and "checked" in line] == []


def test_my_link_is_mailed_to_a_member_and_to_nobody_else(ws: Workspace, server: Served) -> None:
    add(ws, ADDRESS, "community")
    for address in (ADDRESS, "nobody@example.org"):
        body = f"email={address}&token={token(ws, '')}".encode()
        assert "Look into your mail." in ask(server, "POST", "/link", body, FORM)[1]
    run(ws)
    [message] = mails(ws)
    assert (message["To"], message["Subject"]) == (ADDRESS, "Your link for Common Hours")
    assert ask(server, "GET", link_in(message, "p"))[0].status == 200


def test_requests_that_nobody_confirms_are_forgotten_with_the_address(
    ws: Workspace, server: Served, clock: Clock
) -> None:
    join(ws, server)
    run(ws)
    clock.now += timedelta(days=8, seconds=1)
    assert forget_unconfirmed(ws) == 1
    assert state_of(ws) is None
    kept = [line for line in dump(ws) if "ada.lovelace" in line]
    assert kept == []
    join(ws, server)
    run(ws)
    assert state_of(ws) == "pending"


def test_pages_speak_the_browsers_language_and_so_does_the_mail(ws: Workspace, server: Served) -> None:
    german = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}
    page = ask(server, "GET", "/subscribe", headers=german)[1]
    assert '<html lang="de"' in page
    assert "Anmelden" in page
    join(ws, server, ADDRESS, headers=german)
    run(ws)
    assert mails(ws)[0]["Subject"] == "Bitte bestätigen: Common Hours"
    assert show(ws, ADDRESS).subscriber.language == "de"
    assert '<html lang="de"' in ask(server, "GET", link_in(mails(ws)[0], "confirm"))[1]


def test_the_newcomer_is_welcomed_as_the_list_says(tmp_path: Path) -> None:
    ws, _ = sample(tmp_path / "lab", welcome="mail")
    with open_pages(ws) as server:
        join(ws, server)
        run(ws)
        ask(server, "POST", link_in(mails(ws)[0], "confirm"), CONFIRM, FORM)
    for _ in range(3):
        run(ws)
    assert [message["Subject"] for message in mails(ws)] == [
        "Please confirm: Common Hours",
        "Welcome to Common Hours",
    ]
    with ws.store.read() as connection:
        assert signups.in_state(connection, "data-lab", "confirmed", 9) == ()

"""What every theme makes of the mails that answer one person, in every language: held to the rules of any mail."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.app.sample import init_workspace
from newsletter.app.service_mails import service_issue
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.checks.registry import run_checks
from newsletter.language.languages import known_codes
from newsletter.model.issue import Choices, Draft, Issue
from newsletter.model.mail import SLOT_NAMES, Edition, Row, fill_text, message_bytes
from newsletter.model.service import MAY_GET, OF_THE_LIST, ServiceMail, ServiceMailName
from newsletter.render.edition import render
from newsletter.render.escaping import one_line

pytestmark = pytest.mark.no_cover  # other tests cover its lines

THEMES = ("hours", "letter")
DAY = datetime(2026, 12, 4, tzinfo=UTC)
#: What holds for a mail that belongs to a list, which these are not.
OF_A_LIST = {"hdr.unsub", "hdr.ids", "foot.complete"}
#: It goes to an address that is nobody's any more.
WITHOUT_LINK = {"address_changed"}
HEADERS = {
    "Date", "To", "Message-ID", "List-Unsubscribe", "From", "Reply-To", "Subject", "List-Id", "List-Unsubscribe-Post",
    "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip
LINKS = {name: f"https://news.example.org/{name}" for name in SLOT_NAMES}


@cache
def workspace(theme: str) -> Workspace:
    root = Path(mkdtemp(prefix="service-"))
    init_workspace(root)
    ws = open_workspace(root, environ={})
    digests = {name: one.model_copy(update={"theme": theme}) for name, one in ws.settings.digests.items()}
    return with_settings(ws, digests=digests)


def rendered(theme: str, name: ServiceMailName, language: str = "en") -> tuple[Issue, Draft, Edition]:
    choices = Choices("America/Los_Angeles", language=language, list="community")
    issue, draft = service_issue(workspace(theme), ServiceMail(name, "ada", "community", "confirm"), choices, DAY)
    return issue, draft, render(issue, draft)


@pytest.mark.parametrize("name", MAY_GET)
@pytest.mark.parametrize("theme", THEMES)
def test_the_checks_of_any_mail_find_nothing(theme: str, name: ServiceMailName) -> None:
    issue, draft, edition = rendered(theme, name)
    own = set() if name in OF_THE_LIST else OF_A_LIST
    found = [one for one in run_checks(issue, edition, draft) if one.code not in own]
    assert [str(one) for one in found if one.level != "info"] == []


@pytest.mark.parametrize("name", MAY_GET)
def test_each_says_the_same_in_every_language_and_has_its_one_link_in_both_parts(name: ServiceMailName) -> None:
    subjects = set()
    for code in known_codes():
        _, _, edition = rendered("hours", name, code)
        subjects.add(edition.subject)
        for part in (edition.html, edition.text):
            assert (LINKS["action_url"] in fill_text(part, LINKS)) == (name not in WITHOUT_LINK)
    assert len(subjects) == len(known_codes())


@pytest.mark.parametrize("name", MAY_GET)
def test_each_says_that_a_program_wrote_it_and_promises_no_list(name: ServiceMailName) -> None:
    _, _, edition = rendered("hours", name)
    row = Row("d1", "ada@example.org", "<d1@news.example.org>", LINKS["unsubscribe_url"], LINKS)
    head = message_bytes(edition, row, DAY).partition(b"\r\n\r\n")[0].lower()
    assert head.count(b"auto-submitted: auto-generated") == 1
    assert (b"list-unsubscribe" in head) == (name in OF_THE_LIST)
    assert b"precedence" not in head


@settings(max_examples=20)
@given(st.text(min_size=1, max_size=80).filter(str.strip))
@example("Hours\r\nBcc: all@example.org")
@example("Hours\n\n<html>")
@example("\u061b")
@example("\u202eHours\x00\x0b\x1c\x85\u2028{{ 7*7 }}")
def test_check_40_no_name_of_a_list_changes_the_headers(title: str) -> None:
    ws = workspace("letter")
    named = ws.settings.lists["community"].model_copy(update={"title": title})
    ws = with_settings(ws, lists={**ws.settings.lists, "community": named})
    choices = Choices("America/Los_Angeles", text_only=True, list="community")
    issue, draft = service_issue(ws, ServiceMail("welcome", "ada", "community", "confirm"), choices, DAY)
    row = Row("d1", "ada@example.org", "<d1@news.example.org>", LINKS["unsubscribe_url"], LINKS)
    message = message_from_bytes(message_bytes(render(issue, draft), row, DAY), policy=default)
    assert sorted(message.keys()) == sorted(set(message.keys()))
    assert set(message.keys()) == HEADERS
    assert message["To"] == "ada@example.org"
    # A name that runs from right to left is kept apart from the words around it, in marks that nobody sees.
    assert re.sub("[\u2068\u2069]", "", message["Subject"]).split() == f"Welcome to {one_line(title)}".split()

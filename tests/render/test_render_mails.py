"""Corrections, one-offs and mails to whole lists: rendered by the theme, and held to the same checks as issues."""

from dataclasses import replace

import pytest
from render_builders import a_draft, an_issue, plain, theme

from newsletter.checks.registry import run_checks
from newsletter.compose.message import compose_message, for_list
from newsletter.model.delivery import MailingKind
from newsletter.model.issue import Choices, Draft, Entry, Issue, Note, Section
from newsletter.model.mail import Edition, SlotRef
from newsletter.model.workspace import ListSettings
from newsletter.render.edition import render

ALL = Choices("America/Los_Angeles")
SHARED = replace(ALL, density="compact", list="staff", shared=True)
STAFF = ListSettings(
    title="Staff", digests=("weekly",), address="staff@lists.example.org", leave_url="https://lists.example.org/staff"
)
NOTE = Note(
    subject="The lab is closed on Friday", body="Snow, and **no heating**.\n\n- Stay warm", by="Noor", role="Lab"
)


def draft(kind: MailingKind, note: Note = Note(), **more: object) -> Draft:  # noqa: B008 - a frozen value
    return a_draft(kind=kind, theme=theme(), note=note, lists=(("staff", STAFF),), **more)


def message(choices: Choices = ALL) -> tuple[Issue, Draft]:
    mine = for_list(draft("one-off", NOTE), choices)
    return compose_message(mine, choices), mine


def correction(choices: Choices = ALL, **more: object) -> tuple[Issue, Draft]:
    gone = plain("dive", "event", "Deep Dive", change="cancelled", cancelled=True, was="Thu 10 Dec, 12–1 PM")
    mine = for_list(draft("correction", Note()), choices)
    issue = an_issue(
        digest="", note=Note(), choices=choices, sections=(Section("changes", "What has changed", (gone,)),),
        subject="Cancelled: Deep Dive on 10 December", strip=(),
        preheader="Was Thu 10 Dec, 12–1 PM. The lab told you otherwise.", **more,
    )  # fmt: skip
    return issue, mine


def words(edition: Edition, part: str = "text") -> str:
    parts = edition.text if part == "text" else edition.html
    return "".join(f"<{piece.name}>" if isinstance(piece, SlotRef) else piece for piece in parts)


@pytest.mark.parametrize("mail", [message, correction])
@pytest.mark.parametrize("choices", [ALL, SHARED, replace(ALL, text_only=True), replace(ALL, language="ar")])
def test_every_mail_passes_the_checks(mail, choices: Choices) -> None:
    issue, mine = mail(choices)
    found = run_checks(issue, render(issue, mine), mine)
    assert [problem for problem in found if problem.level == "error"] == []


def test_a_message_says_what_was_written_and_who_wrote_it() -> None:
    edition = render(*message())
    assert edition.subject == "The lab is closed on Friday"
    assert edition.preheader == "Snow, and no heating. Stay warm"
    for part in ("text", "html"):
        assert "Snow, and" in words(edition, part)
        assert "Noor" in words(edition, part)
        assert "You follow" not in words(edition, part)


def test_a_correction_says_what_was_and_names_no_issue() -> None:
    edition = render(*correction())
    for part in ("text", "html"):
        assert "what has changed" in words(edition, part).casefold()
        assert "Deep Dive" in words(edition, part)
        assert "Thu 10 Dec" in words(edition, part)
        assert "No. " not in words(edition, part)
        assert "You follow" not in words(edition, part)


@pytest.mark.parametrize("mail", [message, correction])
def test_personal_mails_lead_to_the_readers_own_pages(mail) -> None:
    edition = render(*mail())
    for part in ("text", "html"):
        assert "<preferences_url>" in words(edition, part)
        assert "<unsubscribe_url>" in words(edition, part)
    assert dict(edition.headers)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def issue_for_a_list() -> tuple[Issue, Draft]:
    return an_issue(choices=SHARED), for_list(draft("issue"), SHARED)


@pytest.mark.parametrize("mail", [lambda: message(SHARED), lambda: correction(SHARED), issue_for_a_list])
def test_a_mail_to_a_whole_list_holds_nothing_of_anybodys_own(mail) -> None:
    edition = render(*mail())
    for part in ("text", "html"):
        assert "<preferences_url>" not in words(edition, part)
        assert "<name>" not in words(edition, part)
        assert "everybody on Staff" in words(edition, part)
        assert "<unsubscribe_url>" in words(edition, part)
    assert "List-Unsubscribe-Post" not in dict(edition.headers)
    assert dict(edition.headers)["List-Id"].startswith("Staff <staff.")


def test_the_checks_refuse_a_persons_link_in_a_mail_to_a_list() -> None:
    issue, mine = issue_for_a_list()
    careless = dict(mine.theme) | {"shared/footer.txt": "{{ slot.preferences_url }} {{ slot.unsubscribe_url }}"}
    mine = replace(mine, theme=tuple(sorted(careless.items())))
    found = [
        problem.text for problem in run_checks(issue, render(issue, mine), mine) if problem.code == "foot.complete"
    ]
    assert any("a person's" in text for text in found)


def test_a_list_the_draft_does_not_know_is_its_own() -> None:
    mine = draft("issue")
    assert for_list(mine, ALL) == mine
    assert for_list(mine, SHARED).settings.list == "staff"


def test_entries_are_links_where_they_have_an_address() -> None:
    issue, mine = correction()
    (section,) = issue.sections
    linked = tuple(replace(entry, url="https://data.example.org/dive") for entry in section.entries)
    issue = replace(issue, sections=(replace(section, entries=linked),))
    assert isinstance(linked[0], Entry)
    for part in ("text", "html"):
        assert "https://data.example.org/dive" in words(render(issue, mine), part)

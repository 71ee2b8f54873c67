"""The studio's panes as values: outline, owners of problems, differences, inbox rows, variants."""

from dataclasses import replace
from datetime import UTC, datetime

from newsletter.app.studio.differences import event_differences, text_differences
from newsletter.app.studio.inbox import inbox_rows, shortened
from newsletter.app.studio.outline import outline_of
from newsletter.app.studio.owners import Owners, worst_levels
from newsletter.app.studio.variants import variants_of
from newsletter.delivery.planning import Reader, Wanted
from newsletter.model.issue import Choices, Entry, Issue, Note, Section, Window
from newsletter.model.item import Item
from newsletter.model.problem import Origin, Problem

NOW = datetime(2026, 12, 4, 17, tzinfo=UTC)
CSV = "content/talks.csv"
TALK = Entry("talk", "event", "Maps", when_text="Tue 8 Dec, 12 PM", place="Lakeview", origin=Origin("talks", CSV, 3))
TEA = Entry("tea", "event", "Tea", when_text="Wed 9 Dec, 4 PM", origin=Origin("pages", "content/tea.md", 1))
ISSUE = Issue(
    "weekly-2026-12-04", "weekly", 1, "Common Hours", "", "Maps", "", NOW, Window(NOW, NOW), "", "", "",
    Choices("UTC"), (), Note(),
)  # fmt: skip


def issue(*entries: Entry, more: tuple[Section, ...] = ()) -> Issue:
    return replace(ISSUE, sections=(*more, Section("events", "Come along", entries)))


def item(name: str, path: str, line: int | None) -> Item:
    return Item(name, "event", name, (Origin("it", path, line),))


def test_the_outline_counts_through_all_sections_as_the_mail_does() -> None:
    changes = Section("changes", "", (replace(TALK, change="moved"),))
    first, second = outline_of(issue(TALK, TEA, more=(changes,)), {"tea": "error"})

    assert (first.title, [(one.number, one.sign) for one in first.entries]) == ("Changes", [(0, "~")])
    assert [(one.number, one.id, one.worst) for one in second.entries] == [(1, "talk", ""), (2, "tea", "error")]


def test_a_problem_is_about_the_item_that_stands_there_or_last_before_it() -> None:
    owners = Owners([item("a", CSV, 2), item("b", CSV, 5), item("tea", "content/tea.md", 1)])

    found = [owners.of(Origin("it", CSV, line)) for line in (1, 2, 4, 5, 99)]
    assert found == ["", "a", "a", "b", "b"]
    assert owners.of(Origin("it", "content/tea.md", 40)) == "tea", "a page is one item, wherever in it"
    assert (owners.of(Origin("it", CSV)), owners.of(Origin("it", "other"))) == ("", "")


def test_the_gravest_level_counts() -> None:
    owners = Owners([item("tea", "content/tea.md", 1)])
    problems = [Problem(level, "X", "x", Origin("it", "content/tea.md", 1)) for level in ("info", "error", "warning")]
    assert worst_levels(owners, problems) == {"tea": "error"}


def test_events_are_compared_by_what_they_say() -> None:
    old = issue(TALK, TEA, replace(TEA, id="gone", title="Gone"), replace(TEA, id="off"), replace(TEA, id="same"))
    new = issue(
        replace(TALK, when_text="Thu 10 Dec, 12 PM", summary="Bring a map."),
        replace(TEA, summary="With cake."),
        replace(TEA, id="new", title="New"),
        replace(TEA, id="off", cancelled=True),
        replace(TEA, id="same"),
    )
    found = {one.id: one for one in event_differences(old, new)}

    assert [(one.id, one.change) for one in event_differences(old, new)] == [
        ("off", "cancelled"), ("talk", "moved"), ("new", "added"), ("tea", "edited"), ("gone", "gone"),
        ("same", "unchanged"),
    ]  # fmt: skip
    assert found["talk"].fields[0] == ("when_text", "Tue 8 Dec, 12 PM", "Thu 10 Dec, 12 PM")
    assert found["tea"].fields == (("summary", "", "With cake."),)


def test_what_retells_is_not_compared() -> None:
    retold = Section("glance", "", (replace(TALK, id="talk", when_text="Tue 8"),))
    assert [one.change for one in event_differences(issue(TALK), issue(TALK, more=(retold,)))] == ["unchanged"]


def test_texts_are_compared_line_by_line_and_what_is_alike_is_skipped() -> None:
    old = "\n".join(f"line {number}" for number in range(20))
    new = old.replace("line 9", "line nine")

    kinds = [line.kind for line in text_differences(old, new)]
    assert kinds == ["skipped", "same", "same", "removed", "added", "same", "same", "skipped"]
    assert text_differences(old, new)[0].text == "7 lines as before"
    assert text_differences(old, old) == ()
    assert [line.kind for line in text_differences("", "a")] == ["added"]


def test_each_list_of_mail_cuts_where_it_cuts() -> None:
    gmail, phone, desk = inbox_rows("Common Hours <hours@example.org>", "M" * 60, "p" * 200)

    assert (gmail.sender, gmail.subject, len(gmail.words), gmail.cut) == ("Common Hours", "M" * 60, 50, False)
    assert (len(phone.subject), phone.subject[-1], phone.cut) == (41, "…", True)
    assert (len(desk.subject), len(desk.words)) == (52, 55)
    assert [shortened("maps", room) for room in (4, 3, 1, 0)] == ["maps", "ma…", "", ""]


def test_readers_who_share_an_edition_are_one_variant_and_who_gets_none_is_counted() -> None:
    seattle, berlin = (Wanted(Choices(zone)) for zone in ("America/Los_Angeles", "Europe/Berlin"))
    readers = [Reader(f"s{number}", seattle) for number in range(7)]
    readers += [Reader("b", berlin), Reader("full", berlin, bar="had enough today")]

    found = variants_of(readers)
    assert [(one.wanted, one.people) for one in found.editions] == [(seattle, 7), (berlin, 1)]
    assert found.editions[0].readers == ("s0", "s1", "s2", "s3", "s4")
    assert (found.people, found.barred) == (8, (("had enough today", 1),))
    assert variants_of(reversed(readers)) == found

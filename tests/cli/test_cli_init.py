"""`init --from`: sites of four generators and a plain folder become workspaces whose config.toml works unchanged."""

import json
import os
import subprocess
import textwrap
import tomllib
from pathlib import Path

import pytest

from newsletter.cli.failures import run_guarded

AT = "2026-12-04"

ZOLA = {
    "config.toml": 'base_url = "https://lab.example.org/"\ntitle = "Harbour Lab"\n',
    "README.md": "# How to build\n",
    "content/_index.md": '+++\ntitle = "Home"\n+++\nHello.\n',
    "content/about.md": '+++\ntitle = "About"\n+++\nWho we are.\n',
    "content/courses/_index.md": '+++\ntitle = "Courses"\nsort_by = "date"\n+++\n',
    "content/courses/maps.md": """\
        +++
        title = "Maps from open data"
        date = 2026-09-01
        path = "/courses/maps/"
        [taxonomies]
        tags = ["course"]
        [extra.class_information]
        dates = "Dec 8, 10, 2026"
        time = "Noon - 1:30pm PT"
        [extra]
        registration_link = "https://lab.example.org/register/maps"
        +++
        Bring a table. See [the other one](@/courses/tables.md).
        """,
    "content/courses/tables/index.md": """\
        +++
        title = "Tables, honestly"
        date = 2026-09-02
        [taxonomies]
        tags = ["course"]
        [extra.class_information]
        dates = "January 12, 2027"
        time = "9 - 11am PT"
        +++
        """,
    "content/news/one.md": '+++\ntitle = "A new room"\ndate = 2026-11-30\n+++\nIt has windows.\n',
    "templates/notes.md": "---\ntitle: no\nstart: 2026-12-08\n---\n",
    "themes/x/content/events/demo.md": "---\ntitle: demo\nstart: 2026-12-08\n---\n",
}

JEKYLL = {
    "_config.yml": "title: Prairie Coders\nurl: https://prairie.example.org\ntimezone: America/Chicago\n",
    "_posts/2026-11-20-two-new-rooms.md": "---\nlayout: post\ncategories: news\n---\nBoth have windows.\n",
    "_posts/2026-11-30-thanks.md": "---\ntitle: Thanks\n---\nTo all.\n",
    "_events/call.md": """\
        ---
        title: December community call
        event_date: "December 10, 2026"
        time:
          - - start: 2026-12-10T17:00:00Z
              end: 2026-12-10T18:00:00Z
        ---
        Come and listen. {% include zoom.html %}
        """,
    "_events/first-tuesdays.md": """\
        ---
        title: First Tuesdays
        rrule:
          - DTSTART;TZID=America/New_York:20261201T130000
          - RRULE:FREQ=MONTHLY;BYDAY=+1TU
        ---
        """,
    "_data/talks.yml": """\
        - name: Small data
          date: 2026-12-09
          speaker: Odile Brandt
          venue: Old Mill
        - name: Slow data
          date: 2027-01-13
          speaker: Tam Nguyen
          venue: Old Mill
        """,
    "_layouts/event.md": "---\ntitle: no\nstart: 2026-12-08\n---\n",
}

QUARTO = {
    "_quarto.yml": 'website:\n  title: "R in the valley"\n  site-url: https://valley.example.org\n',
    "index.qmd": '---\ntitle: "Welcome"\n---\n',
    "meetups/december.qmd": """\
        ---
        title: "An evening of tables"
        date: 2026-11-01
        session:
          begins: 2026-12-09 18:00
          finishes: 2026-12-09 20:00
        categories: [meetup]
        ---
        ::: {.callout-note}
        Bring *one* table.
        :::
        """,
    "meetups/january.qmd": """\
        ---
        title: "An evening of maps"
        date: 2026-11-02
        session:
          begins: 2027-01-13 18:00
          finishes: 2027-01-13 20:00
        categories: [meetup]
        ---
        """,
    "files/group.ics": """\
        BEGIN:VCALENDAR
        VERSION:2.0
        X-WR-TIMEZONE:Europe/Lisbon
        BEGIN:VEVENT
        UID:1@valley.example.org
        DTSTART:20261211T180000
        DTEND:20261211T190000
        SUMMARY:Help desk
        END:VEVENT
        END:VCALENDAR
        """,
}

HUGO = {
    "hugo.toml": 'baseURL = "https://delta.example.org/"\ntitle = "Delta Coders"\ntimeZone = "America/New_York"\n',
    "archetypes/events.md": '---\ntitle: "{{ replace .Name }}"\ndate: {{ .Date }}\n---\n',
    "content/_index.md": "---\ntitle: Delta Coders\ndate: 2020-01-01\n---\n",
    "content/about.md": "---\ntitle: About\ndate: 2020-01-01\n---\nWho we are.\n",
    "content/events/_index.md": "---\ntitle: Events\ndate: 2020-01-01\n---\n",
    "content/events/winter-hack/index.md": """\
        ---
        title: Winter hack
        date: 2026-12-12T10:00:00-05:00
        end_date: 2026-12-12T16:00:00-05:00
        publishDate: 2026-11-01
        venue:
          venue_name: Mill Hall
          room: Attic
        registration_url: /register/hack
        topics: [hack]
        ---
        {{< figure src="hack.jpg" >}}

        Bring a laptop to {{< param "venue.room" >}}. Read [the rules]({{< ref "/posts/rules.md" >}}).
        """,
    "content/events/maps.md": """\
        +++
        title = "Maps by boat"
        date = "2026-12-09 18:00:00 -0500"
        end_date = "2026-12-09 20:00:00 -0500"
        topics = ["maps"]
        event_platform = "Zoom"
        [venue]
        venue_name = "Boat house"
        +++
        """,
    "content/events/summer.md": "---\ntitle: Summer\ndate: 2027-07-07 18:00:00 -0500\ndraft: true\n---\n",
    "content/posts/rules.md": """\
        ---
        title: New rules
        date: 2026-11-20T09:00:00-05:00
        expiryDate: 2027-02-01
        ---
        Be kind.
        """,
    "data/desk.yaml": "- title: Help desk\n  start: 2026-12-08 12:00\n  end: 2026-12-08 13:00\n  location: Library\n",
    "themes/x/exampleSite/content/x.md": "---\ntitle: no\nstart: 2026-12-08\n---\n",
    "public/events/maps/index.md": "---\ntitle: no\nstart: 2026-12-08\n---\n",
}

HUGO_SPLIT = {
    "config/_default/hugo.yaml": 'baseURL: "https://ridge.example.org"\ntitle: Ridge readers\n',
    "config/_default/menus.yaml": "main:\n  - name: Talks\n    url: /talks/\n",
    "content/talks/2026/december.md": """\
        ---
        title: "Slow reading"
        date: 2026-11-02T08:00:00+01:00
        params:
          when: "Thursday 10 December 2026"
          time: "18:00 - 19:30 (CET)"
          location: Old Mill
        tags: [reading]
        ---
        """,
    "content/talks/2027/january.md": """\
        ---
        title: "Fast reading"
        date: 2026-11-03T08:00:00+01:00
        params:
          when: "Thursday 14 January 2027"
          time: "18:00 - 19:30 (CET)"
          location: Old Mill
        tags: [reading]
        ---
        """,
}

PLAIN = {
    "export.csv": """\
        Subject,Start Date,Start Time,End Date,End Time,All Day Event,Description,Location,Private
        Retreat,1/20/2027,9:00 AM,1/20/2027,5:00 PM,False,,Fir Lodge,False
        """,
    "notes.md": "# Notes\n\nNothing with a date.\n",
}


def site(folder: Path, files: dict[str, str]) -> Path:
    """The checkout of a website."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run a command; its exit code and what it printed."""
    code = run_guarded(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def init(tmp_path: Path, files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> tuple[Path, str]:
    """The workspace that is written for the site, and what was printed about it."""
    checkout = site(tmp_path / "site", files)
    code, out, err = run(capsys, "init", str(tmp_path / "ws"), "--from", str(checkout), "--at", AT)
    assert (code, err) == (0, "")
    return tmp_path / "ws", out


def document(workspace: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    """What a command prints as JSON, once it has succeeded."""
    code, out, err = run(capsys, "--workspace", str(workspace), *arguments, "--at", AT, "--json")
    assert code == 0, err
    return json.loads(out)


def entries(issue: dict, kind: str) -> list[str]:
    """The titles in a section of an issue."""
    return [
        entry["title"] for section in issue["sections"] if section["kind"] == kind for entry in section["entries"]
    ]


def sources(workspace: Path) -> dict[str, dict]:
    """The sources that config.toml names."""
    config = tomllib.loads((workspace / "config.toml").read_text(encoding="utf-8"))
    return {source["name"]: source for source in config["sources"]}


def test_a_zola_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace, out = init(tmp_path, ZOLA, capsys)
    assert "Layout: zola, since config.toml is there and sets base_url." in out
    assert (
        "Cadence: weekly (weekly on Friday at 09:00), since its first issue, weekly-2026-12-04, has 1 event." in out
    )
    config = tomllib.loads((workspace / "config.toml").read_text(encoding="utf-8"))
    assert config["community"]["timezone"] == "America/Los_Angeles", "its events say PT"
    assert "community.timezone" not in out
    assert {name: source["preset"] for name, source in sources(workspace).items()} == {
        "courses": "zola",
        "news": "zola",
    }
    reading = document(workspace, capsys, "collect")
    assert [event["title"] for event in reading["events"]] == ["Maps from open data", "Tables, honestly"]
    assert [item["title"] for item in reading["announcements"]] == ["A new room"]
    addresses = [event["url"] for event in reading["events"]]
    assert addresses == ["https://lab.example.org/courses/maps/", "https://lab.example.org/courses/tables/"]
    issue = document(workspace, capsys, "compose", "weekly")
    assert entries(issue, "events") == ["Maps from open data"]
    assert not (workspace / "content" / "about.md").exists()


def test_a_jekyll_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace, out = init(tmp_path, JEKYLL, capsys)
    assert "Layout: jekyll, since _config.yml is there." in out
    config = tomllib.loads((workspace / "config.toml").read_text(encoding="utf-8"))
    assert config["community"]["timezone"] == "America/Chicago"
    assert sources(workspace)["posts"]["kind"] == "announcement"
    assert sources(workspace)["talks"]["fields"] == {"start": "date"}
    reading = document(workspace, capsys, "collect")
    assert {event["title"] for event in reading["events"]} == {
        "December community call", "First Tuesdays", "Small data", "Slow data",
    }  # fmt: skip
    assert [item["title"] for item in reading["announcements"]] == ["Two new rooms", "Thanks"]
    issue = document(workspace, capsys, "compose", "weekly")
    assert entries(issue, "events") == ["Small data", "December community call"]


def test_a_quarto_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace, out = init(tmp_path, QUARTO, capsys)
    assert "Layout: quarto, since _quarto.yml is there." in out
    assert sources(workspace)["meetups"]["fields"] == {"start": "session.begins", "end": "session.finishes"}
    assert sources(workspace)["meetups"]["naive"] == "Europe/Lisbon"
    assert "naive" not in sources(workspace)["group"]
    written = (workspace / "config.toml").read_text(encoding="utf-8")
    assert "# `session.begins` gives start: its name says so, and 2 of 2 values fit." in written
    issue = document(workspace, capsys, "compose", "weekly")
    assert entries(issue, "events") == ["An evening of tables", "Help desk"]
    lists = tomllib.loads((workspace / "subscribers/lists.toml").read_text(encoding="utf-8"))
    assert lists["topics"] == {"meetup": {"title": "Meetup", "tags": ["meetup"]}}


def test_a_hugo_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace, out = init(tmp_path, HUGO, capsys)
    assert "Layout: hugo, since hugo.toml is there and sets baseURL." in out
    assert "its first issue, weekly-2026-12-04, has 3 events." in out
    assert {name: source.get("preset") for name, source in sources(workspace).items()} == {
        "events": "hugo", "posts": "hugo", "desk": None,
    }  # fmt: skip
    reading = document(workspace, capsys, "collect")
    assert {
        event["title"]: (event["occurrences"][0]["start"], event["place"]["name"]) for event in reading["events"]
    } == {
        "Help desk": ("2026-12-08T12:00:00-05:00", "Library"),
        "Maps by boat": ("2026-12-09T18:00:00-05:00", "Boat house"),
        "Winter hack": ("2026-12-12T10:00:00-05:00", "Mill Hall"),
    }
    (hack,) = (event for event in reading["events"] if event["title"] == "Winter hack")
    assert hack["url"] == "https://delta.example.org/events/winter-hack/"
    assert hack["summary"] == "Bring a laptop to Attic. Read the rules."
    assert hack["registration_url"] == "https://delta.example.org/register/hack"
    assert [item["title"] for item in reading["announcements"]] == ["New rules"]
    assert [problem["code"] for problem in reading["problems"]] == ["I-DRAFT", "I-TEMPLATE"]
    issue = document(workspace, capsys, "compose", "weekly")
    assert entries(issue, "events") == ["Help desk", "Maps by boat", "Winter hack"]
    assert entries(issue, "announcements") == ["New rules"]


def test_a_hugo_site_with_its_settings_in_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace, out = init(tmp_path, HUGO_SPLIT, capsys)
    assert "Layout: hugo, since config/_default/hugo.yaml is there and sets baseURL." in out
    config = tomllib.loads((workspace / "config.toml").read_text(encoding="utf-8"))
    assert config["community"]["timezone"] == "Europe/Berlin", "its events say CET"
    reading = document(workspace, capsys, "collect")
    assert [(event["title"], event["url"]) for event in reading["events"]] == [
        ("Slow reading", "https://ridge.example.org/talks/2026/december/"),
        ("Fast reading", "https://ridge.example.org/talks/2027/january/"),
    ]
    assert reading["problems"] == []
    issue = document(workspace, capsys, "compose", "weekly")
    assert entries(issue, "events") == ["Slow reading"]


def test_a_plain_folder_is_monthly_where_the_next_week_is_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = site(tmp_path / "site", PLAIN)
    code, out, _ = run(capsys, "init", str(tmp_path / "ws"), "--from", str(checkout), "--at", "2026-12-30")
    assert code == 0
    assert "Layout: plain" in out
    assert "community.timezone: nothing in the site names a zone; UTC stands in for it" in out
    assert "Cadence: monthly (monthly on first Monday at 09:00)" in out
    assert "its first issue, monthly-2027-01-04, has 1 event" in out
    assert "(pages)" in out
    assert "No event or announcement can be read from it (1 page)." in out
    code, out, _ = run(
        capsys, "--workspace", str(tmp_path / "ws"), "compose", "monthly", "--at", "2026-12-30", "--json"
    )
    assert (code, entries(json.loads(out), "events")) == (0, ["Retreat"])


def test_when_the_next_content_is_far_away_it_says_when(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    far = {"export.csv": PLAIN["export.csv"].replace("1/20/2027", "3/24/2027")}
    _, out = init(tmp_path, far, capsys)
    assert "the next weeks are empty: the first issue with content is weekly-2027-03-19, with 1 event" in out


def test_when_nothing_lies_ahead_it_says_how_old_the_newest_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = {"export.csv": PLAIN["export.csv"].replace("1/20/2027", "3/24/2021")}
    _, out = init(tmp_path, old, capsys)
    assert "nothing lies ahead (the newest event is of 2021-03-24)" in out


def test_offsets_that_lie_make_the_clock_believed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = {
        f"_events/{month}.md": f"---\ntitle: Call {month}\nstart: 2026-{month:02}-10 14:00:00 -0600\n---\n"
        for month in (6, 7, 8, 12)
    }
    workspace, out = init(tmp_path, {"_config.yml": JEKYLL["_config.yml"], **pages}, capsys)
    assert sources(workspace)["events"]["offset"] == "wall_clock"
    assert "3 offsets are not those of America/Chicago on their days: the clock is believed." in out


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"notes.txt": "Dec 8"}, "holds no event and no announcement that can be read"),
        ({"index.md": "# Home\n"}, "holds no event and no announcement that can be read"),
    ],
)
def test_a_site_without_content_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], said: str
) -> None:
    code, _, err = run(capsys, "init", str(tmp_path / "ws"), "--from", str(site(tmp_path / "site", files)))
    assert code == 1
    assert said in err
    assert not (tmp_path / "ws").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkout = site(tmp_path / "site", ZOLA)
    code, _, err = run(capsys, "init", str(checkout), "--from", str(checkout), "--at", AT)
    assert code == 1
    assert "is not an empty folder" in err
    assert (checkout / "config.toml").read_text(encoding="utf-8") == ZOLA["config.toml"]


def test_a_link_out_of_the_site_is_not_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("---\ntitle: Secret\nstart: 2026-12-08\n---\n", encoding="utf-8")
    checkout = site(tmp_path / "site", ZOLA)
    (checkout / "content/courses/secret.md").symlink_to(secret)
    run(capsys, "init", str(tmp_path / "ws"), "--from", str(checkout), "--at", AT)
    assert not (tmp_path / "ws/content/courses/secret.md").exists()


def test_a_git_repository_stays_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_GIT_PROTOCOLS", "file")
    checkout = site(tmp_path / "site", ZOLA)
    who = {f"GIT_{role}_{what}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "The site"]):
        subprocess.run(["git", *command], cwd=checkout, check=True, env={**os.environ, **who})
    url = checkout.as_uri()
    code, _, err = run(capsys, "init", str(tmp_path / "ws"), "--from", url, "--at", AT)
    assert (code, err) == (0, "")
    assert sources(tmp_path / "ws")["courses"]["git"] == url
    assert not (tmp_path / "ws/content").exists()
    issue = document(tmp_path / "ws", capsys, "compose", "weekly")
    assert entries(issue, "events") == ["Maps from open data"]


def test_an_address_that_git_may_not_use_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "init", str(tmp_path / "ws"), "--from", f"file://{tmp_path}", "--at", AT)
    assert code == 1
    assert "git may use https here" in err


def test_names_that_mean_something_to_patterns_or_toml_are_taken_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        "_config.yml": "title: 'Say \"hi\" \\ # to ünïcode'\n",
        'talks [1] "new".csv': 'title,start,tags\nA,2026-12-08,"x\ty"\nB,2026-12-09,"x\ty"\n',
    }
    workspace, _ = init(tmp_path, files, capsys)
    assert [event["title"] for event in document(workspace, capsys, "collect")["events"]] == ["A", "B"]
    config = tomllib.loads((workspace / "config.toml").read_text(encoding="utf-8"))
    assert config["community"]["name"] == 'Say "hi" \\ # to ünïcode'

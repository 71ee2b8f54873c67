"""Remote sources, read over HTTP from this machine and by git from a repository in a folder."""

import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support_http import CannedHttp, response
from support_http import canned as serving
from support_workspace import Clock, settings_at

from newsletter.app import fetching
from newsletter.app.collecting import collect
from newsletter.app.fetching import Fetching, Recent, age_text
from newsletter.app.sample import init_workspace
from newsletter.app.suggesting import find_suggestions
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.model.item import Reading
from newsletter.model.workspace import Expect, SourceSettings
from newsletter.net.git import matches
from newsletter.net.guarded import Guard
from newsletter.redaction import redact

NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
HERE = {"NEWSLETTER_FETCH_ALLOW": "127.0.0.1", "NEWSLETTER_GIT_PROTOCOLS": "file, http"}
ROWS = b"title,start,place,url\nA talk,2026-12-08,Room 4,/talks/1\n"


@contextmanager
def canned(answer: Callable[[bytes], bytes | None] | bytes) -> Iterator[CannedHttp]:
    """A server that is really gone afterwards: its last `accept` outlives the closing of its socket."""
    with serving(answer) as server:
        yield server
    hang_up(server)


def hang_up(server: CannedHttp) -> None:
    server.close()
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 1).close()


def workspace(root: Path, *sources: SourceSettings, **environ: str) -> Workspace:
    settings = settings_at(root).model_copy(update={"sources": sources})
    return Workspace(settings, Clock(NOW), {"PATH": "/usr/bin:/bin", **HERE, **environ})


def read(ws: Workspace, after: timedelta = timedelta()) -> Reading:
    return collect(Workspace(ws.settings, Clock(NOW + after), ws.environ), NOW)


def titles(reading: Reading) -> list[str]:
    return [item.title for item in reading.items]


def told(reading: Reading) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in reading.problems]


def table(**settings: object) -> SourceSettings:
    return SourceSettings.model_validate({"name": "talks", "format": "csv", **settings})


def test_a_table_by_its_address(tmp_path: Path) -> None:
    with canned(response(200, ROWS)) as server:
        reading = read(workspace(tmp_path, table(url=f"{server.url}/talks.csv")))
    (item,) = reading.items
    assert item.title == "A talk"
    assert item.url == f"{server.url}/talks/1"
    assert item.origin.path == f"{server.url}/talks.csv"
    assert not reading.problems
    assert reading.sources[0].path == f"{server.url}/talks.csv"


def test_an_unchanged_table_is_asked_for_and_not_sent_again(tmp_path: Path) -> None:
    def answer(request: bytes) -> bytes:
        return response(304) if b'If-None-Match: "a"' in request else response(200, ROWS, ETag='"a"')

    with canned(answer) as server:
        ws = workspace(tmp_path, table(url=server.url))
        assert titles(read(ws)) == titles(read(ws)) == ["A talk"]
        assert [b"If-None-Match" in request for request in server.requests] == [False, True]
    down = read(ws, timedelta(hours=5))
    assert titles(down) == ["A talk"]


def test_without_a_network_the_last_good_copy_is_read_and_its_age_told(tmp_path: Path) -> None:
    with canned(response(200, ROWS)) as server:
        ws = workspace(tmp_path, table(url=server.url))
        read(ws)
    reading = read(ws, timedelta(hours=49))
    assert titles(reading) == ["A talk"]
    assert told(reading) == [("warning", "source.cached")]
    assert reading.problems[0].text == (
        "source 'talks' could not be fetched: no connection could be made, or not a secure one; "
        "its copy from 2 days ago is used"
    )


def test_a_confirmation_makes_the_copy_young_again(tmp_path: Path) -> None:
    replies = [response(200, ROWS, ETag='"a"'), response(304), response(503)]
    with canned(lambda _: replies.pop(0) if replies else None) as server:
        ws = workspace(tmp_path, table(url=server.url))
        read(ws)
        read(ws, timedelta(hours=10))
        reading = read(ws, timedelta(hours=13))
    assert "its server answered 503; its copy from 3 hours ago" in reading.problems[0].text


def test_who_looks_again_within_a_minute_asks_nobody(tmp_path: Path) -> None:
    with canned(response(200, ROWS)) as server:
        ws = workspace(tmp_path, table(url=f"{server.url}/talks.csv"))
        recent = Recent()
        for seconds, asked in ((0, 1), (59, 1), (60, 2), (30, 3)):
            later = Workspace(ws.settings, Clock(NOW + timedelta(seconds=seconds)), ws.environ)
            assert titles(collect(later, NOW, recent)) == ["A talk"]
            assert len(server.requests) == asked


def test_a_server_that_is_down_is_not_asked_at_every_look(tmp_path: Path) -> None:
    with canned(response(500)) as server:
        ws, recent = workspace(tmp_path, table(url=f"{server.url}/talks.csv")), Recent()
        first, second = collect(ws, NOW, recent), collect(ws, NOW, recent)
        asked = len(server.requests)
    assert (told(first), told(second), asked) == ([("error", "source.unreachable")],) * 2 + (1,)


def test_another_place_is_fetched_and_another_way_of_reading_is_not(tmp_path: Path) -> None:
    with canned(response(200, ROWS)) as server:
        recent = Recent()
        urls = [table(url=f"{server.url}/talks.csv"), table(url=f"{server.url}/talks.csv", kind="announcement")]
        for source in (*urls, table(url=f"{server.url}/others.csv")):
            collect(workspace(tmp_path, source), NOW, recent)
        assert [request.split()[1] for request in server.requests] == [b"/talks.csv", b"/others.csv"]


def test_events_in_the_prose_of_what_was_fetched_are_offered(tmp_path: Path) -> None:
    news = b"title,body,registration\nSoup,The soup is on December 16 2026 at noon. [Register](/rsvp).,\n"
    with canned(response(200, news)) as server:
        source = table(url=f"{server.url}/news/rows.csv", kind="announcement")
        (offer,) = find_suggestions(workspace(tmp_path, source), NOW).offers
        assert len(server.requests) == 1
    assert (offer.suggestion.title, offer.suggestion.origin.path) == ("Soup", f"{server.url}/news/rows.csv")
    assert offer.suggestion.registration_url == f"{server.url}/rsvp"


def test_without_network_or_copy_the_source_alone_is_lost(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_bytes(ROWS)
    gone = table(name="gone", url="http://127.0.0.1:9/", expect=Expect(min_items=3))
    reading = read(workspace(tmp_path, gone, table(path="own.csv", base_url="https://lab.example.org")))
    assert titles(reading) == ["A talk"]
    assert sorted(told(reading)) == [("error", "source.unreachable"), ("warning", "source.few")]


def test_another_address_does_not_get_the_copy_of_the_first(tmp_path: Path) -> None:
    with canned(response(200, ROWS)) as server:
        read(workspace(tmp_path, table(url=f"{server.url}/1")))
    assert titles(read(workspace(tmp_path, table(url=f"{server.url}/2")))) == []


def test_a_damaged_copy_is_not_read(tmp_path: Path) -> None:
    with canned(response(200, ROWS, ETag='"a"')) as server:
        ws = workspace(tmp_path, table(url=server.url))
        read(ws)
        (kept,) = (tmp_path / ".cache/sources").iterdir()
        kept.write_bytes(kept.read_bytes()[:-3])
        read(ws)
        assert b"If-None-Match" not in server.requests[1]


def test_the_cache_is_closed_to_others_and_to_git(tmp_path: Path) -> None:
    with canned(response(200, ROWS)) as server:
        read(workspace(tmp_path, table(url=server.url)))
    cache = tmp_path / ".cache"
    assert {path.stat().st_mode & 0o777 for path in (cache, cache / "sources")} == {0o700}
    assert [path.stat().st_mode & 0o777 for path in (cache / "sources").iterdir()] == [0o600]
    assert (cache / ".gitignore").read_text() == "*\n"


def test_a_redirect_inwards_is_refused(tmp_path: Path) -> None:
    with canned(response(302, Location="http://169.254.169.254/latest/meta-data/")) as server:
        reading = read(workspace(tmp_path, table(url=server.url)))
    assert told(reading) == [("error", "source.unreachable")]
    assert "private network" in reading.problems[0].text


def test_this_machine_is_not_asked_unless_the_operator_permits_it(tmp_path: Path) -> None:
    with canned(response(200, ROWS)) as server:
        reading = read(workspace(tmp_path, table(url=server.url), NEWSLETTER_FETCH_ALLOW=""))
    assert told(reading) == [("error", "source.unreachable")]
    assert not server.requests


def test_permissions_that_cannot_be_read_permit_nothing(tmp_path: Path) -> None:
    reading = read(workspace(tmp_path, table(url="http://127.0.0.1:9/"), NEWSLETTER_FETCH_ALLOW="localhost"))
    assert told(reading) == [("error", "source.settings")]


@pytest.mark.parametrize("status", [200, 404, 302])
def test_a_secret_address_stands_nowhere(tmp_path: Path, capsys, caplog, status: int) -> None:
    caplog.set_level("DEBUG")
    reply = response(status, b"title,start\nTwo,soonish\n\xff", Location="ftp://127.0.0.1/wren")
    with canned(reply) as server:
        ws = workspace(tmp_path, table(url_env="LAB_CALENDAR_URL"), LAB_CALENDAR_URL=f"{server.url}/wren-123/x.csv")
        first = read(ws)
        hang_up(server)
        second = read(ws, timedelta(hours=3))
    shown = capsys.readouterr()
    cached = [path.name.encode() + path.read_bytes() for path in (tmp_path / ".cache").rglob("*") if path.is_file()]
    everything = f"{ws!r}{first}{second}{shown}{caplog.text}{cached}"
    assert "wren" not in everything
    assert f"127.0.0.1:{server.url.rpartition(':')[2]}" not in everything
    assert "$LAB_CALENDAR_URL" in str([problem.origin.path for problem in second.problems])


def test_a_secret_address_may_stand_in_a_private_file(tmp_path: Path) -> None:
    note = tmp_path / "address"
    with canned(response(200, ROWS)) as server:
        note.write_text(f"{server.url}/x\n")
        ws = workspace(tmp_path, table(url_env="LAB_URL"), LAB_URL_FILE=str(note))
        note.chmod(0o644)
        assert told(read(ws)) == [("error", "source.secret")]
        note.chmod(0o600)
        assert titles(read(ws)) == ["A talk"]


@pytest.mark.parametrize(("ending", "word"), [("", "wren"), ("_FILE", "heron")])
def test_no_log_says_a_secret_address_wherever_it_stands(tmp_path: Path, ending: str, word: str) -> None:
    init_workspace(tmp_path / "lab")
    with (tmp_path / "lab/config.toml").open("a") as config:
        config.write('\n[alerts]\nwebhook_env = "LAB_ALERTS"\n')
    address = f"https://chat.example.org/hook/{word}"
    note = tmp_path / "address"
    note.write_text(f"{address}\n")
    note.chmod(0o600)
    open_workspace(tmp_path / "lab", {f"LAB_ALERTS{ending}": str(note) if ending else address})
    assert word not in redact(f"could not connect to {address}")


def test_an_address_that_is_not_set_is_named(tmp_path: Path) -> None:
    reading = read(workspace(tmp_path, table(url_env="LAB_CALENDAR_URL")))
    assert told(reading) == [("error", "source.secret")]
    assert "LAB_CALENDAR_URL" in reading.problems[0].text


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run([*command, "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(site: Path, files: dict[str, str], message: str = "Write") -> str:
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    git(site, "add", "-A")
    git(site, "commit", "-q", "-m", message)
    return git(site, "rev-parse", "HEAD")


def page(title: str) -> str:
    return f"---\ntitle: {title}\nstart: 2026-12-08 12:00\nplace: Room 4\n---\n\nCome.\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    site = tmp_path / "site"
    site.mkdir()
    git(site, "init", "-q")
    commit(site, {"events/one.md": page("One"), "events/2026/two.md": page("Two"), "README.md": page("No")})
    return site


def pages(site: Path, **settings: object) -> SourceSettings:
    given = {"name": "site", "format": "markdown", "git": f"file://{site}", "path": "events/**/*.md", **settings}
    return SourceSettings.model_validate(given)


def test_pages_out_of_a_repository(tmp_path: Path, site: Path) -> None:
    ws = workspace(tmp_path / "ws", pages(site))
    reading = read(ws)
    assert [(item.title, item.origin.path) for item in reading.items] == [
        ("Two", "events/2026/two.md"),
        ("One", "events/one.md"),
    ]
    commit(site, {"events/three.md": page("Three")})
    assert titles(read(ws)) == ["Two", "One", "Three"]
    (store,) = [path for path in (tmp_path / "ws/.cache/sources").iterdir() if path.is_dir()]
    assert git(store, "rev-list", "--count", "refs/newsletter/kept") == "1"


@pytest.mark.parametrize("kind", ["branch", "tag", "commit"])
def test_the_repository_as_of_a_ref(tmp_path: Path, site: Path, kind: str) -> None:
    git(site, "branch", "branch")
    git(site, "tag", "tag")
    git(site, "config", "uploadpack.allowAnySHA1InWant", "true")
    ref = git(site, "rev-parse", "HEAD") if kind == "commit" else kind
    commit(site, {"events/later.md": page("Later")})
    assert titles(read(workspace(tmp_path / "ws", pages(site, ref=ref)))) == ["Two", "One"]


def test_a_repository_that_has_gone_leaves_its_last_good_copy(tmp_path: Path, site: Path) -> None:
    ws = workspace(tmp_path / "ws", pages(site))
    read(ws)
    site.rename(tmp_path / "moved")
    reading = read(ws, timedelta(minutes=90))
    assert titles(reading) == ["Two", "One"]
    assert told(reading) == [("warning", "source.cached")]
    assert "no git repository at its address; its copy from 90 minutes ago is used" in reading.problems[0].text


def test_a_ref_that_is_not_there(tmp_path: Path, site: Path) -> None:
    reading = read(workspace(tmp_path / "ws", pages(site, ref="gone")))
    assert told(reading) == [("error", "source.unreachable")]
    assert "it has no branch, tag or commit 'gone'" in reading.problems[0].text


def test_links_and_large_files_of_a_repository_are_named_and_not_read(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MAX_FILE_BYTES", 1000)
    (site / "events/link.md").symlink_to("/etc/passwd")
    commit(site, {"events/huge.md": page("Huge") + "x" * 2000})
    reading = read(workspace(tmp_path / "ws", pages(site)))
    assert titles(reading) == ["Two", "One"]
    assert {(problem.origin.path, problem.code) for problem in reading.problems} == {
        ("events/link.md", "source.link"),
        ("events/huge.md", "source.too-large"),
    }


def test_nothing_of_a_repository_is_run(tmp_path: Path, site: Path) -> None:
    mark = tmp_path / "ran"
    hook = f"#!/bin/sh\ntouch {mark}\n"
    commit(site, {".gitattributes": "*.md filter=evil\n", ".githooks/post-checkout": hook})
    templates = tmp_path / "home/templates/hooks"
    templates.mkdir(parents=True)
    for name in ("post-checkout", "reference-transaction", "pre-auto-gc"):
        (templates / name).write_text(hook)
        (templates / name).chmod(0o755)
    (tmp_path / "home/.gitconfig").write_text(
        f"[core]\nhooksPath = {templates}\n[init]\ntemplateDir = {templates.parent}\n"
        f'[filter "evil"]\nsmudge = touch {mark}\n'
    )
    ws = workspace(tmp_path / "ws", pages(site), HOME=str(tmp_path / "home"))
    assert titles(read(ws)) == ["Two", "One"]
    assert not mark.exists()


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c touch% ran",
        "--upload-pack=touch ran",
        "-oProxyCommand=x",
        "/srv/site.git",
        "ssh://git@example.org/site.git",
        "git@example.org:site.git",
        "http://127.0.0.2/site.git",
        "http://169.254.169.254/site.git",
        "https://user:canary@example.org/site.git",
    ],
)
def test_addresses_that_git_is_not_given(tmp_path: Path, address: str) -> None:
    reading = read(workspace(tmp_path, pages(tmp_path, git=address)))
    assert told(reading) == [("error", "source.unreachable")]
    assert not (tmp_path / "ran").exists()
    assert not list((tmp_path / ".cache/sources").iterdir())


def test_git_speaks_https_alone_unless_the_operator_permits_more(tmp_path: Path, site: Path) -> None:
    reading = read(workspace(tmp_path / "ws", pages(site), NEWSLETTER_GIT_PROTOCOLS=""))
    assert "git may use https here" in reading.problems[0].text


@pytest.mark.parametrize("ref", ["-x", "--upload-pack=x", "a..b", "a:refs/heads/b", "+main", "a b", "main^{tree}"])
def test_refs_that_git_is_not_given(tmp_path: Path, site: Path, ref: str) -> None:
    assert "its ref is no name" in read(workspace(tmp_path / "ws", pages(site, ref=ref))).problems[0].text


def test_git_asks_the_address_that_was_checked_and_no_other(tmp_path: Path) -> None:
    guard = Guard(resolver=lambda host, port: ["127.0.0.1"])
    with canned(response(404)) as server:
        desk = Fetching(tmp_path, NOW, {"PATH": "/usr/bin:/bin", **HERE}, guard)
        desk.load(pages(tmp_path, git=server.url.replace("127.0.0.1", "pinned.example.org") + "/site.git"))
    assert b"\r\nHost: pinned.example.org:" in server.requests[0]


def test_a_repository_that_never_answers_is_given_up(tmp_path: Path) -> None:
    given_up, waited = threading.Event(), list[bool]()
    with canned(lambda _: waited.append(given_up.wait(60))) as server:
        desk = Fetching(tmp_path, NOW, {"PATH": "/usr/bin:/bin", **HERE}, git_seconds=0.5)
        loaded = desk.load(pages(tmp_path, git=f"{server.url}/site.git"))
        assert waited == []
        given_up.set()
    assert "git did not finish within 0.5 seconds" in loaded.problems[0].text


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.md", "a.md", True),
        ("*.md", "x/a.md", False),
        ("**/*.md", "a.md", True),
        ("**/*.md", "x/y/a.md", True),
        ("x/**/*.md", "x/a.md", True),
        ("x/**/*.md", "xy/a.md", False),
        ("x/**", "x/y/z.txt", True),
        ("./x/?.md", "x/a.md", True),
        ("x/[ab].md", "x/b.md", True),
        ("x/[!ab].md", "x/b.md", False),
        ("x/[a-c].md", "x/b.md", True),
        ("x.md", "x-md", False),
        ("a+b.md", "a+b.md", True),
    ],
)
def test_patterns_mean_what_they_mean_in_a_folder(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) is fits


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "a moment ago"),
        (1, "1 minute ago"),
        (119, "119 minutes ago"),
        (120, "2 hours ago"),
        (2880, "2 days ago"),
        (-9, "a moment ago"),
    ],
)
def test_ages(minutes: int, text: str) -> None:
    assert age_text(timedelta(minutes=minutes)) == text


def test_a_copy_says_no_address(tmp_path: Path) -> None:
    with canned(response(200, ROWS, ETag='"e"')) as server:
        read(workspace(tmp_path, table(url=server.url)))
    (kept,) = (tmp_path / ".cache/sources").iterdir()
    assert set(json.loads(kept.read_bytes().partition(b"\n")[0])) == {"good_at", "etag", "last_modified", "sha256"}

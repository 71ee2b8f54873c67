"""A photograph beside a page becomes a picture in the archive and in the mail, and a mail is whole without it."""

import base64
import html
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import support_archive
from support_archive import DRAFTED, KEY, at, lab, send
from support_pictures import SECRET, bomb, drawing, opened, photo

from newsletter.app.archiving import pictures
from newsletter.app.archiving.building import build_archive
from newsletter.app.archiving.picture_files import PictureFiles, as_path, candidates
from newsletter.app.archiving.shelf import Shelf
from newsletter.app.collecting import collect
from newsletter.app.drafting import draft_issue, preview_draft, stored_draft
from newsletter.app.one_offs import draft_message
from newsletter.app.reviewing.drifting import drift_of
from newsletter.app.studio.building import Sitting, build_view
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.model.issue import Choices, Draft
from newsletter.model.workspace import SourceSettings

PAGE = "content/community/feast.md"
HOSTED = re.compile(r"https://[^\s\"]+/archive/pictures/[0-9a-f]{32}\.(?:jpg|png)")
FRONT = {"title": "Feast", "start": "2026-12-10 17:00", "image": "feast.jpg", "image_alt": "Soup for forty people"}


def write_page(ws: Workspace, body: str = "Bring a bowl.", **front: str) -> None:
    """A page of an event with a picture, or with other front matter."""
    rows = "".join(f'{key}: "{value}"\n' for key, value in {**FRONT, **front}.items() if value)
    (ws.root / PAGE).write_text(f"---\n{rows}---\n{body}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lab with that page and its photograph, made once."""
    found = lab(tmp_path_factory.mktemp("made"))
    write_page(found)
    put(found, "content/community/feast.jpg", photo(900, 600))
    return found.root


@pytest.fixture
def ws(made: Path, tmp_path: Path) -> Workspace:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "lab")
    found = open_workspace(tmp_path / "lab", environ={}, clock=support_archive.Clock())
    at(found, DRAFTED)
    return found


def put(ws: Workspace, path: str, data: bytes) -> None:
    place = ws.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def drafted(ws: Workspace) -> Draft:
    return preview_draft(ws, "weekly", at(ws, DRAFTED))


def told(draft: Draft) -> list[tuple[str, str, int | None]]:
    """What is said about pictures: code, the picture, the line."""
    found = [one for one in draft.problems if one.code in ("W-PICTURE", "W-ALT", "I-PICTURE")]
    return [(one.code, one.text.partition(":")[0], one.origin.line) for one in found]


def mail_of(ws: Workspace) -> tuple[str, str]:
    """HTML and text of the mail in the outbox."""
    raw = next((ws.root / "outbox" / KEY).glob("*.eml")).read_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    parts = {part.get_content_type(): str(part.get_content()) for part in message.walk() if not part.is_multipart()}
    return parts["text/html"], parts["text/plain"]


def test_a_photograph_beside_its_page_is_hosted_and_shown_in_the_mail(ws: Workspace) -> None:
    send(ws)
    shown, text = mail_of(ws)
    image = next(tag for tag in re.findall(r"<img[^>]*>", shown) if "/archive/pictures/" in tag)
    address = HOSTED.findall(image)[0]

    assert 'alt="Soup for forty people"' in image
    assert (re.findall(r' (?:width|height)="(\d+)"', image)) == ["420", "280"]
    assert "Feast" in text
    file = Shelf(ws).picture_file(address.rpartition("/")[2])
    assert file is not None
    assert file.media_type == "image/jpeg"
    assert opened(file.body).size == (900, 600)
    assert SECRET not in file.body
    assert SECRET in (ws.root / "content/community/feast.jpg").read_bytes()


def test_the_archive_shows_it_and_has_its_file(ws: Workspace) -> None:
    send(ws)
    out = ws.root / "public"
    build_archive(ws, out, at(ws, support_archive.SENT))
    page = (out / "archive" / f"{KEY}.html").read_text(encoding="utf-8")
    address = HOSTED.findall(page)[0]

    assert (out / "archive/pictures" / address.rpartition("/")[2]).is_file()
    assert f'<img src="{address}" alt="Soup for forty people"' in page
    assert f'"image": "{address}"' in page


def test_nothing_is_published_before_there_is_a_draft(ws: Workspace) -> None:
    name = drafted(ws).pictures[0][1].url.rpartition("/")[2]

    assert Shelf(ws).picture_file(name) is None
    draft_issue(ws, "weekly", at(ws, DRAFTED))
    assert Shelf(ws).picture_file(name) is not None


@pytest.mark.parametrize(
    "name", ["../plan.jpg", "plan.jpg", "x.jpg", "0" * 32 + ".svg", "0" * 32 + ".jpg", ".." * 16 + ".jpg"]
)
def test_no_other_file_is_served_as_a_picture(ws: Workspace, name: str) -> None:
    draft_issue(ws, "weekly", at(ws, DRAFTED))
    for path in ("archive/plan.jpg", "archive/pictures/plan.jpg"):
        put(ws, path, photo(900, 600))
    assert Shelf(ws).picture_file(name) is None


def test_what_is_for_members_has_no_public_picture(ws: Workspace) -> None:
    write_page(ws, visibility="members", body="![The room](room.png)")
    put(ws, "content/community/room.png", drawing())
    draft = draft_issue(ws, "weekly", at(ws, DRAFTED)).draft

    assert draft.pictures == ()
    assert told(draft) == [("I-PICTURE", "feast.jpg", 4), ("I-PICTURE", "room.png", 8)]
    assert not (ws.root / "archive/pictures").exists()


@pytest.mark.parametrize(
    ("front", "data", "expected"),
    [
        ({"image_alt": ""}, None, ("W-ALT", "feast.jpg", 4)),
        ({"image": "soup.jpg"}, None, ("W-PICTURE", "soup.jpg", 4)),
        ({"image": "https://photos.example.org/soup.jpg"}, None, ("I-PICTURE", "https", 4)),
        ({}, b"<svg/>", ("W-PICTURE", "feast.jpg", 4)),
        ({}, bomb(60_000, 60_000), ("W-PICTURE", "feast.jpg", 4)),
        ({}, b"\xff" * 20_000_001, ("W-PICTURE", "feast.jpg", 4)),
    ],
)
def test_a_picture_that_cannot_be_shown_is_told_with_its_line_and_the_event_goes_out(
    ws: Workspace, front: Mapping[str, str], data: bytes | None, expected: tuple[str, str, int]
) -> None:
    write_page(ws, **front)
    if data is not None:
        put(ws, "content/community/feast.jpg", data)
    draft = drafted(ws)

    assert told(draft) == [expected]
    assert draft.pictures == ()
    assert "Feast" in [item.title for item in draft.items if not item.held_back]


def test_a_link_out_of_the_workspace_is_no_picture(ws: Workspace, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "photo.jpg"
    outside.write_bytes(photo(900, 600))
    (ws.root / "content/community/feast.jpg").unlink()
    (ws.root / "content/community/feast.jpg").symlink_to(outside)

    assert told(drafted(ws)) == [("W-PICTURE", "feast.jpg", 4)]


def test_pictures_are_not_shown_where_no_reader_could_reach_them(ws: Workspace) -> None:
    web = ws.settings.web.model_copy(update={"base_url": "http://127.0.0.1:8025"})
    here = replace(ws, settings=ws.settings.model_copy(update={"web": web}))

    assert drafted(here).pictures == ()
    assert told(drafted(here)) == [("I-PICTURE", "feast.jpg", 4)]


def test_an_issue_without_pictures_is_what_it_was(ws: Workspace) -> None:
    (ws.root / PAGE).unlink()
    assert drafted(ws).pictures == ()
    assert told(drafted(ws)) == []
    assert not (ws.root / ".cache/pictures").exists()


def test_pictures_in_the_editors_note_are_shown_in_their_place(ws: Workspace) -> None:
    first = draft_issue(ws, "weekly", at(ws, DRAFTED))
    put(ws, "issues/kettle.png", drawing())
    note = first.file.read_text(encoding="utf-8")
    first.file.write_text(f"{note}\n\nCome in.\n\n![A kettle](kettle.png)\n", encoding="utf-8")
    send(ws)
    shown, text = mail_of(ws)

    image = next(tag for tag in re.findall(r"<img[^>]*>", shown) if 'alt="A kettle"' in tag)
    assert HOSTED.search(image)
    assert 'width="520"' in image
    assert f"A kettle ({HOSTED.search(image)[0]})" in " ".join(text.split())  # type: ignore[index]


def test_pictures_in_a_mail_of_its_own_are_shown(ws: Workspace) -> None:
    put(ws, "mails/kettle.png", drawing())
    file = ws.root / "mails/tea.md"
    file.write_text('+++\nsubject = "Tea for everybody"\n+++\n![A kettle](kettle.png)\n', encoding="utf-8")
    draft = draft_message(ws, file, "community", at(ws, DRAFTED)).draft

    assert [address for address, _ in draft.pictures] == ["kettle.png"]
    assert Shelf(ws).picture_file(draft.pictures[0][1].url.rpartition("/")[2]) is not None


def test_another_photograph_under_the_same_name_is_drift(ws: Workspace) -> None:
    key = draft_issue(ws, "weekly", at(ws, DRAFTED)).draft.key
    frozen = stored_draft(ws, key)
    put(ws, "content/community/feast.jpg", photo(900, 601))

    assert "a picture" in drift_of(frozen, drafted(ws)).parts


def test_a_picture_is_scaled_once(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    first = drafted(ws)
    monkeypatch.setattr(pictures, "scaled", None)
    assert drafted(ws).pictures == first.pictures


def test_a_picture_of_the_site_is_found_by_its_address(ws: Workspace) -> None:
    base = next(source.base_url for source in ws.settings.sources if PAGE.startswith(source.path.partition("*")[0]))
    (ws.root / "content/community/feast.jpg").unlink()
    put(ws, "static/img/feast.png", drawing())
    write_page(ws, image=f"{base}/img/feast.png" if base else "/img/feast.png")

    assert len(drafted(ws).pictures) == 1


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("photo.jpg", "photo.jpg"),
        ("my%20photo.jpg?v=2#x", "my photo.jpg"),
        ("/img/photo.jpg", "/img/photo.jpg"),
        ("https://lab.example.org/site/img/photo.jpg", "/img/photo.jpg"),
        ("https://elsewhere.example.org/photo.jpg", None),
        ("//elsewhere.example.org/photo.jpg", None),
        ("data:image/png;base64,AAAA", None),
        ("file:///etc/passwd", None),
        ("https://[broken", None),
    ],
)
def test_what_is_written_is_a_path_of_ours_or_elsewhere(written: str, path: str | None) -> None:
    assert as_path(written, "https://lab.example.org/site/") == path


def test_a_picture_is_looked_for_beside_its_page_and_where_sites_keep_theirs() -> None:
    found = list(candidates("img/a.jpg", "content/events/tea.md"))
    assert found[0] == "content/events/img/a.jpg"
    assert {"static/img/a.jpg", "content/static/img/a.jpg", "assets/img/a.jpg", "img/a.jpg"} <= set(found)
    assert list(candidates("/img/a.jpg", "tea.md")) == [
        "img/a.jpg",
        "static/img/a.jpg",
        "assets/img/a.jpg",
        "public/img/a.jpg",
    ]


@pytest.mark.parametrize(
    "written", ["../../../etc/passwd.png", "/../../x.png", ".cache/pictures/x.png", "a/../../../x.png"]
)
def test_no_picture_leads_out_of_the_workspace_or_into_what_is_hidden(written: str) -> None:
    assert not [
        path for path in candidates(written, "content/tea.md") if path.startswith(("..", "/")) or "/." in path
    ]
    assert not [path for path in candidates(written, "content/tea.md") if path.startswith(".cache")]


def test_words_for_a_picture_may_hold_anything(ws: Workspace) -> None:
    write_page(ws, image_alt="Soup <b>&</b> {{ 7*7 }} onerror=x")
    send(ws)
    shown, _ = mail_of(ws)
    image = next(tag for tag in re.findall(r"<img[^>]*>", shown) if "/archive/pictures/" in tag)
    assert "<b>" not in image
    assert html.unescape(re.findall(r'alt="([^"]*)"', image)[0]) == "Soup <b>&</b> {{ 7*7 }} onerror=x"


def test_a_picture_of_a_git_source_is_read_from_the_commit_that_was_fetched(tmp_path: Path) -> None:
    site = tmp_path / "site"
    git = ("git", "-C", str(site), "-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", "init", "-q", str(site)], check=True)
    for path, data in {
        "content/tea.md": b"---\ntitle: Tea\nimage: /tea.png\nimage_alt: A pot\n---\n",
        "static/tea.png": drawing(),
    }.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(data)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Tea"], check=True)
    found = lab(tmp_path / "lab")
    source = SourceSettings(name="site", format="markdown", git=f"file://{site}", path="content/*.md")
    settings = found.settings.model_copy(update={"sources": (source,)})
    environ = {"PATH": os.environ["PATH"], "NEWSLETTER_GIT_PROTOCOLS": "file"}
    ws = replace(found, settings=settings, environ=environ)
    at(ws, DRAFTED)
    mention = collect(ws, ws.clock()).items[0].picture

    assert mention is not None
    assert PictureFiles(ws).read(mention) == drawing()
    assert PictureFiles(ws).read(replace(mention, written="/none.png")) is None


def test_the_studio_shows_a_picture_that_nobody_else_can_see_yet(ws: Workspace) -> None:
    draft = drafted(ws)
    sitting = Sitting.of(ws, draft)
    view = build_view(sitting, sitting.for_reader(Choices(draft.community.timezone), None), lambda path: None)

    image = next(tag for tag in re.findall(r"<img[^>]*>", view.framed) if "Soup for forty people" in tag)
    shown = base64.b64decode(re.findall(r'src="data:image/jpeg;base64,([^"]*)"', image)[0])
    assert opened(shown).size == (900, 600)
    assert not (ws.root / "archive/pictures").exists()

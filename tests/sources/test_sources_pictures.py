"""Pictures that a page names: where they are, what is to be seen on them, and in which line that stands."""

import pytest
from support_sources import codes, one, read

from newsletter.model.picture import Mention
from newsletter.model.problem import Origin

LAB = "https://lab.example.org"
EVENT = "title: Tea\nstart: 2026-12-08 10:00\n"


def page(front: str = "", body: str = "") -> str:
    return f"---\n{EVENT}{front}---\n{body}"


@pytest.mark.parametrize(
    ("front", "written", "alt"),
    [
        ("image: tea.jpg\nimage_alt: A pot of tea\n", "tea.jpg", "A pot of tea"),
        ("image: {src: tea.jpg, alt: A pot}\n", "tea.jpg", "A pot"),
        ("image: {caption: x, path: tea.jpg}\nimage_alt: A pot\n", "tea.jpg", "A pot"),
        ("image: [tea.jpg, cup.jpg]\nalt: Tea\n", "tea.jpg", "Tea"),
        ("thumbnail: /img/tea.jpg\n", "/img/tea.jpg", ""),
    ],
)
def test_a_page_names_its_picture_and_what_is_on_it(front: str, written: str, alt: str) -> None:
    item = one(page(front))
    assert item.picture is not None
    assert (item.picture.written, item.picture.alt, item.picture.origin.line) == (written, alt, 4)
    assert item.image == item.picture.address


def test_where_a_site_has_no_address_the_path_is_kept() -> None:
    item = one(page("image: tea.jpg\n", "![A cup](img/cup.png)\n"), base_url="")
    assert item.picture is not None
    assert item.picture.address.endswith("/tea.jpg")
    assert item.picture.address.startswith("picture:")
    assert item.image == ""
    assert item.body == f"![A cup]({item.body_pictures[0].address})"
    assert item.body_pictures[0].address.startswith("picture:")


def test_pictures_of_a_text_with_their_lines() -> None:
    tag = "<img src='tea pot.jpg' alt='Two &amp; more'>"
    body = f"One.\n\n![A cup](cup.png) and\n![A pot][pot]\n\n{tag}\n\n[pot]: /img/pot.webp\n"
    item = one(page("", body))
    at = item.body_pictures[0].origin
    assert [(one.written, one.alt, one.origin.line) for one in item.body_pictures] == [
        ("cup.png", "A cup", 7),
        ("/img/pot.webp", "A pot", 7),
        ("tea pot.jpg", "Two & more", 10),
    ]
    assert item.body_pictures[0] == Mention(f"{LAB}/cup.png", "cup.png", "A cup", Origin(at.source, at.path, 7))


@pytest.mark.parametrize(
    "image", ["''", "{caption: only}", "[]", "javascript:alert(1)", "data:image/png;base64,AAAA"]
)
def test_what_names_no_picture_is_none(image: str) -> None:
    item = one(page(f"image: {image}\n"), base_url="")
    assert (item.picture, item.image) == (None, "")


def test_a_link_to_a_picture_that_nobody_can_follow_is_told() -> None:
    reading = read(page("", "[The poster](poster.png) and ![A cup](cup.png)\n"), base_url="")
    assert "W-LINK" in codes(reading)
    told = next(problem.text for problem in reading.problems if problem.code == "W-LINK")
    assert "poster.png" in told
    assert "cup.png" not in told


def test_a_page_without_pictures_names_none() -> None:
    assert one(page("", "See [this](x.html) and `![no](no.png)`.")).body_pictures == ()

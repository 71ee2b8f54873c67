"""A picture is published small, upright and without anything that tells where it was taken, or not at all."""

from contextlib import suppress
from random import Random

import pytest
from support_pictures import SECRET, bomb, drawing, lying_photo, opened, photo

from newsletter.render import scaling
from newsletter.render.scaling import PictureError, scaled


def test_a_photograph_is_scaled_and_light() -> None:
    found = scaled(photo(1400, 1050))
    assert (found.ending, found.width, found.height) <= ("jpg", 1200, 900)
    assert found.width * 3 == pytest.approx(found.height * 4, abs=4)
    assert len(found.data) <= scaling.WEIGHT
    assert opened(found.data).size == (found.width, found.height)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_the_camera_or_the_place_is_left(kind: str) -> None:
    written = photo(400, 300, kind)
    assert SECRET in written
    found = opened(scaled(written).data)
    assert SECRET not in scaled(written).data
    assert not found.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(found.info)


def test_a_picture_that_lies_on_its_side_is_put_upright() -> None:
    found = scaled(lying_photo())
    assert (found.width, found.height) == (300, 400)


def test_a_drawing_stays_sharp() -> None:
    found = scaled(drawing())
    assert (found.ending, found.width) == ("png", 800)
    assert opened(found.data).convert("RGB").getpixel((799, 0)) == (255, 255, 255)


def test_the_same_bytes_give_the_same_picture() -> None:
    assert scaled(photo(400, 300)) == scaled(photo(400, 300))


@pytest.mark.parametrize(
    ("size", "why"),
    [((50_000, 50_000), "pixels"), ((8_000, 8_000), "8,000 x 8,000 pixels"), ((2**31 - 1, 9), "pixels")],
)
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int], why: str) -> None:
    with pytest.raises(PictureError, match=why):
        scaled(bomb(*size))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is no JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "is no JPEG"),
        (b"%PDF-1.7", "is no JPEG"),
        (photo(400, 300)[:2000], "cannot be read"),
        (bomb(100, 100), "cannot be read"),
        (b"\xff" * (scaling.MAX_OCTETS + 1), "has 20 MB"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(data: bytes, why: str) -> None:
    with pytest.raises(PictureError, match=why):
        scaled(data)


def test_any_bytes_are_a_picture_or_refused() -> None:
    good = photo(64, 48)
    for at in range(0, len(good), max(1, len(good) // 60)):
        broken = good[:at] + Random(at).randbytes(8) + good[at + 8 :]
        with suppress(PictureError):
            assert scaled(broken).width <= scaling.WIDEST

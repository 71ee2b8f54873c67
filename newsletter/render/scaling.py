"""A picture as mails can carry it: bounded, upright, in sRGB, without anything that tells where it was taken.

The only module that imports Pillow, and only once there is a picture. Whatever the bytes are, this returns or raises
`PictureError`; the same bytes give the same picture.
"""

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

#: Octets and pixels of a file that is looked at; beyond, it is no photograph, or a bomb.
MAX_OCTETS = 20_000_000
MAX_PIXELS = 50_000_000
#: Pixels of what is published: twice what a mail of 600 shows, for fine screens.
WIDEST, TALLEST = 1200, 1600
#: Octets that a published picture should not exceed, and how often it is made smaller to get there.
WEIGHT = 200_000
#: Colours that a drawing has at most.
FEW_COLOURS = 4096
_QUALITIES = (82, 72, 60)
_SHRINK = (1.0, 0.75, 0.5, 0.35)
#: What is read; of one that moves, its first moment.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


class PictureError(ValueError):
    """A picture that cannot be shown, with a sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """A picture re-encoded: its bytes, how its file's name ends (jpg or png), and its size in pixels."""

    data: bytes
    ending: str
    width: int
    height: int


def scaled(data: bytes) -> Scaled:
    """The picture within the limits above; PictureError where it is none, is broken, or is too large."""
    if len(data) > MAX_OCTETS:
        size = f"{len(data) / 1_000_000:.0f} MB"
        raise PictureError(f"has {size}; save it with less than {MAX_OCTETS // 1_000_000} MB")
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as found:
                _check_size(found.width, found.height)
                return _encoded(_plain(found), drawn=found.format != "JPEG")
    except UnidentifiedImageError:
        raise PictureError("is no JPEG, PNG, GIF or WebP picture; save it as one of them") from None
    except Image.DecompressionBombError:
        raise PictureError(_too_many("a great many")) from None
    except PictureError:
        raise
    except Exception as error:
        # The decoders raise whatever their formats suggest: OSError, SyntaxError, struct.error and more.
        raise PictureError(f"cannot be read ({error.__class__.__name__}); save it again") from error


def _check_size(width: int, height: int) -> None:
    """From the header, before anything is decoded."""
    if width * height > MAX_PIXELS:
        raise PictureError(_too_many(f"{width:,} x {height:,}"))
    if min(width, height) < 1:
        raise PictureError("is empty")


def _too_many(size: str) -> str:
    return f"has {size} pixels; scale it down to {MAX_PIXELS // 1_000_000} million at most"


def _plain(found: "Image") -> "Image":
    """The picture upright, in RGB or RGBA of the sRGB space, no larger than what is published."""
    from PIL import Image, ImageOps

    found.draft("RGB", (WIDEST * 2, TALLEST * 2))
    profile = found.info.get("icc_profile")
    upright = ImageOps.exif_transpose(found)
    clear = "A" in upright.getbands() or "transparency" in upright.info
    flat = _in_srgb(upright.convert("RGBA" if clear else "RGB"), profile)
    flat.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    return flat


def _in_srgb(picture: "Image", profile: object) -> "Image":
    """Phones write wider colour spaces; without their profile such pictures look dull."""
    from PIL import ImageCms

    if not isinstance(profile, bytes) or picture.mode != "RGB":
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return picture if changed is None else changed


def _encoded(picture: "Image", *, drawn: bool) -> Scaled:
    """The first try that is light enough, else the lightest; smaller each time."""
    tries: list[Scaled] = []
    for share in _SHRINK:
        for one in _tries(_shrunk(picture, share), drawn):
            if len(one.data) <= WEIGHT:
                return one
            tries.append(one)
    return min(tries, key=lambda one: len(one.data))


def _shrunk(picture: "Image", share: float) -> "Image":
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    return picture if share == 1 else picture.resize(size)


def _tries(picture: "Image", drawn: bool) -> "Iterator[Scaled]":
    """PNG for what one can see through, and first of all for a drawing of few colours; JPEG for the rest."""
    clear = picture.mode == "RGBA"
    if clear or (drawn and picture.getcolors(FEW_COLOURS) is not None):
        yield _saved(picture, "png", optimize=True)
    if not clear:
        for quality in _QUALITIES:
            yield _saved(picture, "jpg", quality=quality, optimize=True, progressive=True)


def _saved(picture: "Image", ending: str, **options: object) -> Scaled:
    """Saved from the pixels alone: EXIF, comments, profiles and text chunks stay behind."""
    from PIL import Image

    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, "PNG" if ending == "png" else "JPEG", **options)
    return Scaled(out.getvalue(), ending, picture.width, picture.height)

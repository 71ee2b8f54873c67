"""Pictures as people have them: a photograph that tells where it was taken, a drawing, and files that mean harm."""

import io
import struct
import zlib
from functools import cache

from PIL import Image, ImageDraw

#: What a camera writes that nobody wants to publish.
SECRET = b"SecretCam of Ada"


@cache
def photo(width: int = 1600, height: int = 900, kind: str = "JPEG") -> bytes:
    """A photograph with a camera's name, a place (GPS) and an embedded comment; upright as it is."""
    noise = [Image.effect_noise((width, height), 20 + 10 * band) for band in range(3)]
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x8825] = {1: "N", 2: (47.0, 36.0, 0.0), 3: "W", 4: (122.0, 19.0, 0.0)}
    return _saved(Image.merge("RGB", noise), kind, quality=80, exif=exif, comment=SECRET)


@cache
def lying_photo() -> bytes:
    """A photograph of 400 by 300 that lies on its side, as a phone writes it: to be shown as 300 by 400."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return _saved(Image.effect_noise((400, 300), 40).convert("RGB"), "JPEG", exif=exif)


@cache
def drawing(width: int = 800, height: int = 400) -> bytes:
    """A drawing of few colours."""
    sheet = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(sheet).line((0, 0, width, height), fill="red", width=9)
    return _saved(sheet, "PNG")


def bomb(width: int, height: int) -> bytes:
    """A PNG of a hundred octets that says it has so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def opened(data: bytes) -> Image.Image:
    """The picture in these bytes."""
    found = Image.open(io.BytesIO(data))
    found.load()
    return found


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()

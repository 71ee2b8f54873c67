"""Takes the pictures of docs/gallery.md: the sample's week and quarter in Chromium, as three readers see them.

Run from the checkout, after a change of a theme: .venv/bin/python tests/take_gallery.py
"""

from pathlib import Path

from support_appearance import Mode, shown
from support_browser import browser
from support_gallery import mail

#: What is seen of a mail: its upper part, in CSS pixels.
HEIGHT = 2300
QUALITY = 68
#: The picture's name, the digest, the reader, the width in CSS pixels, and how the mail is shown.
PICTURES: tuple[tuple[str, str, str, int, Mode], ...] = (
    ("week-600-light", "weekly", "seattle", 600, "light"),
    ("week-600-dark", "weekly", "seattle", 600, "dark"),
    ("week-375-light", "weekly", "seattle", 375, "light"),
    ("week-375-dark", "weekly", "seattle", 375, "dark"),
    ("week-375-forced-dark", "weekly", "seattle", 375, "forced dark"),
    ("week-375-images-off", "weekly", "berlin", 375, "images off"),
    ("week-375-styles-off", "weekly", "berlin", 375, "styles off"),
    ("week-375-zoomed", "weekly", "berlin", 375, "200 %"),
    ("week-600-zoomed", "weekly", "berlin", 600, "200 %"),
    ("week-375-rtl", "weekly", "cairo", 375, "light"),
    ("week-600-rtl-dark", "weekly", "cairo", 600, "dark"),
    ("week-375-compact", "weekly", "seattle", 375, "light"),
    ("week-600-letter", "weekly", "seattle", 600, "light"),
    ("quarter-600-light", "quarterly", "seattle", 600, "light"),
    ("quarter-600-dark", "quarterly", "berlin", 600, "dark"),
    ("quarter-375-light", "quarterly", "berlin", 375, "light"),
    ("quarter-375-forced-dark", "quarterly", "seattle", 375, "forced dark"),
    ("quarter-375-rtl", "quarterly", "cairo", 375, "light"),
)


def pictured(name: str, digest: str, reader: str) -> str:
    """The mail of the picture of that name."""
    if name.endswith("letter"):
        return mail(digest, reader, theme="letter")
    if name.endswith("compact"):
        return mail(digest, reader, density="compact")
    return mail(digest, reader, logo=name.endswith("images-off"))


def main() -> None:
    """One JPEG for each of PICTURES in docs/gallery/, and what they weigh together."""
    folder = Path(__file__).parents[1] / "docs" / "gallery"
    folder.mkdir(exist_ok=True)
    with browser() as running:
        for name, digest, reader, width, mode in PICTURES:
            with shown(running, pictured(name, digest, reader), width, mode) as page:
                zoom = 2 if mode == "200 %" else 1
                clip = {"x": 0, "y": 0, "width": width // zoom, "height": HEIGHT // zoom}
                page.screenshot(path=folder / f"{name}.jpg", type="jpeg", quality=QUALITY, full_page=True, clip=clip)
    weight = sum(file.stat().st_size for file in folder.glob("*.jpg"))
    print(f"{len(PICTURES)} pictures, {weight / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

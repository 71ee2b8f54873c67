"""Rules on styles and pictures that mail programs drop, or that tell somebody about the reader."""

import re
from collections.abc import Iterator

from newsletter.checks.subject import SLOT_URL, Finding, Subject, host_of, link_origin, mail_part

HTML = mail_part("html part")

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DARK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}")
_HSL = re.compile(r"\bhsla?\(")
_WEB_FONT = re.compile(r"@font-face|@import|fonts\.googleapis\.com")
_PURE = re.compile(r"(?:^|;)\s*(?:background(?:-color)?|color):\s*#(?:000|fff)(?:000|fff)?\b", re.IGNORECASE)
_SHORTENERS = frozenset({"bit.ly", "buff.ly", "goo.gl", "is.gd", "ow.ly", "t.co", "tiny.cc", "tinyurl.com"})
_REFUSED = (".svg", ".webp", ".avif", ".heic", ".tif", ".tiff", ".bmp")


def hsl(subject: Subject) -> Iterator[Finding]:
    """No hsl(): Outlook on Windows drops the whole declaration."""
    if _HSL.search(_all_css(subject)):
        yield Finding("a colour is written as hsl(), which Outlook on Windows drops; write #RRGGBB", HTML)


def data_uri(subject: Subject) -> Iterator[Finding]:
    """No data: addresses: most mail programs take them out."""
    for element in subject.page.elements:
        address = element.get("src") or element.get("href")
        if address.lower().startswith("data:"):
            yield Finding(f"a data: address ({address[:30]}...) is taken out by mail programs; host it", HTML)
    if re.search(r"url\(\s*[\"']?data:", _all_css(subject)):
        yield Finding("a style has a data: address, which mail programs take out; host it", HTML)


def web_font(subject: Subject) -> Iterator[Finding]:
    """No fonts from the network: few programs show them, and all tell who reads."""
    fonts = [link for link in subject.page.of("link") if "stylesheet" in link.get("rel")]
    if fonts or _WEB_FONT.search(_all_css(subject)):
        yield Finding("a font or style comes from the network; name fonts that readers have", HTML)


def vml(subject: Subject) -> Iterator[Finding]:
    """No VML: it has no words for those who do not see it."""
    if re.search(r"<v:(?:rect|roundrect|image|oval)\b(?![^>]*\balt=)", subject.html):
        yield Finding("VML without an alt text; give it one, or leave it out", HTML)


def dark_meta(subject: Subject) -> Iterator[Finding]:
    """What has a dark scheme says so."""
    names = {meta.get("name") for meta in subject.page.of("meta")}
    if _DARK.search(_css(subject)) and not {"color-scheme", "supported-color-schemes"} <= names:
        text = "there are dark styles and no color-scheme metas; add them to mj-raw in issue.mjml's head"
        yield Finding(text, HTML)


def dark_pair(subject: Subject) -> Iterator[Finding]:
    """A dark ground comes with a dark scheme's text, and the reverse."""
    rules = [rule for block in _DARK.findall(_css(subject)) for rule in _RULE.findall(block)]
    grounds = any("background" in body for _, body in rules)
    texts = any(re.search(r"(?:^|;)\s*color:", body) for _, body in rules)
    if grounds != texts:
        has, lacks = ("grounds", "text colours") if grounds else ("text colours", "grounds")
        yield Finding(f"the dark scheme sets {has} and no {lacks}: what is read there stands on luck", HTML)


def dark_black(subject: Subject) -> Iterator[Finding]:
    """No pure black and white in the dark scheme: they glare, and programs turn them round."""
    for block in _DARK.findall(_css(subject)):
        for selector, body in _RULE.findall(block):
            if _PURE.search(body):
                yield Finding(f"{selector.strip()!r} has pure black or white in the dark scheme; soften it", HTML)


def picture_format(subject: Subject) -> Iterator[Finding]:
    """Pictures are of a kind that mail programs show."""
    for picture in subject.page.of("img"):
        path = picture.get("src").lower().partition("?")[0]
        if path.endswith(_REFUSED):
            text = f"the picture {picture.get('src')} is of a kind that many programs do not show; use PNG or JPEG"
            yield Finding(text, link_origin(subject, picture.get("src")))


def picture_size(subject: Subject) -> Iterator[Finding]:
    """Every picture has a width, so that nothing jumps and Outlook does not blow it up."""
    for picture in subject.page.of("img"):
        if not picture.get("width"):
            yield Finding(f"the picture {picture.get('src')} has no width; write one", HTML)


def remote(subject: Subject) -> Iterator[Finding]:
    """No picture tells a stranger who reads: only the community's own machines are asked."""
    own = {_site(address) for address in (subject.draft.base_url, subject.draft.community.url)}
    for picture in subject.page.of("img"):
        host = host_of(picture.get("src"))
        if host and _site(picture.get("src")) not in own:
            text = f"the picture on {host} would tell that machine who reads; host it at home"
            yield Finding(text, link_origin(subject, picture.get("src")))
        if picture.get("width") in ("0", "1") and picture.get("height") in ("0", "1"):
            yield Finding(f"the picture on {host} is one pixel large: a beacon; take it out", HTML)


def shortener(subject: Subject) -> Iterator[Finding]:
    """Links show where they lead."""
    for link in subject.page.of("a"):
        address = link.get("href")
        if not address.startswith(SLOT_URL) and host_of(address) in _SHORTENERS:
            text = f"{address} hides where it leads, and spam filters know that; write the real address"
            yield Finding(text, link_origin(subject, address))


def _css(subject: Subject) -> str:
    return "\n".join(block.text for block in subject.page.of("style"))


def _all_css(subject: Subject) -> str:
    return _css(subject) + "\n" + "\n".join(element.get("style") for element in subject.page.elements)


def _site(address: str) -> str:
    """The last two labels of a host: example.org of news.example.org."""
    return ".".join(host_of(address).split(".")[-2:])

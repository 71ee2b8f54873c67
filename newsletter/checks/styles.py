"""Rules on styles that mail programs drop or turn round."""

import re
from collections.abc import Iterator
from functools import lru_cache

from newsletter.checks.page import Page
from newsletter.checks.subject import HTML, Finding, MailRule, Subject, in_html

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DARK = re.compile(r"@media[^{]*prefers-color-scheme:\s*dark[^{]*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}")
_VML = re.compile(
    r"<(?P<tag>v:(?:rect|roundrect|image|oval))\b(?P<rest>[^>]*)(?:/>|>(?P<inside>.*?)</(?P=tag)>|>)", re.DOTALL
)
_HSL = re.compile(r"\bhsla?\(")
_WEB_FONT = re.compile(r"@font-face|@import|fonts\.googleapis\.com")
_PURE = re.compile(r"(?:^|;)\s*(?:background(?:-color)?|color):\s*#(?:000|fff)(?:000|fff)?\b", re.IGNORECASE)


def hsl(subject: Subject) -> Iterator[Finding]:
    """No hsl(): Outlook on Windows drops the whole declaration."""
    if _HSL.search(_all_css(subject.page)):
        yield Finding("a colour is written as hsl(), which Outlook on Windows drops; write #RRGGBB", HTML)


def data_uri(subject: Subject) -> Iterator[Finding]:
    """No data: addresses: most mail programs take them out."""
    for element in subject.page.elements:
        address = element.get("src") or element.get("href")
        if address.lower().startswith("data:"):
            yield in_html(f"a data: address ({address[:30]}...) is taken out by mail programs; host it", element)
    if re.search(r"url\(\s*[\"']?data:", _all_css(subject.page)):
        yield Finding("a style has a data: address, which mail programs take out; host it", HTML)


def web_font(subject: Subject) -> Iterator[Finding]:
    """No fonts from the network: few programs show them, and all tell who reads."""
    fonts = [link for link in subject.page.of("link") if "stylesheet" in link.get("rel")]
    if fonts or _WEB_FONT.search(_all_css(subject.page)):
        yield Finding("a font or style comes from the network; name fonts that readers have", HTML)


def vml(subject: Subject) -> Iterator[Finding]:
    """VML has words for those who do not see it, and no link inside, where nobody can reach it."""
    for shape in _VML.finditer(subject.html):
        if " alt=" not in shape["rest"]:
            text = f"<{shape['tag']}> has no alt text; give it one, or leave it out"
            yield Finding(text, HTML, element=f"<{shape['tag']}>")
        if "<a " in (shape["inside"] or ""):
            text = f"<{shape['tag']}> has a link inside, which cannot be reached; put the link around it"
            yield Finding(text, HTML, element=f"<{shape['tag']}>")


def dark_meta(subject: Subject) -> Iterator[Finding]:
    """What has a dark scheme says so."""
    names = {meta.get("name") for meta in subject.page.of("meta")}
    if _DARK.search(subject.page.css) and not {"color-scheme", "supported-color-schemes"} <= names:
        text = "there are dark styles and no color-scheme metas; add them to mj-raw in issue.mjml's head"
        yield Finding(text, HTML)


def dark_pair(subject: Subject) -> Iterator[Finding]:
    """A dark ground comes with a dark scheme's text, and the reverse."""
    rules = [rule for block in _DARK.findall(subject.page.css) for rule in _RULE.findall(block)]
    grounds = any("background" in body for _, body in rules)
    texts = any(re.search(r"(?:^|;)\s*color:", body) for _, body in rules)
    if grounds != texts:
        has, lacks = ("grounds", "text colours") if grounds else ("text colours", "grounds")
        yield Finding(f"the dark scheme sets {has} and no {lacks}: what is read there stands on luck", HTML)


def dark_black(subject: Subject) -> Iterator[Finding]:
    """No pure black and white in the dark scheme: they glare, and programs turn them round."""
    for block in _DARK.findall(subject.page.css):
        for selector, body in _RULE.findall(block):
            if _PURE.search(body):
                yield Finding(f"{selector.strip()!r} has pure black or white in the dark scheme; soften it", HTML)


@lru_cache(maxsize=2)
def _all_css(page: Page) -> str:
    """Style blocks and inline styles together."""
    return page.css + "\n" + "\n".join(page.styles)


RULES = (
    MailRule("html.hsl", "warning", "No hsl() colours (Outlook on Windows)", "Write #RRGGBB", hsl),
    MailRule("html.data-uri", "error", "No data: addresses", "Host the picture", data_uri),
    MailRule(
        "html.webfont", "warning", "No fonts or styles from the network", "Name fonts that readers have", web_font
    ),
    MailRule(
        "html.vml",
        "error",
        "VML has an alt text, and no link inside",
        "Give it an alt text, put the link around it, or leave it out",
        vml,
    ),
    MailRule(
        "dark.meta",
        "warning",
        "A mail with a dark scheme says so",
        "Add the two color-scheme metas to mj-raw in the head",
        dark_meta,
    ),
    MailRule(
        "dark.pair",
        "error",
        "The dark scheme sets grounds and texts together",
        "Set the one that is missing",
        dark_pair,
    ),
    MailRule("dark.black", "warning", "No pure black or white in the dark scheme", "Soften it a little", dark_black),
)

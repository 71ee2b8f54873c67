"""Rules on pictures: of a kind that is shown, with a size, light, legible in the dark, and from nobody's beacon."""

from collections.abc import Iterator

from newsletter.checks.contrast import grounds_of
from newsletter.checks.subject import Finding, MailRule, Subject, host_of, in_html, link_origin, site_of, tag_of
from newsletter.model.problem import Level
from newsletter.render.colour import luminance

#: Octets of a picture that are a reason to look, and that are too many.
HEAVY, TOO_HEAVY = 200_000, 1_000_000
#: Halfway between black and white, as eyes see it (WCAG's relative luminance).
HALF = 0.18

_TRANSPARENT = (".png", ".gif")
_REFUSED = (".svg", ".webp", ".avif", ".heic", ".tif", ".tiff", ".bmp")


def picture_format(subject: Subject) -> Iterator[Finding]:
    """Pictures are of a kind that mail programs show."""
    for picture in subject.page.of("img"):
        path = picture.get("src").lower().partition("?")[0]
        if path.endswith(_REFUSED):
            text = f"the picture {picture.get('src')} is of a kind that many programs do not show; use PNG or JPEG"
            yield Finding(text, link_origin(subject, picture.get("src")), element=tag_of(picture))


def picture_size(subject: Subject) -> Iterator[Finding]:
    """Every picture has a width, so that nothing jumps and Outlook does not blow it up."""
    for picture in subject.page.of("img"):
        if not picture.get("width"):
            yield in_html(f"the picture {picture.get('src')} has no width; write one", picture)


def remote(subject: Subject) -> Iterator[Finding]:
    """No picture tells a stranger who reads: only the community's own machines are asked."""
    own = {site_of(host_of(address)) for address in (subject.draft.base_url, subject.draft.community.url)}
    for element in subject.page.elements:
        address = element.get("src") or element.get("background")
        host = host_of(address) if address else ""
        if host and site_of(host) not in own:
            text = f"the picture on {host} would tell that machine who reads; host it at home"
            yield Finding(text, link_origin(subject, address), element=tag_of(element))
        if host and element.get("width") in ("0", "1") and element.get("height") in ("0", "1"):
            yield in_html(f"the picture on {host} is one pixel large: a beacon; take it out", element)


def picture_weight(subject: Subject) -> Iterator[Finding]:
    """Pictures that are published with the mail are light enough for a telephone's network."""
    weights = {one.url: one.octets for _, one in subject.draft.pictures}
    for picture in subject.page.of("img"):
        octets = weights.get(picture.get("src"), 0)
        if octets > HEAVY:
            text = f"the picture {picture.get('src')} weighs {octets / 1000:,.0f} kB; {HEAVY // 1000} kB are enough"
            level: Level = "error" if octets > TOO_HEAVY else "warning"
            yield Finding(text, link_origin(subject, picture.get("src")), level, tag_of(picture))


def dark_logo(subject: Subject) -> Iterator[Finding]:
    """A logo that may be transparent, on a ground that turns dark, is to be looked at."""
    logo = subject.draft.look.logo
    for picture in subject.page.of("img"):
        if logo and picture.get("src") == logo and logo.lower().partition("?")[0].endswith(_TRANSPARENT):
            light, dark = grounds_of(subject, picture)
            if luminance(light) > HALF > luminance(dark):
                text = "the logo stands on a ground that turns dark: if it is transparent, dark letters in it vanish"
                yield in_html(f"{text}; give it a light edge, or a ground of its own", picture)


RULES = (
    MailRule("img.format", "warning", "Pictures are PNG, JPEG or GIF", "Save it as PNG or JPEG", picture_format),
    MailRule("img.dims", "warning", "Every picture has a width", "Write its width in pixels", picture_size),
    MailRule(
        "img.weight",
        "warning",
        "Pictures weigh at most 200 kB, and in no case more than 1 MB",
        "Save it smaller, or as JPEG",
        picture_weight,
    ),
    MailRule(
        "dark.logo",
        "info",
        "A logo can be seen on a dark ground",
        "Give it a light edge, or save it with a ground of its own",
        dark_logo,
    ),
    MailRule("priv.remote", "error", "No beacon, and nothing from a stranger's machine", "Host it at home", remote),
)

"""Rules on pictures: of a kind that is shown, with a size, light, legible in the dark, and from nobody's beacon."""

from collections.abc import Iterator

from newsletter.checks.subject import Finding, MailRule, Subject, host_of, in_html, link_origin, site_of, tag_of

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


RULES = (
    MailRule("img.format", "warning", "Pictures are PNG, JPEG or GIF", "Save it as PNG or JPEG", picture_format),
    MailRule("img.dims", "warning", "Every picture has a width", "Write its width in pixels", picture_size),
    MailRule("priv.remote", "error", "No beacon, and nothing from a stranger's machine", "Host it at home", remote),
)

"""What a schema cannot say of the HTTP API: that each origin is one, as browsers write it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.model.workspace import Settings
from newsletter.settings.coverage import Fault


def check_api(settings: Settings) -> Iterator[Fault]:
    """Every fault in the settings of the API."""
    for origin in settings.api.origins:
        if not _is_origin(origin):
            text = (
                "`api.origins` names what is no origin: write https:// and the host, in small letters, with the port "
                f"where it is not the usual one, and nothing behind it; found {origin!r}"
            )
            yield ("api", "origins"), "settings.value", text


def _is_origin(text: str) -> bool:
    """Whether a browser would say this of a page (RFC 6454, 6.1); every site at once is none."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    usual = {"http": 80, "https": 443}
    if parts.scheme not in usual or not parts.hostname or port == usual[parts.scheme]:
        return False
    return text == f"{parts.scheme}://{parts.hostname}{f':{port}' if port else ''}"

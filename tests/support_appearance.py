"""How mail programs show one and the same mail: light, dark, forced dark, bare, enlarged."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from playwright.sync_api import Browser, Page, Route

Mode = Literal["light", "dark", "forced dark", "images off", "styles off", "200 %"]
MODES: tuple[Mode, ...] = get_args(Mode)
_DARK_RULES = re.compile(r"@media \(prefers-color-scheme:dark\)\{(?:[^{}]*\{[^{}]*\})*\}")
#: What stands at the address of every picture.
_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">'
    '<rect width="120" height="40" rx="8" fill="#FFA184"/><circle cx="22" cy="20" r="9" fill="#1B2333"/>'
    '<rect x="42" y="15" width="62" height="10" rx="5" fill="#1B2333"/></svg>'
)
_STYLES = re.compile(r"<style.*?</style>", re.DOTALL)


@contextmanager
def shown(browser: Browser, html: str, width: int, mode: Mode, scale: float = 1) -> Iterator[Page]:
    """The mail in a window of that width; at 200 % its column is half as wide. Nothing leaves this machine."""
    zoom = 2 if mode == "200 %" else 1
    context = browser.new_context(
        color_scheme="dark" if mode == "dark" else "light",
        viewport={"width": width // zoom, "height": 800},
        device_scale_factor=zoom * scale,
    )
    page = context.new_page()
    page.route("**/*", _nothing if mode == "images off" else _picture)
    if mode == "forced dark":
        context.new_cdp_session(page).send("Emulation.setAutoDarkModeOverride", {"enabled": True})
    page.set_content(as_received(html, mode))
    try:
        yield page
    finally:
        context.close()


def _nothing(route: Route) -> None:
    route.abort()


def _picture(route: Route) -> None:
    route.fulfill(body=_LOGO, content_type="image/svg+xml")


def as_received(html: str, mode: Mode) -> str:
    """What is left of the mail: some programs drop every style, and those that darken by force the dark scheme."""
    if mode == "styles off":
        return _STYLES.sub("", html)
    if mode == "forced dark":
        return _DARK_RULES.sub("", html).replace("color-scheme:light dark", "").replace("light dark", "light")
    return html

"""Takes the README's pictures: runs the demo and photographs one of its mails in Chromium.

Run from the checkout: .venv/bin/python docs/pictures/make.py
"""

import os
import shutil
import tempfile
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import sync_playwright

from newsletter.app.demo import run_demo

HERE = Path(__file__).parent
READER = "leilani.kahale@example.org"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def reader_html(outbox: Path) -> str:
    """The HTML of the weekly issue as one reader got it."""
    for file in sorted(outbox.glob("weekly-*/*.eml")):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        if message["To"] == READER:
            return message.get_body(("html",)).get_content()
    raise SystemExit(f"the demo sent nothing to {READER}")


def main() -> None:
    """digest-light.png and digest-dark.png at 600 px, digest-phone.png at 375 px."""
    with tempfile.TemporaryDirectory() as folder:
        html = reader_html(run_demo(Path(folder) / "demo").outbox)
    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        for name, scheme, width, height in (
            ("light", "light", 600, 1500), ("dark", "dark", 600, 1500), ("phone", "light", 375, 1300),
        ):  # fmt: skip
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=1.5
            )
            page.set_content(html)
            page.screenshot(path=HERE / f"digest-{name}.png")
        browser.close()


if __name__ == "__main__":
    main()

"""How soon the studio shows what an editor wrote, and how quick it stays with a large issue; in a real Chromium.

Run `python benchmarks/studio.py [SAVES]`, or `python benchmarks/studio.py profile` for where the time of a large
issue goes. Needs a Chromium on the path or in CHROMIUM, and the packages of the tests.

- saved: a file of the sample is saved, again and again, until the mail in the frame says what was written.
- first paint: the address of a quarter's issue of 300 entries for readers of 50 editions is opened, in a studio that
  has just started, until the mail is in its frame.
- switch: the next of the 50 editions is asked for, until it is in its frame.

These are times of the wall, in a browser that shares the machine: the load average stands beside them. Before them
stands what the studio's own part costs in time of the processor, the rendering included.
"""

import cProfile
import os
import pstats
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations, islice, product
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page, sync_playwright

from newsletter.app import known_editions
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sample import init_workspace
from newsletter.app.studio import building
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.page import fill_page
from newsletter.app.workspace import open_workspace
from newsletter.render.edition import render, render_html_like
from newsletter.runtime.server import address, listen, serving
from newsletter.runtime.watcher import watching
from newsletter.web.studio.app import entry_path, new_key, preview_app
from newsletter.web.studio.changes import Changes

AT = "2026-12-01T09:00"
NOW = datetime(2026, 12, 1, 17, tzinfo=UTC)
FILE = "content/deep-dives/2026-12-08-missing-data.md"
ENTRIES, EDITIONS, SWITCHES = 300, 50, 20
#: Milliseconds for which a person looks at a mail at least, before the next is asked for.
PAUSE = 1500
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo")
TOPICS = ("deep-dives", "learning-communities", "datathons", "community")
TAGS = ("deep-dive", "learning-community", "datathon", "office-hours")
#: Looks at every frame the browser paints, and notes when the mail in front holds the words.
WATCH = """words => { window.seen = new Promise(done => { const look = () => {
  const mail = document.querySelector("#frame iframe")?.contentDocument;
  if (mail?.body?.textContent.includes(words)) done(Date.now()); else requestAnimationFrame(look); };
  look(); }); }"""
EVENT = """BEGIN:VEVENT
UID:many-{number}@calendar.example.org
DTSTAMP:20260915T170000Z
SUMMARY:Event {number} of the quarter
DTSTART;TZID=America/Los_Angeles:{start:%Y%m%dT%H%M%S}
DTEND;TZID=America/Los_Angeles:{end:%Y%m%dT%H%M%S}
LOCATION:Room {room}
CATEGORIES:{tag}
DESCRIPTION:What number {number} is about\\, in a sentence or two.
URL:https://data.example.org/events/{number}/
END:VEVENT
"""


@dataclass(frozen=True)
class Running:
    """A studio in a browser."""

    root: Path
    url: str
    page: Page


@contextmanager
def studio(root: Path, browser: Browser) -> Iterator[Running]:
    """As `newsletter preview` runs it, but in this process."""
    listener, changes, key, stop = listen("127.0.0.1", 0), Changes(), new_key(), threading.Event()
    desk = Studio(root, AT, environ={}, clock=lambda: NOW)

    def changed() -> None:
        desk.refresh()
        changes.publish()

    app = preview_app(desk, fill_page, changes, port=listener.getsockname()[1], key=key)
    with serving(app, listener, stop), watching(desk.watched, changed):
        page = browser.new_page(viewport={"width": 1360, "height": 800})
        url = address(listener)
        page.goto(url + entry_path(key))
        page.wait_for_url(url + "/")
        yield Running(root, url, page)
        page.close()
        changes.close()
    desk.close()


def saved(running: Running, saves: int) -> list[float]:
    """Milliseconds from each save until its words are in the mail."""
    page, file = running.page, running.root / FILE
    text = file.read_text()
    title = next(line for line in text.splitlines() if line.startswith("title"))
    page.wait_for_selector('#live[data-state="live"]')
    took = []
    for number in range(saves + 3):
        words = f"Missing data {number} times"
        page.evaluate(WATCH, words)
        begun = time.time()
        file.write_text(text.replace(title, f"title: {words}"))
        took.append(page.evaluate("window.seen") - 1000 * begun)
        page.wait_for_timeout(400)  # so that no save is part of the burst of another
    return took[3:]


def large(root: Path) -> None:
    """A quarter with so many events, and readers who want so many editions of it."""
    init_workspace(root)
    lines = "".join(_events()).replace("\n", "\r\n")
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Benchmark//EN\r\n{lines}END:VCALENDAR\r\n"
    (root / "content" / "calendar" / "lab.ics").write_text(text, newline="")
    ws = open_workspace(root, {}, lambda: NOW)
    import_bytes(
        ws, "\n".join(("email,timezone,clock,topics,digests", *_readers())).encode(), "readers.csv", "community"
    )
    ws.store.close()


def _events() -> Iterator[str]:
    for number in range(ENTRIES):
        start = datetime.fromisoformat("2027-01-05T08:00") + timedelta(days=number % 70, minutes=15 * (number % 40))
        yield EVENT.format(
            number=number, start=start, end=start + timedelta(hours=1), room=number % 90, tag=TAGS[number % len(TAGS)]
        )


def _readers() -> Iterator[str]:
    some = [found for count in (4, 3, 2, 1) for found in combinations(TOPICS, count)]
    for number, (topics, zone, clock) in enumerate(islice(product(some, ZONES, (12, 24)), EDITIONS)):
        yield f'reader{number}@example.org,{zone},{clock},"{" ".join(topics)}",quarterly'


def painted(running: Running) -> float:
    """Milliseconds from opening the quarter's address until its mail is in the frame."""
    page = running.page
    begun = time.time()
    page.goto(f"{running.url}/?digest=quarterly", wait_until="commit")
    page.evaluate(WATCH, "Event 7 of the quarter")
    return page.evaluate("window.seen") - 1000 * begun


def switched(running: Running) -> tuple[list[float], list[float]]:
    """Milliseconds for each next edition, asked for the first time, and then again."""
    page = running.page
    page.wait_for_selector('#live[data-state="live"]')
    rounds = ([], [])
    for took in rounds:
        for _ in range(SWITCHES):
            page.wait_for_timeout(PAUSE)
            took.append(page.evaluate(SWITCH))
        page.goto(f"{running.url}/?digest=quarterly")
        page.wait_for_selector('#live[data-state="live"]')
    return rounds


#: Presses the key of the next edition, and waits until another mail stands in front.
SWITCH = """() => new Promise(done => {
  const begun = performance.now(), frame = document.getElementById("frame"), wanted = frame.lastElementChild;
  const look = () => {
    const front = frame.firstElementChild;
    const there = front !== wanted && frame.childElementCount === 1 && front.style.visibility === "";
    if (there) done(performance.now() - begun); else requestAnimationFrame(look); };
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "]", bubbles: true })); look(); })"""


def built(root: Path, digest: str, name: str) -> None:
    """Milliseconds of the processor: the first mail of a digest after a change of a file, and each next edition."""
    desk = Studio(root, AT, environ={}, clock=lambda: NOW)
    first, next_ones = [], []
    with _rendering_here():
        for _ in range(6):
            desk.refresh()
            # As after a change of a file that makes another issue: no edition of it is known.
            known_editions.KNOWN.forget()
            first.append(_spent(lambda: desk.show(digest)))
            next_ones += [_spent(lambda number=number: desk.show(digest, "", number)) for number in (1, 2, 3)]
    mails = desk.show(digest).audience.mails
    desk.close()
    more = f", each of its {mails} editions {median(next_ones[3:]):.0f} ms" if mails else ""
    print(f"{name}: built anew in {median(first[1:]):.0f} ms of the processor{more}", flush=True)


@contextmanager
def _rendering_here() -> Iterator[None]:
    """The worker's time is not ours to see, so that its work is done in this process for once."""
    before = known_editions.render_bounded, building.changed_html_bounded
    known_editions.render_bounded = render
    building.changed_html_bounded = lambda issue, draft, change: render_html_like(change(issue), draft, issue)
    yield
    known_editions.render_bounded, building.changed_html_bounded = before


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return 1000 * (time.process_time() - begun)


def told(name: str, took: list[float], goal: int) -> str:
    most = quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
    figures = f"median {median(took):>6.0f} ms   p95 {most:>6.0f} ms   of {len(took):>3}"
    return f"{name:<34} {figures}   (goal: a median of {goal} ms)   load {os.getloadavg()[0]:.1f}"


def profile() -> None:
    """Where the time goes of the first edition of a large issue, and of the next ones."""
    with tempfile.TemporaryDirectory() as folder:
        large(Path(folder) / "lab")
        desk = Studio(Path(folder) / "lab", AT, environ={}, clock=lambda: NOW)
        desk.show("weekly")
        for number in range(3):
            found = cProfile.Profile()
            begun = time.perf_counter()
            found.runcall(desk.show, "quarterly", "", number)
            print(f"edition {number}: {1000 * (time.perf_counter() - begun):.0f} ms with the profiler")
            pstats.Stats(found).sort_stats("cumulative").print_stats(40)
        desk.close()


def main(argument: str) -> None:
    """Measure, or profile."""
    if argument == "profile":
        profile()
        return
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        small, big = Path(folder) / "lab", Path(folder) / "large"
        init_workspace(small)
        large(big)
        built(small, "weekly", "the sample's week")
        built(big, "quarterly", f"{ENTRIES} entries")
        with studio(small, browser) as running:
            print(told("saved, until it is in the picture", saved(running, int(argument)), 500), flush=True)
        first = []
        for _ in range(5):
            with studio(big, browser) as running:
                first.append(painted(running))
        print(told(f"first paint of {ENTRIES} entries", first, 1000), flush=True)
        with studio(big, browser) as running:
            painted(running)
            print(f"{running.page.text_content('#variants').split('·')[0].strip()}")
            new, again = switched(running)
        print(told("switch to an edition", new, 150))
        print(told("switch to an edition seen before", again, 150))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "40")

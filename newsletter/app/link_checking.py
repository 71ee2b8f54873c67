"""Following the links of an issue when asked to: bounded in number, time and load, and remembered for an hour."""

import html
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from threading import Semaphore
from typing import Any
from urllib.parse import urldefrag, urlsplit

from newsletter.app.fetching import ALLOWED, permitted
from newsletter.app.source_cache import private_folder
from newsletter.app.workspace import Workspace
from newsletter.checks.reaching import reach_problems
from newsletter.checks.subject import written_at
from newsletter.model.issue import Issue
from newsletter.model.mail import Edition
from newsletter.model.problem import Origin, Problem
from newsletter.net.guarded import Guard, Limits
from newsletter.net.reaching import Reached, reach

#: Links asked at most, at once, and at once of one host; seconds for each, and for all together.
MOST, AT_ONCE, OF_ONE_HOST = 100, 8, 2
EACH, ALL = 10.0, 60.0
#: How long an answer is taken for what would be answered now.
FRESH = timedelta(hours=1)
FILE = "links.json"
_HREF = re.compile(r"href=\"(https?://[^\"]+)\"")


def links_of(issue: Issue, edition: Edition) -> Mapping[str, Origin]:
    """The web addresses of a mail that are the same for all its readers, and where each was written."""
    static = " ".join(part for part in (*edition.html, *edition.text) if isinstance(part, str))
    found = (html.unescape(address) for address in _HREF.findall(static))
    return {urldefrag(address)[0]: written_at(issue, address) for address in found}


class LinkChecker:
    """Asks each address once. `guard` is a seam for tests; networks that an operator permits are added to it."""

    def __init__(self, ws: Workspace, guard: Guard | None = None, seconds: float = ALL) -> None:
        limits = Limits(seconds=EACH, wait=EACH)
        self._guard = permitted(guard or Guard(limits=limits), ws.environ)
        self._file = private_folder(ws.root) / FILE
        self._seconds = seconds
        self._hosts: dict[str, Semaphore] = {}

    def problems(self, origins: Mapping[str, Origin], now: datetime) -> tuple[Problem, ...]:
        """What the links answer, and how many were not asked; a fresh answer is not asked for again."""
        kept = {address: one for address, one in self._kept(now).items() if address in origins}
        missing = [address for address in origins if address not in kept]
        answered = self._ask(missing[:MOST])
        reached = {address: kept.get(address) or answered.get(address) for address in origins}
        self._keep({address: one for address, one in answered.items() if not one.refused}, now)
        done = {address: one for address, one in reached.items() if one is not None}
        return (*reach_problems(done, origins), *_left_out(len(origins) - len(done)))

    def _ask(self, addresses: list[str]) -> dict[str, Reached]:
        """Several at a time; what has not answered when the time for all is over is not waited for."""
        self._hosts = {host: Semaphore(OF_ONE_HOST) for host in map(_host, addresses)}
        end = time.monotonic() + self._seconds
        pool = ThreadPoolExecutor(AT_ONCE, "links")
        try:
            asked: dict[str, Future[Reached | None]] = {
                address: pool.submit(self._one, address, end) for address in addresses
            }
            wait(asked.values(), self._seconds)
            done = {address: one.result() for address, one in asked.items() if one.done()}
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return {address: one for address, one in done.items() if one is not None}

    def _one(self, address: str, end: float) -> Reached | None:
        with self._hosts[_host(address)]:
            left = end - time.monotonic()
            if left <= 0:
                return None
            limits = replace(self._guard.limits, seconds=min(self._guard.limits.seconds, left))
            return reach(address, replace(self._guard, limits=limits))

    def _kept(self, now: datetime) -> dict[str, Reached]:
        try:
            return {row["address"]: Reached(**row["answer"]) for row in self._rows(now)}
        except (KeyError, TypeError):
            return {}

    def _rows(self, now: datetime) -> list[dict[str, Any]]:
        """The answers that are fresh; none where the file cannot be read."""
        try:
            rows: list[dict[str, Any]] = json.loads(self._file.read_text(encoding="utf-8"))
            return [row for row in rows if timedelta() <= now - datetime.fromisoformat(row["at"]) < FRESH]
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def _keep(self, answered: Mapping[str, Reached], now: datetime) -> None:
        """A full or closed disk costs the memory of it alone."""
        rows = [{"address": url, "at": now.isoformat(), "answer": asdict(one)} for url, one in answered.items()]
        rows += [row for row in self._rows(now) if row.get("address") not in answered]
        beside = self._file.with_name(f".{FILE}.{os.getpid()}")
        try:
            beside.write_text(json.dumps(rows), encoding="utf-8")
            beside.replace(self._file)
        except OSError:
            beside.unlink(missing_ok=True)


def link_findings(ws: Workspace, origins: Mapping[str, Origin]) -> tuple[Problem, ...]:
    """What the links answer, now or within the last hour."""
    try:
        checker = LinkChecker(ws)
    except ValueError:
        text = f"{ALLOWED} must hold networks such as 10.1.2.0/24, with commas between them"
        return (Problem("error", "source.settings", text, Origin("environment", ALLOWED)),)
    return checker.problems(origins, ws.clock())


def _left_out(count: int) -> Iterator[Problem]:
    if count > 0:
        text = f"{count} links were not asked: {MOST} are asked at a time, for {ALL:g} seconds; check once more"
        yield Problem("info", "link.dead", text, Origin("mail", "html part"))


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").lower()

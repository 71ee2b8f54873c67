"""Remote sources -> files: by address, by secret address, or out of a git repository; else their last good copy."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

from newsletter.app.source_cache import Copy, SourceCache
from newsletter.model.problem import Level, Origin, Problem
from newsletter.model.workspace import SourceSettings
from newsletter.net import git
from newsletter.net.answer import Answer, Failed, Fetched, Validators
from newsletter.net.fetching import fetch
from newsletter.net.guarded import Guard
from newsletter.settings.secrets import read_secret
from newsletter.sources.blob import Blob

#: Networks that may be asked though they are private, and what git may speak besides https; commas between them.
ALLOWED = "NEWSLETTER_FETCH_ALLOW"
PROTOCOLS = "NEWSLETTER_GIT_PROTOCOLS"
MAX_FILES = 20_000
MAX_FILE_BYTES = 5_000_000
MAX_TOTAL_BYTES = 100_000_000
THREADS = 8
#: How long whoever looks again and again takes what was fetched for what is there.
FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """The files of one source, and what there is to say about how they came."""

    blobs: tuple[Blob, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetching:
    """All that fetching takes from outside: the workspace's folder, the present (aware), and the environment.

    What an operator permits stands in the environment and not in config.toml, which editors may change.
    """

    root: Path
    now: datetime
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    guard: Guard = field(default_factory=Guard)
    git_seconds: float = 60.0

    def load_all(self, sources: Sequence[SourceSettings]) -> dict[str, Loaded]:
        """What each remote source holds, by its name, several at a time."""
        remote = [source for source in sources if source.is_remote]
        if not remote:
            return {}
        with ThreadPoolExecutor(min(THREADS, len(remote)), "fetch") as pool:
            return dict(zip((source.name for source in remote), pool.map(self.load, remote), strict=True))

    def load(self, source: SourceSettings) -> Loaded:
        """What one remote source holds: fetched now, else its last good copy with a warning that tells its age."""
        try:
            guard = self._guard()
        except ValueError:
            text = f"{ALLOWED} must hold networks such as 10.1.2.0/24, with commas between them"
            return _problem(source, "error", "source.settings", text)
        if source.git:
            return self._load_git(source, guard)
        url, fault = (source.url, None) if source.url else read_secret(source.url_env, self.environ)
        if fault:
            return Loaded(problems=(Problem("error", "source.secret", fault.text, _origin(source)),))
        if not url:
            text = f"the variable {source.url_env} is not set; put the address of source {source.name!r} into it"
            return _problem(source, "error", "source.secret", text)
        return self._load_url(source, url.strip(), guard)

    def kept_repository(self, source: SourceSettings) -> "KeptRepository | None":
        """What was fetched last of a git source; nothing is fetched. None where nothing is kept."""
        rules = git.GitRules(seconds=self.git_seconds, environ=self.environ)
        store = SourceCache(self.root).place(source.name, f"git {_address(source)}")
        entries = git.list_files(store, rules)
        return None if entries is None else KeptRepository(store, {one.path: one for one in entries}, rules)

    def _guard(self) -> Guard:
        return permitted(self.guard, self.environ)

    def _load_url(self, source: SourceSettings, url: str, guard: Guard) -> Loaded:
        cache = SourceCache(self.root)
        kept = cache.load(source.name, url)
        answer: Answer = fetch(url, kept.validators if kept else Validators(), guard)
        if isinstance(answer, Failed):
            return self._fall_back(source, answer, kept.good_at if kept else None, _blob(source, kept))
        if isinstance(answer, Fetched):
            kept = Copy(answer.data, self.now, answer.validators)
        elif kept is not None:
            kept = Copy(kept.data, self.now, kept.validators)
        if kept is not None:
            cache.save(source.name, url, kept)
        return Loaded(_blob(source, kept))

    def _load_git(self, source: SourceSettings, guard: Guard) -> Loaded:
        protocols = ("https", *_listed(self.environ.get(PROTOCOLS, "")))
        rules = git.GitRules(guard, tuple(dict.fromkeys(protocols)), self.git_seconds, self.environ)
        cache = SourceCache(self.root)
        ref, address = source.ref or "HEAD", _address(source)
        store = cache.place(source.name, f"git {address}")
        failed = git.fetch_repository(source.git, ref, store, rules)
        if failed is None:
            cache.save(source.name, address, Copy(b"", self.now))
        entries = git.list_files(store, rules)
        if entries is None:
            return self._fall_back(source, failed or Failed("git could not read what it fetched"), None, ())
        loaded = _repository_files(source, store, entries, rules)
        if failed is None:
            return loaded
        kept = cache.load(source.name, address)
        fallen = self._fall_back(source, failed, kept.good_at if kept else None, loaded.blobs)
        return Loaded(loaded.blobs, (*loaded.problems, *fallen.problems))

    def _fall_back(
        self, source: SourceSettings, failed: Failed, good_at: datetime | None, blobs: tuple[Blob, ...]
    ) -> Loaded:
        if good_at is None:
            text = f"source {source.name!r} could not be fetched: {failed.reason}; there is no earlier copy of it"
            return _problem(source, "error", "source.unreachable", text)
        age = age_text(self.now - good_at)
        text = f"source {source.name!r} could not be fetched: {failed.reason}; its copy from {age} is used"
        return Loaded(blobs, _problem(source, "warning", "source.cached", text).problems)


def permitted(guard: Guard, environ: Mapping[str, str]) -> Guard:
    """The guard with the networks that the operator permits; ValueError where they cannot be read."""
    networks = tuple(ip_network(text) for text in _listed(environ.get(ALLOWED, "")))
    return replace(guard, allowed=(*guard.allowed, *networks))


@dataclass(frozen=True, slots=True)
class KeptRepository:
    """The files of one fetched commit, by path."""

    store: Path
    entries: Mapping[str, git.Entry]
    rules: git.GitRules

    def read(self, path: str, limit: int) -> bytes | None:
        """A file's bytes; None where there is none, or it is a link or larger than that."""
        entry = self.entries.get(path)
        if entry is None or entry.is_link or entry.size > limit:
            return None
        return next((data for _, data in git.read_files(self.store, [entry], self.rules)), None)


class Recent:
    """What remote sources held within the last minute, so that looking again asks nobody; one thread at a time.

    What could not be fetched counts as well: a server that is down is not asked at every look.
    """

    def __init__(self, fresh: timedelta = FRESH) -> None:
        self._fresh = fresh
        self._kept: dict[tuple[str, ...], tuple[datetime, Loaded]] = {}

    def load_all(self, fetching: Fetching, sources: Sequence[SourceSettings]) -> dict[str, Loaded]:
        """As `Fetching.load_all`, for what is not kept."""
        remote = {source.name: _place(source) for source in sources if source.is_remote}
        kept = self._kept.items()
        self._kept = {place: one for place, one in kept if timedelta() <= fetching.now - one[0] < self._fresh}
        missing = [source for source in sources if source.is_remote and _place(source) not in self._kept]
        for name, loaded in fetching.load_all(missing).items():
            self._kept[remote[name]] = fetching.now, loaded
        return {name: self._kept[place][1] for name, place in remote.items()}


def _address(source: SourceSettings) -> str:
    return f"{source.git}#{source.ref or 'HEAD'}"


def _place(source: SourceSettings) -> tuple[str, ...]:
    """What decides which files come; how they are read may change without fetching them again."""
    return source.name, source.url, source.url_env, source.git, source.ref, source.path


def age_text(age: timedelta) -> str:
    """How long ago, in the largest unit that has at least two: "45 minutes ago", "3 days ago"."""
    minutes = max(0, int(age.total_seconds()) // 60)
    for unit, size in (("days", 24 * 60), ("hours", 60), ("minutes", 1)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit} ago"
    return "a moment ago" if minutes < 1 else "1 minute ago"


def _repository_files(
    source: SourceSettings, store: Path, entries: Sequence[git.Entry], rules: git.GitRules
) -> Loaded:
    wanted = [entry for entry in entries if git.matches(source.path, entry.path)]
    problems = [problem for entry in wanted if (problem := _refused(source, entry))]
    good = [entry for entry in wanted if not _refused(source, entry)]
    if len(good) > MAX_FILES or sum(entry.size for entry in good) > MAX_TOTAL_BYTES:
        limits = f"{MAX_FILES:,} files or {MAX_TOTAL_BYTES // 1_000_000} MB"
        return _problem(source, "error", "source.too-large", f"more than {limits} match {source.path!r}; match fewer")
    if not wanted:
        text = f"source {source.name!r} matches no file in the repository: {source.path}"
        problems.append(Problem("warning", "source.empty", text, _origin(source)))
    blobs = (Blob(entry.path, data) for entry, data in git.read_files(store, good, rules))
    return Loaded(tuple(blobs), tuple(problems))


def _refused(source: SourceSettings, entry: git.Entry) -> Problem | None:
    origin = Origin(source.name, entry.path)
    if entry.is_link:
        return Problem("warning", "source.link", "this is a link; links in a repository are not followed", origin)
    if entry.size > MAX_FILE_BYTES:
        size = entry.size / 1_000_000
        return Problem("error", "source.too-large", f"{size:.0f} MB; files above 5 MB are not read", origin)
    return None


def _blob(source: SourceSettings, kept: Copy | None) -> tuple[Blob, ...]:
    return (Blob(source.where, kept.data),) if kept else ()


def _problem(source: SourceSettings, level: Level, code: str, text: str) -> Loaded:
    return Loaded(problems=(Problem(level, code, text, _origin(source)),))


def _origin(source: SourceSettings) -> Origin:
    return Origin(source.name, source.where)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]

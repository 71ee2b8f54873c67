"""Files of a git repository, by the system's git: one commit deep, and never checked out.

Nothing of the repository runs or touches the disk outside its object store: files are read from git's own objects, so
there are no hooks, filters, submodules or links to follow.
"""

import os
import re
import resource
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from newsletter.net.addresses import pick_address
from newsletter.net.answer import Failed, RefusedError
from newsletter.net.guarded import Guard
from newsletter.net.location import read_location

KEPT = "refs/newsletter/kept"
MAX_PACK_BYTES = 500_000_000
_PASSED_ON = ("PATH", "HOME", "SSH_AUTH_SOCK", "TMPDIR")
_QUIET = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
    "GIT_NO_LAZY_FETCH": "1",
}
_SAFE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "credential.helper=",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.followRedirects=false",
)
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_ENTRY = re.compile(
    rb"(?P<mode>\d{6}) (?P<kind>\w+) (?P<id>[0-9a-f]{40,64}) +(?P<size>\d+|-)\t(?P<path>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class GitRules:
    """What a fetch by git may do: the protocols, the guard over their addresses, and its time in seconds."""

    guard: Guard = field(default_factory=Guard)
    protocols: tuple[str, ...] = ("https",)
    seconds: float = 60.0
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the repository; `is_link` marks a symbolic link, which is not followed."""

    path: str
    id: str
    size: int
    is_link: bool


def fetch_repository(url: str, ref: str, store: Path, rules: GitRules) -> Failed | None:
    """Bring the newest commit of `ref` into the bare store; on failure what the store held stays as it was."""
    try:
        pinned = _checked(url, ref, rules)
        if not (store / "HEAD").is_file():
            _git(["init", "--quiet", "--bare", "--template=", str(store)], rules)
        _git(_fetch_command(url, ref, store, pinned), rules)
    except RefusedError as refusal:
        return Failed(str(refusal), refused=True)
    except subprocess.TimeoutExpired:
        return Failed(f"git did not finish within {rules.seconds:g} seconds")
    except subprocess.CalledProcessError as error:
        return Failed(_reason(error.stderr, ref))
    except OSError:
        return Failed("the program git could not be run, or the name of its host could not be looked up")
    return None


def list_files(store: Path, rules: GitRules) -> tuple[Entry, ...] | None:
    """The files of the kept commit in path order, submodules left out; None where nothing was ever kept."""
    try:
        listing = _git(["-C", str(store), "ls-tree", "-r", "-z", "--long", "--full-tree", KEPT], rules)
    except (subprocess.SubprocessError, OSError):
        return None
    return tuple(_entries(listing))


def read_files(store: Path, entries: Sequence[Entry], rules: GitRules) -> Iterator[tuple[Entry, bytes]]:
    """The bytes of the files."""
    asked = "".join(f"{entry.id}\n" for entry in entries).encode()
    answer = _git(["-C", str(store), "cat-file", "--batch"], rules, asked)
    for entry in entries:
        head, _, answer = answer.partition(b"\n")
        size = int(head.rsplit(b" ", 1)[1])
        yield entry, answer[:size]
        answer = answer[size + 1 :]


def matches(pattern: str, path: str) -> bool:
    """Whether a path fits a pattern of `*`, `?`, `[...]` and, for folders in any depth, `**`."""
    return re.fullmatch(_pattern(pattern), path) is not None


def _checked(url: str, ref: str, rules: GitRules) -> tuple[str, ...]:
    """Options that pin the checked address; RefusedError for what git must not be given."""
    protocol, found, rest = url.partition("://")
    if not found or protocol not in rules.protocols:
        raise RefusedError(f"git may use {' and '.join(rules.protocols)} here, and its address says otherwise")
    if not rest or rest.startswith("-") or re.search(r"[\x00-\x20\x7f]", url):
        raise RefusedError("its address cannot be read")
    if not _REF.fullmatch(ref) or ".." in ref:
        raise RefusedError("its ref is no name of a branch, tag or commit")
    if protocol not in ("http", "https"):
        return ()
    location = read_location(url)
    address = pick_address(location.host, location.port, rules.guard.resolver, rules.guard.allowed)
    return ("-c", f"http.curloptResolve={location.host}:{location.port}:{address}")


def _fetch_command(url: str, ref: str, store: Path, pinned: Sequence[str]) -> list[str]:
    options = ["--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance"]
    return ["-C", str(store), *pinned, "fetch", *options, "--", url, f"+{ref}:{KEPT}"]


def _git(arguments: Sequence[str], rules: GitRules, given: bytes = b"") -> bytes:
    """Run git, and end it with all its children when its time is over."""
    settings = [part for setting in _SAFE for part in ("-c", setting)]
    process = subprocess.Popen(  # noqa: S603 - a list without a shell; what comes from outside was checked
        ["git", *settings, *arguments],  # noqa: S607 - the system's git, from PATH
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=_environment(rules), start_new_session=True,
    )  # fmt: skip
    _limit_files(process.pid)
    try:
        output, errors = process.communicate(given, rules.seconds)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "git", output, errors)
    return output


def _environment(rules: GitRules) -> dict[str, str]:
    """Of the caller's environment only what git needs; no GIT_DIR, proxy or secret comes along."""
    passed = {name: rules.environ[name] for name in _PASSED_ON if name in rules.environ}
    return {**passed, **_QUIET, "GIT_ALLOW_PROTOCOL": ":".join(rules.protocols)}


def _limit_files(pid: int) -> None:
    """No file that git writes may outgrow the limit, where the system can say so of another process (Linux)."""
    if hasattr(resource, "prlimit"):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (MAX_PACK_BYTES, MAX_PACK_BYTES))


def _reason(errors: bytes, ref: str) -> str:
    """Git's complaint in words of ours: its own repeat the address."""
    text = errors.decode("utf-8", "replace")
    if "couldn't find remote ref" in text or "not our ref" in text:
        return f"it has no branch, tag or commit {ref!r}"
    if re.search(r"not found|does not (?:appear to be|exist)|not appear to be a git repository", text):
        return "there is no git repository at its address"
    if re.search(r"could not read Username|Authentication failed|Permission denied", text):
        return "it asks for a password or key"
    return "git could not fetch it"


def _entries(listing: bytes) -> Iterator[Entry]:
    for line in listing.split(b"\0"):
        found = _ENTRY.fullmatch(line)
        if found and found["kind"] == b"blob":
            path = found["path"].decode("utf-8", "replace")
            yield Entry(path, found["id"].decode(), int(found["size"]), found["mode"] == b"120000")


def _pattern(pattern: str) -> str:
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    inner = ["(?:[^/]+/)*" if part == "**" else f"{_segment(part)}/" for part in parts[:-1]]
    last = "(?:[^/]+/)*[^/]+" if parts and parts[-1] == "**" else _segment(parts[-1] if parts else "")
    return "".join([*inner, last])


def _segment(part: str) -> str:
    """One segment of a pattern as a regular expression; a run of `*` counts once, lest it cost dearly."""
    tokens = re.findall(r"\*+|\?|\[!?[^\]]+\]|.", part, re.DOTALL)
    return "".join(map(_expression, tokens))


def _expression(wild: str) -> str:
    if wild.startswith("*"):
        return "[^/]*"
    if wild == "?":
        return "[^/]"
    if len(wild) > 1:
        inside = wild[1:-1]
        negated = inside.startswith("!")
        return f"[{'^/' if negated else ''}{re.escape(inside[negated:]).replace(chr(92) + '-', '-')}]"
    return re.escape(wild)

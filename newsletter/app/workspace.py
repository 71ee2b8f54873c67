"""A workspace opened: its settings, its store, the clock, and the key that signs its links."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy.engine import Connection

from newsletter.model.deeds import SCHEDULE_ACTOR, Actor
from newsletter.model.hands import Hands
from newsletter.model.people import Persona
from newsletter.model.problem import Origin, Problem, has_errors
from newsletter.model.workspace import Settings
from newsletter.redaction import redact
from newsletter.settings.own_environ import community_in, own_environ
from newsletter.settings.personas import read_personas
from newsletter.settings.reading import CONFIG, LISTS, SettingsError, TomlFile, read_settings
from newsletter.settings.secrets import read_secret, read_secrets
from newsletter.store.engine import Store, open_store

PERSONAS = "personas.toml"
SECRET_FILE = "subscribers/secret.key"  # noqa: S105 - a path, not a secret


def utc_now() -> datetime:
    """The present, aware, in UTC; the only clock the program reads."""
    return datetime.now(UTC)


#: Tells workers, in the transaction that plans it, of a mailing: community, key, and how many batches it makes.
Announce = Callable[[Connection, str, str, int], None]


def _to_nobody(_connection: Connection, _community: str, _key: str, _batches: int) -> None:
    """Whoever drains looks for mailings by itself."""


@dataclass(frozen=True)
class Workspace:
    """One opened workspace, and who acts in it. Store and signing key are made at first need, not at opening."""

    settings: Settings
    clock: Callable[[], datetime] = utc_now
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)
    actor: Actor = SCHEDULE_ACTOR
    announce: Announce = field(default=_to_nobody, repr=False)
    hands: Hands = field(default_factory=Hands, repr=False, compare=False)

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.settings.root

    @cached_property
    def store(self) -> Store:
        """The store, migrated to this version's schema."""
        return open_store(self.settings.store.url, self.root)

    @cached_property
    def secret(self) -> bytes:
        """The key that signs links: this community's own, although several may share what it is made of."""
        return _own_key(self._master, self.settings.community.id)

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys whose links are taken: the first signs, and the others did before it was changed.

        Before communities had keys of their own, what those are made of signed by itself.
        """
        masters = (self._master, *self._older)
        own = (_own_key(one, self.settings.community.id) for one in self._older)
        return (self.secret, *own, *masters)

    @property
    def hash_key(self) -> bytes:
        """The key under which proofs and suppressions stand for addresses: the oldest, since it must never change."""
        return (self._master, *self._older)[-1]

    @cached_property
    def _master(self) -> bytes:
        """NEWSLETTER_SECRET, else a 0600 file made once."""
        given = self.settings.secrets.signing
        key = given.get_secret_value().encode() if given else _secret_file(self.root / SECRET_FILE)
        redact.learn([key.decode(errors="replace")])
        return key

    @property
    def _older(self) -> tuple[bytes, ...]:
        old = self.settings.secrets.signing_old
        return tuple(old.get_secret_value().encode().split()) if old else ()

    @property
    def personas(self) -> tuple[Persona, ...]:
        """The readers of personas.toml, read afresh, or one default reader."""
        path = self.root / PERSONAS
        return read_personas(_toml(self.root, PERSONAS) if path.exists() else None, self.settings)


def _own_key(master: bytes, community: str) -> bytes:
    """What one community signs with, so that no other takes its links for its own."""
    return hmac.new(master, b"newsletter-community\0" + community.encode(), hashlib.sha256).hexdigest().encode()


def _secret_file(path: Path) -> bytes:
    """Read the key, or make it; O_EXCL lets two first processes agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    return path.read_bytes().strip()


def find_root(start: Path) -> Path:
    """The nearest folder upwards that holds a config.toml; SettingsError says where it looked."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / CONFIG).is_file():
            return folder
    text = f"no {CONFIG} here or in any folder above {start}; `newsletter init DIR` writes a workspace"
    raise SettingsError((Problem("error", "settings.no-workspace", text, Origin("settings", str(start / CONFIG))),))


def open_workspace(
    root: Path, environ: Mapping[str, str] = os.environ, clock: Callable[[], datetime] = utc_now
) -> Workspace:
    """Read and check the settings in `root`; SettingsError carries every problem."""
    config = _toml(root, CONFIG)
    environ = own_environ(environ, community_in(config.text))
    secrets_read, problems = read_secrets(environ)
    if has_errors(problems):
        raise SettingsError(problems)
    settings = read_settings(config, _toml(root, LISTS), root=root.resolve(), secrets=secrets_read)
    made = Workspace(settings, clock, environ)
    redact.learn(_secret_values(made))
    return made


def _secret_values(ws: Workspace) -> Iterator[str]:
    """What must stand in no log: keys and passwords, and addresses that are keys themselves."""
    given = (getattr(ws.settings.secrets, name) for name in type(ws.settings.secrets).model_fields)
    for one in given:
        if one is not None:
            value = one.get_secret_value()
            yield from (value,) if "PRIVATE KEY" in value else (value, *value.split())
    variables = (*(one.url_env for one in ws.settings.sources), ws.settings.alerts.webhook_env)
    yield from (read_secret(name, ws.environ)[0] for name in variables if name)


def with_settings(ws: Workspace, **changes: object) -> Workspace:
    """The same workspace under other settings, as tests and the demo need."""
    return replace(ws, settings=ws.settings.model_copy(update=changes))


def acting(ws: Workspace, actor: Actor) -> Workspace:
    """The same workspace and store, in which somebody acts: what is done with it is written down as theirs."""
    made = replace(ws, actor=actor)
    vars(made)["store"] = ws.store
    return made


def _toml(root: Path, name: str) -> TomlFile:
    try:
        return TomlFile(name, (root / name).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        text = f"{root / name} is missing; `newsletter init DIR` writes one"
    except (OSError, UnicodeDecodeError) as error:
        text = f"{root / name} cannot be read: {error}"
    raise SettingsError((Problem("error", "settings.file", text, Origin("settings", name)),))

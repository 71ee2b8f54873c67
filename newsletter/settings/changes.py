"""What is other in one reading of the settings than in another, key by key; no secret is ever shown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, SecretStr

from newsletter.model.workspace import Settings
from newsletter.settings.secrets import NAMES

#: What the process holds on to as long as it lives: its store, its sockets, and who it is.
NEEDS_RESTART = ("community.id", "store.url", "web.host", "web.port", "web.monitor_port")
MASKED = "(not shown)"
#: What an address of a database or a server may hold between its user's name and the host.
_PASSWORD = re.compile(r"(://[^/@:\s]*):[^@/\s]*@")
#: Characters of a value that are shown.
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One key with what it said and says; empty where it did not, or does not, stand there. Secrets are masked."""

    key: str
    before: str
    after: str

    @property
    def needs_restart(self) -> bool:
        """Whether a running program cannot take it in."""
        return self.key in NEEDS_RESTART

    def __str__(self) -> str:
        if MASKED in (self.before, self.after) or self.before == self.after:
            return f"{self.key} {'is new' if not self.before else 'is gone' if not self.after else 'is another'}"
        if not self.before:
            return f"{self.key} is {_short(self.after)}"
        if not self.after:
            return f"{self.key} is gone (it was {_short(self.before)})"
        return f"{self.key}: {_short(self.before)} is {_short(self.after)} now"


def setting_changes(old: Settings, new: Settings) -> tuple[Change, ...]:
    """Every key that says something else now, in alphabetical order; values as they would be written in TOML."""
    before, after = dict(_flat("", old)), dict(_flat("", new))
    found = (
        Change(_shown_name(key), _shown(before.get(key)), _shown(after.get(key)))
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    )
    return tuple(found)


def _flat(key: str, value: object) -> Iterator[tuple[str, object]]:
    """Keys as people write them; what has a name of its own goes by that, wherever it stands in a row."""
    if isinstance(value, BaseModel):
        yield from _below(key, {name: getattr(value, name) for name in type(value).model_fields if name != "root"})
    elif isinstance(value, Mapping):
        yield from _below(key, value)
    elif isinstance(value, Sequence) and value and all(isinstance(one, BaseModel) for one in value):
        yield from _below(key, {str(getattr(one, "name", number)): one for number, one in enumerate(value)})
    elif value is not None:
        yield key, value


def _below(key: str, table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        yield from _flat(f"{key}.{name}" if key else name, value)


def _shown_name(key: str) -> str:
    table, _, name = key.partition(".")
    return NAMES[name] if table == "secrets" else "terms.preset" if key == "terms_preset" else key


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return MASKED
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + _PASSWORD.sub(r"\1:***@", value) + '"'
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_shown, value))}]"
    return str(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."

"""config.toml and lists.toml as text in; Settings out, or problems that name the file, the line and the key."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from newsletter.model.problem import Origin, Problem, has_errors
from newsletter.model.workspace import Secrets, Settings
from newsletter.settings.locate import key_line
from newsletter.settings.meaning import check_meaning

CONFIG = "config.toml"
LISTS = "subscribers/lists.toml"
_LISTS_KEYS = ("topics", "lists")


class SettingsError(Exception):
    """The workspace cannot be opened as it is configured; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A settings file: its path as people know it, and its text."""

    path: str
    text: str

    def problem(self, code: str, text: str, key: tuple[str | int, ...] = (), line: int | None = None) -> Problem:
        """An error that points at the key's line."""
        return Problem("error", code, text, Origin("settings", self.path, line or key_line(self.text, key)))


def read_settings(config: TomlFile, lists: TomlFile, *, root: Path, secrets: Secrets = Secrets()) -> Settings:  # noqa: B008
    """The workspace's settings; raises SettingsError with every problem found, not just the first."""
    tables = {**_parse(config), **_only(_parse(lists), lists)}
    _refuse_lists_in_config(config)
    try:
        settings = Settings(root=root, secrets=secrets, **tables)
    except ValidationError as error:
        problems = [_explain(detail, config, lists) for detail in error.errors()]
        # A misspelt key also leaves the right one missing: name the cause before the consequence.
        raise SettingsError(tuple(sorted(problems, key=lambda p: p.code != "settings.unknown-key"))) from None
    faults = tuple(
        _file_of(key, config, lists).problem(code, text, key) for key, code, text in check_meaning(settings)
    )
    if has_errors(faults):
        raise SettingsError(faults)
    return settings


def parse_table(file: TomlFile) -> dict[str, Any]:
    """A TOML file as a dictionary; SettingsError with line and column where it is not TOML."""
    return _parse(file)


def _parse(file: TomlFile) -> dict[str, Any]:
    try:
        return tomli.loads(file.text)
    except tomli.TOMLDecodeError as error:
        text = f"this is not valid TOML: {error.msg} (column {error.colno})"
        raise SettingsError((file.problem("settings.toml", text, line=error.lineno),)) from None


def _only(tables: dict[str, Any], file: TomlFile) -> dict[str, Any]:
    for key in tables:
        if key not in _LISTS_KEYS:
            text = f"`{key}` does not belong here; this file holds [topics.*] and [lists.*]"
            raise SettingsError((file.problem("settings.unknown-key", text, (key,)),))
    return tables


def _refuse_lists_in_config(config: TomlFile) -> None:
    for key in _LISTS_KEYS:
        if key in _parse(config):
            text = f"[{key}.*] stands in {LISTS}, not here"
            raise SettingsError((config.problem("settings.unknown-key", text, (key,)),))


def _file_of(key: tuple[str | int, ...], config: TomlFile, lists: TomlFile) -> TomlFile:
    return lists if key and key[0] in _LISTS_KEYS else config


def _explain(detail: ErrorDetails, config: TomlFile, lists: TomlFile) -> Problem:
    """Pydantic's finding in an editor's words."""
    key = tuple(detail["loc"])
    file = _file_of(key, config, lists)
    name = _dotted(key)
    if detail["type"] == "extra_forbidden":
        return file.problem("settings.unknown-key", f"`{name}` is not a setting{_suggest(key)}", key)
    if detail["type"] == "missing":
        return file.problem("settings.missing-key", f"`{name}` is missing; add it", key)
    found = f", found {detail['input']!r}" if not isinstance(detail["input"], dict | list) else ""
    return file.problem("settings.value", f"`{name}`: {_lower(detail['msg'])}{found}", key)


def _dotted(key: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in key)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _suggest(key: tuple[str | int, ...]) -> str:
    close = difflib.get_close_matches(str(key[-1]), _fields_at(key[:-1]), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _fields_at(path: tuple[str | int, ...]) -> list[str]:
    """The keys a table may hold, found by walking the settings models along the path."""
    model: type[BaseModel] | None = Settings
    for part in path:
        field = model.model_fields.get(str(part)) if model else None
        if field is not None:
            model = _model_in(field.annotation)
    return list(model.model_fields) if model else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    nested = (_model_in(argument) for argument in getattr(annotation, "__args__", ()))
    return next((model for model in nested if model), None)

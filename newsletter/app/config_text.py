"""config.toml and lists.toml of a new workspace, as text that people go on editing."""

import json
from collections.abc import Iterator, Mapping, Sequence

from newsletter.model.workspace import Community, DigestSettings, ListSettings, Sender, SourceSettings, TopicSettings

_POLICIES = ("git", "path", "base_url", "preset", "kind", "naive", "offset", "midnight_is_date")


def config_text(
    community: Community,
    sender: Sender,
    sources: Sequence[tuple[SourceSettings, Sequence[str]]],
    digests: Mapping[str, DigestSettings],
) -> str:
    """config.toml; above each source stand the reasons for how it is set up."""
    blocks = [
        "# The settings of this workspace; docs/operators.md explains every key.",
        _table("[community]", community.model_dump(exclude_defaults=True)),
        _table("[sender]", sender.model_dump(exclude_defaults=True)),
        *(_source(source, reasons) for source, reasons in sources),
        *(_table(f"[digests.{name}]", digest.model_dump(exclude_defaults=True)) for name, digest in digests.items()),
        '# Mails as files, to be looked at; docs/operators.md shows SMTP and SendGrid.\n[provider]\nkind = "outbox"',
    ]
    return "\n\n".join(blocks) + "\n"


def lists_text(lists: Mapping[str, ListSettings], topics: Mapping[str, TopicSettings]) -> str:
    """subscribers/lists.toml."""
    blocks = [
        "# What people can join, and the topics they can choose; a topic is made of tags.",
        *(_table(f"[topics.{name}]", topic.model_dump(exclude_defaults=True)) for name, topic in topics.items()),
        *(_table(f"[lists.{name}]", entry.model_dump(exclude_defaults=True)) for name, entry in lists.items()),
    ]
    return "\n\n".join(blocks) + "\n"


def _source(source: SourceSettings, reasons: Sequence[str]) -> str:
    rows = [f"# {' '.join(reason.split())}" for reason in reasons]
    values: dict[str, object] = {"name": source.name, "format": source.format}
    given = source.model_dump(include=set(_POLICIES) & source.model_fields_set)
    values |= {key: given[key] for key in _POLICIES if given.get(key, "") != ""}
    rows.append(_table("[[sources]]", values))
    if source.field_map:
        rows.append("\n" + _table("[sources.fields]", source.field_map))
    return "\n".join(rows)


def _table(head: str, values: Mapping[str, object]) -> str:
    return "\n".join([head, *_rows(values)])


def _rows(values: Mapping[str, object]) -> Iterator[str]:
    for key, value in values.items():
        yield f"{key if key.isidentifier() and key.isascii() else _quoted(key)} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """A basic string: the escapes of JSON are TOML's too, but for DEL, which TOML wants escaped."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")

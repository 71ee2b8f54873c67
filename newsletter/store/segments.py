"""A segment as a condition in SQL; every value in it is bound, none is ever part of the statement."""

from typing import Any as Anything

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from newsletter.model.segment import All, Any, Attribute, Chooses, Homes, Is, Joined, Not, Segment
from newsletter.store.tables import subscriber, subscription

Condition = sa.ColumnElement[bool]


class holds_text(sa.sql.functions.GenericFunction[bool]):  # noqa: N801 - the name of a function in SQL
    """Whether a JSON array holds this text."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(holds_text, "sqlite")
def _sqlite_holds(element: holds_text, compiler: Anything, **words: Anything) -> str:
    document, text = (compiler.process(clause, **words) for clause in element.clauses)
    return f"EXISTS (SELECT 1 FROM json_each({document}) AS part WHERE part.type = 'text' AND part.value = {text})"  # noqa: S608 - only bound values


@compiles(holds_text, "postgresql")
def _postgresql_holds(element: holds_text, compiler: Anything, **words: Anything) -> str:
    document, text = (compiler.process(clause, **words) for clause in element.clauses)
    return f"(CAST({document} AS JSONB) ? {text})"


class attribute_is(sa.sql.functions.GenericFunction[bool]):  # noqa: N801 - the name of a function in SQL
    """Whether a JSON object has this name and, unless the value is null, that value there or in a list there."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(attribute_is, "sqlite")
def _sqlite_attribute(element: attribute_is, compiler: Anything, **words: Anything) -> str:
    document, name, value = (compiler.process(clause, **words) for clause in element.clauses)
    listed = f"EXISTS (SELECT 1 FROM json_each(part.value) AS one WHERE one.type = 'text' AND one.value = {value})"  # noqa: S608
    plain = (
        f"CASE part.type WHEN 'text' THEN part.value = {value} WHEN 'true' THEN 'true' = {value} "
        f"WHEN 'false' THEN 'false' = {value} WHEN 'array' THEN {listed} WHEN 'integer' "
        f"THEN CAST(part.value AS TEXT) = {value} ELSE 0 END"
    )
    fits = f"part.key = {name} AND ({value} IS NULL OR {plain})"
    return f"EXISTS (SELECT 1 FROM json_each({document}) AS part WHERE {fits})"  # noqa: S608 - only bound values


@compiles(attribute_is, "postgresql")
def _postgresql_attribute(element: attribute_is, compiler: Anything, **words: Anything) -> str:
    document, name, value = (compiler.process(clause, **words) for clause in element.clauses)
    found = f"CAST({document} AS JSONB) -> {name}"
    return (
        f"(CAST({document} AS JSONB) ? {name} AND ({value} IS NULL OR CAST({document} AS JSONB) ->> {name} = {value} "
        f"OR (jsonb_typeof({found}) = 'array' AND ({found}) ? {value})))"
    )


def condition(segment: Segment, homes: Homes) -> Condition:
    """What must hold of a subscriber and their subscription, joined."""
    match segment:
        case Chooses("topic", name):
            return sa.or_(subscription.c.topics.is_(sa.null()), holds_text(subscription.c.topics, _bound(name)))
        case Chooses(_, name):
            return holds_text(subscription.c.digests, _bound(name))
        case Is(what, value):
            return _matches(_column(what, homes), value)
        case Joined(side, moment):
            since = subscription.c.since
            return since >= moment if side == "since" else since < moment
        case Attribute(name, value):
            return attribute_is(subscriber.c.attributes, _bound(name), _bound(value))
        case Not(part):
            return sa.not_(condition(part, homes))
        case All(parts):
            return sa.and_(sa.true(), *(condition(part, homes) for part in parts))
        case Any(parts):
            return sa.or_(sa.false(), *(condition(part, homes) for part in parts))


def _bound(value: str | None) -> sa.ColumnElement[str]:
    return sa.bindparam(None, value, type_=sa.Text())


def _column(what: str, homes: Homes) -> sa.ColumnElement[str]:
    def or_home(column: sa.ColumnElement[str], home: str) -> sa.ColumnElement[str]:
        return sa.case((column == "", home), else_=column)

    if what == "zone":
        return or_home(subscriber.c.timezone, homes.zone)
    if what == "language":
        return or_home(subscriber.c.language, homes.language)
    return subscription.c.list if what == "list" else subscription.c.state


def _matches(column: sa.ColumnElement[str], value: str) -> Condition:
    if not value.endswith("*"):
        return column == value
    head = value[:-1]
    return sa.func.substr(column, 1, len(head)) == head

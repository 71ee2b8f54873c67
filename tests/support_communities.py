"""Reads each statement as it goes to the store: whatever looks at rows of communities must say of which.

A table counts as narrowed where its `community` is compared to a value, or where it is joined, by its community or by
an id, to a table that is narrowed.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, ColumnElement
from sqlalchemy.sql.selectable import Alias, FromClause

#: Statements that speak of all communities on purpose, by the function that makes them, and why.
ACROSS = {
    "store.imports._rebuilt": "counts all rows to decide whether an index is worth taking off; tells nobody",
    "store.erasing._is_shared": "asks whether there are others, of whom nothing is told then",
    "store.sharing.neighbours": "who chose to share bounces and complaints",
    "store.sharing.strangers": "who chose to, under another key",
    "store.guards.departures": "one pace for all who name the same account",
    "store.guards.departed": "one pace for all who name the same account",
}
#: Who is handed the id of a row that was found under its community before, and asks by that alone. None of these ids
#: comes from a link, a form or a post.
BY_ID = frozenset(
    {
        # a mailing, found by community, kind and key
        "store.audit._reported",
        "store.audit._tries",
        "store.audit.histories",
        "store.claims.due",
        "store.editions.get",
        "store.guards.count_in",
        "store.guards.largest_message",
        "store.guards.let_go",
        "store.guards.planned_at_first",
        "store.mailings.<genexpr>",
        "store.mailings.counts",
        "store.mailings.listed",
        "store.mailings.move",
        "store.mailings.next_due",
        "store.mailings.subscribers_of",
        # a mailing or a delivery that an operator's page found under its community
        "store.lines.lines_of",
        "store.operator._refused",
        "store.operator._states",
        "store.operator.deliveries",
        "store.operator.handed_over",
        "store.operator.notes_of",
        # an attempt that this worker wrote, and the deliveries that it claimed for it
        "store.claims._name_theirs",
        "store.claims._settle_deliveries",
        "store.claims._settle_items",
        "store.claims.claim",
        "store.claims.mark_submitting",
        "store.claims.settle",
        # a mail to an editor, an alert and its telling, that were due in the community
        "store.editor_mails.mark_submitting",
        "store.editor_mails.settle",
        "store.episodes._update",
        "store.episodes.settle",
        "store.episodes.take",
    }
)
#: Columns whose value stands for one row, and so for one community, by the table that has it as its id.
IDS = {
    "subscriber_id": "subscriber",
    "delivery_id": "delivery",
    "attempt_id": "attempt",
    "mailing_id": "mailing",
    "episode_id": "alert_episode",
}
LOOKED_AT = (sa.Select, sa.CompoundSelect, sa.Update, sa.Delete, sa.Insert)
SAME = (operators.eq, operators.in_op)


def unnarrowed(statement: Any, *, by_id: bool = False) -> frozenset[str]:
    """The tables of which a statement may see, change or delete rows of any community.

    `by_id` takes an id that is given for a community.
    """
    narrowed: set[FromClause] = set()
    joined: list[set[FromClause]] = []
    for node in visitors.iterate(statement):
        if isinstance(node, BinaryExpression) and node.operator in SAME:
            for one, other in ((node.left, node.right), (node.right, node.left)):
                _look(_bare(one), other, narrowed, joined, by_id=by_id)
    for _ in joined:
        for pair in joined:
            narrowed |= pair if narrowed & pair else set()
    return frozenset(str(getattr(one, "name", one)) for one in _tables(statement) - narrowed)


def _look(one: Any, other: Any, narrowed: set[FromClause], joined: list[set[FromClause]], *, by_id: bool) -> None:
    mine, kind = _table_of(one), _kind(one)
    if mine is None or not kind:
        return
    theirs = [_table_of(found) for found in visitors.iterate(other) if _kind(found) == kind]
    joined += [{mine, table} for table in theirs if table is not None and table is not mine]
    if not theirs and (kind == "community" or by_id) and _is_value(other):
        narrowed.add(mine)


def _bare(node: Any) -> Any:
    """The column that is compared `beside` what a row is looked up by."""
    return next(iter(node.clauses)) if isinstance(node, sa.sql.functions.coalesce) else node


def _is_value(node: Any) -> bool:
    return any(isinstance(one, BindParameter) for one in visitors.iterate(node))


def _table_of(node: Any) -> FromClause | None:
    """The table of a column; for one of a subquery, that from which the subquery has it."""
    table: FromClause | None = getattr(node, "table", None) if isinstance(node, ColumnElement) else None
    if not isinstance(table, sa.Subquery):
        return table
    return next((_table_of(one) for one in node.base_columns if one is not node), table)


def _kind(node: Any) -> str:
    """What a column stands for: a community, or one row of a table."""
    table = _table_of(node)
    if table is None:
        return ""
    name = str(getattr(node, "key", ""))
    if name == "community":
        return name
    return str(getattr(table, "name", "")) if name == "id" else IDS.get(name, "")


def _tables(statement: Any) -> set[FromClause]:
    """Tables with communities that the statement selects from, updates or deletes; what it only inserts into is not
    among them.
    """
    written = {statement.table} if isinstance(statement, sa.Update | sa.Delete) else set()
    into = statement.table if isinstance(statement, sa.Insert) else None
    read = {one for one in visitors.iterate(statement) if isinstance(one, sa.Table | Alias)}
    inner = {one.element for one in read if isinstance(one, Alias)}
    return {one for one in (read | written) - inner - {into} if "community" in one.c}


@contextmanager
def communities_audited() -> Iterator[dict[str, frozenset[str]]]:
    """While inside, keep of every statement of any store what it does not narrow, by the function that made it.

    A function whose statements need a closer look is in it, with nothing where they stand it.
    """
    found: dict[str, frozenset[str]] = {}
    good: set[object] = set()

    def look(_connection: object, statement: Any, *_rest: object) -> None:
        if not isinstance(statement, LOOKED_AT):
            return
        key = statement._generate_cache_key()
        if key is not None and key.key in good:
            return
        if not unnarrowed(statement):
            good.update([key.key] if key is not None else [])
        elif maker := _maker():
            wide = unnarrowed(statement, by_id=maker in BY_ID)
            found[maker] = found.get(maker, frozenset()) | wide

    sa.event.listen(sa.engine.Engine, "before_execute", look)
    try:
        yield found
    finally:
        sa.event.remove(sa.engine.Engine, "before_execute", look)


def _maker() -> str:
    """The function of ours that executes, as "store.claims.due"; empty where a test asks the store itself."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        _, ours, path = frame.f_code.co_filename.rpartition("/newsletter/")
        if ours:
            return f"{path.removesuffix('.py').replace('/', '.')}.{frame.f_code.co_name}"
        frame = frame.f_back
    return ""

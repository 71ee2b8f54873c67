"""Lines that need one look come out as they do by the long way, whatever stands in the file."""

import csv
import io
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.model.workspace import ListSettings
from newsletter.people.importing.checking import Checker
from newsletter.people.importing.columns import columns_of
from newsletter.people.importing.lane import Lane
from newsletter.people.importing.profiles import plain
from newsletter.people.importing.record import Refused, Row
from newsletter.people.importing.table import MANY, SAMPLE, Block, blocks

NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
LISTS = {"community": ListSettings(title="Common Hours", digests=("weekly",), topics=("talks",))}
HEADS = (
    ("email", "name", "timezone", "state", "shoe size"),
    ("first name", "email", "last name", "list"),
    ("email", "first name", "name"),
    ("email",),
    ("email", "since", "topics", "clock"),
)
ADDRESSES = (
    *("mira@example.org", "Mira.Lund@Example.org", "info@example.org", "News@example.org", "a+b@example.org"),
    *("'a@b.example", "o'hara@example.org", " noor@example.org", "noor@bücher.example", "noor@mailinator.com"),
    *("a..b@example.org", "'=x@a.example", "two\nlines@example.org", "x" * 65 + "@example.org", "ada@example.local"),
    *("é@example.org", "a@xn--bcher-kva.example", "", "x@deletion-request.substack.com", "K@example.org"),
)
CELLS = (
    "",
    "Mira",
    " Mira",
    "Mira  Lund",
    "'=x",
    "'Mira",
    "Zoë\u00a0B",
    "\t",
    "n" * 201,
    "left",
    "active",
    "24",
    "Europe/Berlin",
)
STATES = ("community", "nowhere", "talks", "none", "2021-03-04", "2999-01-01")
cell = st.sampled_from(CELLS + STATES) | st.text(max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    head = list(draw(st.sampled_from(HEADS)))
    record = st.tuples(st.sampled_from(ADDRESSES) | cell, *(cell for _ in head[1:])).map(list)
    odd = st.lists(cell, max_size=len(head) + 2)
    at = head.index("email")
    rows = draw(st.lists(record | odd, max_size=12))
    return [head, *([*row[1 : at + 1], row[0], *row[at + 1 :]] if len(row) == len(head) else row for row in rows)]


@settings(max_examples=300)
@given(tables(), st.sampled_from(["community", ""]))
def test_what_is_taken_at_one_look_is_what_the_long_way_takes(table: list[list[str]], into: str) -> None:
    checker = Checker(LISTS, into, NOW, otherwise="community")
    head, records = table[0], table[1:]
    columns = columns_of(plain.PROFILE, head, records)
    assert columns is not None
    lane = Lane(columns, checker)
    found = [
        *lane.lines(Block(range(2, len(table) + 1), records)),
        *lane.lines(Block(range(2, len(table) + 1), records)),
    ]
    long_way = [one for line, record in enumerate(records, 2) if (one := lane._long_way(line, record))]
    assert found == long_way * 2


def test_most_lines_need_one_look_and_those_that_say_the_same_share_what_they_say() -> None:
    columns = columns_of(plain.PROFILE, HEADS[0], [])
    assert columns is not None
    lane = Lane(columns, Checker(LISTS, "community", NOW))
    lane._long_way = lambda line, record: Refused(line, "", "the long way")  # type: ignore[method-assign]  # not to be gone
    records = [[f"reader{n}@mail.example.org", f"Reader {n}", "Europe/Berlin", "active", "38"] for n in range(50)]
    rows = list(lane.lines(Block(range(2, 52), records)))
    assert all(isinstance(row, Row) for row in rows)
    assert len({id(row.manner) for row in rows if isinstance(row, Row)}) == 1


@given(
    st.lists(st.lists(st.sampled_from(["a", "", "b\nc", "d\r\ne\r", '"', "f,g"]), min_size=1, max_size=3), max_size=6)
)
def test_a_record_is_on_the_line_where_it_begins(records: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    expected, head = [], ["email", "name"] * (SAMPLE // 20)
    for record in [head, *records]:
        text_before = text.getvalue()
        expected.append(len(io.StringIO(text_before, newline="").readlines()) + 1)
        writer.writerow(record)
    text.seek(0)
    found = [
        (line, record) for block in blocks(text) for line, record in zip(block.lines, block.records, strict=True)
    ]
    assert found == list(zip(expected, [head, *records], strict=True))


def test_lines_are_counted_on_over_blocks_and_nothing_is_read_after_what_is_no_table() -> None:
    many = "".join(f"reader{n}@example.org,x\n" for n in range(SAMPLE + MANY + 5))
    found = list(blocks(io.StringIO(f"\n\nemail,name\n{many}" + "x" * 200_000 + ",y\nz,z\n", newline="")))
    assert [len(block.records) for block in found] == [SAMPLE, MANY, 6]
    assert (found[0].lines[0], found[-1].lines[-1]) == (3, SAMPLE + MANY + 8)
    assert found[-1].refused is not None
    assert found[-1].refused.line == SAMPLE + MANY + 9

"""Random items of every shape, sound and unsound, for properties that must hold of all of them."""

from datetime import date, datetime

from compose_builders import SEATTLE
from hypothesis import strategies as st

from newsletter.model.item import Deadline, Item, Place
from newsletter.model.problem import Origin
from newsletter.model.when import AllDay, Instant, Override, Recurrence, Sessions, Vague, WeeklyRange

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
dates = st.dates(date(2026, 11, 20), date(2027, 1, 10)) | st.dates(date(2026, 1, 1), date(2028, 1, 1))
clocks = st.datetimes(datetime(2026, 11, 20), datetime(2027, 1, 10))
instants = st.builds(Instant, clocks, st.none() | clocks, st.just(SEATTLE))
whole_days = st.builds(AllDay, dates, dates)
overrides = st.builds(
    Override, clocks, st.sampled_from(["moved", "cancelled"]), st.none() | clocks, place=st.none() | words
)
sources = st.sampled_from(["events", "calendar"])
whens = st.one_of(
    st.none(),
    instants,
    whole_days,
    st.builds(Sessions, st.lists(instants | whole_days, min_size=1, max_size=3).map(tuple)),
    st.builds(
        WeeklyRange, st.just((0, 2)), dates, dates, st.none() | st.times(), st.none() | st.times(), st.just(SEATTLE)
    ),
    st.builds(
        Recurrence,
        clocks,
        st.none() | clocks,
        st.just(SEATTLE),
        st.just(("FREQ=WEEKLY",)),
        exdates=st.lists(clocks, max_size=2).map(tuple),
        overrides=st.lists(overrides, max_size=2).map(tuple),
        until=st.none() | dates,
    ),
    st.builds(Vague, words, st.none() | dates),
)
deadlines = st.builds(Deadline, words, clocks | dates, st.just(SEATTLE))
items = st.builds(
    Item,
    id=words,
    kind=st.sampled_from(["event", "announcement", "page"]),
    title=st.sampled_from(["Deep dive", "Deep dive on R", "Clinic"]) | words,
    origins=st.builds(lambda source, line: (Origin(source, "content/a.md", line),), sources, st.integers(1, 999)),
    when=whens,
    place=st.builds(Place, name=words),
    deadlines=st.lists(deadlines, max_size=2).map(tuple),
    publish=st.none() | dates,
    tags=st.lists(words, max_size=2).map(tuple),
    custom=st.lists(st.tuples(words, words), max_size=1).map(tuple),
)

"""A reader's diary: what they were told, kept by reading the mail, and what the next mail therefore has to say.

It knows the world's events and its own arithmetic of days, and nothing of how an issue is composed.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from compose_builders import HOME
from compose_world import CATEGORIES, Span, is_weekly, left_out, spans

from newsletter.compose.replay import Turn
from newsletter.model.issue import Choices, Draft, Entry, Slot
from newsletter.model.item import Item
from newsletter.model.when import AllDay, Instant, Vague

TOPIC_TAGS = {"deep-dives": {"deep-dive"}, "datathons": {"datathon"}, "community": {"social"}}
OFF = ("cancelled", "postponed")
#: Sections that tell an event as such.
FULL = ("events", "recurring")
PLAIN = (*FULL, "ahead", "continuing", "glance")
LEADS = {name: timedelta(weeks=int(one.lead.split()[0])) for name, one in CATEGORIES}


@dataclass(frozen=True)
class Line:
    """One event as the reader knows it: the facts, the beginnings that were named, and how it was told."""

    item: Item
    named: frozenset[datetime] = frozenset()
    times: int = 1
    in_full: bool = False
    as_of: datetime | None = None

    def is_newer(self, draft: Draft) -> bool:
        """Whether a draft that was frozen later told it: what this one holds is out of date."""
        return self.as_of is not None and self.as_of > draft.as_of

    def on(self, item: Item) -> Item:
        """The event as this line knows it, under the words of a draft."""
        known = self.item
        return replace(
            item, when=known.when, status=known.status, place=known.place, registration_url=known.registration_url
        )


class Diary:
    """Reads one reader's issues in turn, and fails where one says too little, too much, or what is over."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.known: dict[str, Line] = {}
        self.last: Draft | None = None

    def read(self, turn: Turn, draft: Draft, choices: Choices) -> None:
        page = Page(self, turn, draft, choices)
        page.tells_all_in_reach()
        page.tells_nothing_over()
        page.repeats_only_with_a_mark()
        page.tells_every_change_once()
        page.calls_new_only_what_is()
        if not turn.withheld:
            self.known, self.last = page.known_afterwards(), draft

    def missed(self, draft: Draft, choices: Choices, slot: Slot) -> list[str]:
        """What lies ahead in a draft that the reader did not get, and that nobody told them of."""
        page = Page(self, None, replace(draft, slot=slot), choices)
        found = [item for item in page.shown() if item.status not in OFF and not isinstance(item.when, Vague)]
        return [page.say(item, "was told by nobody") for item in found if page.is_untold(item)]


class Page:
    """One issue against the diary of its reader; without a turn, one that did not reach them."""

    def __init__(self, diary: Diary, turn: Turn | None, draft: Draft, choices: Choices) -> None:
        self.diary, self.draft, self.choices = diary, draft, choices
        self.withheld = turn is not None and turn.withheld
        sections = () if turn is None or turn.withheld else turn.issue.sections
        self.now = max(draft.as_of, draft.slot.send_at).astimezone(UTC)
        self.window = (draft.slot.window.start.astimezone(UTC), draft.slot.window.end.astimezone(UTC))
        self.first = diary.last is None
        self.here = {item.id: self._up_to_date(item) for item in draft.items}
        self.entries = [(section.kind, entry) for section in sections for entry in section.entries]
        self.most = draft.settings.max_repeats

    def _up_to_date(self, item: Item) -> Item:
        line = self.diary.known.get(item.id)
        return line.on(item) if line is not None and line.is_newer(self.draft) and not item.held_back else item

    # -- what the reader is due --

    def shown(self) -> list[Item]:
        """What stands in the sources for this reader's topics."""
        return [item for item in self.here.values() if not item.held_back and self._is_chosen(item)]

    def _is_chosen(self, item: Item) -> bool:
        mine = {topic for topic, tags in TOPIC_TAGS.items() if tags & set(item.tags)}
        return self.choices.topics is None or not mine or bool(mine & set(self.choices.topics))

    def reach(self, item: Item) -> tuple[datetime, datetime]:
        """From when to when this issue has to tell of what begins."""
        start = self.window[0] if self.first else self.now
        end = max(self.window[1], (self.draft.slot.until or self.window[1]).astimezone(UTC))
        lead = LEADS.get(item.category)
        return start, max(end, (self.now.astimezone(HOME) + lead).astimezone(UTC)) if lead else end

    def due(self, item: Item) -> list[Span]:
        """The beginnings of the event that the reader may act on and no later issue need tell."""
        start, end = self.reach(item)
        return [span for span in spans(item.when) if max(start, self.now) <= span.begin < end]

    # -- (a) told at least once --

    def tells_all_in_reach(self) -> None:
        for item in self.shown():
            if item.status in OFF:
                continue
            if is_weekly(item.when):
                self._tells_series(item)
            else:
                missing = [span for span in self.due(item) if not self._knows(item, span)]
                assert not missing, self.say(item, f"not told of {[str(span.begin) for span in missing]}")

    def _knows(self, item: Item, span: Span) -> bool:
        line = self.diary.known.get(item.id)
        before = line is not None and line.item.status not in OFF and span.begin in line.named
        return before or span.begin in self.named_here(item)

    def is_untold(self, item: Item) -> bool:
        """Whether something of the event lies in reach that the reader does not know of."""
        if is_weekly(item.when):
            start, end = max(self.window[0], self.now), self.window[1]
            return item.id not in self.diary.known and any(start <= span.begin < end for span in spans(item.when))
        return any(not self._knows(item, span) for span in self.due(item))

    def _tells_series(self, item: Item) -> None:
        start, end = self.window
        inside = [span for span in spans(item.when) if max(start, self.now) <= span.begin < end]
        line = self.one("recurring", item)
        told_before = self.diary.known.get(item.id) is not None
        if inside and not (self.withheld and told_before):
            assert line is not None, self.say(item, "a series that takes place is not told")
        sooner = [span for span in spans(item.when) if self.now <= span.begin and span.end <= start]
        if sooner and not self.first and not told_before:
            assert line is not None, self.say(item, "a series that begins before the window is not told")
        for span in left_out(item.when):
            if line is not None and max(start, self.now) < span.begin < end:
                assert self.day(span) in " ".join(line.exceptions), self.say(item, f"does not say: not {span.day}")

    # -- (d) nothing past --

    def tells_nothing_over(self) -> None:
        for kind, entry in self.entries:
            item = self.here.get(entry.id)
            if kind not in ("events", "glance", "ahead", "continuing") or item is None or entry.day is None:
                continue
            span = self.span_of(entry, item)
            assert span is not None, self.say(item, f"told at a time it does not have: {entry.when_text}")
            assert span.end > self.now or span.begin >= self.now, self.say(item, f"is over: {entry.when_text}")

    def span_of(self, entry: Entry, item: Item) -> Span | None:
        found = spans(item.when) + left_out(item.when)
        if entry.at is not None:
            return next((span for span in found if span.begin == entry.at), None)
        return next((span for span in found if span.day == entry.day), None)

    # -- (b) never twice without a mark --

    def repeats_only_with_a_mark(self) -> None:
        for kind, entry in self.entries:
            line = self.diary.known.get(entry.id)
            item = self.here.get(entry.id)
            if kind not in ("events", "ahead") or line is None or item is None or isinstance(item.when, Vague):
                continue
            named = self.named_in(entry, item)
            told_all = named <= line.named and line.item.status not in OFF
            if told_all and not self.expected_change(line):
                assert entry.change == "reminder", self.say(item, f"told again in {kind} without a mark")
                assert not line.in_full or not entry.summary + entry.body, self.say(item, "repeated in full")
                limit = self.most if kind == "events" else (self.most if self.most is not None else 1)
                assert limit is None or line.times <= max(limit, 1 if kind == "ahead" else 0), self.say(
                    item, f"told {line.times} times and again"
                )
            if entry.change == "reminder":
                assert told_all, self.say(item, "called a reminder, and has something new")
        counts = Counter((kind, entry.id) for kind, entry in self.entries if kind in (*FULL, "ahead", "continuing"))
        assert all(count == 1 for count in counts.values()), f"twice in one section: {counts}"

    # -- (c) every change once --

    def tells_every_change_once(self) -> None:
        told: dict[str, list[Entry]] = {}
        for kind, entry in self.entries:
            if kind == "changes":
                told.setdefault(entry.id, []).append(entry)
        for key, line in self.diary.known.items():
            expected = self.expected_change(line)
            found = told.pop(key, [])
            changes = [entry.change for entry in found]
            if expected is None:
                assert not found, self.say(line.item, f"no change, and yet: {changes}")
            else:
                assert changes, self.say(line.item, f"changed ({expected}), and nothing is said")
                assert set(changes) <= set(expected), self.say(line.item, f"{changes} instead of {expected}")
                assert len(set(changes)) == 1 or "cancelled" in changes, self.say(line.item, f"twice: {changes}")
                self._names_what_is_gone(line, found)
        for key, found in told.items():
            opened = [entry.change for entry in found] == ["registration opened"]
            assert opened, f"{self.draft.key}: {key} was never told, and yet {found}"
            assert self._has_opened(key), f"{self.draft.key}: registration of {key} was open before"

    def _names_what_is_gone(self, line: Line, found: list[Entry]) -> None:
        if is_weekly(line.item.when) or isinstance(line.item.when, Vague):
            return
        text = " ".join(entry.was for entry in found)
        counted = " more" in text
        missing = [span for span in self.gone(line)[: 3 if counted else None] if self.day(span) not in text]
        assert not missing, self.say(line.item, f"does not say that these are off: {missing}; it says {text!r}")

    def expected_change(self, line: Line) -> tuple[str, ...] | None:
        """The changes that may stand for what became of the event; None where nothing must be said."""
        old, new = line.item, self.here.get(line.item.id)
        if new is None:
            return self._vanished(line)
        if new.held_back or (old.status in OFF and new.status not in OFF):
            return None
        if new.status in OFF:
            ahead = self.awaited(line) or self.coming(old)
            return (new.status,) if new.status != old.status and ahead else None
        if is_weekly(old.when) and is_weekly(new.when):
            return (*(self._series_change(line, new) or ()), *(self._minor(line, new) or ())) or None
        if isinstance(old.when, Vague):
            later = [span for span in spans(new.when) if span.end > self.now]
            return ("moved",) if later and not isinstance(new.when, Vague) else self._minor(line, new)
        if self._another_edition(old, new) or (self._is_over(old) and old.when != new.when):
            return None
        if self.gone(line) or {one.begin for one in self.coming(old)} - {one.begin for one in spans(new.when)}:
            return ("moved", "cancelled", *(self._minor(line, new) or ()))
        return self._minor(line, new)

    def coming(self, item: Item) -> list[Span]:
        """What is not over of the event as the reader knows it, named or not: who comes once may come again."""
        if is_weekly(item.when):
            return []
        return [span for span in spans(item.when) if span.end > self.now]

    def _vanished(self, line: Line) -> tuple[str, ...] | None:
        source = line.item.origin.source
        read = any(item.origin.source == source for item in self.draft.items)
        down = any(problem.origin.source == source for problem in self.draft.problems)
        gone = read and not down and line.item.status not in OFF
        vague = isinstance(line.item.when, Vague) or line.is_newer(self.draft)
        return ("cancelled",) if gone and not vague and self.awaited(line) else None

    def _minor(self, line: Line, new: Item) -> tuple[str, ...] | None:
        coming = [span for span in spans(new.when) if span.end > self.now]
        if is_weekly(new.when):
            coming = [span for span in coming if self.window[0] < span.end and span.begin < self.window[1]]
        if not coming:
            return None
        if line.item.place != new.place:
            return ("place changed",)
        return ("registration opened",) if new.registration_url and not line.item.registration_url else None

    def _series_change(self, line: Line, new: Item) -> tuple[str, ...] | None:
        start, end = self.window
        was, now = (
            {span.begin for span in spans(one.when) if start <= span.begin < end and span.end > self.now}
            for one in (line.item, new)
        )
        return ("moved", "cancelled") if was - now else None

    def awaited(self, line: Line) -> list[Span]:
        """What the reader still waits for."""
        if is_weekly(line.item.when):
            inside = [span for span in spans(line.item.when) if span.end > self.window[0]]
            return [span for span in inside if span.begin < self.window[1] and span.end > self.now]
        if isinstance(line.item.when, Vague):
            when = line.item.when
            return [Span(self.now, self.now, when.first)] if when.first else []
        return [span for span in spans(line.item.when) if span.begin in line.named and span.end > self.now]

    def gone(self, line: Line) -> list[Span]:
        """The beginnings that were named, lie ahead, and do not stand any more."""
        new = self.here.get(line.item.id)
        still = {span.begin for span in spans(new.when)} if new and new.status not in OFF else set()
        return [span for span in self.awaited(line) if span.begin not in still]

    def _has_opened(self, key: str) -> bool:
        before = {item.id: item for item in self.diary.last.items} if self.diary.last else {}
        old, new = before.get(key), self.here.get(key)
        return bool(old and new and new.registration_url and not old.registration_url)

    # -- new --

    def calls_new_only_what_is(self) -> None:
        last = self.diary.last.items if self.diary.last else ()
        before = {item.id: item for item in last if not item.held_back and item.status not in OFF}
        for kind, entry in self.entries:
            if entry.change != "new":
                continue
            item, line = self.here[entry.id], self.diary.known.get(entry.id)
            old = line.item if line else before.get(entry.id)
            assert not self.first, self.say(item, "new in a first issue")
            is_new = old is None or old.status in OFF or self._another_edition(old, item) or self._is_over(old)
            assert is_new, self.say(item, f"called new in {kind}, and was there before")

    def _is_over(self, old: Item) -> bool:
        return bool(spans(old.when)) and all(span.end <= self.now for span in spans(old.when))

    def _another_edition(self, old: Item, new: Item) -> bool:
        """What has begun is not moved any more: a date wholly behind it is the next time of the same thing."""
        was, now = (spans(one.when) for one in (old, new))
        one_date = isinstance(old.when, Instant | AllDay) and bool(now)
        return one_date and was[0].begin < self.today() and now[0].begin >= was[0].end

    def today(self) -> datetime:
        return self.now.astimezone(HOME).replace(hour=0, minute=0).astimezone(UTC)

    # -- reading --

    def one(self, kind: str, item: Item) -> Entry | None:
        return next((entry for section, entry in self.entries if section == kind and entry.id == item.id), None)

    def named_here(self, item: Item) -> frozenset[datetime]:
        """The beginnings that this issue names anywhere."""
        told = [entry for kind, entry in self.entries if entry.id == item.id and kind in (*PLAIN, "changes")]
        return frozenset(begin for entry in told for begin in self.named_in(entry, item))

    def named_in(self, entry: Entry, item: Item) -> frozenset[datetime]:
        text = f"{entry.when_text} {entry.now}"
        named = {span.begin for span in spans(item.when) if self.day(span) in text and span.end > self.now}
        own = self.span_of(entry, item)
        return frozenset(named | ({own.begin} if own and entry.day else set()))

    def day(self, span: Span) -> str:
        found = span.in_zone(self.diary.zone)
        return f"{found:%a} {found.day} {found:%b}"

    def known_afterwards(self) -> dict[str, Line]:
        known = dict(self.diary.known)
        for key, line in self.diary.known.items():
            if key not in self.here and self._vanished(line):
                known[key] = Line(replace(line.item, status="cancelled"), as_of=self.draft.as_of)
        for key in {entry.id for kind, entry in self.entries if kind in (*PLAIN, "changes")}:
            if key in self.here:
                known[key] = self._line(self.here[key], self.diary.known.get(key))
        return known

    def _line(self, item: Item, before: Line | None) -> Line:
        still = {span.begin for span in spans(item.when) if span.end > self.now}
        told = before.named if before and before.item.status not in OFF else frozenset()
        named = (told | self.named_here(item)) & still if item.status not in OFF else frozenset()
        full = self.one("events", item) is not None
        changed = before is not None and self.expected_change(before) is not None
        if before is None or named != before.named & still or changed:
            return Line(item, frozenset(named), 1, full, self._as_of(before))
        times, in_full = before.times + 1, before.in_full or full
        return Line(item, frozenset(named), times, in_full, self._as_of(before))

    def _as_of(self, before: Line | None) -> datetime:
        return max(self.draft.as_of, before.as_of) if before and before.as_of else self.draft.as_of

    def say(self, item: Item, what: str) -> str:
        return f"{self.draft.key} ({self.diary.zone}, {self.choices.topics}): {item.id} {item.when}: {what}"

"""Date tokens taken one by one: patterns of weekdays, dates as far as they are written, exceptions, counts."""

from dataclasses import dataclass, replace
from datetime import date

from newsletter.dates.findings import RefusalError
from newsletter.dates.token_cursor import TokenCursor
from newsletter.dates.tokens import Token, numeric_date, spell

_FILLER = {"on", "from", "the", "of", "weekly"}
_OPENING = {"starting", "beginning", "starts", "begins", "from", "since", "commencing"}
_EVERY = {"every", "each"}
_OTHER = {"other", "second", "2nd"}
_FORTNIGHTLY = {"biweekly", "fortnightly", "alternate", "alternating"}
_EXCEPT = {"except", "excluding", "skipping", "skip", "not", "no", "without"}
_MEETING = {"class", "classes", "session", "sessions", "meeting", "meetings", "weeks", "week", "times"}
_WEEKS = {"weeks", "week"}
_WITHIN = {"in", "of", "during", "throughout"}
_DAY_NAMES = {"weekdays": (0, 1, 2, 3, 4), "weekday": (0, 1, 2, 3, 4), "weekends": (5, 6), "weekend": (5, 6)}
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}


@dataclass(frozen=True, slots=True)
class Item:
    """A date as far as it is written; `style` is where its month stood, `joined` that a range goes on from it.

    `nth` is (place, weekday) of "first Friday of March", without a weekday any day; its day is then a rough one, for
    the order alone.
    """

    day: int
    month: int | None = None
    year: int | None = None
    style: str = ""
    weekday: int | None = None
    joined: bool = False
    nth: tuple[int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """Weekdays (Monday 0) that come again every `interval` weeks, or at those `places` of every month."""

    weekdays: tuple[int, ...] = ()
    interval: int = 1
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """ "(6 weeks)", "6 sessions"; `open_end` where it stands for an end: "for 6 weeks"."""

    number: int
    weeks: bool
    open_end: bool


class DayCursor(TokenCursor):
    """Walks the tokens once, taking what the grammar of dates knows."""

    def __init__(self, found: list[Token], day_first: bool) -> None:
        super().__init__(found)
        self._day_first = day_first
        self.opened = False

    def pattern(self, trailing: bool = False) -> Pattern:
        """ "Mondays", "Mon, Wed & Fri", "Mon-Fri", "every Tuesday", "daily"; one singular day is no pattern."""
        begin, found = self._at, self._found
        self._skip_joints()
        if trailing and self._peek_text("(") and self._found[-1].text == ")":
            self._at, self._found = self._at + 1, self._found[:-1]
        self._skip(_FILLER)
        if self._skip({"daily"}):
            self._skip_joints()
            return Pattern(tuple(range(7)))
        if places := self._monthly():
            return places
        interval, every = self._rhythm()
        if every and interval == 1 and self._skip({"day"}):
            self._skip_joints()
            return Pattern(tuple(range(7)))
        days, plural = self._weekdays()
        if len(days) > 1 or plural or every or (trailing and days):
            if not days:
                raise self._not_understood(begin)
            self._skip_joints()
            return Pattern(days, interval)
        self._at, self._found = begin, found
        return Pattern()

    def months(self, pattern: Pattern) -> list[Item]:
        """The ends of "Sundays in March 2027" and "Mondays, March - April 2027": such days of whole months."""
        if not pattern.weekdays or pattern.places or pattern.interval > 1:
            return []
        begin = self._at
        self._skip(_WITHIN)
        if not self._peek("month") or self._peek_day(1):
            self._at = begin
            return []
        first = self._take().value
        last = self._last_month(first) or first
        weekday = pattern.weekdays[0] if len(pattern.weekdays) == 1 else None
        year = self._year()
        return [
            Item(1, first, year if first <= last else None, nth=(1, weekday), joined=True),
            Item(25, last, year, nth=(-1, weekday)),
        ]

    def _last_month(self, first: int) -> int | None:
        """The month that a range goes on to; "and" only joins neighbours."""
        ties = self._peek("dash") or (self._peek("and") and self._peek("month", 1))
        if not ties or not self._peek("month", 1):
            return None
        last = self._found[self._at + 1].value
        if self._peek("and") and last != first % 12 + 1:
            raise RefusalError("it names months that do not follow each other; list the dates")
        self._at += 2
        return last

    def items(self) -> list[Item]:
        """Dates divided by commas, "and" and dashes."""
        items: list[Item] = []
        while True:
            begin = self._at
            if items:
                self._skip_joints()
            found = self._places_of_month() or self._item()
            if found is None:
                self._at = begin
                return items
            items += found if isinstance(found, list) else [found]
            if self._range_goes_on():
                items[-1] = replace(items[-1], joined=True)
                following = self._item()
                if following is None:
                    raise RefusalError(f'the range after "{spell(self._found[begin : self._at])}" has no end')
                items.append(following)

    def count(self) -> Count | None:
        """ "(6 weeks)", "6 sessions", "for six weeks"."""
        begin = self._at
        self._skip_joints()
        bracket = self._text("(")
        open_end = self._skip({"for"})
        number = self._number()
        if number is not None and self._peek_word(_MEETING):
            count = Count(number, self._take().word in _WEEKS, open_end)
            if not bracket or self._text(")"):
                return count
        self._at = begin
        return None

    def exceptions(self) -> list[Item]:
        """ "except Oct 12", "(no class Oct 12 and 19)"."""
        begin = self._at
        self._skip_joints()
        bracket = self._text("(")
        if not self._skip(_EXCEPT):
            self._at = begin
            return []
        self._skip(_MEETING)
        self._skip(_FILLER)
        items = self.items()
        if not items or (bracket and not self._text(")")):
            self._at = begin
            return []
        return items

    def _range_goes_on(self) -> bool:
        """A dash, or "until" even behind a comma."""
        behind_comma = self._peek("and") and self._peek("dash", 1) and self._found[self._at + 1].word != ""
        if not (self._peek("dash") or behind_comma):
            return False
        self._at += 1 + behind_comma
        return True

    def _number(self) -> int | None:
        if self._peek("number"):
            return self._take().value
        return _NUMBERS[self._take().word] if self._peek_word(_NUMBERS) else None

    def _rhythm(self) -> tuple[int, bool]:
        """(weeks between, whether "every" was said): "every other", "every 2 weeks on", "biweekly on"."""
        if self._skip(_FORTNIGHTLY):
            self._skip(_FILLER)
            return 2, True
        if not self._skip(_EVERY):
            return 1, False
        if self._skip(_OTHER):
            self._skip({"week", "on"})
            return 2, True
        if self._peek("ordinal") and self._found[self._at].value == 2 and self._peek("weekday", 1):
            self._at += 1
            return 2, True
        if self._skip({"week"}):
            self._skip({"on"})
            return 1, True
        begin = self._at
        number = self._number()
        if number and self._skip(_WEEKS):
            self._skip({"on"})
            return number, True
        self._at = begin
        return 1, True

    def _monthly(self) -> Pattern | None:
        """ "first and third Tuesday of every month"."""
        begin = self._at
        self._skip(_EVERY)
        places, weekday = self._places()
        if places and self._peek_word({"of", "in"}) and self._peek_word({"the", "every", "each"}, 1):
            self._at += 2
            if self._skip({"month"}):
                self._skip_joints()
                return Pattern((weekday,), 1, places)
        self._at = begin
        return None

    def _places_of_month(self) -> list[Item]:
        """ "first and third Friday of March 2027", as far as it is written."""
        begin = self._at
        self._skip({"on", "the"})
        places, weekday = self._places()
        if places and (self._skip({"of", "in"}) or self._peek("and")) and self._peek("month"):
            month, year = self._take().value, self._year()
            days = ((place, 7 * place - 6 if place > 0 else 25) for place in places)
            return [Item(day, month, year, nth=(place, weekday)) for place, day in days]
        self._at = begin
        return []

    def _places(self) -> tuple[tuple[int, ...], int]:
        places: list[int] = []
        while True:
            step = int(bool(places) and self._peek("and"))
            if self._peek_word(_PLACES, step):
                places.append(_PLACES[self._found[self._at + step].word])
            elif self._peek("ordinal", step) and 1 <= self._found[self._at + step].value <= 5:
                places.append(self._found[self._at + step].value)
            else:
                break
            self._at += step + 1
        return (tuple(places), self._take().value) if places and self._peek("weekday") else ((), 0)

    def _weekdays(self) -> tuple[tuple[int, ...], bool]:
        if self._peek_word(_DAY_NAMES):
            return _DAY_NAMES[self._take().word], True
        days: list[int] = []
        plural = False
        while self._peek("weekday"):
            token = self._take()
            plural |= token.plural
            days.append(token.value)
            if self._peek("dash") and self._peek("weekday", 1):
                last = self._found[self._at + 1]
                days.extend((token.value + step) % 7 for step in range(1, (last.value - token.value) % 7 + 1))
                plural |= last.plural
                self._at += 2
            if plural and self._peek_text(",") and self._is_dated_weekday(1):
                break
            if self._peek("and") and self._peek("weekday", 1):
                self._at += 1
            elif self._peek("and") and self._peek("and", 1) and self._peek("weekday", 2):
                self._at += 2
        return tuple(dict.fromkeys(days)), plural

    def _is_dated_weekday(self, ahead: int) -> bool:
        """ "Sat 2 Jan" behind "Mondays," belongs to the range that begins on it."""
        if not self._peek("weekday", ahead) or self._found[self._at + ahead].plural:
            return False
        return self._peek("month", ahead + 1) or self._peek("date", ahead + 1) or self._peek_day(ahead + 1)

    def _item(self) -> Item | None:
        while self._peek_word(_FILLER | _OPENING):
            self.opened |= self._take().word in _OPENING
        weekday = self._take().value if self._peek("weekday") else None
        if weekday is not None:
            self._skip_joints()
            self._skip({"the"})
        core = self._core()
        if core is None:
            return None
        return replace(core, weekday=self._weekday_behind() if weekday is None else weekday)

    def _core(self) -> Item | None:
        if self._peek("date"):
            return _whole(iso_day(self._take().text))
        if self._peek("numeric"):
            return _whole(numeric_date(self._take().text, self._day_first))
        if self._peek("month") and self._peek_day(1):
            month, day = self._take().value, self._take().value
            return Item(day, month, self._year(), "month first")
        if self._peek("year") and self._peek("month", 1) and self._peek_day(2):
            year, month, day = self._take().value, self._take().value, self._take().value
            return Item(day, month, year, "month first")
        if not self._peek_day(0) or self._peek_word(_MEETING, 1):
            return None
        day = self._take().value
        self._skip({"of"})
        if self._peek("month") and not self._peek_day(1):
            month = self._take().value
            return Item(day, month, self._year(), "day first")
        return Item(day, None, self._year())

    def _year(self) -> int | None:
        begin = self._at
        if self._peek("and"):
            self._at += 1
        self._skip({"of"})
        if self._peek("year"):
            return self._take().value
        self._at = begin
        return None

    def _weekday_behind(self) -> int | None:
        """ "2026-12-07 (Mon)"."""
        brackets = self._peek_text("(") and self._peek_text(")", 2)
        if brackets and self._peek("weekday", 1) and not self._found[self._at + 1].plural:
            self._at += 3
            return self._found[self._at - 2].value
        return None

    def _peek_day(self, ahead: int) -> bool:
        return (self._peek("number", ahead) or self._peek("ordinal", ahead)) and (
            1 <= self._found[self._at + ahead].value <= 31
        )


def _whole(day: date) -> Item:
    return Item(day.day, day.month, day.year)


def iso_day(text: str) -> date:
    """The day of "2026-12-07" or "20261207"; RefusalError where there is none."""
    digits = text.replace("-", "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise RefusalError(f'"{text}" is not a date') from None

"""Date tokens taken one by one: patterns of weekdays, dates as far as they are written, exceptions, counts."""

from dataclasses import dataclass, replace
from datetime import date

from newsletter.dates.findings import RefusalError
from newsletter.dates.tokens import Token, numeric_date, spell

_FILLER = {"on", "from", "the", "of", "weekly"}
_EVERY = {"every", "each"}
_EXCEPT = {"except", "excluding", "skipping", "skip", "not", "no", "without"}
_MEETING = {"class", "classes", "session", "sessions", "meeting", "meetings", "weeks", "week", "times"}


@dataclass(frozen=True, slots=True)
class Item:
    """A date as far as it is written; `style` is where its month stood, `joined` that a range goes on from it."""

    day: int
    month: int | None = None
    year: int | None = None
    style: str = ""
    weekday: int | None = None
    joined: bool = False


class DayCursor:
    """Walks the tokens once, taking what the grammar knows."""

    def __init__(self, found: list[Token], day_first: bool) -> None:
        self._found, self._at, self._day_first = found, 0, day_first

    def pattern(self, trailing: bool = False) -> tuple[int, ...]:
        """ "Mondays", "Mon, Wed & Fri", "Mon-Fri", "every Tuesday", "daily"; one singular day is no pattern."""
        begin = self._at
        self._skip_joints()
        self._skip(_FILLER)
        if self._skip({"daily"}):
            self._skip_joints()
            return tuple(range(7))
        every = self._skip(_EVERY)
        if every and self._skip({"day"}):
            return tuple(range(7))
        days, plural = self._weekdays()
        if len(days) > 1 or plural or every or (trailing and days):
            if not days:
                raise RefusalError(f'it does not understand "{spell(self._found[begin:])}"')
            self._skip_joints()
            return days
        self._at = begin
        return ()

    def items(self) -> list[Item]:
        """Dates divided by commas, "and" and dashes."""
        items: list[Item] = []
        while True:
            begin = self._at
            if items:
                self._skip_joints()
            item = self._item()
            if item is None:
                self._at = begin
                return items
            items.append(item)
            if self._peek("dash"):
                self._at += 1
                items[-1] = replace(item, joined=True)
                following = self._item()
                if following is None:
                    raise RefusalError(f'the range after "{spell(self._found[begin : self._at])}" has no end')
                items.append(following)

    def count(self) -> int | None:
        """ "(6 weeks)", "6 sessions"."""
        begin = self._at
        self._skip_joints()
        bracket = self._text("(")
        if self._peek("number") and self._peek_word(_MEETING, 1):
            value = self._found[self._at].value
            self._at += 2
            if not bracket or self._text(")"):
                return value
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

    def finish(self) -> None:
        """Refuse whatever was not taken."""
        self._skip_joints()
        while self._at < len(self._found) and self._found[self._at].text == ".":
            self._at += 1
        if self._at < len(self._found):
            raise RefusalError(f'it does not understand "{spell(self._found[self._at :])}"')

    def _weekdays(self) -> tuple[tuple[int, ...], bool]:
        days: list[int] = []
        plural = False
        while self._peek("weekday"):
            token = self._found[self._at]
            plural |= token.plural
            self._at += 1
            days.append(token.value)
            if self._peek("dash") and self._peek("weekday", 1):
                last = self._found[self._at + 1].value
                days.extend((token.value + step) % 7 for step in range(1, (last - token.value) % 7 + 1))
                plural |= self._found[self._at + 1].plural
                self._at += 2
            if self._peek("and") and self._peek("weekday", 1):
                self._at += 1
            elif self._peek("and") and self._peek("and", 1) and self._peek("weekday", 2):
                self._at += 2
        return tuple(dict.fromkeys(days)), plural

    def _item(self) -> Item | None:
        self._skip(_FILLER)
        weekday = self._found[self._at].value if self._peek("weekday") else None
        if weekday is not None:
            self._at += 1
            self._skip_joints()
            self._skip({"the"})
        core = self._core()
        if core is None:
            return None
        return replace(core, weekday=self._weekday_behind() if weekday is None else weekday)

    def _core(self) -> Item | None:
        if self._peek("date"):
            return self._whole(iso_day(self._found[self._at].text))
        if self._peek("numeric"):
            return self._whole(numeric_date(self._found[self._at].text, self._day_first))
        if self._peek("month") and (self._peek_day(1)):
            month, day = self._found[self._at].value, self._found[self._at + 1].value
            self._at += 2
            return Item(day, month, self._year(), "month first")
        if not self._peek_day(0) or self._peek_word(_MEETING, 1):
            return None
        day = self._found[self._at].value
        self._at += 1
        self._skip({"of"})
        if self._peek("month") and not self._peek_day(1):
            month = self._found[self._at].value
            self._at += 1
            return Item(day, month, self._year(), "day first")
        return Item(day, None, self._year())

    def _whole(self, day: date) -> Item:
        self._at += 1
        return Item(day.day, day.month, day.year)

    def _year(self) -> int | None:
        begin = self._at
        if self._peek("and"):
            self._at += 1
        if self._peek("year"):
            self._at += 1
            return self._found[self._at - 1].value
        self._at = begin
        return None

    def _weekday_behind(self) -> int | None:
        """ "2026-12-07 (Mon)"."""
        if self._peek_text("(") and self._peek("weekday", 1) and self._peek_text(")", 2):
            self._at += 3
            return self._found[self._at - 2].value
        return None

    def _peek(self, kind: str, ahead: int = 0) -> bool:
        index = self._at + ahead
        return index < len(self._found) and self._found[index].kind == kind

    def _peek_day(self, ahead: int) -> bool:
        return (self._peek("number", ahead) or self._peek("ordinal", ahead)) and (
            1 <= self._found[self._at + ahead].value <= 31
        )

    def _peek_text(self, text: str, ahead: int = 0) -> bool:
        index = self._at + ahead
        return index < len(self._found) and self._found[index].text == text

    def _peek_word(self, words: set[str], ahead: int = 0) -> bool:
        return self._peek("word", ahead) and self._found[self._at + ahead].text.casefold().rstrip(".") in words

    def _text(self, text: str) -> bool:
        if self._peek_text(text):
            self._at += 1
            return True
        return False

    def _skip(self, words: set[str]) -> bool:
        begin = self._at
        while self._peek_word(words):
            self._at += 1
        return self._at > begin

    def _skip_joints(self) -> None:
        while self._peek("and") or self._peek_text(":"):
            self._at += 1


def iso_day(text: str) -> date:
    digits = text.replace("-", "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise RefusalError(f'"{text}" is not a date') from None

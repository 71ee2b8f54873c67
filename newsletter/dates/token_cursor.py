"""A place among tokens, and the few ways to look ahead and to step on."""

from collections.abc import Collection

from newsletter.dates.findings import RefusalError
from newsletter.dates.tokens import Token, spell


class TokenCursor:
    """Walks tokens once; what is not taken is refused by `finish`."""

    def __init__(self, found: list[Token]) -> None:
        self._found, self._at = found, 0

    def finish(self) -> None:
        """Refuse whatever was not taken."""
        self._skip_joints()
        while self._peek_text("."):
            self._at += 1
        if self._at < len(self._found):
            raise self._not_understood(self._at)

    def _not_understood(self, begin: int) -> RefusalError:
        if self._is_split_number(begin):
            pair = "/".join(token.text for token in (self._found[begin - 1], self._found[begin + 1]))
            if any(token.kind == "month" for token in self._found):
                return RefusalError(f'"{pair}" may be two days or the night between them; write "and" or "-"')
            return RefusalError(f'"{pair}" is a date without its year; write the month in words, and the year')
        return RefusalError(f'it does not understand "{spell(self._found[begin:])}"')

    def _is_split_number(self, slash: int) -> bool:
        """Whether numbers stand on both sides of a slash."""
        around = [self._found[index].kind for index in (slash - 1, slash + 1) if 0 <= index < len(self._found)]
        return self._found[slash].text == "/" and around == ["number", "number"]

    def _peek(self, kind: str, ahead: int = 0) -> bool:
        index = self._at + ahead
        return index < len(self._found) and self._found[index].kind == kind

    def _peek_text(self, text: str, ahead: int = 0) -> bool:
        index = self._at + ahead
        return index < len(self._found) and self._found[index].text == text

    def _peek_word(self, words: Collection[str], ahead: int = 0) -> bool:
        index = self._at + ahead
        return self._peek("word", ahead) and self._found[index].word in words

    def _take(self) -> Token:
        self._at += 1
        return self._found[self._at - 1]

    def _text(self, text: str) -> bool:
        if self._peek_text(text):
            self._at += 1
            return True
        return False

    def _skip(self, words: Collection[str]) -> bool:
        begin = self._at
        while self._peek_word(words):
            self._at += 1
        return self._at > begin

    def _skip_joints(self) -> None:
        while self._peek("and") or self._peek_text(":"):
            self._at += 1

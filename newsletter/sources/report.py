"""Where the problems of one file, row or event are gathered while it is read."""

from newsletter.model.problem import Level, Origin, Problem, has_errors

MAX_PROBLEMS = 1000


class Report:
    """Problems against one origin; a line given with a problem is nearer than the origin's own."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.problems: list[Problem] = []
        self._seen: set[Problem] = set()

    def error(self, code: str, text: str, line: int | None = None) -> None:
        """Something that holds the item back."""
        self._add("error", code, text, line)

    def warning(self, code: str, text: str, line: int | None = None) -> None:
        """Something odd that a person should look at."""
        self._add("warning", code, text, line)

    def info(self, code: str, text: str, line: int | None = None) -> None:
        """Something left out on purpose, so that it does not vanish silently."""
        self._add("info", code, text, line)

    def finding(self, level: Level, code: str, text: str, line: int | None = None) -> None:
        """A problem whose level was decided elsewhere."""
        self._add(level, code, text, line)

    @property
    def failed(self) -> bool:
        """Whether an error was reported."""
        return has_errors(self.problems)

    def _add(self, level: Level, code: str, text: str, line: int | None) -> None:
        if len(self._seen) > MAX_PROBLEMS:
            return
        place = Origin(self.origin.source, self.origin.path, line or self.origin.line)
        problem = Problem(level, code, text, place)
        if len(self._seen) == MAX_PROBLEMS:
            problem = Problem(
                "error", "E-CAP", f"More than {MAX_PROBLEMS} problems; no more are listed.", self.origin
            )
        if problem not in self._seen:
            self._seen.add(problem)
            self.problems.append(problem)

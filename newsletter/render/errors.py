"""What rendering refuses, as problems that name the template and the line."""

from newsletter.model.problem import Origin, Problem

#: The `source` of an origin that is a template and not content.
TEMPLATE_SOURCE = "templates"


class RenderError(Exception):
    """A mail or page that cannot be rendered; `problems` say where and what to do."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def template_problem(code: str, text: str, path: str, line: int | None = None) -> Problem:
    """An error of the template at `path` (as in the workspace), 1-based line where known."""
    return Problem("error", code, text, Origin(TEMPLATE_SOURCE, path, line))

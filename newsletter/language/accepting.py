"""Which of our languages a browser asks for (RFC 9110, 12.5.4)."""

from newsletter.language.languages import words_code

#: Characters of the header that are looked at; browsers send some forty.
LONGEST = 200


def accepted(header: str, otherwise: str) -> str:
    """The code of the best language we have words for; `otherwise` where none is asked for that we have."""
    ranges = [_range(part) for part in header[:LONGEST].split(",") if part.strip()]
    wanted = sorted((pair for pair in ranges if pair[1] > 0), key=lambda pair: -pair[1])
    return next((code for tag, _ in wanted if (code := words_code(tag))), otherwise)


def _range(part: str) -> tuple[str, float]:
    tag, _, rest = part.partition(";")
    name, _, weight = rest.strip().partition("=")
    try:
        return tag.strip(), float(weight) if name.strip() == "q" else 1.0
    except ValueError:
        return tag.strip(), 0.0

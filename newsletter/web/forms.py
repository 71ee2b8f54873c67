"""What comes in with a request: its token and the fields of its form, both bounded before they are looked at."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

#: Bytes. A one-click body is 26; multipart wraps it in some 200.
LARGEST_BODY = 8 * 1024
#: Characters. Longer than any token we sign; what is longer is not even looked at.
LONGEST_TOKEN = 512
#: How many names and values a form of ours may send.
MOST_FIELDS = 200


def token_of(request: Request) -> str:
    """The token of the address; empty where it is longer than any of ours."""
    token: str = request.path_params["token"]
    return token if len(token) <= LONGEST_TOKEN else ""


async def body_of(request: Request) -> list[tuple[str, str]] | None:
    """The fields of a short urlencoded body, read without the machinery of large forms; None for any other body."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return None
    raw = await request.body()
    try:
        return parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400, "This form cannot be read.") from None


async def fields_of(request: Request, most: int = MOST_FIELDS) -> list[tuple[str, str]]:
    """The names and values of a form of either encoding; more than `most`, or a file, is refused (400)."""
    plain = await body_of(request)
    if plain is not None:
        if len(plain) > most:
            raise HTTPException(400, "This form has too many fields.")
        return plain
    async with request.form(max_files=0, max_fields=most, max_part_size=LARGEST_BODY) as form:
        return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]

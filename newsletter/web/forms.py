"""What comes in with a request: its token and the fields of its form, both bounded before they are looked at."""

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


async def fields_of(request: Request, most: int = MOST_FIELDS) -> list[tuple[str, str]]:
    """The names and values of a form of either encoding; more than `most`, or a file, is refused (400)."""
    async with request.form(max_files=0, max_fields=most, max_part_size=LARGEST_BODY) as form:
        return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]

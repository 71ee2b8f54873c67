"""What it costs to make one reader's message of a finished edition, beside Jinja and the standard library's encoder.

Run `python benchmarks/personalising.py [MESSAGES] [HOSTILE]`. Ours begins with the claimed delivery: tokens, links,
values, and the octets of the message in pieces, as they are written to the wire. The reference is given the same
links: Jinja fills both parts, EmailMessage encodes them. Then hostile readers' mails are parsed, and compared.
Processor time, in rounds one after the other; the ratio is the median of the rounds' ratios.
"""

import sys
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from statistics import median
from time import process_time

import jinja2
from bench_row import tell
from digest_mail import AT, SIZES, addressing, edition_of, readers

from newsletter.model.ledger import Due
from newsletter.model.mail import Edition, Parts, Row, date_value, fill_text
from newsletter.model.message_form import MessageForm

GOAL = 300
ROUNDS = 5


def reference(edition: Edition) -> Callable[[Row], bytes]:
    """One message by Jinja and EmailMessage."""
    html = jinja2.Environment(autoescape=True).from_string(_template(edition.html))
    text = jinja2.Environment().from_string(_template(edition.text))

    def make(row: Row) -> bytes:
        message = EmailMessage(policy=SMTP)
        for name, value in edition.headers:
            message[name] = value
        message["To"], message["Message-ID"], message["Date"] = row.address, row.message_id, date_value(AT)
        message["List-Unsubscribe"] = row.list_unsubscribe
        message.set_content(text.render(row.values), cte="quoted-printable")
        message.add_alternative(html.render(row.values), subtype="html", cte="quoted-printable")
        return message.as_bytes()

    return make


def _template(parts: Parts) -> str:
    return "".join(part if isinstance(part, str) else f"{{{{ {part.name} }}}}" for part in parts)


def cost(make: Callable[[Due], object], due: list[Due]) -> float:
    """Seconds of the processor for one message."""
    begun = process_time()
    for one in due:
        make(one)
    return (process_time() - begun) / len(due)


def measured(octets: int, messages: int) -> tuple[float, float, float]:
    """Microseconds of ours, of the reference, and the ratio."""
    edition, links = edition_of(octets), addressing()
    form, slow = MessageForm(edition, AT), reference(edition)
    many, few = list(readers(messages)), list(readers(max(messages // 100, 20)))
    found = []
    for _ in range(ROUNDS):
        ours = cost(lambda due: form.fill(links.row(due)), many)
        theirs = cost(lambda due: slow(links.row(due)), few)
        found.append((theirs / ours, ours * 1e6, theirs * 1e6))
    ratio = median(one[0] for one in found)
    return median(one[1] for one in found), median(one[2] for one in found), ratio


def unequal(octets: int, count: int) -> int:
    """How many of so many hostile readers' mails do not say what they should, parsed by the standard library."""
    edition, links = edition_of(octets), addressing()
    form, wrong = MessageForm(edition, AT), 0
    for due in readers(count, hostile=True):
        row = links.row(due)
        filled = form.fill(row)
        message = message_from_bytes(filled.octets(), policy=default)
        said = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
        meant = [_lines(fill_text(part, row.values)) for part in (edition.text, edition.html)]
        fits = max(map(len, filled.octets().split(b"\r\n"))) <= 78 or len(row.list_unsubscribe) > 60
        wrong += said != meant or message["To"] != row.address or bool(message.defects) or not fits
    return wrong


def _lines(text: str) -> bytes:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()


def main(messages: int = 20_000, hostile: int = 5_000) -> int:
    """The table, and whether the goal is reached."""
    reached = True
    for name, octets in SIZES.items():
        ours, theirs, ratio = measured(octets, messages)
        goal = GOAL if name == "60 KB" else None
        detail = f"{ours:.1f} and {theirs:.0f} us"
        reached &= tell(
            f"{name} personalised, Jinja2 + EmailMessage", ratio, goal, "at least", "times cheaper", detail
        )
    wrong = unequal(SIZES["5 KB"], hostile)
    equal = tell(f"{hostile} hostile readers, not decoded equal", wrong, 0, "at most", "of them")
    return 0 if reached and equal else 1


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))

"""How an attempt may end, and what each end proves: the one table by which every road out says what became of a mail.

A road says what it saw; whether the mail may be tried again follows from here, and is decided nowhere else. Only what
is proven not to have been taken may. From the last byte on only a reply can prove anything: the final dot of SMTP
(RFC 5321, 4.5.3.2.6; RFC 1047), the last byte of the body of an HTTP request.
"""

from collections.abc import Collection, Mapping
from typing import Literal

from newsletter.model.delivery import Outcome

End = Literal[
    "unfit",
    "untried",
    "unreached",
    "incomplete",
    "taken",
    "refused",
    "put_off",
    "ours_to_mend",
    "silent",
    "unclear",
]

OUTCOMES: Mapping[End, Outcome] = {
    "unfit": "rejected",  # the message cannot be made for this reader, or not for this road
    "untried": "not_submitted",  # left alone, since something before it went wrong
    "unreached": "not_submitted",  # no name, no connection, no TLS, no greeting
    "incomplete": "not_submitted",  # failed, or answered with nonsense, before the last byte was written
    "taken": "accepted",  # a reply says so
    "refused": "rejected",  # a reply says that it will never be taken
    "put_off": "refused_for_now",  # a reply says that it may be taken later
    "ours_to_mend": "refused_for_now",  # a reply refuses us, not the reader: key, rights, pace, address of the API
    "silent": "unknown",  # written whole, and the connection was lost or fell silent
    "unclear": "unknown",  # written whole, and the reply does not say whether it was taken
}

#: HTTP statuses by which nothing was taken, and which an operator or time will mend.
HTTP_ENDS: Mapping[int, End] = {
    **dict.fromkeys((301, 302, 307, 308), "ours_to_mend"),
    **dict.fromkeys((401, 403, 404, 405, 407), "ours_to_mend"),
    429: "put_off",
}
#: SMTP replies that refuse us and not the recipient: credentials are missing or wrong (RFC 4954, 6).
SMTP_ENDS: Mapping[int, End] = dict.fromkeys((530, 534, 535, 538), "ours_to_mend")


def http_end(status: int, *, taken: Collection[int], explained: bool) -> End:
    """How a request that was written whole ended by its status; `taken` are those that the API accepts with.

    A refusal counts only where it is `explained` in the API's own form: a page of some gateway proves nothing, and
    neither does a 5xx.
    """
    if status in taken:
        return "taken"
    if status in HTTP_ENDS:
        return HTTP_ENDS[status]
    return "refused" if 400 <= status < 500 and explained else "unclear"


def smtp_end(code: int, *, whole: bool) -> End:
    """How a message ended by a reply that is not the awaited one; `whole` where the final dot is on the wire.

    A 4xx or 5xx at any stage says that the message was not taken; what belongs to no stage says nothing.
    """
    if code in SMTP_ENDS:
        return SMTP_ENDS[code]
    if code // 100 in (4, 5):
        return "put_off" if code // 100 == 4 else "refused"
    return "unclear" if whole else "incomplete"

"""A mail of plain text alone, such as this program writes to the people who run it."""

import hashlib

from newsletter.model.mail import Edition
from newsletter.render.escaping import one_line
from newsletter.render.mime import mime_parts


def plain_mail(*, sender: str, subject: str, text: str) -> Edition:
    """One text part under the sender's name; it says that a program wrote it, so that none answers (RFC 3834)."""
    subject = one_line(subject)
    headers = (("From", one_line(sender)), ("Subject", subject), ("Auto-Submitted", "auto-generated"))
    key = hashlib.sha256(f"{sender}\n{subject}\n{text}".encode()).hexdigest()[:32]
    return Edition(
        key=key,
        subject=subject,
        preheader="",
        sender=sender,
        reply_to="",
        headers=headers,
        html=(),
        text=(text,),
        mime=mime_parts(headers, (), (text,), to_list=False),
    )

"""What a mail/send request says, as whoever reads its JSON finds it."""

import json
from collections.abc import Sequence
from typing import Any

from newsletter.model.delivery import Batch
from newsletter.model.mail import Row
from newsletter.providers.sendgrid_body import RequestForm


def request_body(batch: Batch, rows: Sequence[Row], *, sandbox: bool = False) -> dict[str, Any]:
    """The body for these rows, read again."""
    form = RequestForm(batch, sandbox=sandbox)
    read: dict[str, Any] = json.loads(form.body([form.personalization(row) for row in rows]))
    return read

"""Asking SendGrid's Email Logs for single messages: by recipient and time, then by the id that is ours.

A message is ours where its custom arguments name the delivery; its subject or recipient alone prove nothing.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from pydantic import SecretStr

from newsletter.model.delivery import Notice
from newsletter.model.reconciling import Question, Sighting
from newsletter.providers.sendgrid_answer import Reply
from newsletter.providers.sendgrid_events import read_event
from newsletter.providers.sendgrid_http import NoAnswerError, NotSubmittedError, call

#: Their clock and ours may differ by so much.
SKEW = timedelta(minutes=10)
#: Messages to one reader that are looked through for the one that is ours.
MOST = 100
#: Statuses after which asking on is of no use for now: no right to the logs, or too many questions.
_CLOSED = frozenset({401, 403, 404, 429})


class _NoWordError(Exception):
    """The log did not answer; the sentence says how."""

    def __init__(self, why: str, *, closed: bool = False) -> None:
        super().__init__(why)
        self.closed = closed


class SendGridLog:
    """The log behind an API key; `timeout` in seconds bounds each wait."""

    def __init__(self, api_url: str, key: SecretStr, timeout: float) -> None:
        self._api_url, self._key, self._timeout = api_url, key, timeout

    def look_up(self, questions: Sequence[Question]) -> Iterator[Sighting]:
        """One sighting for each question; once the log is closed to us, the rest is not asked."""
        closed = ""
        for question in questions:
            if closed:
                yield Sighting(question.delivery_id, "unsaid", closed)
                continue
            try:
                yield self._one(question)
            except _NoWordError as error:
                closed = str(error) if error.closed else ""
                yield Sighting(question.delivery_id, "unsaid", str(error))

    def _one(self, question: Question) -> Sighting:
        if not question.address or set('"\\') & set(question.address):
            return Sighting(question.delivery_id, "unsaid", "its address cannot be asked for")
        spellings = dict.fromkeys((question.address, question.address.lower()))
        for address in spellings:
            if found := self._among(question, self._search(question, address)):
                return found
        return Sighting(question.delivery_id, "absent", "the log has no such message")

    def _search(self, question: Question, address: str) -> list[str]:
        since = (question.since - SKEW).astimezone(UTC)
        query = f'to_email = "{address}" AND sg_message_id_created_at >= TIMESTAMP "{since:%Y-%m-%dT%H:%M:%SZ}"'
        answer = self._ask(("logs",), {"query": query, "limit": MOST})
        messages = answer.get("messages")
        if not isinstance(messages, list):
            raise _NoWordError("the log's answer holds no list of messages")
        if len(messages) >= MOST:
            raise _NoWordError(f"the log has {MOST} messages or more to this reader since")
        return [str(one.get("sg_message_id", "")) for one in messages if isinstance(one, Mapping)]

    def _among(self, question: Question, ids: Sequence[str]) -> Sighting | None:
        for sg_message_id in ids:
            message = self._ask(("logs", sg_message_id))
            args = message.get("custom_args")
            if isinstance(args, Mapping) and args.get("delivery_id") == question.delivery_id:
                return Sighting(question.delivery_id, "there", f"message {sg_message_id}"[:200], _notices(message))
        return None

    def _ask(self, path: Sequence[str], body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        try:
            reply = call(self._api_url, self._key.get_secret_value(), self._timeout, path, body)
        except (NotSubmittedError, NoAnswerError) as error:
            raise _NoWordError(f"the log cannot be reached: {error}", closed=True) from None
        return _object(reply)


def _object(reply: Reply) -> Mapping[str, Any]:
    if reply.status != 200:
        raise _NoWordError(f"the log answered {reply.status}", closed=reply.status in _CLOSED)
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        raise _NoWordError("the log's answer cannot be read") from None
    if not isinstance(found, dict):
        raise _NoWordError("the log's answer is no object")
    return found


def _notices(message: Mapping[str, Any]) -> tuple[Notice, ...]:
    events = message.get("events")
    args = {"custom_args": message.get("custom_args")}
    read = (read_event({**one, **args}) for one in events or () if isinstance(one, Mapping))
    return tuple(one.notice for one in read if one.notice)

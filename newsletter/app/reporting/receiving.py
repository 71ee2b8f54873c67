"""Taking in what a provider posts: the signature is checked, the body kept on disk, and only then is it acknowledged.

What is posted at the same time is kept together, so that one wait for the disk serves all of it.
"""

import logging
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.model.events import Posted, Webhook
from newsletter.providers.webhooks import open_webhook
from newsletter.store.spool import Spool

LOG = logging.getLogger(__name__)
#: Where posts wait to be applied, below the workspace.
FOLDER = "subscribers/events"
#: Posts that are kept together, and that may wait; who comes then is asked to come again.
AT_ONCE = 64
MOST_WAITING = 128

#: Told the HTTP status with which a post is answered.
Answer = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Post:
    """One request as it came; header names are in lower case."""

    headers: Mapping[str, str]
    body: bytes
    answer: Answer


def spool_of(ws: Workspace) -> Spool:
    """The workspace's spool of posts."""
    return Spool(ws.root / Path(FOLDER))


class Receiver:
    """A thread that checks and keeps posts of one workspace's provider. `take` may be called from any thread."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.provider = ws.settings.provider.kind
        self.webhook: Webhook | None = open_webhook(ws.settings.provider)
        self._spool = spool_of(ws)
        self._posts: queue.Queue[Post | None] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def knows(self, community: str, provider: str) -> bool:
        """Whether posts of this provider for this community come here."""
        return (community, provider) == (self.ws.settings.community.id, self.provider) and self.webhook is not None

    def take(self, headers: Mapping[str, str], body: bytes, answer: Answer) -> None:
        """Check and keep a post; `answer` is told its status from the thread: 204 once it is on disk."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="events", daemon=True)
                self._thread.start()
        try:
            self._posts.put_nowait(Post(headers, body, answer))
        except queue.Full:
            answer(503)

    def close(self) -> None:
        """Keep what came, then end."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._posts.put(None)
            thread.join()

    def _run(self) -> None:
        while (batch := self._batch()) is not None:
            self._serve(batch)

    def _batch(self) -> list[Post] | None:
        first = self._posts.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < AT_ONCE and not self._posts.empty():
            more = self._posts.get()
            if more is None:
                self._posts.put(None)
                break
            batch.append(more)
        return batch

    def _serve(self, batch: Sequence[Post]) -> None:
        statuses = [self._checked(one) for one in batch]
        good = [one for one, status in zip(batch, statuses, strict=True) if status == 204]
        kept = self._keep([one.body for one in good])
        for post, status in zip(batch, statuses, strict=True):
            post.answer(status if status != 204 or kept else 503)

    def _checked(self, post: Post) -> int:
        """204 for what is to be kept; a refusal says no more than it must."""
        try:
            if self.webhook is None or not self.webhook.genuine(post.headers, post.body, self.ws.clock()):
                return 403
            self.webhook.look(post.body)
        except ValueError:
            return 400
        except Exception:
            LOG.exception(
                "a post of %s could not be looked at",
                self.provider,
                extra=about("post.failed", self.ws.settings.community.id),
            )
            return 503
        return 204

    def _keep(self, bodies: Sequence[bytes]) -> bool:
        if not bodies:
            return True
        now = self.ws.clock()
        try:
            self._spool.add([Posted(self.provider, now, body) for body in bodies])
        except OSError:
            LOG.exception(
                "%d posts of %s cannot be kept; it is asked to post them again",
                len(bodies),
                self.provider,
                extra=about("post.unkept", self.ws.settings.community.id, count=len(bodies)),
            )
            return False
        return True

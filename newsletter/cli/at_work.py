"""One workspace at work under one reading of its configuration, and how another reading takes its place."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import partial

from newsletter.app.accounting.settings import note_settings
from newsletter.app.alerts.telling import BEAT as TELL_BEAT
from newsletter.app.alerts.telling import tellers
from newsletter.app.alerts.watch import AlertWatch
from newsletter.app.api.desk import ApiDesk
from newsletter.app.archiving.publishing import Keeper
from newsletter.app.archiving.shelf import Shelf
from newsletter.app.backing_up.migrating import outgrown
from newsletter.app.joining.pages import JoinPages
from newsletter.app.numbers.counting import EVERY as COUNT
from newsletter.app.numbers.counting import NumberDesk
from newsletter.app.observing.observer import Observer
from newsletter.app.operating import TickResult, new_waits, tick
from newsletter.app.owning.pages import OwnPages
from newsletter.app.posting import Post
from newsletter.app.public_pages import PublicPages
from newsletter.app.reloading import Reloader
from newsletter.app.reporting.receiving import Receiver
from newsletter.app.reporting.watching import ReportWatch
from newsletter.app.signing_in.desk import SignIn
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.page import fill_page
from newsletter.app.workspace import Workspace
from newsletter.cli.serving_operator import followed
from newsletter.log_fields import SPOKEN_OF, about
from newsletter.runtime.leaving import closing_within, leave_behind, waited
from newsletter.runtime.server import GRACE, App
from newsletter.runtime.switch import Switch
from newsletter.runtime.waker import EVERY, Waker
from newsletter.runtime.watcher import Places, watching
from newsletter.web.public import public_app
from newsletter.web.studio.changes import Changes
from newsletter.web.studio.hosting import with_studio

LOG = logging.getLogger(__name__)
#: How long somebody who asked for a mail waits for it to be sent. A beat of its own tells nothing of what is known.
BEAT = timedelta(seconds=1)
#: Seconds between two looks at whether to stop, while another configuration waits for its turn.
HEED = 0.2


class ToldToStopError(Exception):
    """All is to end: no other configuration takes effect."""


class AtWork:
    """A workspace's pages and its beats: `begin` starts the beats, `rest` ends them, and `close` ends the pages.

    Making one starts nothing, and raises what a start raises: RenderError for a broken template, StoreError for a
    store of another schema. `fault` says why it had the program stop; empty where it did not.
    """

    def __init__(self, ws: Workspace, observer: Observer, stop: threading.Event, reloader: Reloader) -> None:
        self.ws, self._observer, self._reloader, self.fault = ws, observer, reloader, ""
        self._stop, self._resting, self._asleep_since = stop, threading.Event(), 0.0
        self._told, self._calendars, self._alerts = TickResult(), Keeper(ws), AlertWatch(ws)
        self._beating: list[tuple[Callable[[], object], timedelta]] = [
            (self._wake, EVERY),
            (Post(ws, self._is_over).beat, BEAT),
            (ReportWatch(ws, self._is_over).beat, BEAT),
            *((one.beat, TELL_BEAT) for one in tellers(ws, self._is_over)),
        ]
        self._watched: list[tuple[Places, Callable[[], None]]] = []
        self._wakers: list[Waker] = []
        self._watches, self._streams = ExitStack(), ExitStack()
        ws.store.check()
        with ExitStack() as desk, ExitStack() as pages:
            self.app = self._app(pages, desk)
            self._pages, self._desk = pages.pop_all(), desk.pop_all()

    def begin(self) -> None:
        """Wake on the cadence, and answer people and providers; ended by `rest`, after which it may begin again."""
        self._resting.clear()
        for beat, every in self._beating:
            self._wakers.append(Waker(self._named(beat), every))
        for places, changed in self._watched:
            self._watches.enter_context(watching(places, changed))

    def _named(self, beat: Callable[[], object]) -> Callable[[], object]:
        """The beat, in whose thread every line of the log is this community's."""

        def named() -> object:
            SPOKEN_OF.set(self.ws.settings.community.id)
            return beat()

        return named

    def fall_asleep(self) -> None:
        """Wake no more; a wake-up under way ends after the batch in hand."""
        if not self._resting.is_set():
            self._resting.set()
            self._asleep_since = time.monotonic()
        for waker in self._wakers:
            waker.end()

    def rest(self) -> None:
        """Wait until the wake-ups under way have ended; nothing wakes again. ToldToStopError where all is to end."""
        self.fall_asleep()
        self._watches.close()
        while not waited(self._is_at_rest, HEED):
            if self._stop.is_set():
                raise ToldToStopError
        self._wakers.clear()

    def rest_for_good(self) -> None:
        """As `rest`, but what hands nothing over, as a source that does not answer, is not waited for long.

        Nothing is handed over after that.
        """
        self.fall_asleep()
        patience = max(0.0, GRACE - (time.monotonic() - self._asleep_since))
        while not waited(self._is_at_rest, patience):
            if self.ws.hands.lay_down():
                leave_behind(f"what {self.ws.settings.community.id} was looking at")
                break
            patience = GRACE
        self._watches.close()

    def _is_at_rest(self) -> bool:
        return all(waker.is_at_rest for waker in self._wakers)

    def hang_up(self) -> None:
        """End the streams that pages keep open; they ask again, and are answered by whoever serves then."""
        self._streams.close()

    def close(self) -> None:
        """End the pages, which nobody asks any more."""
        self._pages.close()
        self._desk.close()  # last: it waits for a mail that is being rendered there, and nothing else is to

    def _app(self, pages: ExitStack, desk: ExitStack) -> App:
        ws, public = self.ws, pages.enter_context(closing(PublicPages(self.ws)))
        public.invalid_page()  # a broken template is told now, and not to the first reader
        receiver = pages.enter_context(closing(Receiver(ws)))
        api, numbers = pages.enter_context(closing(ApiDesk(ws))), pages.enter_context(closing(NumberDesk(ws)))
        self._beating += [(api.beat, COUNT), (numbers.beat, COUNT)]
        app: App = public_app(public, Shelf(ws), OwnPages(ws), JoinPages(ws), receiver, api, numbers)
        return self._with_studio(app, desk) if ws.settings.sign_in.is_on else app

    def _with_studio(self, public: App, desk: ExitStack) -> App:
        """The public pages, and beside them the studio for editors who sign in."""
        ws, changes, sign_in = self.ws, Changes(), SignIn(self.ws)
        studio = Studio(ws.root, environ=ws.environ, clock=ws.clock, hosted=True)

        def changed() -> None:
            studio.refresh()
            changes.publish()

        desk.callback(studio.close)
        desk.callback(sign_in.mails.close)
        self._streams.callback(changes.close)
        self._watched.append((studio.watched, changed))
        self._beating.append((sign_in.mails.beat, BEAT))
        return with_studio(public, sign_in, studio, fill_page, changes, self._operator(sign_in))

    def _operator(self, sign_in: SignIn) -> App:
        """The operator's pages, which follow the sending on a beat, and the sources on a slower one."""
        pages = followed(self.ws, self._observer, self._reloader)
        self._streams.callback(pages.changes.close)
        self._beating += pages.beats
        return pages.hosted(sign_in)

    def _wake(self) -> None:
        if fault := outgrown(self.ws):
            # Whoever runs us starts us anew, as the newer program that changed the store.
            self.fault = fault
            self._stop.set()
            return
        before, self._told = self._told, tick(self.ws, self.ws.clock(), self._is_over)
        for step in new_waits(before, self._told):
            LOG.warning(
                "%s waits: %s",
                step.key,
                step.why,
                extra=about("issue.waits", self.ws.settings.community.id, issue=step.key),
            )
        for look in (self._calendars.look, partial(self._alerts.look, waits=self._told.waits())):
            if not self._is_over():
                look(self.ws.clock())
        self._observer.woke()

    def _is_over(self) -> bool:
        return self._stop.is_set() or self._resting.is_set()


class Shift:
    """Whoever is at work for a workspace now; another reading of its configuration relieves them between wake-ups."""

    def __init__(self, ws: Workspace, stop: threading.Event) -> None:
        self.observer, self._stop = Observer(ws), stop
        self.reloader = Reloader(ws)
        self._now = AtWork(ws, self.observer, stop, self.reloader)
        self.app = Switch(self._now.app)

    @property
    def fault(self) -> str:
        """Why it had the program stop; empty where it did not."""
        return self._now.fault

    def begin(self) -> None:
        """Start the beats; ended by `rest`."""
        note_settings(self._now.ws)
        self._now.begin()

    def fall_asleep(self) -> None:
        """Have the beats end, and the streams of pages, without waiting for them."""
        self._now.fall_asleep()
        self._now.hang_up()

    def rest(self) -> None:
        """End the beats, each after the batch in hand, and the streams of pages."""
        self.fall_asleep()
        self._now.rest_for_good()

    def close(self) -> None:
        """End the pages."""
        name = self._now.ws.settings.community.id
        closing_within(GRACE, f"a page of {name}", self._now.close)

    def look(self, within: float) -> None:
        """Wait so many seconds for a configuration that was changed; let it take effect where it is good."""
        ws = self.reloader.wanted(within)
        if ws is None or self._stop.is_set():
            return
        try:
            new = AtWork(ws, self.observer, self._stop, self.reloader)
            with ExitStack() as undo:
                undo.callback(new.close)
                note_settings(ws)  # where the store takes nothing, that is known while the old one is at work
                self._hand_over(new)
                undo.pop_all()
            self._relieve(new)
        except ToldToStopError:
            return  # whoever is at work rests for good now
        except Exception:
            LOG.exception(
                "the configuration stays as it was, since the program cannot start with the new one",
                extra=about("configuration.failed", ws.settings.community.id),
            )

    def _hand_over(self, new: AtWork) -> None:
        """The old one ends the batch in hand; where the new one cannot begin, the old one goes on."""
        self._now.rest()
        try:
            new.begin()
        except Exception:
            new.rest()
            self._now.begin()
            raise

    def _relieve(self, new: AtWork) -> None:
        """The old one answers whom it began to answer; then nothing of it is left."""
        old = self._now
        self._now, self.reloader.ws, self.observer.ws = new, new.ws, new.ws
        old.hang_up()
        if not self.app.exchange(new.app, GRACE):
            LOG.warning(
                "a page that was asked for under the old configuration is still being answered",
                extra=about("configuration.taken", new.ws.settings.community.id),
            )
        closing_within(GRACE, "a page of the old configuration", old.close)
        old.ws.store.close()
        LOG.info(
            "the new configuration is in effect", extra=about("configuration.taken", new.ws.settings.community.id)
        )

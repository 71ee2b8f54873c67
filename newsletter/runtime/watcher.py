"""Calls back when a workspace's files change: a few single files, and some folders with all below them."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

#: Milliseconds: editors write a file in several steps, which are one change; and how often to look for new folders.
DEBOUNCE, STEP, LOOK_AGAIN = 150, 30, 500
#: Milliseconds that a thread gets to end.
LEAVE = 2000

#: The files, and the folders, that count now; asked again all the time, since folders come and sources change.
Places = Callable[[], tuple[tuple[Path, ...], tuple[Path, ...]]]


@contextmanager
def watching(places: Places, changed: Callable[[], None]) -> Iterator[None]:
    """Watch while inside; `changed` is called from a thread, once for each burst of changes."""
    logging.getLogger("watchfiles").setLevel(logging.WARNING)  # it would count each write of the store
    stop = threading.Event()
    loops = (_watch_files, _watch_folders)
    threads = [threading.Thread(target=loop, args=(places, changed, stop), daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:  # whoever is just told of a change may be busy with what it means
            thread.join(LEAVE / 1000)


def _watch_files(places: Places, changed: Callable[[], None], stop: threading.Event) -> None:
    """Single files, by way of the folders they are in: editors replace a file rather than write into it."""
    while not stop.is_set():
        files = set(places()[0])
        around = {file.parent for file in files if file.parent.is_dir()}
        if not around:
            stop.wait(LOOK_AGAIN / 1000)
            continue
        for burst in _bursts(around, stop, recursive=False):
            if files & {Path(name) for _, name in burst}:
                changed()
            if _moved_on(files, around, places):
                break


def _moved_on(files: set[Path], around: set[Path], places: Places) -> bool:
    now = set(places()[0])
    return now != files or {file.parent for file in now if file.parent.is_dir()} != around


def _watch_folders(places: Places, changed: Callable[[], None], stop: threading.Event) -> None:
    """Folders with all below them; one that appears is itself a change."""
    known: set[Path] | None = None
    while not stop.is_set():
        there = {folder for folder in places()[1] if folder.is_dir()}
        if known is not None and there != known:
            changed()
        known = there
        if not there:
            stop.wait(LOOK_AGAIN / 1000)
            continue
        for burst in _bursts(there, stop, recursive=True):
            if burst:
                changed()
            if {folder for folder in places()[1] if folder.is_dir()} != there:
                break


def _bursts(folders: set[Path], stop: threading.Event, *, recursive: bool) -> Iterator[set[tuple[Change, str]]]:
    """Changes as they come, and an empty set now and then."""
    return watch(
        *folders,
        watch_filter=DefaultFilter(),
        debounce=DEBOUNCE,
        step=STEP,
        stop_event=stop,
        rust_timeout=LOOK_AGAIN,
        yield_on_timeout=True,
        raise_interrupt=False,
        recursive=recursive,
    )

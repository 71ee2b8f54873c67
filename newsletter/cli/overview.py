"""What there is, at a glance: the commands by panel, the module each is in, and the help that lists them.

It is asked for before anything is loaded, so nothing is: tuples instead of classes, and no module but `sys` and `os`.
"""

import os
import sys

ABOUT = "Reads a community's events as they are written, composes the digest, and mails every subscriber once."
START = "Start with `newsletter demo`, then `newsletter init DIR` and `newsletter preview`."
Rows = list[tuple[str, str]]
OPTIONS = [
    ("--workspace, -w DIR", "The folder with config.toml."),
    ("--version", "Print the version."),
    ("--help", "Show this message and exit."),
]
#: Panel -> (command, module of this room that registers it, first sentence of its help), as a newcomer meets them.
PANELS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Start": (
        (
            "demo",
            "content",
            "Do the main job on the sample workspace: collect, compose, render, deliver to the outbox.",
        ),
        ("init", "content", "Write a new workspace: with sample content, or from what a website holds."),
    ),
    "Content": (
        ("collect", "content", "Read all sources; list what they hold and every problem."),
        ("cadence", "content", "Print a digest's next slots: key, draft time, send time, window."),
        (
            "suggest",
            "finding",
            "Find events that stand only in the prose of pages, and print each as a page to save, mend or leave.",
        ),
        (
            "explain",
            "finding",
            "Say where an item was read, how its time was understood, and why it is in the next issue or not.",
        ),
    ),
    "Issue": (
        (
            "preview",
            "issues",
            "Look at the next issue in a browser, as each persona, on phone and desk; it follows what you change.",
        ),
        (
            "draft",
            "issues",
            "Freeze the draft of the next issue, and write issues/KEY.md for the editor where there is none.",
        ),
        ("compose", "issues", "Show the next issue as data, for one reader who had the last one."),
        (
            "render",
            "issues",
            "Write one edition as HTML, text and .eml, or take a picture of it with the Chromium of this machine.",
        ),
        (
            "simulate",
            "simulate",
            "Show every issue that each reader of personas.toml would get; nothing is sent.",
        ),
        ("check", "reviewing", "Run all checks on an issue; exit 1 where one of level error is found."),
        (
            "approve",
            "reviewing",
            "Approve the stored draft, bound to its hash; refused while a check of level error stands.",
        ),
        ("revoke", "reviewing", "Take every approval back."),
    ),
    "Delivery": (
        ("send", "sending", "Plan an approved issue and deliver it; sending again sends nothing twice."),
        (
            "status",
            "sending",
            "Say how an issue stands, or all of them: every planned delivery is in exactly one state.",
        ),
        ("pause", "sending", "Stop before the next batch."),
        (
            "resume",
            "sending",
            "Let go on what is paused or held by a guard, or with --restored a store that came back from a backup.",
        ),
        ("cancel", "sending", "Send nothing more of an issue; what is on its way stays so."),
        (
            "audit",
            "ledger",
            "Prove from the ledger alone that an issue lost nobody and mailed nobody twice; exit 1 if not.",
        ),
        (
            "reconcile",
            "reconciling",
            "Settle what nobody knows to have left: by events, the provider's log, or your own word.",
        ),
        ("events", "events", "Apply what the provider posted, and show the events from which nothing follows."),
        (
            "correct",
            "mails",
            "Tell those who were told of an event what has changed; without EVENT, list what could be told.",
        ),
        (
            "mail",
            "mails",
            "Make a mail to a list, or a segment of it, from a Markdown file; it leaves once it is approved.",
        ),
    ),
    "Running": (
        (
            "sign-ins",
            "signing_in",
            "Show who signed in and out at the studio and the operator's pages, or end somebody's sessions.",
        ),
        ("api-tokens", "api_tokens", "Let a program of yours ask this one: tokens for the HTTP API."),
        (
            "numbers",
            "numbers",
            "Show how often web copies and calendars were asked for, who left after what, and how many replied.",
        ),
        (
            "audit-log",
            "accounting",
            "Say who drafted, approved, sent, paused, exported, erased and so on; the log can only be added to.",
        ),
        (
            "run",
            "running",
            "Run the cadence, delivery and the public pages, of one workspace or several, until told to stop.",
        ),
        (
            "dev-sink",
            "running",
            "Run a local SMTP sink and SendGrid-compatible server that record what they receive.",
        ),
        (
            "operator",
            "operator",
            "Open the operator's pages on this machine, for one browser: sendings, what needs a look, numbers.",
        ),
        (
            "worker",
            "worker",
            "Hand over whatever is planned and being sent, beside `run` and other workers, until told to stop.",
        ),
        ("web", "web", "Answer readers and providers, and do nothing else: public pages, links of mails, hooks."),
        (
            "doctor",
            "doctor",
            "Look at the settings, keys, store, clock, disk, provider, DNS and public pages; say of each what to do.",
        ),
        (
            "alerts",
            "alerts",
            "Show what is wrong now, what was and is over, and what else was noted for the operator.",
        ),
        ("config", "configuring", "Look at config.toml and all that belongs to it."),
        (
            "store",
            "store",
            "Copy the store, put a copy back, bring its schema up to date, and move it to another database.",
        ),
        ("archive", "archive", "Web copies, feeds and calendars for everybody."),
    ),
    "People": (("subscribers", "people", "Add, import, export, list, change and remove subscribers."),),
}
COLUMN = 24
NARROW, WIDE = 60, 120


def wants_overview(arguments: list[str]) -> bool:
    """Whether somebody asks what there is: no arguments at all, or for help alone."""
    return arguments in ([], ["--help"])


def show_overview() -> None:
    """Print what there is on standard output, within the width of the terminal; headings are bold where one looks."""
    heading = "\033[1m{}\033[0m" if sys.stdout.isatty() else "{}"
    sys.stdout.write("\n".join(_lines(_width(), heading)) + "\n")


def _lines(width: int, heading: str) -> list[str]:
    lines = ["Usage: newsletter [OPTIONS] COMMAND [ARGS]...", "", *_wrapped(ABOUT, width), *_wrapped(START, width)]
    for title, rows in PANELS.items():
        lines += _panel(heading.format(title), [(name, text) for name, _, text in rows], width)
    lines += _panel(heading.format("Options"), OPTIONS, width)
    return [*lines, "", "`newsletter COMMAND --help` says what a command takes, with examples."]


def _panel(title: str, rows: Rows, width: int) -> list[str]:
    lines = ["", title]
    for name, text in rows:
        first, *rest = _wrapped(text, width - COLUMN)
        lines += [f"  {name:<{COLUMN - 2}}{first}", *(" " * COLUMN + line for line in rest)]
    return lines


def module_of(command: str) -> str | None:
    """The module that registers the command; None for what is no command."""
    return next((module for rows in PANELS.values() for name, module, _ in rows if name == command), None)


def names() -> list[str]:
    """All commands, as the overview lists them."""
    return [name for rows in PANELS.values() for name, _, _ in rows]


def _width() -> int:
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        columns = WIDE
    return min(max(columns, NARROW), WIDE)


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

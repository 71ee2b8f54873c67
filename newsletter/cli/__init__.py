"""The command line: one short function per command; no decisions live here."""

import sys


def main() -> None:
    """Run the command line; problems are listed and set the exit code, tracebacks are for faults of the program."""
    from newsletter.cli.overview import show_overview, wants_overview

    arguments = sys.argv[1:]
    if wants_overview(arguments):
        show_overview()
        sys.exit(0 if arguments else 2)

    from newsletter.cli.failures import run_guarded
    from newsletter.runtime.leaving import end_process
    from newsletter.runtime.log_lines import log_crashes, log_plainly

    log_plainly(sys.stderr)
    log_crashes()
    end_process(run_guarded(arguments))

"""`python -m newsletter.devsink`: the sink as a process of its own."""

import argparse
import sys
from pathlib import Path

from newsletter.devsink.events import read_plan
from newsletter.devsink.faults import read_faults
from newsletter.devsink.manners import read_manners
from newsletter.devsink.misbehave import read_misbehaviour
from newsletter.devsink.server import DevSinkError, run_dev_sink


def main() -> int:
    """Run the sink until it is stopped; 1 where it cannot start, 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="newsletter.devsink", description="A local SMTP sink and SendGrid double.")
    parser.add_argument("--smtp-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--http-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--keep", type=Path, help="folder for what is received")
    parser.add_argument("--misbehave", action="append", default=[], metavar="NAME=VALUE", help="a fault; may repeat")
    parser.add_argument("--events", action="append", default=[], metavar="NAME=VALUE", help="url=...; may repeat")
    parser.add_argument("--fault", action="append", default=[], metavar="KIND@WHEN", help="of the line; may repeat")
    parser.add_argument("--smtp", action="append", default=[], metavar="NAME=VALUE", help="manners; may repeat")
    options = parser.parse_args()
    try:
        faults, events = read_misbehaviour(options.misbehave), read_plan(options.events)
        line, manners = read_faults(options.fault), read_manners(options.smtp)
    except ValueError as error:
        parser.error(str(error))
    try:
        run_dev_sink(options.smtp_port, options.http_port, options.keep, faults, events, line, manners)
    except DevSinkError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

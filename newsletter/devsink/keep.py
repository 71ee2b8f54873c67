"""What the sink received, on disk before it is acknowledged: a line per message, synced, and the bytes beside it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SMTP_LOG = "smtp.jsonl"
SENDGRID_LOG = "sendgrid.jsonl"
SES_LOG = "ses.jsonl"
LOGS = (SMTP_LOG, SENDGRID_LOG, SES_LOG)


class Keeper:
    """Writes to one folder and numbers on from what lies there; a line is synced when `keep` returns."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._numbers = {ending: len(list(folder.glob(f"*{ending}"))) for ending in (".eml", ".json")}

    def keep_smtp(self, envelope: Mapping[str, Any], raw: bytes) -> None:
        """One message as it came over SMTP: NNNNN.eml and a line with its envelope."""
        name = self._write(raw, ".eml")
        self._append(SMTP_LOG, [{"via": "smtp", **envelope, "file": name}])

    def keep_request(self, messages: list[dict[str, Any]], raw: bytes) -> None:
        """One accepted mail/send request: its body as NNNNN.json and a line for each reader."""
        name = self._write(raw, ".json")
        self._append(SENDGRID_LOG, [{"via": "sendgrid", **message, "file": name} for message in messages])

    def keep_ses(self, envelope: Mapping[str, Any], raw: bytes) -> None:
        """One message as it came to the SES-compatible API: NNNNN.eml and a line with its envelope."""
        name = self._write(raw, ".eml")
        self._append(SES_LOG, [{"via": "ses", **envelope, "file": name}])

    def messages(self) -> list[dict[str, Any]]:
        """Every line kept, SMTP first."""
        paths = [self.folder / name for name in LOGS]
        return [json.loads(line) for path in paths if path.exists() for line in path.read_bytes().splitlines()]

    def clear(self) -> None:
        """Forget the lines; the files of messages stay, and numbering goes on."""
        for name in LOGS:
            (self.folder / name).unlink(missing_ok=True)

    def _write(self, raw: bytes, ending: str) -> str:
        self._numbers[ending] += 1
        path = self.folder / f"{self._numbers[ending]:05d}{ending}"
        path.write_bytes(raw)
        return path.name

    def _append(self, name: str, lines: list[dict[str, Any]]) -> None:
        with (self.folder / name).open("ab") as file:
            file.write(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())

"""The studio's keys: one table, which the page shows as its help and by which its script acts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """Keys as a browser names them, what they do in words, and how: an element to click, or a name in keys.js.

    A `command` key is pressed with Ctrl, or Cmd on a Mac.
    """

    keys: str
    does: str
    click: str = ""
    run: str = ""
    command: bool = False

    @property
    def name(self) -> str:
        """Its place in the page."""
        return f"key-{self.click or self.run}"

    @property
    def shown(self) -> str:
        """The key as printed on a keyboard."""
        word = {"N": "Shift+n", "Escape": "Esc"}.get(self.keys, self.keys)
        return f"Ctrl/Cmd+{word.upper()}" if self.command else word


KEYS = (
    Key("?", "All keys", run="keys"),
    Key("k", "Everything by its name", run="palette", command=True),
    Key("1", "320 pixels wide", "width-320"),
    Key("2", "375 pixels wide", "width-375"),
    Key("3", "600 pixels wide", "width-600"),
    Key("4", "768 pixels wide", "width-768"),
    Key("0", "As wide as there is room", "width-0"),
    Key("d", "Light, dark, forced", run="scheme"),
    Key("i", "Pictures off and on", "switch-images"),
    Key("y", "Style blocks off and on", "switch-styles"),
    Key("z", "Twice as large", "switch-zoom"),
    Key("[", "The mail before", "variant-previous"),
    Key("]", "The next mail", "variant-next"),
    Key("p", "Choose a persona", run="persona"),
    Key("c", "Checks", "tab-checks"),
    Key("n", "The next finding", run="next"),
    Key("N", "The finding before", run="previous"),
    Key("g", "Beside the last issue", "tab-diff"),
    Key("t", "The text part", "tab-text"),
    Key("u", "The HTML source", "tab-source"),
    Key("m", "MIME: headers and parts", "tab-headers"),
    Key("f", "The mail only", "tab-mail"),
    Key("w", "Your words, and what stands where", "tab-edit"),
    Key("o", "Problems of all sources, and what to decide", "tab-content"),
    Key("l", "Calendar of the next issues", "tab-calendar"),
    Key("e", "Open the source in your editor, at its line", run="source"),
    Key("s", "Test to me", run="test"),
    Key("a", "What an approval would do (it approves nothing by itself)", run="approve"),
    Key("r", "Look again", run="again"),
    Key("Escape", "Close, or leave what is written in", run="close"),
)

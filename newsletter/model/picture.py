"""Pictures: how a source names one, and what is published of it. A mail is complete without any."""

from dataclasses import dataclass, replace

from newsletter.model.problem import Origin

#: Stands before the path of a picture whose source has no address on the web; no link may have this scheme.
LOCAL = "picture:"


@dataclass(frozen=True, slots=True)
class Mention:
    """A picture that a source names.

    `written` is the target as its author wrote it, and `address` what stands for it in texts: an absolute address, or
    `LOCAL` and the path from where it was read.
    """

    address: str
    written: str
    alt: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Picture:
    """A published picture: its public address, its size as it is shown (CSS pixels), and its weight in octets.

    The file behind it has up to twice as many pixels each way, and nothing of the original but what is to be seen.
    """

    url: str
    width: int
    height: int
    octets: int
    alt: str = ""

    def fitted(self, width: int) -> "Picture":
        """The same picture, shown no wider than that."""
        if self.width <= width:
            return self
        return replace(self, width=width, height=max(1, round(self.height * width / self.width)))

"""What a workspace says about deliveries that nobody knows the end of."""

from typing import Literal

from pydantic import Field

from newsletter.model.strict import Strict


class EventSettings(Strict):
    """What becomes of an unknown delivery of which no trace is found after `unknown_hours`.

    It is held, or sent again where its absence is proven.
    """

    unknown: Literal["hold", "resend"] = "hold"
    unknown_hours: float = Field(default=24.0, ge=0, le=24 * 27)

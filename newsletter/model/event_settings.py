"""What a workspace says about its provider's reports, and about deliveries that nobody knows the end of."""

from typing import Literal

from pydantic import Field

from newsletter.model.strict import Strict


class EventSettings(Strict):
    """The keys that verify posted events, how old one may be, and what becomes of an unknown delivery.

    `webhook_key` is the verification key that the provider shows (base64; several have white space between them);
    without one no event is taken. `webhook_hours` is how old a signature may be. An `unknown` delivery of which no
    trace is found after `unknown_hours` is held, or sent again where its absence is proven.
    """

    webhook_key: str = ""
    webhook_hours: float = Field(default=25.0, gt=0, le=24 * 7)
    unknown: Literal["hold", "resend"] = "hold"
    unknown_hours: float = Field(default=24.0, ge=0, le=24 * 27)

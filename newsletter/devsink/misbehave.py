"""How the sink is told to fail; counts run down by one for each message or request they befall."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, ValidationError


class MisbehaviourError(ValueError):
    """No such fault, or no such value for it; the message says what there is."""


class Misbehaviour(BaseModel):
    """What goes wrong. Times are seconds; nothing is set by default.

    `drop_before` closes the connection before anything is taken (SMTP: at DATA; HTTP: before the answer, unkept),
    `drop_after` keeps the message and closes without an answer, `throttle` answers 429 (SMTP: 421),
    `fail` answers 500 (SMTP: 451 after the dot) and keeps nothing. `silent_errors` leaves the place out of 400s.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    refuse_rcpt: tuple[str, ...] = ()
    delay: NonNegativeFloat = 0
    drop_before: NonNegativeInt = 0
    drop_after: NonNegativeInt = 0
    throttle: NonNegativeInt = 0
    retry_after: NonNegativeFloat = Field(default=7, description="what a 429 asks to wait")
    fail: NonNegativeInt = 0
    silent_errors: bool = False

    def befalls(self, name: str) -> bool:
        """Whether this fault is due now; counts it."""
        left = int(getattr(self, name))
        if left:
            setattr(self, name, left - 1)
        return left > 0

    def refuses(self, address: str) -> bool:
        """Whether mail to this address is to be refused."""
        return address.casefold() in {one.casefold() for one in self.refuse_rcpt}

    def become(self, other: "Misbehaviour") -> None:
        """Take over another's settings in place."""
        for name in type(self).model_fields:
            setattr(self, name, getattr(other, name))


def read_misbehaviour(pairs: Sequence[str]) -> Misbehaviour:
    """From NAME=VALUE pairs as on a command line, addresses parted by commas; MisbehaviourError says why not."""
    fields: dict[str, object] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        fields[name] = tuple(value.split(",")) if name == "refuse_rcpt" else value
    try:
        return Misbehaviour.model_validate(fields)
    except ValidationError as error:
        fault = error.errors()[0]
        known = ", ".join(Misbehaviour.model_fields)
        raise MisbehaviourError(f"{fault['loc'][0]}: {fault['msg']}; the faults are {known}") from None

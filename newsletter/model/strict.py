"""What every table of settings is: frozen, and without keys that nobody knows."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A frozen table that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

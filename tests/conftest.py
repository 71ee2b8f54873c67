"""Fixtures every room may ask for."""

from hypothesis import settings
from support_dev_sink import dev_sink, dev_sink_process

__all__ = ["dev_sink", "dev_sink_process"]

# How long an example takes says more of the machine's load than of the code.
settings.register_profile("newsletter", deadline=None)
settings.load_profile("newsletter")

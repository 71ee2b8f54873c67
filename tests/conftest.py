"""Fixtures every room may ask for."""

from support_dev_sink import dev_sink, dev_sink_process

__all__ = ["dev_sink", "dev_sink_process"]

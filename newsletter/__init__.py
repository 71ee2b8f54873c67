"""Reads a community's events as they are written, composes the digest, and mails every subscriber once."""

__version__ = "0.1.0"

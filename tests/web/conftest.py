"""Fixtures for the tests of pages."""

from support_public_pages import server, ws

__all__ = ["server", "ws"]

"""Fixtures every room may ask for."""

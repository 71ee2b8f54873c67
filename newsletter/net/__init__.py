"""Guarded fetching: bounded in size and time, and never from an address of this machine or its own network."""

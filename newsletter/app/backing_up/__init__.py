"""Copies of what cannot be made anew: the store, and the key without which it says little."""

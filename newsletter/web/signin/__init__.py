"""Signing in: its pages, and the gate before whatever is for editors or operators alone."""

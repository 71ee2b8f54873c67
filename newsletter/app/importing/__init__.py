"""Bringing in subscribers from files: staged rows, what is restored of old memberships, the account of each line."""

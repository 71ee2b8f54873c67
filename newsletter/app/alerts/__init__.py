"""Alerts: what goes wrong is looked for, remembered until it is over, and told once by each road."""

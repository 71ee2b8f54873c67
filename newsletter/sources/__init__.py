"""Bytes, an origin and settings in; a Reading out. Pure, and one file per format.

Nothing vanishes: every file and row becomes an item or a problem that names file and line.
"""

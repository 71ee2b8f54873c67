"""Use cases: the rooms put together; glue and effects, no decisions."""

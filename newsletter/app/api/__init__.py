"""The HTTP API: one table of operations that the program serves, the document describes and the tests go through."""

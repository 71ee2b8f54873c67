"""What mail programs do not support, from caniemail's data: a distilled table, and the rule that reads it."""

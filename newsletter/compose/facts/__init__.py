"""Cross-checks of what the sources say: facts that contradict each other are named and never repaired."""

from newsletter.compose.facts.checking import Checks, check_facts

__all__ = ["Checks", "check_facts"]

"""Cross-checks of what the sources say: facts that contradict each other are named and never repaired."""

from newsletter.compose.facts.checking import check_facts

__all__ = ["check_facts"]

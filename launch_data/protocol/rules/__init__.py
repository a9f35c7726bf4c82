"""The semantic rules of the protocol: what a schema cannot say. Each has a code, a sentence, and an example that breaks it."""

from . import afterwards, common, dynamics, hazards, launches, live, payloads, places, references, vehicles, words  # noqa: F401  they register their rules
from .engine import RULES, Package, Rule, apply

__all__ = ["RULES", "Package", "Rule", "apply"]

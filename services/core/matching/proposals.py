"""What was compared, where two records are proposed as one child's."""

from enum import StrEnum


class ProposedBy(StrEnum):
    """Claims by their weights, numbers that conflict, or what is sealed, of which nothing more is told."""

    SCORE = "score"
    NUMBERS = "numbers"
    SEALED_NUMBERS = "sealed_numbers"
    UNKNOWN = "unknown"

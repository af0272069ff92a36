"""The weights by which records are compared, from their file in the repository."""

from pathlib import Path

from services.core.errors import Misconfigured
from services.core.matching.weights import UnreadableWeights, Weights, read_weights

FILE = Path("services") / "core" / "matching" / "weights.v1.json"


def load_weights(home: Path) -> Weights:
    """The weights of this edition.

    Raises:
        Misconfigured: the file is missing or is none of weights.
    """
    try:
        return read_weights((home / FILE).read_text("utf-8"))
    except (OSError, UnreadableWeights):
        raise Misconfigured(f"{FILE.name} is missing or does not hold weights: no records could be compared.") from None

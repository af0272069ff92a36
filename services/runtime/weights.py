"""The weights by which records are compared, from their files in the repository: one a version."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from services.core.errors import Misconfigured
from services.core.matching.versions import Pinned
from services.core.matching.weights import UnreadableWeights, Weights, read_weights

FILE = Path("services") / "core" / "matching" / "weights.v1.json"


def load_weights(home: Path) -> Weights:
    """The weights by which records are compared until others are adopted.

    Raises:
        Misconfigured: the file is missing or is none of weights.
    """
    return _load(home / FILE).weights


def load_all(home: Path) -> Mapping[str, Pinned]:
    """Every version that this edition has.

    Raises:
        Misconfigured: a file is none of weights, or names another version than it holds.
    """
    found = {path: _load(path) for path in sorted((home / FILE).parent.glob("weights.v*.json"))}
    for path, one in found.items():
        if path.name != f"weights.v{one.weights.version}.json":
            raise Misconfigured(f"{path.name} holds another version than it is named after.")
    return {one.weights.version: one for one in found.values()}


def _load(path: Path) -> Pinned:
    try:
        content = path.read_bytes()
        return Pinned(read_weights(content.decode("utf-8")), hashlib.sha256(content).hexdigest())
    except (OSError, UnicodeError, UnreadableWeights):
        raise Misconfigured(f"{path.name} is missing or does not hold weights: no records could be compared.") from None

"""Write the pinned weights again from the code: .venv/bin/python tests/cli/match/write_weights.py."""

from dataclasses import asdict
from json import dumps
from pathlib import Path

from services.cli.match.estimating import estimate
from services.core.matching.weights import Weights
from services.runtime.weights import FILE

HOME = Path(__file__).resolve().parents[3]
SEED, CHILDREN, VERSION, LINK_AT, ASK_AT = 1, 4000, "1", 25.0, 24.6


def estimated() -> Weights:
    return estimate(SEED, CHILDREN, VERSION, LINK_AT, ASK_AT)


def text(weights: Weights) -> str:
    return dumps(asdict(weights), indent=1) + "\n"


def main() -> None:
    (HOME / FILE).write_text(text(estimated()), encoding="utf-8")


if __name__ == "__main__":
    main()

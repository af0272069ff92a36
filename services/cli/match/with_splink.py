"""The same records through Splink, trained without labels, with the comparisons and settings that it comes with.

Splink is no dependency of Lantern: it is imported when it is asked for, and `lantern` says how to install it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from types import ModuleType
from typing import Any

from services.cli.match.measuring import Quality, judge
from services.core.claims import Subject
from services.core.codes import IdentifierScheme, NameKind, Sex
from services.core.errors import LanternError

REQUIREMENTS = "infra/splink/requirements.lock"
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9999)
_NUMBERS = (IdentifierScheme.NHS_NUMBER, IdentifierScheme.HOME_OFFICE_REFERENCE, IdentifierScheme.PNC_ID)
_TEXTS = ("forename", "surname", "full_name", "date_of_birth", "sex", "nationality", "language", *_NUMBERS)
_RECALL_OF_NUMBERS = 0.7  # a guess for its prior, as its guide asks for one
_PAIRS_DRAWN = 1e6
_SEED = 1


class NoSplink(LanternError):
    """Splink is not installed."""


@dataclass(frozen=True, slots=True)
class BySplink:
    """Splink's groups at the probability at which its F1 is best, of those tried: nobody could choose better."""

    version: str
    probability: float
    quality: Quality
    seconds: float


def splink() -> ModuleType:
    """Splink.

    Raises:
        NoSplink: it is not installed, and how to do so.
    """
    try:
        return import_module("splink")
    except ImportError:
        raise NoSplink(
            "Splink is not installed, and nothing was compared with it. It is large, and nothing else needs it: "
            f".venv/bin/pip install --require-hashes --requirement {REQUIREMENTS}"
        ) from None


def by_splink(subjects: Sequence[Subject], children: Sequence[int], clock: Callable[[], float]) -> BySplink:
    """Match records by Splink; `clock` gives seconds.

    Raises:
        NoSplink: it is not installed.
    """
    library = splink()
    began = clock()
    with _quietly():
        linker, predicted = _predicted(library, subjects)
        tried = [(judge(_groups(linker, predicted, at, len(subjects)), children), at) for at in THRESHOLDS]
    quality, probability = max(tried, key=lambda each: each[0].f1)
    return BySplink(library.__version__, probability, quality, clock() - began)


@contextmanager
def _quietly() -> Iterator[None]:
    logger = logging.getLogger("splink")
    before, logger.level = logger.level, logging.ERROR
    try:
        yield
    finally:
        logger.level = before


def _predicted(library: ModuleType, subjects: Sequence[Subject]) -> tuple[Any, Any]:
    """Splink's linker, trained on the records themselves, and the pairs that it predicts."""
    block_on = library.block_on
    database = library.DuckDBAPI()
    linker = library.Linker(database.register(_table(subjects)), _settings(library), log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on(number.value) for number in _NUMBERS], recall=_RECALL_OF_NUMBERS
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS_DRAWN, seed=_SEED)
    for rule in (block_on("date_of_birth"), block_on("forename", "surname")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker, linker.inference.predict(threshold_match_probability=min(THRESHOLDS))


def _settings(library: ModuleType) -> Any:  # noqa: ANN401 - a type of Splink's, which may not be there
    compare, block_on = import_module("splink.comparison_library"), library.block_on
    year = "substr(date_of_birth, 1, 4)"
    return library.SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            compare.ForenameSurnameComparison("forename", "surname", forename_surname_concat_col_name="full_name"),
            compare.DateOfBirthComparison("date_of_birth", input_is_string=True),
            compare.ExactMatch("sex"),
            compare.ExactMatch("nationality").configure(term_frequency_adjustments=True),
            compare.ExactMatch("language").configure(term_frequency_adjustments=True),
            *(compare.ExactMatch(number.value) for number in _NUMBERS),
        ],
        blocking_rules_to_generate_predictions=[
            *(block_on(number.value) for number in _NUMBERS),
            block_on("date_of_birth"),
            block_on("forename", "surname"),
            *(block_on(name, year) for name in ("forename", "surname")),
        ],
    )


def _table(subjects: Sequence[Subject]) -> Any:  # noqa: ANN401 - pyarrow comes with Splink
    arrow = import_module("pyarrow")
    rows = [_row(subject) for subject in subjects]
    columns = {name: arrow.array([row.get(name) for row in rows], arrow.string()) for name in _TEXTS}
    return arrow.table({"unique_id": arrow.array(range(len(rows)), arrow.int64()), **columns})


def _row(subject: Subject) -> Mapping[str, str | None]:
    forename, surname = _names(subject)
    births, numbers = subject.dates_of_birth, {each.scheme: each.value for each in subject.identifiers}
    return {
        "forename": forename,
        "surname": surname,
        "full_name": f"{forename} {surname}" if forename and surname else None,
        "date_of_birth": births[0].value if births else None,
        "sex": None if subject.sex is Sex.UNKNOWN else subject.sex.value,
        "nationality": next(iter(subject.nationalities), None),
        "language": next(iter(subject.languages), None),
        **{number.value: numbers.get(number) for number in _NUMBERS},
    }


def _names(subject: Subject) -> tuple[str | None, str | None]:
    """A given and a family name; of a name in one piece its first and last word, in small letters."""
    of = {kind: [name.text.lower() for name in subject.names if name.kind is kind] for kind in NameKind}
    apart = list(product(of[NameKind.GIVEN], of[NameKind.FAMILY]))
    if apart:
        return apart[0]
    words = " ".join(name.text.lower() for name in subject.names[:1]).split()
    return (words[0], words[-1]) if words else (None, None)


def _groups(linker: Any, predicted: Any, at: float, count: int) -> list[int]:  # noqa: ANN401 - types of Splink's
    clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_probability=at)
    groups = list(range(count))
    table = clustered.as_pyarrow_table()
    for number, group in zip(table["unique_id"].to_pylist(), table["cluster_id"].to_pylist(), strict=True):
        groups[number] = group
    return groups

"""How long an answer takes does not tell whether a child is known: over HTTP, to somebody without a right to the case.

A known child, an id that is nobody's and a child under protection are asked for in turn, in an order that is drawn anew
each time. `make prove` asks 300 times for each, and a two-sample Kolmogorov-Smirnov test may not tell any two apart.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from random import Random
from statistics import median
from time import perf_counter

import httpx
import pytest

from services.core import ids
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from tests.e2e.vault_page import browser
from tests.edition import LocalEdition
from tests.formats.documents import example
from tests.leaks.publishing import printed
from tests.leaks.timing import distance, told_apart

RUNS = 300
COUNCIL, SYSTEM, ADULT = "COUNCIL-OF-THE-TIMING", "timing", "adult"
KNOWN, PROTECTED = "known", "protected"
MORE = 20
STRANGER = "social-worker-elsewhere"
SECONDS = 30

Ask = Callable[[str], object]


def of_child(child: str) -> Iterator[dict[str, object]]:
    """A child looked after and placed, of whom much is said, and for whom an adult asks."""
    source = {"system": SYSTEM, "child": child}
    yield example("ChildLookedAfter", source=source)
    yield example("KinshipClaimed", source=source, fact={"enquirer": f"{ADULT} of {child}", "asked": ["location"]})
    for number in range(MORE):
        yield example("PlacementStarted", source=source, key=f"placement {number}", location={"address": "1 Street"})


def protected() -> Iterator[dict[str, object]]:
    """The same of a child who is in danger and missing besides."""
    yield from of_child(PROTECTED)
    for event in ("PlacementThreatSeen", "ChildMissing"):
        yield example(event, source={"system": SYSTEM, "child": PROTECTED})


@dataclass(frozen=True)
class Site:
    """A running edition that knows two children; each is asked for by an id, and an adult by a handle."""

    edition: LocalEdition
    cases: Mapping[str, str]
    adults: Mapping[str, str]

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.edition.parts.ports[service]}"

    def client(self, service: str) -> httpx.Client:
        headers = self.edition.person(STRANGER)
        return httpx.Client(
            base_url=self.url(service), headers=headers, timeout=SECONDS, trust_env=False, verify=trusted()
        )


@pytest.fixture(scope="module")
def site(edition: LocalEdition, tmp_path_factory: pytest.TempPathFactory) -> Site:
    file = tmp_path_factory.mktemp("timing") / "children.json"
    file.write_text("\n".join(json.dumps(one) for one in (*of_child(KNOWN), *protected())))
    printed(edition, "publish", "--agency", "local_authority", "--organisation", COUNCIL, "--wait", str(file))
    key = (edition.parts.keys / "local_authority" / "edge.key").read_bytes()
    children = {name: ids.subject_id(key, COUNCIL, SYSTEM, name) for name in (KNOWN, PROTECTED)}
    adults = {name: ids.enquirer_handle(key, COUNCIL, SYSTEM, f"{ADULT} of {name}") for name in (KNOWN, PROTECTED)}
    made = Site(edition, children | {"unknown": "ab" * 16}, adults | {"unknown": "cd" * 16})
    with httpx.Client(
        base_url=made.url("casefeed"), headers=edition.person(), trust_env=False, verify=trusted()
    ) as client:
        assert until(lambda: all(client.get(f"/api/cases/{one}").is_success for one in children.values()), SECONDS)
        assert until(lambda: all(client.get(f"/api/enquiries/{one}").is_success for one in adults.values()), SECONDS)
    return made


def sampled(ask: Ask, asked: Mapping[str, str]) -> dict[str, list[float]]:
    """How long each answer took (seconds), the first ones left out."""
    random, seconds = Random(0), defaultdict[str, list[float]](list)
    for _ in range(RUNS + MORE):
        for name in random.sample(sorted(asked), len(asked)):
            began = perf_counter()
            ask(asked[name])
            seconds[name].append(perf_counter() - began)
    return {name: found[MORE:] for name, found in seconds.items()}


def expect_alike(what: str, seconds: Mapping[str, list[float]]) -> None:
    figures = {name: f"{1000 * median(found):.2f} ms" for name, found in seconds.items()}
    apart = {(one, other): round(distance(seconds[one], seconds[other]), 3) for one, other in combinations(seconds, 2)}
    print(f"{what}: median {figures}, distances {apart}")  # noqa: T201 - what a proof is to say
    assert [pair for pair in combinations(seconds, 2) if told_apart(seconds[pair[0]], seconds[pair[1]])] == []


@pytest.mark.prove
def test_how_long_the_case_feed_takes_to_show_no_case_tells_nothing(site: Site) -> None:
    with site.client("casefeed") as client:
        assert {client.get(f"/api/cases/{one}").status_code for one in site.cases.values()} == {404}
        expect_alike("a case", sampled(lambda one: client.get(f"/api/cases/{one}"), site.cases))


@pytest.mark.prove
def test_how_long_the_case_feed_takes_to_show_no_adult_tells_nothing(site: Site) -> None:
    with site.client("casefeed") as client:
        assert {client.get(f"/api/enquiries/{one}").status_code for one in site.adults.values()} == {404}
        expect_alike("an adult", sampled(lambda one: client.get(f"/api/enquiries/{one}"), site.adults))


@pytest.mark.prove
def test_how_long_the_vault_takes_to_take_a_question_tells_nothing(site: Site) -> None:
    wish = {"purpose": "search_for_child"}
    with site.client("vault") as client:
        ask: Ask = lambda one: client.post("/api/decisions", json=wish | {"subject": one}).raise_for_status()  # noqa: E731
        expect_alike("a question", sampled(ask, site.cases))


@pytest.mark.prove
def test_how_long_the_vault_takes_to_open_nothing_tells_nothing(site: Site) -> None:
    with site.client("vault") as client:
        wish = {"purpose": "search_for_child"}
        numbers = {
            name: client.post("/api/decisions", json=wish | {"subject": one}).json()["decision_id"]
            for name, one in site.cases.items()
        }
    with browser(site.edition) as strangers:
        strangers.sign_in(STRANGER, numbers[KNOWN])
        expect_alike("a look", sampled(strangers.look, numbers))


def test_samples_of_one_distribution_are_not_told_apart() -> None:
    random = Random(7)
    samples = [[random.gauss(8, 1) for _ in range(RUNS)] for _ in range(30)]
    assert [pair for pair in combinations(samples, 2) if told_apart(*pair)] == []


def test_half_a_deviation_is_told() -> None:
    random = Random(7)
    one, other = ([random.gauss(mean, 1) for _ in range(RUNS)] for mean in (8, 8.5))
    assert told_apart(one, other)


def test_the_distance_is_the_greatest_gap_between_the_two_shares() -> None:
    assert distance([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5
    assert distance([1, 2], [1, 2]) == 0
    assert distance([1], [2]) == 1

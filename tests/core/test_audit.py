"""A chain says what was done, and whoever changes anything of it is found out."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.audit import (
    NOBODY,
    OPERATOR,
    SALT_BYTES,
    THE_SERVICE,
    Action,
    Entry,
    Kind,
    Outcome,
    about,
    about_feed,
    about_offsets,
    checked,
    checkpoint_bytes,
    commit,
    entry_digest,
    extend,
    genesis,
    origin,
    proves,
)
from services.core.audit_check import Check, Fault, Finding, first_fault, pieces
from services.core.errors import BrokenRule
from tests.core.chains import BEGAN, CHAIN, SERVICE, TAMPERINGS, Chain, begun, some_chain, some_entry, witness

TOPIC = "00000000-0000-0000-0000-000000000007"
READ = Entry(Action.CASE_READ, Outcome.ALLOWED, "ab" * 16, "coordinator", (about(Kind.CASE, "cd" * 16),))

handles = st.text("0123456789abcdef", min_size=32, max_size=32)
codes = st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True)
entries = st.builds(
    Entry,
    st.sampled_from(Action) | codes,
    st.sampled_from(Outcome),
    handles | st.sampled_from([THE_SERVICE, OPERATOR, NOBODY]),
    st.none() | codes,
    st.lists(st.builds(about, st.sampled_from(Kind), handles), max_size=3).map(tuple),
    st.lists(codes, max_size=3).map(tuple),
    st.integers(0, 2**63 - 1),
    st.just(b"") | st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES),
)
batches = st.lists(st.lists(entries, max_size=4), max_size=6)


def three() -> Chain:
    """A chain with three links of two entries."""
    return begun([[READ, replace(READ, count=number)] for number in range(3)])


@given(batches)
def test_a_chain_that_nobody_touched_is_found_whole(batched: list[list[Entry]]) -> None:
    assert begun(batched).check() is None


@given(batches)
def test_links_and_entries_are_numbered_without_a_gap(batched: list[list[Entry]]) -> None:
    chain = begun(batched)
    assert [link.number for link in chain.links] == list(range(len(batched) + 1))
    assert [one.number for one in chain.entries] == list(range(sum(map(len, batched))))


@given(batches, batches, st.integers(0, 6))
def test_a_chain_read_in_pieces_is_the_same_chain(one: list[list[Entry]], two: list[list[Entry]], at: int) -> None:
    chain = begun([*one, *two])
    check = Check(SERVICE, CHAIN, chain.checkpoints)
    for part in (chain.links[:at], chain.links[at:]):
        numbers = {link.number for link in part}
        for piece in pieces(part, [held for held in chain.entries if held.link in numbers]):
            check.take(piece)
    check.end()
    assert (check.links, check.entries) == (len(chain.links), len(chain.entries))


def test_a_thousand_tamperings_are_found_where_they_were_made() -> None:
    found: Counter[str] = Counter()
    for seed in range(1000):
        chance = random.Random(seed)
        chain, kind = some_chain(chance), list(TAMPERINGS)[seed % len(TAMPERINGS)]
        spoilt, first = TAMPERINGS[kind](chain, chance)
        assert (spoilt.links, spoilt.entries) != (chain.links, chain.entries), (seed, kind)
        finding = spoilt.check()
        assert finding is not None, (seed, kind)
        earliest = finding.link if finding.since is None else finding.since
        assert earliest <= first <= finding.link, (seed, kind, first, finding)
        found[kind] += 1
    print(dict(found))  # noqa: T201 - pytest shows it on request (-rP)
    assert found == Counter(dict.fromkeys(TAMPERINGS, 125))


def test_the_thousand_chains_are_found_whole_before_they_are_touched() -> None:
    assert [seed for seed in range(1000) if some_chain(random.Random(seed)).check()] == []


@pytest.mark.parametrize("kind", ["truncate", "re-hash from the middle"])
def test_without_checkpoints_these_tamperings_would_go_unseen(kind: str) -> None:
    chance = random.Random(5)
    spoilt, _ = TAMPERINGS[kind](some_chain(chance), chance)
    seen_early = replace(spoilt, checkpoints=(witness(spoilt.links[0]),))
    assert spoilt.check() is not None
    assert seen_early.check() is None


def test_the_entry_that_was_changed_is_named() -> None:
    chain = three()
    spoilt = replace(chain.entries[3], entry=replace(READ, who="ef" * 16))
    entries = (*chain.entries[:3], spoilt, *chain.entries[4:])
    assert replace(chain, entries=entries).check() == Finding(Fault.ENTRY_CHANGED, link=2, entry=3)


def test_the_entry_that_is_gone_is_named() -> None:
    chain = three()
    gone = replace(chain, entries=(*chain.entries[:2], *chain.entries[3:]))
    assert gone.check() == Finding(Fault.ENTRY_MISSING, link=2, entry=2)


def test_a_link_that_is_gone_with_its_entries_is_named() -> None:
    chain = three()
    gone = replace(chain, links=(*chain.links[:2], chain.links[3]), entries=chain.entries[:2] + chain.entries[4:])
    assert gone.check() == Finding(Fault.LINK_MISSING, link=2)


def test_what_was_cut_off_is_known_from_the_last_checkpoint() -> None:
    chain = three()
    assert replace(chain, links=chain.links[:2], entries=chain.entries[:2]).check() == Finding(
        Fault.TRUNCATED, link=3, since=2
    )


def test_a_chain_made_anew_lies_between_the_last_checkpoint_that_agrees_and_the_first_that_does_not() -> None:
    chain = three()
    other = begun([[READ, replace(READ, count=0)], [READ], [READ]])
    assert replace(other, checkpoints=(chain.checkpoints[1], chain.checkpoints[3])).check() == Finding(
        Fault.REWRITTEN, link=3, since=2
    )


def test_links_behind_the_last_checkpoint_are_no_fault() -> None:
    chain = three()
    assert replace(chain, checkpoints=chain.checkpoints[:2]).check() is None


def test_a_chain_that_nobody_witnessed_is_not_called_whole() -> None:
    assert replace(three(), checkpoints=()).check() == Finding(Fault.UNWITNESSED, link=3, since=0)


def test_a_chain_put_in_the_place_of_another_is_found() -> None:
    chain = three()
    elsewhere = replace(chain.checkpoints[1], chain=f"{8:032x}")
    assert replace(chain, checkpoints=(*chain.checkpoints, elsewhere)).check() == Finding(Fault.OTHER_CHAIN, link=0)


@pytest.mark.parametrize(("service", "chain"), [("vault", CHAIN), (SERVICE, f"{8:032x}")])
def test_the_chain_of_another_service_or_another_beginning_is_not_this_one(service: str, chain: str) -> None:
    assert three().check(service, chain) == Finding(Fault.OTHER_GENESIS, link=0)


def test_an_empty_chain_is_not_called_whole() -> None:
    assert first_fault(Check(SERVICE, CHAIN, ()), ()) == Finding(Fault.OTHER_GENESIS, link=0)


def test_a_clock_that_is_set_back_makes_no_link_older_than_the_one_before() -> None:
    first = genesis(SERVICE, CHAIN, BEGAN)
    link, _ = extend(first, BEGAN - timedelta(hours=1), [READ])
    assert link.at == BEGAN


def test_a_clock_that_is_set_back_a_little_between_checkpoint_and_link_is_no_fault() -> None:
    chain = begun([[READ], [READ]], timedelta(seconds=30))
    assert chain.check() is None


@given(entries, entries, st.integers(0, 100), st.integers(0, 100))
def test_different_entries_have_different_digests(one: Entry, other: Entry, here: int, there: int) -> None:
    assert (entry_digest(here, one) == entry_digest(there, other)) is ((here, one) == (there, other))


@pytest.mark.parametrize("field", ["service", "chain", "number", "hash", "at"])
def test_a_signature_covers_everything_that_a_checkpoint_says(field: str) -> None:
    one = three().checkpoints[2]
    other: Any = {"service": "vault", "chain": f"{9:032x}", "number": 3, "hash": bytes(32), "at": BEGAN}[field]
    assert checkpoint_bytes(replace(one, **{field: other})) != checkpoint_bytes(one)


def test_no_two_chains_begin_alike() -> None:
    beginnings = {origin(service, f"{number:032x}") for service in ("vault", "casefeed") for number in range(9)}
    assert len(beginnings) == 18


@given(entries)
def test_an_entry_of_codes_and_handles_is_recorded(entry: Entry) -> None:
    assert checked(entry) is entry


WRONG = [
    replace(READ, who="A Person"),
    replace(READ, who="ab" * 15),
    replace(READ, action="Read 1 Test Street"),
    replace(READ, role="social worker"),
    replace(READ, about=("case:1 Test Street",)),
    replace(READ, about=("cd" * 16,)),
    replace(READ, about=(about_offsets(TOPIC, 1, 2, 3) + " AB1 2CD",)),
    replace(READ, reasons=("no right",)),
    replace(READ, reasons=("",)),
    replace(READ, count=-1),
    replace(READ, count=2**63),
    replace(READ, commitment=b"1 Test Street"),
]


@pytest.mark.parametrize("entry", WRONG, ids=range(len(WRONG)))
def test_an_entry_that_could_hold_a_name_or_a_place_is_refused_without_repeating_it(entry: Entry) -> None:
    with pytest.raises(BrokenRule) as refused:
        extend(genesis(SERVICE, CHAIN, BEGAN), BEGAN, [READ, entry])
    assert "Test Street" not in str(refused.value)


@pytest.mark.parametrize("place", [about_offsets(TOPIC, 3, 0, 2**60), about_feed(0), about(Kind.ASKED, "abcdef")])
def test_places_in_kafka_and_in_the_feed_may_be_named(place: str) -> None:
    assert checked(replace(READ, about=(place,))).about == (place,)


@given(st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES), st.binary(), st.binary())
def test_a_commitment_stands_for_its_own_detail_alone(salt: bytes, detail: bytes, other: bytes) -> None:
    assert proves(commit(salt, detail), salt, other) is (other == detail)


@given(st.binary(), st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES))
def test_without_its_salt_a_commitment_proves_nothing(detail: bytes, other: bytes) -> None:
    salt = bytes(SALT_BYTES)
    assert proves(commit(salt, detail), other, detail) is (other == salt)


def test_a_generated_history_has_every_outcome_and_action() -> None:
    chance = random.Random(0)
    made = [some_entry(chance) for _ in range(500)]
    assert {entry.action for entry in made} == set(Action)
    assert {entry.outcome for entry in made} == set(Outcome)

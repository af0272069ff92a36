"""What a case is now, and that no order of arrival changes it."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.case import EMPTY, CaseStatus, absorb, digest, fold, visible
from services.core.case_json import from_json, to_json
from services.core.codes import FoundHow, MissingKind, ReferralDecision, Sector, YesNo
from services.core.facts import (
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    Fact,
    KinshipClaimed,
    PlacementEnded,
    PlacementStarted,
    PoliceContact,
    ReferralDecided,
    ReferralMade,
    Section47Started,
    Sighting,
)
from services.core.ids import CaseId, FactId, OrgHandle, SubjectId
from services.core.indicators import Indicator
from services.core.known import Known, present
from services.core.oncall.judging import verdicts
from services.core.timeline import LAST, Entry, current
from tests.builders import an_id, day, entry
from tests.casefeed.updates import event_of

COUNCIL, ANOTHER_COUNCIL, POLICE = (OrgHandle(an_id(number)) for number in (21, 22, 23))
MISSING = ChildMissing(MissingKind.MISSING)
AWAY = ChildMissing(MissingKind.AWAY_WITHOUT_AUTHORISATION)


def found(episode: int | None = None, how: FoundHow = FoundHow.SEEN_IN_PERSON) -> ChildFound:
    return ChildFound(None if episode is None else FactId(an_id(episode)), how)


def test_a_child_reported_missing_is_missing() -> None:
    assert fold([entry(MISSING)]).status is CaseStatus.MISSING


def test_a_child_away_without_authorisation_is_away() -> None:
    assert fold([entry(AWAY)]).status is CaseStatus.AWAY


def test_missing_is_said_before_away() -> None:
    assert fold([entry(AWAY, event=1), entry(MISSING, event=2)]).status is CaseStatus.MISSING


def test_who_is_said_to_be_back_and_was_not_seen_is_missing_still() -> None:
    unseen = entry(ChildFound(None, FoundHow.UNVERIFIED), event=3, occurred_at=day(9))
    assert fold([entry(MISSING, event=1), unseen]).status is CaseStatus.MISSING


LOOKED_AFTER = entry(ChildLookedAfter(), event=50, sector=Sector.LOCAL_AUTHORITY, org=COUNCIL)


def seen_by(org: OrgHandle, sector: Sector = Sector.LOCAL_AUTHORITY) -> Entry:
    return entry(found(1), event=51, sector=sector, org=org, occurred_at=day(9))


def test_a_child_whom_another_council_says_it_saw_is_missing_still() -> None:
    assert fold([LOOKED_AFTER, entry(MISSING), seen_by(ANOTHER_COUNCIL)]).status is CaseStatus.MISSING


@pytest.mark.parametrize("ending", [seen_by(COUNCIL), seen_by(POLICE, Sector.POLICE)])
def test_a_child_whom_the_responsible_authority_or_the_police_saw_is_missing_no_longer(ending: Entry) -> None:
    assert fold([LOOKED_AFTER, entry(MISSING), ending]).status is CaseStatus.KNOWN


@pytest.mark.parametrize("sector", sorted(set(Sector) - {Sector.POLICE, Sector.LOCAL_AUTHORITY}))
def test_nobody_else_ends_that_a_child_is_missing(sector: Sector) -> None:
    assert fold([entry(MISSING), seen_by(COUNCIL, sector)]).status is CaseStatus.MISSING


def test_an_ending_counts_no_longer_once_another_authority_turns_out_to_be_responsible() -> None:
    told = reduce(absorb, [entry(MISSING), seen_by(ANOTHER_COUNCIL)], EMPTY)
    assert told.status is CaseStatus.KNOWN
    assert absorb(told, LOOKED_AFTER).status is CaseStatus.MISSING


def test_an_ending_closes_the_episode_it_names_and_no_other() -> None:
    entries = [entry(MISSING, event=1), entry(MISSING, event=2), entry(found(1), event=3, occurred_at=day(9))]
    assert set(fold(entries).open_episodes) == {an_id(2)}


def test_an_ending_that_arrives_before_its_episode_still_closes_it() -> None:
    ending, beginning = entry(found(1), event=3, occurred_at=day(9)), entry(MISSING, event=1)
    assert reduce(absorb, [ending, beginning], EMPTY).status is CaseStatus.KNOWN


def test_an_ending_that_names_no_episode_closes_those_begun_by_then() -> None:
    entries = [
        entry(MISSING, event=1, occurred_at=day(1)),
        entry(MISSING, event=2, occurred_at=day(5)),
        entry(found(), event=3, occurred_at=day(3)),
    ]
    assert set(fold(entries).open_episodes) == {an_id(2)}


def test_an_episode_that_nobody_dated_stays_open_until_it_is_named() -> None:
    entries = [entry(MISSING, event=1, occurred_at=None), entry(found(), event=2, occurred_at=day(3))]
    assert fold(entries).status is CaseStatus.MISSING


def test_a_sighting_closes_nothing() -> None:
    sighting = Sighting(FactId(an_id(1)))
    assert fold([entry(MISSING, event=1), entry(sighting, event=2, occurred_at=day(9))]).status is CaseStatus.MISSING


def test_a_correction_of_the_kind_of_episode_counts_once() -> None:
    entries = [entry(AWAY, event=1, of_fact=1), entry(MISSING, event=2, of_fact=1, recorded_at=day(1))]
    assert fold(entries).missing_episodes == 1


def test_one_agency_saying_unaccompanied_is_enough() -> None:
    entries = [entry(ChildLookedAfter(YesNo.NO), event=1), entry(ChildLookedAfter(YesNo.YES), event=2)]
    assert fold(entries).unaccompanied is YesNo.YES


def test_a_decision_on_a_referral_is_due_within_24_hours() -> None:
    assert fold([entry(ReferralMade())]).decision_due_at == day(0) + timedelta(hours=24)


def test_a_decision_on_a_referral_of_the_calendar_s_last_day_is_due_at_its_end() -> None:
    assert fold([entry(ReferralMade(), occurred_at=LAST - timedelta(hours=1))]).decision_due_at == LAST


def test_a_decision_ends_the_wait_for_it() -> None:
    decided = entry(ReferralDecided(ReferralDecision.SECTION_47_ENQUIRY), event=2)
    assert not fold([entry(ReferralMade(), event=1), decided]).decision_awaited


def test_an_undated_referral_still_awaits_a_decision() -> None:
    assert fold([entry(ReferralMade(), occurred_at=None)]).decision_awaited


_facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(ChildMissing, st.sampled_from(MissingKind)),
    st.builds(found, st.none() | st.integers(1, 12), st.sampled_from(FoundHow)),
    st.sampled_from([PlacementStarted(), PlacementEnded(), Section47Started()]),
    st.builds(ReferralMade, indicators=st.tuples(st.sampled_from(Indicator))),
    st.just(ReferralDecided(ReferralDecision.INITIAL_ASSESSMENT)),
    st.builds(ChildLookedAfter, st.sampled_from(YesNo)),
    st.just(KinshipClaimed("e")),
    st.just(PoliceContact()),
)
_days: st.SearchStrategy[datetime] = st.integers(0, 6).map(day)
_sectors = st.sampled_from([Sector.POLICE, Sector.LOCAL_AUTHORITY, Sector.LOCAL_AUTHORITY, Sector.HEALTH])
_bodies = st.sampled_from([COUNCIL, ANOTHER_COUNCIL, POLICE])


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    made = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        of_fact = draw(st.sampled_from([number, number, max(1, number - 3)]))
        when = draw(st.none() | _days)
        said = entry(draw(_facts), event=number, of_fact=of_fact, occurred_at=when, recorded_at=draw(_days), subject=1)
        made.append(replace(said, sector=draw(_sectors), org=draw(_bodies)))
    return made


@given(histories(), st.randoms())
def test_any_order_of_arrival_gives_one_state(history: list[Entry], random: Random) -> None:
    shuffled = random.sample(history, len(history))
    assert fold(shuffled) == fold(history)


@given(histories(), st.randoms())
def test_absorbing_one_by_one_in_any_order_is_the_fold(history: list[Entry], random: Random) -> None:
    once_each = list({item.fact_id: item for item in history}.values())
    assert reduce(absorb, random.sample(once_each, len(once_each)), EMPTY) == fold(once_each)


@given(histories(), st.randoms())
def test_any_order_of_arrival_gives_one_digest(history: list[Entry], random: Random) -> None:
    case, subjects = CaseId(an_id(1)), [SubjectId(an_id(1)), SubjectId(an_id(2))]
    shuffled = random.sample(history, len(history))
    assert digest(case, subjects, history) == digest(case, reversed(subjects), shuffled)


@given(histories())
def test_a_state_survives_being_kept_as_json(history: list[Entry]) -> None:
    state = fold(history)
    kept = from_json(to_json(state))
    assert kept == state


@given(histories())
def test_the_boards_show_as_missing_exactly_those_for_whom_somebody_is_on_call(history: list[Entry]) -> None:
    words = present([Known(event_of(said), said.known_at) for said in history])
    assert set(fold(history).open_episodes) == {one.episode for one in verdicts(words) if one.is_open}


def test_what_an_older_version_kept_as_open_is_open_still() -> None:
    older = {**json.loads(to_json(EMPTY)), "open_episodes": {an_id(1): [None, "missing"]}}
    del older["reports"]
    assert from_json(json.dumps(older)).status is CaseStatus.MISSING


def test_what_an_older_version_kept_by_the_ids_of_reports_is_read_still() -> None:
    state = fold([entry(MISSING, event=1), entry(ChildFound(None, FoundHow.SEEN_IN_PERSON), event=2)])
    kept = json.loads(to_json(state))
    older = {part: {key: rest for key, *rest in kept[part]} for part in ("reports", "endings")}
    assert from_json(json.dumps(kept | older)) == state


def test_a_report_stands_whatever_another_body_says_under_its_id() -> None:
    report = entry(MISSING, event=1, of_fact=1, sector=Sector.LOCAL_AUTHORITY)
    other = entry(ReferralMade(), event=2, of_fact=1, recorded_at=day(1), sector=Sector.POLICE)
    assert fold([report, other]).status is CaseStatus.MISSING


@given(histories())
def test_an_open_report_is_never_hidden_by_anything_but_an_ending(history: list[Entry]) -> None:
    without_endings = [item for item in history if not isinstance(item.fact, ChildFound)]
    reports = [item.fact_id for item in current(without_endings) if isinstance(item.fact, ChildMissing)]
    assert set(fold(without_endings).open_episodes) == set(reports)


def test_a_digest_tells_a_correction_from_the_first_wording() -> None:
    case, subject = CaseId(an_id(1)), [SubjectId(an_id(1))]
    first, second = entry(MISSING, event=1, of_fact=1), entry(AWAY, event=2, of_fact=1, recorded_at=day(1))
    assert digest(case, subject, [first]) != digest(case, subject, [first, second])


def test_what_is_shown_of_a_state_holds_no_person() -> None:
    assert set(visible(EMPTY)) == {
        "status", "entries", "last_occurred_at", "sectors", "indicators", "unaccompanied", "looked_after",
        "missing_episodes", "open_episodes", "kinship_claims", "decision_awaited", "decision_due_at",
    }  # fmt: skip

"""Which episodes are open, how grave and why, and whom they concern: each reason by itself."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.claims import BirthDate, Subject
from services.core.codes import (
    ClaimStatus,
    Finding,
    FoundHow,
    MissingKind,
    Precision,
    RiskDecision,
    Sector,
    Setting,
    YesNo,
)
from services.core.facts import (
    FACTS,
    BorderEncounter,
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    ContingencyPlanFiled,
    IdentityChecked,
    PlacementStarted,
    PlacementThreatSeen,
    ReferralMade,
    ReportWithdrawn,
    ReturnDecided,
    RiskAssessed,
    VerificationRevoked,
)
from services.core.ids import FactId
from services.core.indicators import Indicator
from services.core.known import Known, present
from services.core.oncall.alerts import AlertKind, AlertReason, Severity
from services.core.oncall.judging import Verdict, believed, counting, verdicts
from tests.builders import an_id
from tests.core.enquiries import ANOTHER_BODY, ENQUIRER, TWO, said

POLICE, UKBA, COUNCIL, HEALTH = Sector.POLICE, Sector.UKBA, Sector.LOCAL_AUTHORITY, Sector.HEALTH
EPISODE = FactId(an_id(1001))
GONE, AWAY = (said(ChildMissing(kind), 1, 30) for kind in MissingKind)


def judged(*told: Known) -> Verdict:
    """What is true of the first episode."""
    (found,) = [one for one in verdicts(present(told)) if one.episode == EPISODE]
    return found


def born(known: Known, *values: str) -> Known:
    births = tuple(BirthDate(value, ClaimStatus.CLAIMED) for value in values)
    return replace(known, event=replace(known.event, subject=Subject(dates_of_birth=births)))


REASONS: list[tuple[Any, float, AlertReason, Severity]] = [
    (BorderEncounter(), 20, AlertReason.SHORTLY_AFTER_ARRIVAL, Severity.CRITICAL),
    (BorderEncounter(asylum_claimed=YesNo.YES), 20, AlertReason.SHORTLY_AFTER_SCREENING, Severity.CRITICAL),
    (ReferralMade(setting=Setting.ASYLUM_SCREENING), 20, AlertReason.SHORTLY_AFTER_SCREENING, Severity.CRITICAL),
    (PlacementStarted(), 20, AlertReason.SHORTLY_AFTER_PLACEMENT, Severity.CRITICAL),
    (ReturnDecided(YesNo.YES), 20, AlertReason.RETURN_DECIDED, Severity.CRITICAL),
    (RiskAssessed(ENQUIRER, "", RiskDecision.REFUSE), 29, AlertReason.CLAIM_REFUSED, Severity.CRITICAL),
    (IdentityChecked(ENQUIRER, "", Finding.REFUTED), 29, AlertReason.CLAIM_REFUSED, Severity.CRITICAL),
    (VerificationRevoked(ENQUIRER, ""), 29, AlertReason.CLAIM_REFUSED, Severity.CRITICAL),
    (PlacementThreatSeen(), 31, AlertReason.THREAT_SEEN, Severity.CRITICAL),
    (ReferralMade(indicators=(Indicator.OTHER,)), 1, AlertReason.TRAFFICKING_INDICATORS, Severity.HIGH),
    (ChildLookedAfter(YesNo.YES), 1, AlertReason.UNACCOMPANIED, Severity.HIGH),
    (ChildMissing(MissingKind.MISSING), 1, AlertReason.EARLIER_EPISODES, Severity.HIGH),
]


@pytest.mark.parametrize(("fact", "on", "reason", "severity"), REASONS)
def test_each_reason_is_given_and_makes_it_as_grave(
    fact: Any, on: float, reason: AlertReason, severity: Severity
) -> None:
    found = judged(GONE, said(fact, 2, on))
    assert reason in found.reasons
    assert found.severity is severity


LONG_AGO = [row for row in REASONS if row[2] not in {
    AlertReason.TRAFFICKING_INDICATORS, AlertReason.UNACCOMPANIED, AlertReason.EARLIER_EPISODES,
}]  # fmt: skip


@pytest.mark.parametrize(("fact", "on", "reason", "severity"), LONG_AGO)
def test_what_was_long_ago_is_no_reason(fact: Any, on: float, reason: AlertReason, severity: Severity) -> None:
    assert on is not None
    assert severity is Severity.CRITICAL
    assert reason not in judged(GONE, said(fact, 2, 10)).reasons


@pytest.mark.parametrize(("born_on", "young"), [("2013-02-01", True), ("2013-01-30", False), ("2013", True)])
def test_the_youngest_age_that_anybody_claims_counts(born_on: str, *, young: bool) -> None:
    assert (AlertReason.YOUNG in judged(born(GONE, "2009-01-01", born_on)).reasons) is young


@pytest.mark.parametrize(("days", "late"), [(0.9, False), (1.1, True)])
def test_who_reports_a_day_later_reports_late(days: float, *, late: bool) -> None:
    reported = said(ChildMissing(MissingKind.MISSING), 1, 30, recorded=30 + days)
    assert (AlertReason.REPORTED_LATE in judged(reported).reasons) is late


def test_away_without_authorisation_pages_the_authority_alone() -> None:
    found = judged(AWAY)
    assert (found.kind, found.severity, found.agencies) == (AlertKind.AWAY, Severity.STANDARD, (COUNCIL,))


def test_away_with_a_trafficking_concern_is_missing() -> None:
    found = judged(AWAY, said(ReferralMade(indicators=(Indicator.OTHER,)), 2, 1))
    assert (found.kind, found.agencies) == (AlertKind.MISSING, (POLICE, COUNCIL))
    assert AlertReason.AWAY_WITH_TRAFFICKING_CONCERN in found.reasons


@pytest.mark.parametrize(
    ("told", "agencies"),
    [
        ((), (POLICE, COUNCIL)),
        ((said(ChildLookedAfter(YesNo.YES), 2, 1),), (POLICE, UKBA, COUNCIL)),
        ((said(ChildLookedAfter(YesNo.UNKNOWN), 2, 1),), (POLICE, UKBA, COUNCIL)),
        ((said(ChildLookedAfter(YesNo.NO), 2, 1),), (POLICE, COUNCIL)),
        ((said(BorderEncounter(), 2, 1, sector=UKBA),), (POLICE, UKBA, COUNCIL)),
        ((said(ContingencyPlanFiled((HEALTH,)), 2, 1),), (POLICE, COUNCIL, HEALTH)),
    ],
)
def test_whoever_it_concerns_is_paged(told: tuple[Known, ...], agencies: tuple[Sector, ...]) -> None:
    assert judged(GONE, *told).agencies == agencies


@pytest.mark.parametrize(
    ("found", "closes"),
    [
        (said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 2, 31), True),
        (said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 2, 31, sector=POLICE, org=ANOTHER_BODY), True),
        (said(ChildFound(EPISODE, FoundHow.RECORDED_BY_AUTHORITY), 2, 31), True),
        (said(ChildFound(EPISODE, FoundHow.UNVERIFIED), 2, 31), False),
        (said(ChildFound(EPISODE, FoundHow.UNVERIFIED), 2, 31, sector=POLICE), False),
        (said(ChildFound(EPISODE, FoundHow.RECORDED_BY_AUTHORITY), 2, 31, org=ANOTHER_BODY), False),
        (said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 2, 31, sector=HEALTH), False),
        (said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 2, 31), True),
        (said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 2, 29), False),
        (said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 2, 30), True),
        (said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 2, None), False),
        (said(ChildFound(FactId(an_id(9)), FoundHow.SEEN_IN_PERSON), 2, 31), False),
    ],
)
def test_only_the_police_or_the_authority_close_an_episode_and_the_child_seen_in_person(
    found: Known, *, closes: bool
) -> None:
    assert judged(GONE, found).is_open is not closes


def test_a_report_of_a_day_on_which_the_child_was_found_is_open_unless_the_ending_names_it() -> None:
    that_day = said(ChildMissing(MissingKind.MISSING), 1, 30, precision=Precision.DAY)
    for on in (30.3, 30.9):
        assert judged(that_day, said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 2, on)).is_open
        assert not judged(that_day, said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 2, on)).is_open
    assert not judged(that_day, said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 2, 31)).is_open


def test_another_authority_than_the_responsible_one_closes_nothing() -> None:
    responsible = said(ChildLookedAfter(), 3, 1)
    elsewhere = said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 2, 31, org=ANOTHER_BODY)
    assert judged(GONE, responsible, elsewhere).is_open
    assert not judged(GONE, elsewhere).is_open


def test_who_says_that_they_look_after_the_child_as_well_closes_nothing() -> None:
    responsible, besides = said(ChildLookedAfter(), 3, 1), said(ChildLookedAfter(), 4, 1, org=ANOTHER_BODY)
    elsewhere = said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 2, 31, org=ANOTHER_BODY)
    assert judged(GONE, responsible, besides, elsewhere).is_open
    assert not judged(GONE, besides, elsewhere).is_open


@given(st.lists(st.tuples(st.sampled_from(list(FACTS)), st.none() | st.integers(1, 60)), max_size=6), st.randoms())
def test_every_history_can_be_judged_and_no_order_of_arrival_changes_it(
    drawn: list[tuple[str, int | None]], random: Random
) -> None:
    told = [GONE, *(said(_least(name), number + 2, on) for number, (name, on) in enumerate(drawn))]
    again = [*told, *told]
    random.shuffle(again)
    assert judged(*again) == judged(*told)


def _least(name: str) -> Any:
    """A fact of this kind with everything at its default, and a handle where it must have one."""
    kind: Any = FACTS[name]
    needed = [field for field in kind.__dataclass_fields__.values() if field.default is field.default_factory]
    handles = {field.name: an_id(8) for field in needed}
    return kind(**handles) if "kind" not in handles else kind(MissingKind.MISSING)


WITHDRAWN = said(ReportWithdrawn(), 2, 31, of_fact=1)


def test_whoever_made_a_report_takes_it_back() -> None:
    found = verdicts(present(counting([GONE, WITHDRAWN])))
    assert [(one.episode, one.is_open, one.is_withdrawn) for one in found] == [(EPISODE, False, True)]


@pytest.mark.parametrize(
    "back",
    [
        said(ReportWithdrawn(), 2, 31, of_fact=1, org=ANOTHER_BODY),
        said(ReportWithdrawn(), 2, 31, of_fact=1, subject=TWO),
        said(ReportWithdrawn(), 2, 31, of_fact=1, sector=POLICE),
        said(ReportWithdrawn(), 2, 31, of_fact=1, recorded=30),
        said(ReportWithdrawn(), 2, 31),
    ],
)
def test_what_another_body_or_another_record_takes_back_or_too_early_stands(back: Known) -> None:
    assert judged(*counting([GONE, back])).is_open


def test_neither_health_nor_ukba_take_back_a_report() -> None:
    for sector in (HEALTH, UKBA):
        made = said(ChildMissing(MissingKind.MISSING), 1, 30, sector=sector)
        assert judged(*counting([made, replace_sector(WITHDRAWN, sector)])).is_open


def replace_sector(known: Known, sector: Sector) -> Known:
    head = replace(known.event.head, sector=sector)
    return replace(known, event=replace(known.event, head=head))


def test_a_report_that_was_taken_back_is_no_earlier_episode() -> None:
    later = said(ChildMissing(MissingKind.MISSING), 7, 40)
    found = verdicts(present(counting([GONE, WITHDRAWN, later])))
    assert [AlertReason.EARLIER_EPISODES in one.reasons for one in found if one.is_open] == [False]


FOUND_EARLIER = said(ChildFound(None, FoundHow.SEEN_IN_PERSON), 3, 29)


@pytest.mark.parametrize(
    "fact", [ChildMissing(MissingKind.MISSING), BorderEncounter()], ids=lambda one: type(one).__name__
)
def test_nobody_else_speaks_for_a_report_that_stands_signed(fact: Any) -> None:
    forged = said(fact, 4, 28, of_fact=1, known=31)
    assert judged(*believed([(GONE, True), (FOUND_EARLIER, True), (forged, False)])).is_open


def test_a_report_that_nobody_signed_counts_where_none_is_signed() -> None:
    assert judged(*believed([(GONE, False)])).is_open


def test_a_report_that_nobody_signed_counts_after_the_signed_one_was_taken_back() -> None:
    again = said(ChildMissing(MissingKind.MISSING), 4, 32, of_fact=1)
    assert judged(*believed([(GONE, True), (WITHDRAWN, True), (again, False)])).is_open


@pytest.mark.parametrize("ending", [said(ChildFound(EPISODE, FoundHow.SEEN_IN_PERSON), 4, 31), WITHDRAWN])
def test_an_ending_that_nobody_signed_does_not_count(ending: Known) -> None:
    assert judged(*believed([(GONE, False), (ending, False)])).is_open

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.claims import BirthDate, Identifier, Subject
from services.core.codes import (
    ClaimStatus,
    Concern,
    Documents,
    IdentifierScheme,
    LinkGround,
    MissingKind,
    PoliceCircumstance,
    YesNo,
)
from services.core.facts import (
    BorderEncounter,
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    Fact,
    HealthAttendance,
    KinshipClaimed,
    PlacementStarted,
    PoliceContact,
    RecordsLinked,
    ReferralDecided,
    ReferralMade,
    Sighting,
)
from services.core.ids import EventId, SubjectId
from services.core.indicators import Indicator
from services.core.reasons import (
    PARAGRAPHS,
    Reason,
    births_to_judge_by,
    eighteenth_birthday,
    of_an_adult,
    reasons_to_share,
    undisputed_adult,
)
from services.core.statements import Statement
from tests.core.said import born, statement, statements

SEEN = (Indicator.MALNOURISHED,)
ESTABLISHED = ClaimStatus.DOCUMENTED


def test_every_reason_has_its_paragraph() -> None:
    assert set(PARAGRAPHS) == set(Reason)


@pytest.mark.parametrize(
    ("fact", "reasons"),
    [
        (ReferralMade(), {Reason.REFERRED}),
        (ReferralMade(accompanied=YesNo.NO), {Reason.REFERRED, Reason.UNACCOMPANIED}),
        (ReferralMade(concerns=(Concern.TRAFFICKING,)), {Reason.REFERRED, Reason.CONCERN_STATED}),
        (ReferralMade(concerns=(Concern.INTERNAL_TRAFFICKING,)), {Reason.REFERRED, Reason.INTERNAL_TRAFFICKING}),
        (ReferralMade(concerns=(Concern.MISSING_FROM_EDUCATION,)), {Reason.REFERRED, Reason.MISSING_FROM_EDUCATION}),
        (ReferralMade(concerns=(Concern.PRIVATE_FOSTERING,)), {Reason.REFERRED, Reason.PRIVATELY_FOSTERED}),
        (ReferralMade(concerns=(Concern.PLACEMENT_THREAT,)), {Reason.REFERRED, Reason.THREAT_AROUND_PLACEMENT}),
        (ReferralMade(concerns=(Concern.NATIONAL_REFERRAL_MECHANISM,)), {Reason.REFERRED, Reason.IN_THE_NRM}),
        (ReferralDecided(), {Reason.REFERRED}),
        (ChildMissing(MissingKind.AWAY_WITHOUT_AUTHORISATION), {Reason.MISSING}),
        (Sighting(), {Reason.MISSING}),
        (ChildFound(), {Reason.MISSING}),
        (KinshipClaimed(""), {Reason.CLAIMED_BY_AN_ADULT}),
        (ChildLookedAfter(YesNo.YES), {Reason.UNACCOMPANIED}),
        (ChildLookedAfter(YesNo.NO), set()),
        (ChildLookedAfter(YesNo.UNKNOWN), set()),
        (PlacementStarted(), set()),
        (BorderEncounter(), set()),
        (BorderEncounter(accompanied=YesNo.NO), {Reason.UNACCOMPANIED}),
        (BorderEncounter(documents=Documents.FALSE), {Reason.INDICATOR_SEEN}),
        (BorderEncounter(documents=Documents.NONE), {Reason.INDICATOR_SEEN}),
        (BorderEncounter(documents=Documents.VALID), set()),
        (PoliceContact(), set()),
        (PoliceContact(PoliceCircumstance.MISSING_PERSON_REFERRAL), {Reason.MISSING}),
        (PoliceContact(indicators=SEEN), {Reason.INDICATOR_SEEN}),
        (HealthAttendance(accompanied=YesNo.NO), set()),
        (HealthAttendance(indicators=SEEN), {Reason.INDICATOR_SEEN}),
        (RecordsLinked(SubjectId(""), LinkGround.OTHER), {Reason.IDENTITY_DECIDED}),
    ],
)
def test_each_fact_gives_its_reasons_and_no_other(fact: Fact, reasons: set[Reason]) -> None:
    assert reasons_to_share([statement(fact)]) == reasons


def test_what_the_hub_asked_for_is_a_reason() -> None:
    asked = statement(PlacementStarted(), in_answer_to=EventId("0" * 32))
    assert reasons_to_share([asked]) == {Reason.ASKED_FOR}


def test_a_reference_in_the_nrm_is_a_reason() -> None:
    known = Subject(identifiers=(Identifier(IdentifierScheme.NRM_REFERENCE, "NRM-1", ClaimStatus.CLAIMED),))
    assert reasons_to_share([statement(PlacementStarted(), subject=known)]) == {Reason.IN_THE_NRM}


@given(st.lists(statements(), max_size=5), st.lists(statements(), max_size=5))
def test_more_facts_never_give_fewer_reasons(some: list[Statement], more: list[Statement]) -> None:
    assert reasons_to_share(some) <= reasons_to_share([*some, *more])


@given(st.permutations(range(4)), st.lists(statements(), min_size=4, max_size=4))
def test_reasons_do_not_depend_on_order(order: list[int], said: list[Statement]) -> None:
    assert reasons_to_share(said) == reasons_to_share([said[place] for place in order])


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2008-03-02", date(2026, 3, 2)),
        ("2008-02-29", date(2026, 3, 1)),
        ("2008-02", date(2026, 3, 1)),
        ("2006-02", date(2024, 2, 28)),
        ("2007-03-09/2008-03-08", date(2026, 3, 8)),
        ("2008-12", date(2026, 12, 31)),
        ("2008", date(2026, 12, 31)),
    ],
)
def test_a_vague_birthday_is_the_latest_that_it_can_be(value: str, day: date) -> None:
    assert eighteenth_birthday(BirthDate(value, ESTABLISHED)) == day


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_nobody_is_an_adult_before_all_of_eighteen_years(day: date) -> None:
    adult_on = eighteenth_birthday(BirthDate(day.isoformat(), ESTABLISHED))
    assert (adult_on.year - 18, (adult_on.month, adult_on.day) >= (day.month, day.day)) == (day.year, True)


@pytest.mark.parametrize(
    ("births", "adult"),
    [
        (born("2000-01-01"), True),
        (born("2000-01-01", status=ClaimStatus.ASSESSED), True),
        (born("2000-01-01", status=ClaimStatus.CLAIMED), False),
        (born("2000-01-01", status=ClaimStatus.DISPUTED), False),
        (born("2000-01-01", status=ClaimStatus.UNVERIFIED), False),
        (born("2000-01-01", "2010-01-01"), False),
        (born(), False),
    ],
)
def test_only_undisputed_adulthood_makes_an_adult(births: Subject, adult: bool) -> None:  # noqa: FBT001 - the expected answer
    assert undisputed_adult(births.dates_of_birth, date(2026, 1, 1)) is adult


def test_age_is_judged_at_the_date_of_the_fact() -> None:
    births = born("2008-06-01").dates_of_birth
    days = [datetime(2026, 5, 31, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)]
    assert [of_an_adult(statement(PlacementStarted(), on=day), births) for day in days] == [False, True]


def test_a_fact_of_which_nobody_said_when_is_a_childs() -> None:
    assert not of_an_adult(statement(PlacementStarted(), on=None), born("1980").dates_of_birth)


@pytest.mark.parametrize("fact", [ChildMissing(MissingKind.MISSING), Sighting(), ChildFound()])
def test_no_rule_of_age_stands_against_an_episode_of_missing(fact: Fact) -> None:
    assert not of_an_adult(statement(fact), born("1980").dates_of_birth)


@pytest.mark.parametrize(
    "fact", [ChildLookedAfter(YesNo.YES), PoliceContact(indicators=SEEN), BorderEncounter(accompanied=YesNo.NO)]
)
def test_one_fact_that_says_child_outweighs_every_paper(fact: Fact) -> None:
    assert births_to_judge_by([statement(PlacementStarted(), subject=born("1980")), statement(fact)]) == ()

"""The vault denies what changed, what it cannot read and what people disagree on, and lets in those who search."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import MissingKind, OrganisationKind, Purpose, RevocationReason, Role, Sector, ThreatKind
from services.core.denials import Reason
from services.core.facts import (
    ChildMissing,
    LinkRefused,
    PlacementStarted,
    PlacementThreatSeen,
    RecordsLinked,
    RecordsUnlinked,
    ReportWithdrawn,
    VerificationRevoked,
)
from services.core.gates import ANSWER_WITHIN, Opener, child_now
from services.core.ids import FactId, SubjectId
from services.core.known import Knowledge, Known
from services.vault.decisions import Act, Allowed, Asked, Decision, Denied, Judgement, Kind, Step, after
from services.vault.judging import Circumstances, Material, bearing, child, judge, links_disagree
from tests.builders import an_id
from tests.core.enquiries import (
    ANOTHER_BODY,
    ANOTHER_CHILD,
    ANOTHER_ENQUIRER,
    AUTHORITY,
    CHILD,
    DECISION,
    ENQUIRER,
    FIRST,
    NOW,
    ONE,
    OPENER,
    TWO,
    VERSIONS,
    said,
    the_whole_ladder,
)

OFFICER = Opener(OPENER, Role.DUTY_OFFICER, OrganisationKind.POLICE_FORCE, frozenset())
WORKER = Opener(OPENER, Role.SOCIAL_WORKER, OrganisationKind.LOCAL_AUTHORITY, frozenset({AUTHORITY}))
MISSING = said(ChildMissing(MissingKind.MISSING), 900, 39)
MOVE = said(PlacementStarted(), 901, 40)
THREAT = said(PlacementThreatSeen(ThreatKind.VEHICLE_WAITING), 902, 40)
REVOKED = said(VerificationRevoked(ENQUIRER, FIRST, RevocationReason.FALSE_DOCUMENTS), 903, 40, subject=ANOTHER_CHILD)
UNLINKED = said(RecordsUnlinked(TWO), 904, 40)


def material(*facts: Known, doubts: int = 0) -> Material:
    return Material(CHILD, facts, VERSIONS, doubts)


def asked(kind: Kind, facts: tuple[Known, ...]) -> Asked:
    purpose = Purpose.RELEASE_TO_ENQUIRER if kind is Kind.ENQUIRER_RELEASE else Purpose.SEARCH_FOR_CHILD
    enquirer = ENQUIRER if kind is Kind.ENQUIRER_RELEASE else None
    held = child_now(Knowledge(facts, CHILD, VERSIONS, whole=True))
    return Asked(DECISION, kind, purpose, OPENER, NOW - timedelta(minutes=1), ONE, held, enquirer)


RELEASE = Decision(asked(Kind.ENQUIRER_RELEASE, the_whole_ladder()))
ACCESS = Decision(asked(Kind.PROTECTIVE_ACCESS, (MISSING,)))
SECONDED = after(ACCESS.asked, [Step(Act.SECOND, NOW, FIRST)])
TOLD = Circumstances(OFFICER, NOW - timedelta(minutes=1))
LATER = ACCESS.asked.at + ANSWER_WITHIN


def released(found: Material) -> Judgement:
    return judge(RELEASE, Circumstances(WORKER), found, NOW)


def judged(decision: Decision, found: Material) -> Judgement:
    """What a decision's gate says later, of whoever may open it."""
    opener = TOLD if decision.asked.kind is Kind.PROTECTIVE_ACCESS else Circumstances(WORKER)
    return judge(decision, opener, found, LATER)


def reasons(judgement: Judgement) -> frozenset[str]:
    assert isinstance(judgement, Denied)
    return judgement.reasons


def test_a_release_on_a_whole_ladder_is_allowed() -> None:
    assert isinstance(released(material(*the_whole_ladder())), Allowed)


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (REVOKED, Reason.REVOKED),
        (MOVE, Reason.MOVED),
        (MISSING, Reason.MOVED),
        (THREAT, Reason.THREAT_SEEN),
        (UNLINKED, Reason.LINK_CHANGED),
    ],
    ids=lambda value: getattr(value, "value", "after"),
)
def test_what_was_said_since_it_was_asked_for_voids_a_release(later: Known, reason: Reason) -> None:
    judgement = released(material(*the_whole_ladder(), later))
    assert reason in reasons(judgement)
    assert isinstance(judgement, Denied)
    assert judgement.voids


AGAIN = (
    said(ChildMissing(MissingKind.MISSING), 901, 20, known=20, sector=Sector.POLICE, org=ANOTHER_BODY),
    said(ReportWithdrawn(), 902, 21, of_fact=901, known=21, sector=Sector.POLICE, org=ANOTHER_BODY),
    said(ChildMissing(MissingKind.MISSING), 901, 20, known=25, sector=Sector.POLICE, org=ANOTHER_BODY),
    said(ReportWithdrawn(), 903, 26, of_fact=901, known=26, sector=Sector.POLICE, org=ANOTHER_BODY),
)


def test_a_release_ends_when_a_report_is_made_again_that_was_taken_back_before_it_was_asked_for() -> None:
    before, again = (*the_whole_ladder(), *AGAIN[:2]), AGAIN[2]
    judgement = judge(
        Decision(asked(Kind.ENQUIRER_RELEASE, before)), Circumstances(WORKER), material(*before, again), NOW
    )
    assert reasons(judgement) == {Reason.MOVED}


def test_a_release_that_is_asked_for_after_all_of_that_ends_by_none_of_it() -> None:
    before = (*the_whole_ladder(), *AGAIN)
    decision = Decision(asked(Kind.ENQUIRER_RELEASE, before))
    assert isinstance(judge(decision, Circumstances(WORKER), material(*before[::-1]), NOW), Allowed)


@pytest.mark.parametrize("decision", [RELEASE, ACCESS, SECONDED], ids=["release", "access", "seconded"])
def test_another_version_of_a_location_voids_every_decision(decision: Decision) -> None:
    moved = replace(material(MISSING, *the_whole_ladder()), versions=frozenset({(FactId(an_id(51)), b"version 2")}))
    judgement = judged(decision, moved)
    assert isinstance(judgement, Denied)
    assert Reason.LOCATION_CHANGED in judgement.reasons
    assert judgement.voids


@pytest.mark.parametrize("subjects", [{ONE}, {ONE, TWO, ANOTHER_CHILD}], ids=["one fewer", "one more"])
@pytest.mark.parametrize("decision", [RELEASE, SECONDED], ids=["release", "access"])
def test_another_set_of_records_voids_every_decision(decision: Decision, subjects: set[SubjectId]) -> None:
    changed = replace(material(MISSING, *the_whole_ladder()), subjects=frozenset(subjects))
    judgement = judged(decision, changed)
    assert isinstance(judgement, Denied)
    assert Reason.RECORDS_CHANGED in judgement.reasons
    assert judgement.voids


@pytest.mark.parametrize("later", [REVOKED, MOVE, MISSING, THREAT, UNLINKED], ids=lambda one: one.event.type)
def test_what_was_said_since_ends_no_decision_of_who_has_no_right_and_opens_none(later: Known) -> None:
    judgement = judge(RELEASE, TOLD, material(*the_whole_ladder(), later), LATER)
    assert Reason.OPENER_OF_OTHER_BODY in reasons(judgement)
    assert isinstance(judgement, Denied)
    assert not judgement.voids


def test_a_doubt_denies_a_release() -> None:
    assert Reason.NOT_WHOLE in reasons(released(material(*the_whole_ladder(), doubts=1)))


def test_a_doubt_does_not_shut_out_two_who_search_but_one_alone() -> None:
    assert isinstance(judge(SECONDED, TOLD, material(MISSING, doubts=1), NOW), Allowed)
    assert Reason.NOT_WHOLE in reasons(judge(ACCESS, TOLD, material(MISSING, doubts=1), LATER))


def test_a_search_waits_for_a_second_person() -> None:
    assert reasons(judge(ACCESS, TOLD, material(MISSING), NOW)) == {Reason.SECOND_PERSON_AWAITED}


def test_after_two_minutes_without_an_answer_a_search_opens_alone_once_coordinators_are_told() -> None:
    assert isinstance(judge(ACCESS, TOLD, material(MISSING), LATER), Allowed)
    untold = Circumstances(OFFICER)
    assert reasons(judge(ACCESS, untold, material(MISSING), LATER)) == {Reason.COORDINATOR_NOT_PAGED}


def test_a_search_needs_an_open_alert() -> None:
    assert Reason.NO_OPEN_ALERT in reasons(judge(SECONDED, TOLD, material(), NOW))


def test_an_officer_of_another_body_cannot_release() -> None:
    elsewhere = Circumstances(replace(WORKER, speaks_as=frozenset()))
    judgement = judge(RELEASE, elsewhere, material(*the_whole_ladder()), NOW)
    assert Reason.OPENER_OF_OTHER_BODY in reasons(judgement)


def test_a_record_that_a_person_parted_is_another_childs_before_the_correlator_says_so() -> None:
    assert child(ONE, CHILD, [UNLINKED]) == {ONE}
    assert child(TWO, CHILD, [UNLINKED]) == {TWO}


def test_the_last_word_on_a_pair_of_records_counts_in_any_order_of_arrival() -> None:
    words = [
        said(kind(TWO), number, number) for number, kind in ((1, LinkRefused), (2, RecordsUnlinked), (3, RecordsLinked))
    ]
    for order in permutations(words):
        assert child(ONE, CHILD, order) == CHILD


MISTAKEN = said(RecordsUnlinked(TWO), 1, 1)
CORRECTED = said(RecordsUnlinked(ANOTHER_CHILD), 2, 1, of_fact=1, recorded=2)


def test_a_decision_that_was_corrected_hides_no_record_from_those_who_search() -> None:
    for order in permutations([MISTAKEN, CORRECTED]):
        assert child(ONE, CHILD, order) == CHILD


def test_people_disagree_no_longer_once_they_corrected_what_they_decided() -> None:
    assert not links_disagree(CHILD, [MISTAKEN, CORRECTED])


def test_a_decision_that_another_body_speaks_of_still_parts_two_records() -> None:
    another_s = said(RecordsUnlinked(ANOTHER_CHILD), 2, 1, of_fact=1, recorded=2, org=ANOTHER_BODY)
    assert child(ONE, CHILD, [MISTAKEN, another_s]) == {ONE}


@pytest.mark.parametrize(
    ("word", "disagrees"),
    [
        (said(RecordsLinked(TWO), 1, 1), False),
        (said(RecordsUnlinked(TWO), 1, 1), True),
        (said(LinkRefused(TWO), 1, 1), True),
        (said(RecordsLinked(ANOTHER_CHILD), 1, 1), True),
        (said(RecordsUnlinked(ANOTHER_CHILD), 1, 1), False),
        (said(RecordsLinked(SubjectId(an_id(9))), 1, 1, subject=ANOTHER_CHILD), False),
    ],
)
def test_people_disagree_with_a_case_that_joins_what_they_part_or_parts_what_they_join(
    word: Known, *, disagrees: bool
) -> None:
    assert links_disagree(CHILD, [word]) is disagrees


def test_where_people_disagree_with_the_case_nothing_is_released() -> None:
    parted = said(LinkRefused(TWO), 900, 1)
    decision = Decision(asked(Kind.ENQUIRER_RELEASE, (*the_whole_ladder(), parted)))
    judgement = judge(decision, Circumstances(WORKER), material(*the_whole_ladder(), parted), NOW)
    assert Reason.NOT_WHOLE in reasons(judgement)


def test_what_is_said_of_another_child_bears_on_nothing_unless_it_is_of_the_enquirer() -> None:
    elsewhere = said(ChildMissing(MissingKind.MISSING), 1, 1, subject=ANOTHER_CHILD)
    link = said(RecordsLinked(ONE), 2, 1, subject=ANOTHER_CHILD)
    assert bearing(CHILD, ENQUIRER, [elsewhere, REVOKED, link, MISSING]) == (REVOKED, link, MISSING)
    assert bearing(CHILD, ANOTHER_ENQUIRER, [REVOKED]) == bearing(CHILD, None, [REVOKED]) == ()


@given(doubts=st.integers(0, 3), seconded=st.booleans(), told=st.booleans(), minutes=st.integers(0, 5))
def test_whatever_is_in_doubt_a_searcher_with_a_second_person_gets_in(
    doubts: int, minutes: int, *, seconded: bool, told: bool
) -> None:
    decision = SECONDED if seconded else ACCESS
    circumstances = TOLD if told else Circumstances(OFFICER)
    now = ACCESS.asked.at + timedelta(minutes=max(minutes, 1))
    judgement = judge(decision, circumstances, material(MISSING, doubts=doubts), now)
    alone = told and not doubts and now >= LATER
    assert isinstance(judgement, Allowed) is (seconded or alone)


def test_a_doubt_is_not_forgotten_by_time() -> None:
    assert isinstance(judge(ACCESS, TOLD, material(MISSING, doubts=1), NOW + timedelta(days=1)), Denied)

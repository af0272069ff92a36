"""What no order of arrival, repetition or addition may change in a ladder; and what a ladder tells people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.core.codes import (
    AgencyCheck,
    Finding,
    LinkGround,
    MissingKind,
    ParentsSay,
    Precision,
    RevocationReason,
    RiskDecision,
    Role,
    Sector,
    YesNo,
)
from services.core.denials import Reason
from services.core.facts import (
    ChildMissing,
    LinkRefused,
    ParentsContacted,
    PlacementEnded,
    PlacementStarted,
    PlacementThreatSeen,
    PlanAgreed,
    RecordsLinked,
    RecordsUnlinked,
    Section47Concluded,
    Section47Started,
    VerificationRevoked,
)
from services.core.gates import Allow, Deny, ReleaseAsked, enquirer_release
from services.core.known import Knowledge, Known, lives
from services.core.ladder import Rung, climb
from tests.builders import day
from tests.core.enquiries import (
    ANOTHER_BODY,
    ANOTHER_CHILD,
    ASSESSMENT,
    AUTHORITY,
    CHECKER,
    ENQUIRER,
    FIRST,
    HEARD,
    IDENTITY,
    INTERVIEW,
    INTERVIEWER,
    NOW,
    ONE,
    OPENER,
    PARTS,
    RELATIONSHIP,
    RISK,
    SECOND,
    TWO,
    approval,
    check,
    knowledge,
    said,
)
from tests.core.gate_enumeration import Releases, World

Asked = tuple[ReleaseAsked, Knowledge]

releases = Releases()

REVOKED = VerificationRevoked(ENQUIRER, CHECKER, RevocationReason.OTHER)
AGAINST: list[Any] = [
    replace(INTERVIEW, completed=YesNo.UNKNOWN),
    replace(INTERVIEW, officer=FIRST, completed=YesNo.NO),
    *(replace(IDENTITY, finding=finding) for finding in (Finding.REFUTED, Finding.UNDECIDED)),
    *(replace(RELATIONSHIP, finding=finding) for finding in (Finding.REFUTED, Finding.UNDECIDED)),
    *(check(agency, result) for agency in ("police", "ukba") for result in (AgencyCheck.ADVERSE, AgencyCheck.UNKNOWN)),
    *(replace(RISK, decision=decision) for decision in (RiskDecision.REFUSE, RiskDecision.UNDECIDED)),
    *(replace(RISK, keeps_child_safe=answer) for answer in (YesNo.NO, YesNo.UNKNOWN)),
    replace(HEARD, wishes_and_feelings_known=YesNo.UNKNOWN),
    replace(HEARD, officer=INTERVIEWER, apart_from_carers=YesNo.NO),
    PlanAgreed(YesNo.NO),
    PlanAgreed(),
    Section47Started(),
    Section47Concluded(),
    PlacementThreatSeen(),
    *(
        ParentsContacted(CHECKER, say, who)
        for say in (ParentsSay.OBJECT, ParentsSay.UNKNOWN)
        for who in (None, ENQUIRER)
    ),
    REVOKED,
    *(kind(ANOTHER_CHILD) for kind in (RecordsLinked, RecordsUnlinked, LinkRefused)),
]
"""What is adverse or unknown, of this enquirer or of the child."""

NEUTRAL: list[Any] = [
    *(INTERVIEW, IDENTITY, RELATIONSHIP, HEARD, RISK, PlanAgreed(YesNo.YES, YesNo.YES)),
    *(check(agency) for agency in ("local_authority", "police", "ukba")),
    *(approval(officer, "second") for officer in (FIRST, SECOND, CHECKER)),
    *(PlacementStarted(), PlacementEnded()),
]

days = st.integers(0, 410).map(lambda tenth: tenth / 10)


@st.composite
def events(draw: st.DrawFn, facts: Sequence[Any], first: int) -> list[Known]:
    """A few more events, now and then a correction of one of the good ladder's facts."""
    made = []
    for number, fact in enumerate(draw(st.lists(st.sampled_from(facts), max_size=4)), first):
        made.append(
            said(
                fact,
                number,
                draw(st.none() | days),
                of_fact=draw(st.sampled_from([number, number, 10, 20, 40, 90, 97])),
                subject=draw(st.sampled_from([ONE, TWO, ANOTHER_CHILD])),
                sector=draw(st.sampled_from([Sector.LOCAL_AUTHORITY, Sector.POLICE, Sector.UKBA])),
                precision=draw(st.sampled_from([Precision.INSTANT, Precision.DAY])),
                known=draw(days),
            )
        )
    return made


@st.composite
def worlds(draw: st.DrawFn) -> Asked:
    """Worlds in which nearly everything is good, and more has been said."""
    world: World = dict(releases.good)
    for condition in draw(st.lists(st.sampled_from(sorted(releases.states)), max_size=2)):
        world = {**world, condition: draw(st.sampled_from(releases.states[condition]))}
    asked, known = releases.make(world)
    more = draw(events(AGAINST + NEUTRAL, 300) | st.just([]))
    return asked, replace(known, said=(*known.said, *more))


def with_more(known: Knowledge, *more: Known) -> Knowledge:
    return replace(known, said=(*known.said, *more))


@given(worlds(), st.randoms(), st.lists(st.tuples(st.integers(0, 40), days), max_size=6))
def test_no_order_of_arrival_and_no_repetition_changes_the_decision(
    world: Asked, random: Random, again: list[tuple[int, float]]
) -> None:
    asked, known = world
    shuffled = list(known.said)
    for index, later in again:
        one = shuffled[index % len(shuffled)]
        shuffled.append(replace(one, known_at=one.known_at + timedelta(days=later)))
    random.shuffle(shuffled)

    assert enquirer_release(asked, replace(known, said=tuple(shuffled)), NOW) == enquirer_release(asked, known, NOW)


@given(worlds(), st.sampled_from(AGAINST), st.data())
def test_nothing_adverse_or_unknown_turns_a_denial_into_an_allowance(
    world: Asked, fact: Any, data: st.DataObject
) -> None:
    asked, known = world
    draw = data.draw
    more = said(
        fact,
        400,
        draw(st.none() | days),
        subject=draw(st.sampled_from([ONE, TWO, ANOTHER_CHILD])),
        # That a local authority begins an enquiry says who is responsible for the child, and nothing adverse.
        sector=Sector.POLICE if isinstance(fact, Section47Started) else draw(st.sampled_from(Sector)),
        org=draw(st.sampled_from([AUTHORITY, ANOTHER_BODY])),
        role=draw(st.sampled_from([Role.SOCIAL_WORKER, Role.POLICE_OFFICER])),
        known=draw(days),
    )

    if isinstance(enquirer_release(asked, known, NOW), Deny):
        assert isinstance(enquirer_release(asked, with_more(known, more), NOW), Deny)


DISTURBING: list[Any] = [
    REVOKED,
    PlacementStarted(),
    PlacementEnded(),
    ChildMissing(MissingKind.MISSING),
    PlacementThreatSeen(),
    *(kind(ANOTHER_CHILD, LinkGround.OTHER) for kind in (RecordsLinked, RecordsUnlinked, LinkRefused)),
]


@given(worlds(), st.sampled_from(DISTURBING), st.none() | days, st.sampled_from([ONE, TWO]))
def test_after_a_revocation_a_move_a_threat_or_a_changed_link_nothing_is_allowed(
    world: Asked, fact: Any, when: float | None, subject: Any
) -> None:
    """However far back it is dated: the hub knows it last."""
    asked, known = world

    assert isinstance(
        enquirer_release(asked, with_more(known, said(fact, 400, when, subject=subject, known=41)), NOW), Deny
    )


@given(worlds(), st.integers(0, 999))
def test_what_is_allowed_is_allowed_until_it_is_said_to_end_and_no_longer(world: Asked, thousandths: int) -> None:
    asked, known = world
    answer = enquirer_release(asked, known, NOW)

    if isinstance(answer, Allow):
        assert answer.until > NOW
        assert enquirer_release(asked, known, NOW + (answer.until - NOW) * thousandths / 1000) == answer
        assert answer != enquirer_release(asked, known, answer.until)


@given(worlds(), st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001 - made aware below
def test_whoever_lacks_nothing_stands_on_words_that_hold_at_that_time(world: Asked, naive: datetime) -> None:
    asked, known = world
    now = naive.replace(tzinfo=NOW.tzinfo)
    ladder = climb(known, asked.enquirer, now)

    for standing in ladder.rungs.values():
        assert all(word.happened(now) and lives(now)(word) for word in standing.words)


def climbed(*parts: str) -> Knowledge:
    return knowledge(event for name in parts for event in PARTS[name])


def test_a_person_is_told_the_first_rung_that_is_missing() -> None:
    assert climb(climbed("authority"), ENQUIRER, NOW).missing_next is Rung.INTERVIEW
    assert (
        climb(climbed("authority", "interview", "identity"), ENQUIRER, NOW).missing_next is Rung.LOCAL_AUTHORITY_CHECK
    )
    assert climb(climbed(*PARTS), ENQUIRER, NOW).missing_next is None


def test_approvals_are_told_which_assessment_they_must_name() -> None:
    assert climb(climbed(*PARTS), ENQUIRER, NOW).assessment == ASSESSMENT
    assert climb(climbed("authority"), ENQUIRER, NOW).assessment is None


@given(st.integers(0, 60))
def test_an_assessment_is_of_the_records_that_were_one_child_s_when_it_was_made(joined: int) -> None:
    whole = replace(climbed(*PARTS), joined_at=day(joined))
    lacks = climb(whole, ENQUIRER, NOW).rungs[Rung.ASSESSMENT].lacks
    assert (Reason.ASSESSED_TOO_EARLY in lacks) is (joined > 30)


def test_a_rung_that_was_taken_down_says_why() -> None:
    taken_down = with_more(climbed(*PARTS), said(REVOKED, 110, 36))

    lacks = climb(taken_down, ENQUIRER, NOW).rungs[Rung.IDENTITY].lacks
    assert lacks == {Reason.IDENTITY_NOT_ESTABLISHED, Reason.REVOKED}


def test_a_ladder_can_be_climbed_again_after_a_revocation() -> None:
    revoked = said(REVOKED, 110, 5)

    assert climb(with_more(climbed(*PARTS), revoked), ENQUIRER, NOW).missing_next is None


def test_an_adverse_word_of_another_child_is_shown_by_its_event() -> None:
    refuted = said(replace(IDENTITY, finding=Finding.REFUTED), 120, 9, subject=ANOTHER_CHILD)

    assert climb(with_more(climbed(*PARTS), refuted), ENQUIRER, NOW).adverse == {refuted.event.head.event_id}


def test_an_opener_who_interviewed_is_nobody_who_may_open() -> None:
    asked, known = releases.make(releases.good)

    answer = enquirer_release(replace(asked, opener=replace(asked.opener, handle=INTERVIEWER)), known, NOW)
    assert answer == Deny(frozenset({Reason.SAME_PERSON}))
    assert isinstance(enquirer_release(replace(asked, opener=replace(asked.opener, handle=OPENER)), known, NOW), Allow)

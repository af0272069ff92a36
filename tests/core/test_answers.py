"""Whatever is true of a child, an enquirer is answered in the same words, on the same days, to the closing letter."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.answers import (
    CLOSE_AFTER,
    Act,
    Answer,
    Contact,
    answer_to_a_stranger,
    answers,
    correspondence,
)
from services.core.codes import Channel, Connection, Interpreter, Sector, YesNo
from services.core.facts import EnquirerInterviewed, Fact, KinshipClaimed
from services.core.letters import WORDS, Step
from services.core.timeline import Entry
from tests.builders import an_id, day, entry
from tests.core.said import facts

ADULT, ANOTHER = an_id(6), an_id(7)
TODAY = date(2026, 1, 1)
contacts = st.lists(
    st.builds(Contact, st.integers(0, 60).map(lambda number: TODAY + timedelta(days=number)), st.sampled_from(Act)),
    max_size=8,
)


def steps(*done: Contact, on: date = TODAY + timedelta(days=365)) -> list[tuple[Step, int]]:
    """Each answer with the day on which it is due."""
    return [(answer.step, (answer.on - TODAY).days) for answer in answers(done, on)]


def did(act: Act, number: int) -> Contact:
    return Contact(TODAY + timedelta(days=number), act)


def test_who_approaches_and_does_nothing_more_is_answered_four_times() -> None:
    assert steps(did(Act.APPROACHED, 0)) == [
        (Step.ACKNOWLEDGED, 0),
        (Step.INTERVIEW_OFFERED, 2),
        (Step.REMINDED, 14),
        (Step.CLOSED, 28),
    ]


def test_who_comes_to_the_interview_is_not_reminded_of_it() -> None:
    assert steps(did(Act.APPROACHED, 0), did(Act.INTERVIEWED, 9)) == [
        (Step.ACKNOWLEDGED, 0),
        (Step.INTERVIEW_OFFERED, 2),
        (Step.CONSIDERED, 9),
        (Step.CLOSED, 28),
    ]


def test_who_is_interviewed_at_once_is_offered_no_interview_more() -> None:
    assert steps(did(Act.APPROACHED, 0), did(Act.INTERVIEWED, 0)) == [
        (Step.ACKNOWLEDGED, 0),
        (Step.CONSIDERED, 0),
        (Step.CLOSED, 28),
    ]


def test_an_approach_on_the_last_day_of_the_calendar_keeps_no_answer_from_being_given() -> None:
    asked, last = Contact(TODAY, Act.APPROACHED), Contact(date.max, Act.APPROACHED)
    assert answers([asked, last], TODAY) == answers([asked], TODAY)


def test_asking_again_moves_no_other_answer() -> None:
    once = steps(did(Act.APPROACHED, 0))
    twice = steps(did(Act.APPROACHED, 0), did(Act.APPROACHED, 20))
    assert twice == sorted([*once, (Step.APPROACHED_AGAIN, 20)], key=lambda one: one[1])


def test_who_asks_after_the_closing_letter_begins_anew() -> None:
    assert steps(did(Act.APPROACHED, 0), did(Act.APPROACHED, 28))[4:] == [
        (Step.ACKNOWLEDGED, 28),
        (Step.INTERVIEW_OFFERED, 30),
        (Step.REMINDED, 42),
        (Step.CLOSED, 56),
    ]


def test_who_never_approached_is_sent_nothing() -> None:
    assert steps(did(Act.INTERVIEWED, 3)) == []


def test_a_stranger_is_told_what_everybody_is_told_first() -> None:
    assert answer_to_a_stranger(TODAY) == answers([did(Act.APPROACHED, 0)], TODAY)[0]


@given(done=contacts)
def test_every_correspondence_that_was_begun_is_closed_once_and_in_time(done: list[Contact]) -> None:
    found = answers(done, TODAY + timedelta(days=365))
    begun = [answer.on for answer in found if answer.step is Step.ACKNOWLEDGED]
    assert [answer.on for answer in found if answer.step is Step.CLOSED] == [on + CLOSE_AFTER for on in begun]
    assert bool(begun) is any(contact.act is Act.APPROACHED for contact in done)


@given(done=contacts, number=st.integers(0, 90))
def test_what_was_answered_by_a_day_is_the_beginning_of_what_is_answered_later(
    done: list[Contact], number: int
) -> None:
    early, late = (answers(done, TODAY + timedelta(days=days)) for days in (number, 365))
    assert late[: len(early)] == early


@given(data=st.data(), done=contacts)
def test_the_answers_do_not_depend_on_the_order_or_number_of_times_in_which_things_were_heard(
    data: st.DataObject, done: list[Contact]
) -> None:
    heard = data.draw(st.permutations(done + done[:3]))
    assert answers(heard, TODAY + timedelta(days=365)) == answers(done, TODAY + timedelta(days=365))


# Two worlds: in both, the adult does the same on the same days. Everything else differs: the children, how many records
# there are of them, whether they are missing, placed or unknown, who speaks, and what is found out about the adult.


@st.composite
def world(draw: st.DrawFn, done: tuple[Contact, ...]) -> list[Entry]:
    """What one hub holds when an adult did this; every act is said once at least, by anybody, of any child."""
    said = [said_of(draw, contact) for contact in done for _ in range(draw(st.integers(1, 2)))]
    others: list[Fact] = draw(st.lists(facts.filter(not_an_act), max_size=6))
    everything = draw(st.permutations([*said, *((fact, draw(st.integers(0, 60))) for fact in others)]))
    return [
        entry(
            fact,
            event=number,
            subject=draw(st.integers(1, 5)),
            occurred_at=day(on),
            recorded_at=day(draw(st.integers(on, 90))),
            sector=draw(st.sampled_from(Sector)),
        )
        for number, (fact, on) in enumerate(everything, 1)
    ]


def said_of(draw: st.DrawFn, contact: Contact) -> tuple[Fact, int]:
    number = (contact.on - TODAY).days
    if contact.act is Act.APPROACHED:
        return KinshipClaimed(ADULT, draw(st.sampled_from(Connection)), draw(st.sampled_from(Channel))), number
    return EnquirerInterviewed(
        ADULT, draw(st.just(an_id(8))), draw(st.sampled_from(Interpreter)), completed=YesNo.YES
    ), number


def not_an_act(fact: Fact) -> bool:
    return not isinstance(fact, KinshipClaimed | EnquirerInterviewed) or fact.enquirer != ADULT


def bytes_of(found: tuple[Answer, ...]) -> bytes:
    return repr(found).encode()


@given(data=st.data(), done=contacts.map(tuple), number=st.integers(0, 90))
def test_no_child_and_no_finding_changes_a_byte_of_any_answer(
    data: st.DataObject, done: tuple[Contact, ...], number: int
) -> None:
    one, other = (
        bytes_of(answers(correspondence(data.draw(world(done)), ADULT), TODAY + timedelta(days=number)))
        for _ in range(2)
    )
    assert one == other


def test_the_claim_of_the_two_worlds_falls_where_an_answer_knows_the_child() -> None:
    """The guard, broken on purpose: an act that is said in one world only gives other answers."""
    claim = entry(KinshipClaimed(ADULT), event=1)
    interview = entry(EnquirerInterviewed(ADULT, an_id(8), completed=YesNo.YES), event=2, occurred_at=day(3))
    one, other = (answers(correspondence(said, ADULT), day(60).date()) for said in ([claim], [claim, interview]))
    assert bytes_of(one) != bytes_of(other)


def test_another_adults_approach_is_not_answered_here() -> None:
    assert correspondence([entry(KinshipClaimed(ANOTHER))], ADULT) == ()


def test_a_corrected_approach_counts_as_it_was_corrected() -> None:
    wrong = entry(KinshipClaimed(ADULT), event=1, of_fact=1, occurred_at=day(1), recorded_at=day(1))
    right = entry(KinshipClaimed(ADULT), event=2, of_fact=1, occurred_at=day(2), recorded_at=day(3))
    assert correspondence([right, wrong], ADULT) == (Contact(day(2).date(), Act.APPROACHED),)


# The table itself.


def test_every_step_has_its_words() -> None:
    assert set(WORDS) == set(Step)


@pytest.mark.parametrize("step", Step)
def test_every_letter_says_that_it_says_nothing_and_where_to_turn(step: Step) -> None:
    letter = WORDS[step].letter
    assert letter.endswith(WORDS[Step.CLOSED].letter.rpartition("again; it will be dealt with in the same way.")[2])


@pytest.mark.parametrize("step", Step)
def test_no_words_hold_a_number_a_place_or_an_agency(step: Step) -> None:
    words = WORDS[step]
    text = f"{words.say} {words.letter}".replace("999", "")
    assert re.findall(r"\d|council|borough|immigration|UKBA|foster|hospital|school|missing", text, re.IGNORECASE) == []


@pytest.mark.parametrize("step", Step)
def test_whoever_speaks_is_told_to_say_nothing_else(step: Step) -> None:
    assert WORDS[step].do[-3:] == WORDS[Step.ACKNOWLEDGED].do[-3:]

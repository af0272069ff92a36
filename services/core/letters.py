"""The table of neutral answers: what is said, what is written and what to do at each step, for every enquirer alike.

Nothing here may be added to, left out or put in other words for one of them: what is said to one and not to another
tells them something. No office, place, date, name or agency stands in it (design section 6.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """The steps of a correspondence, in order."""

    ACKNOWLEDGED = "acknowledged"
    APPROACHED_AGAIN = "approached_again"
    INTERVIEW_OFFERED = "interview_offered"
    REMINDED = "reminded"
    CONSIDERED = "considered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Words:
    """What to say in person or on the telephone, what to write, and what to do."""

    say: str
    letter: str
    do: tuple[str, ...]


_NEITHER_NOR = (
    "We do not tell anybody who asks whether we know a child, whether a child is in anybody's care, or where a child "
    "is. This is so for every child and for everybody who asks, so you cannot tell anything from this letter."
)
_CONTACT = "If you want to add anything, use the contact point on this letterhead. No other office can tell you more."
_DANGER = "If you think that a child is in danger now, call the police on 999."
_NEVER = (
    "Say these words and no others. Do not say that the child is known, is not known, is safe or is missing.",
    "Do not look anything up while they can see you or your screen, and do not ask a colleague in their hearing.",
    "Do not give an office, a name, a telephone number or an area; give the contact point on the letterhead.",
)


def _letter(*own: str) -> str:
    return "\n\n".join((*own, _NEITHER_NOR, _CONTACT, _DANGER))


WORDS: Mapping[Step, Words] = {
    Step.ACKNOWLEDGED: Words(
        say="Thank you. I will write down what you ask and pass it on. I cannot tell you anything about any child, and "
        "I could not tell anybody else either. You will get a letter, and you will be offered an interview.",
        letter=_letter("We have your enquiry, and it will be dealt with. We will write to you again."),
        do=(
            "Write down who they say they are, how to reach them, and what they asked, in their own words.",
            "Ask to see an identity document; note what you saw, or that you saw none.",
            *_NEVER,
        ),
    ),
    Step.APPROACHED_AGAIN: Words(
        say="Thank you. Your enquiry is written down already, and it will be dealt with. I cannot tell you anything "
        "about any child.",
        letter=_letter("We have heard from you again. Your enquiry is being dealt with; nothing need be repeated."),
        do=("Write down that they came again, and anything that is new.", *_NEVER),
    ),
    Step.INTERVIEW_OFFERED: Words(
        say="You are offered an interview with a social worker, where you live. You will be told when. Bring whatever "
        "shows who you are, and whatever shows how you are connected with the child whom you ask for.",
        letter=_letter(
            "We offer you an interview with a social worker, where you live. Please tell us when you can come, and in "
            "which language you would like to speak. We bring an interpreter who belongs to neither side.",
            "Please bring whatever shows who you are, and whatever shows how you are connected with the child.",
        ),
        do=(
            "Offer a neutral place where the enquirer lives, under a neutral name.",
            "The interviewer does not know what the child has said; a third person compares.",
            *_NEVER,
        ),
    ),
    Step.REMINDED: Words(
        say="You were offered an interview with a social worker. The offer stands. I cannot tell you anything about "
        "any child.",
        letter=_letter(
            "We offered you an interview with a social worker, where you live. The offer stands: please tell us when "
            "you can come, and in which language you would like to speak."
        ),
        do=("Note whether they answer, and what they say.", *_NEVER),
    ),
    Step.CONSIDERED: Words(
        say="Thank you for coming. What you said is being considered. You will get a letter. I cannot tell you "
        "anything about any child.",
        letter=_letter("Thank you for coming to the interview. What you told us is being considered."),
        do=("Do not say how it went, or what is looked into.", *_NEVER),
    ),
    Step.CLOSED: Words(
        say="Your enquiry is closed, and you have had a letter. I cannot tell you anything about any child. You may "
        "ask again, and it will be dealt with in the same way.",
        letter=_letter(
            "We have dealt with your enquiry and now close it. That we close it does not mean that we know or do not "
            "know a child of whom you asked. You may write again; it will be dealt with in the same way."
        ),
        do=("If they ask again, write it down as a new enquiry.", *_NEVER),
    ),
}

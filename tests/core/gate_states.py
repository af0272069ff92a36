"""Every state in which a rung can be, as what would be said of it.

The names of the states are what the oracle knows; how a state is said is known here alone.
"""

from dataclasses import replace
from typing import Any

from services.core.codes import (
    AccountArea,
    AgencyCheck,
    Finding,
    Interpreter,
    Precision,
    RelationshipEvidence,
    RiskDecision,
    Role,
    Section47Outcome,
    Sector,
    YesNo,
)
from services.core.facts import PlanAgreed, Section47Concluded, Section47Started
from services.core.known import Known
from tests.core.enquiries import (
    ANOTHER_BODY,
    ANOTHER_CHILD,
    ANOTHER_ENQUIRER,
    HEARD,
    IDENTITY,
    INTERVIEW,
    RELATIONSHIP,
    RISK,
    TWO,
    check,
    lapsing,
    said,
)

States = dict[str, tuple[Known, ...]]


def told(good: Any, bad: Any, number: int, on: int, **who: Any) -> States:
    """How anything can be told: `good` is event `number` on day `on`, and `bad` the event after it."""

    def say(fact: Any, day: float | None = on, **head: Any) -> Known:
        event = number if fact is good else number + 1
        return said(fact, event, day, **{**who, **head})

    return {
        "good": (say(good),),
        "missing": (),
        "bad": (say(bad),),
        "undated": (say(good, None, known=on),),
        "future": (say(good, 41, known=on),),
        "of another child": (say(good, subject=ANOTHER_CHILD),),
        "of the other record": (say(good, subject=TWO),),
        "corrected to bad": (say(good, of_fact=number), say(bad, of_fact=number, known=on + 0.1)),
        "corrected to good": (say(bad, of_fact=number), say(good, of_fact=number, known=on + 0.1)),
        "corrected and back": (say(good), say(bad, of_fact=number, known=on + 0.1), say(good, known=on + 0.2)),
        "said twice": (say(good), say(good, known=on + 0.1, recorded=on)),
        "good, then bad": (say(good, on - 0.1), say(bad)),
        "bad, then good": (say(bad, on - 0.1), say(good)),
        "bad on the same day": (
            say(bad, precision=Precision.DAY),
            say(good, precision=Precision.DAY, known=on + 0.1),
        ),
        "bad, heard of later": (say(good), say(bad, on - 1, known=on + 0.1)),
    }


def rung(good: Any, bad: Any, number: int, on: int, **who: Any) -> States:
    """The same of what is said of an enquirer and lapses."""
    others = {
        "lapsed": lapsing(good, 39),
        "lapses today": lapsing(good, 40),
        "lapses tomorrow": lapsing(good, 41),
        "names no day of lapsing": lapsing(good, None),
        "of another enquirer": replace(good, enquirer=ANOTHER_ENQUIRER),
    }
    return told(good, bad, number, on, **who) | {
        name: (said(fact, number, on, **who),) for name, fact in others.items()
    }


def varied(fact: Any, number: int, on: int, **parts: Any) -> States:
    """One state for each part that is different: the name of each is given with its part."""
    return {name.replace("_", " "): (said(replace(fact, **part), number, on),) for name, part in parts.items()}


def by(fact: Any, number: int, on: int, **authors: Any) -> States:
    """One state for each other author."""
    return {name.replace("_", " "): (said(fact, number, on, **author),) for name, author in authors.items()}


NOT_ITS_OWN = {
    "by_a_manager": {"role": Role.MANAGER},
    "by_another_body": {"org": ANOTHER_BODY},
    "by_the_police": {"sector": Sector.POLICE},
}
INTERPRETERS = {
    "unchecked_interpreter": {"interpreter": Interpreter.INDEPENDENT_AND_UNCHECKED},
    "sponsor_interprets": {"interpreter": Interpreter.SPONSOR_PARENT_GUARDIAN_OR_RELATIVE},
    "interpreter_unknown": {"interpreter": Interpreter.UNKNOWN},
    "no_interpreter_needed": {"interpreter": Interpreter.NOT_NEEDED},
    "checked_interpreter": {"interpreter": Interpreter.INDEPENDENT_AND_CHECKED},
}


def interview() -> States:
    """The enquirer's interview."""
    return {
        **rung(INTERVIEW, replace(INTERVIEW, completed=YesNo.NO), 10, 10),
        **by(INTERVIEW, 10, 10, **NOT_ITS_OWN),
        **varied(
            INTERVIEW,
            10,
            10,
            perhaps_not_finished={"completed": YesNo.UNKNOWN},
            with_the_child={"apart_from_child": YesNo.NO},
            perhaps_with_the_child={"apart_from_child": YesNo.UNKNOWN},
            **INTERPRETERS,
        ),
    }


def identity() -> States:
    """Whether the enquirer is who they say."""
    return rung(IDENTITY, replace(IDENTITY, finding=Finding.UNDECIDED), 20, 11)


def agency(whose: str, number: int, on: int, **who: Any) -> States:
    """One agency's check; that of a health body does for none of the three."""
    good = check(whose)
    states = rung(good, check(whose, AgencyCheck.UNKNOWN), number, on, **who)
    return states | by(good, number, on, by_a_health_body={**who, "sector": Sector.HEALTH})


def heard() -> States:
    """The child's interview."""
    return {
        **told(HEARD, replace(HEARD, wishes_and_feelings_known=YesNo.UNKNOWN), 60, 15),
        **varied(
            HEARD,
            60,
            15,
            wishes_not_known={"wishes_and_feelings_known": YesNo.NO},
            carers_near={"apart_from_carers": YesNo.NO},
            carers_perhaps_near={"apart_from_carers": YesNo.UNKNOWN},
            **INTERPRETERS,
        ),
    }


def relationship() -> States:
    """Whether the enquirer is to the child what they say, and how that was compared."""
    family = (AccountArea.FAMILY_COMPOSITION,)
    return {
        **rung(RELATIONSHIP, replace(RELATIONSHIP, finding=Finding.UNDECIDED), 70, 20),
        **varied(
            RELATIONSHIP,
            70,
            20,
            not_compared={"evidence": (RelationshipEvidence.DNA,)},
            one_area_compared={"areas_matching": family},
            no_area_compared={"areas_matching": ()},
            unknown_area_compared={"areas_matching": (AccountArea.UNKNOWN,)},
            an_area_differs={"areas_differing": family},
            an_unknown_area_differs={"areas_differing": (AccountArea.UNKNOWN,)},
            differs_without_comparison={"evidence": (RelationshipEvidence.DNA,), "areas_differing": family},
        ),
        "compared in another check": (
            said(replace(RELATIONSHIP, evidence=(RelationshipEvidence.DNA,)), 70, 20),
            said(RELATIONSHIP, 71, 19),
        ),
        "differs in a later check": (
            said(RELATIONSHIP, 70, 19),
            said(replace(RELATIONSHIP, areas_differing=family), 71, 20),
        ),
    }


def meeting() -> States:
    """The section 47 enquiry and the meeting after it."""
    us: dict[str, Any] = {"sector": Sector.POLICE}  # whose word makes nobody responsible
    begun, again = said(Section47Started(), 80, 21, **us), said(Section47Started(), 83, 24, **us)
    ended = said(Section47Concluded(Section47Outcome.CONCERNS_SUBSTANTIATED), 81, 25)
    quiet = said(Section47Concluded(Section47Outcome.NO_FURTHER_CONCERN), 81, 25)
    unsaid = said(Section47Concluded(), 81, 25)
    plan = PlanAgreed(YesNo.YES, YesNo.YES)
    plans = told(plan, PlanAgreed(YesNo.YES, YesNo.UNKNOWN), 84, 26)
    return {
        **{name: (begun, ended, *words) for name, words in plans.items()},
        "not due": (),
        "begun": (begun,),
        "begun and planned": (begun, said(plan, 84, 26)),
        "ended without a word": (begun, unsaid, said(plan, 84, 26)),
        "ended alone": (ended, said(plan, 84, 26)),
        "ended without concern": (begun, quiet, said(plan, 84, 26)),
        "ended on no day": (begun, said(ended.event.fact, 81, None, known=25), said(plan, 84, 26)),
        "begun again": (begun, ended, said(Section47Started(), 83, 25.5, **us), said(plan, 84, 26)),
        "begun again, both ended": (begun, again, ended, said(plan, 84, 26)),
        "planned too early": (begun, ended, said(plan, 84, 24)),
        "planned on the same day": (begun, ended, said(plan, 84, 25, precision=Precision.DAY, known=26)),
        "planned, not due": (said(plan, 84, 26),),
        "agreed on nothing, not due": (said(PlanAgreed(), 84, 26),),
        "nothing agreed": (begun, ended, said(PlanAgreed(YesNo.NO, YesNo.YES), 84, 26)),
        "release not agreed": (begun, ended, said(PlanAgreed(YesNo.YES, YesNo.NO), 84, 26)),
    }


def assessment() -> States:
    """The risk assessment that approvals name; a second one is event 91."""
    return {
        **rung(RISK, replace(RISK, decision=RiskDecision.UNDECIDED), 90, 30),
        **by(RISK, 90, 30, **NOT_ITS_OWN),
        **varied(
            RISK,
            90,
            30,
            perhaps_not_safe={"keeps_child_safe": YesNo.UNKNOWN},
            perhaps_not_responsible={"exercises_responsibility": YesNo.UNKNOWN},
            perhaps_against_welfare={"contact_consistent_with_welfare": YesNo.UNKNOWN},
        ),
        "refuses": (said(replace(RISK, decision=RiskDecision.REFUSE), 90, 30),),
        "not safe": (said(replace(RISK, keeps_child_safe=YesNo.NO), 90, 30),),
        "not responsible": (said(replace(RISK, exercises_responsibility=YesNo.NO), 90, 30),),
        "against welfare": (said(replace(RISK, contact_consistent_with_welfare=YesNo.NO), 90, 30),),
        "made too early": (said(RISK, 90, 19, known=30),),
        "known too early": (said(RISK, 90, 30, known=19),),
        "made on the last day": (said(RISK, 90, 26, precision=Precision.DAY, known=30),),
        "made again": (said(RISK, 91, 29), said(RISK, 90, 30)),
        "made again after approval": (said(RISK, 90, 30), said(RISK, 91, 33)),
        "corrected after approval and back": (
            said(RISK, 90, 30),
            said(replace(RISK, decision=RiskDecision.REFUSE), 91, 30, of_fact=90, known=33),
            said(RISK, 90, 30, known=34),
        ),
    }

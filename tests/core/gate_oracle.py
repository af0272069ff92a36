"""What the gates must answer, written down as tables from the guidance and the design, and not from the gates' code.

A row is `condition | states | reasons`: in each of these states, everything else being good, exactly these reasons are
given. States are parted by semicolons; a state of which no row speaks is good. Rows of `act` and `finding` hold for
every condition of that kind, and `=` stands there for the condition's own reasons.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from tests.builders import day

World = Mapping[str, str]

NO_ASSESSMENT = "not_assessed not_approved_twice"  # without one there is nothing that could be approved
TOO_EARLY = f"assessed_too_early {NO_ASSESSMENT}"
EVERY_RUNG = (
    "not_interviewed identity_not_established local_authority_not_clear police_not_clear ukba_not_clear "
    f"relationship_not_established accounts_not_compared {NO_ASSESSMENT}"
)
OWN = {
    "interview": "not_interviewed",
    "identity": "identity_not_established",
    "local authority check": "local_authority_not_clear",
    "police check": "police_not_clear",
    "ukba check": "ukba_not_clear",
    "heard": "child_not_heard",
    "relationship": "relationship_not_established accounts_not_compared",
    "meeting": "meeting_not_agreed",
    "assessment": NO_ASSESSMENT,
}
KINDS = {
    "act": ("interview", "heard"),
    "finding": ("identity", "local authority check", "police check", "ukba check", "relationship", "meeting"),
    "assessing": ("assessment",),
}
KINDS["any"] = (*KINDS["act"], *KINDS["finding"], *KINDS["assessing"])
KINDS["but"] = (*KINDS["act"], *KINDS["finding"])
KINDS["latest"] = (*KINDS["finding"], *KINDS["assessing"])

RELEASE = f"""
any       | missing; bad; of another child; of another enquirer; corrected to bad | =
any       | undated                                                     | = undated
any       | lapsed; lapses today; names no day of lapsing               | = lapsed
but       | future                                                      | = undated {TOO_EARLY}
assessing | future                                                      | = undated
latest    | good, then bad; bad on the same day; bad, heard of later    | = unsettled

child   | a record less; a record more                                  | records_changed
child   | no record | records_changed authority_unknown child_not_heard {EVERY_RUNG}
child   | another version; one more location; no location any more      | location_changed
child   | no location                                                   | nothing_held
child   | not whole                                                     | not_whole

opener  | of another body; of nobody knows which                        | opener_of_other_body
purpose | search_for_child; protect_child; care_of_child; unknown       | wrong_purpose

authority | nobody; no further action; the police say so; ended; two; two, one undated; of another child \
          | authority_unknown not_by_own_social_worker not_interviewed {NO_ASSESSMENT}
authority | another | opener_of_other_body not_by_own_social_worker not_interviewed {NO_ASSESSMENT}

interview | perhaps not finished                                        | =
interview | by a manager; by another body; by the police                | = not_by_own_social_worker
interview | with the child; perhaps with the child                      | = not_apart
interview | unchecked interpreter; sponsor interprets; interpreter unknown | = interpreter_not_valid

local authority check | by a health body | =
police check          | by a health body | =
ukba check            | by a health body | =

heard | wishes not known                                                | =
heard | carers near; carers perhaps near                                | = not_apart
heard | unchecked interpreter; sponsor interprets; interpreter unknown  | = interpreter_not_valid

relationship | not compared; no area compared; unknown area compared    | accounts_not_compared
relationship | an area differs; an unknown area differs; differs without comparison | accounts_not_compared
relationship | differs in a later check                                 | accounts_not_compared unsettled

meeting | begun; begun and planned; ended without a word; ended on no day | =
meeting | begun again; planned too early; agreed on nothing, not due    | =
meeting | nothing agreed; release not agreed                            | =

assessment | by a manager; by another body; by the police               | = not_by_own_social_worker
assessment | perhaps not safe                                           | = not_kept_safe
assessment | perhaps not responsible                                    | = responsibility_not_exercised
assessment | perhaps against welfare                                    | = contact_against_welfare
assessment | refuses                                                    | = adverse
assessment | not safe                                                   | = adverse not_kept_safe
assessment | not responsible                                            | = adverse responsibility_not_exercised
assessment | against welfare                                            | = adverse contact_against_welfare
assessment | made too early; known too early                            | = assessed_too_early
assessment | made again after approval; corrected after approval and back | not_approved_twice

approvals | none; one; one, twice said; one person twice                | not_approved_twice
approvals | of another decision; of another assessment; of another enquirer; of another child | not_approved_twice
approvals | undated; in the future; lapsed; without a day of lapsing; withdrawn by a correction | not_approved_twice
approvals | by the interviewer; by the assessor; by the opener          | same_person

since | placement began later; placement ended later; missing later; away later; found later | moved
since | report withdrawn later; missing, taken back before and made again later | moved
since | placement corrected before and back later                       | moved
since | threat later; threat corrected                                  | threat_seen {TOO_EARLY}
since | threat after the assessment                                     | {TOO_EARLY}
since | linked later; unlinked later; refused later                     | link_changed {TOO_EARLY}
since | linked from the other side; unlinked from the other side; refused from the other side \
      | link_changed {TOO_EARLY}

revocations | after everything; of another child; corrected away; undated; heard of late; known of before it happened \
            | revoked {EVERY_RUNG}
revocations | between the rungs | revoked not_interviewed identity_not_established local_authority_not_clear
revocations | on the day of the interview                               | revoked not_interviewed

adverse | identity refuted; identity refuted, lapsed; relationship refuted; known to the police; refused | adverse
adverse | parents object; parents object to somebody; parents of another child object | adverse
"""


def table(rows: str) -> Mapping[tuple[str, str], frozenset[str]]:
    """The reasons of each bad state of each condition."""
    lines = rows.replace("\\\n", "").splitlines()
    return {key: reasons for line in lines if line.strip() for key, reasons in _row(line)}


def _row(line: str) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    names, states, reasons = (cell.strip() for cell in line.split("|"))
    for condition in KINDS.get(names, (names,)):
        words = frozenset(reasons.replace("=", OWN.get(condition, "")).split())
        yield from (((condition, state.strip()), words) for state in states.split(";"))


RELEASE_TABLE = table(RELEASE)


def reasons_for(world: World) -> frozenset[str]:
    """Every reason that some condition alone would give; none: it is to be allowed."""
    return frozenset[str]().union(*(RELEASE_TABLE.get(state, frozenset()) for state in world.items()))


def own_reasons_for(world: World) -> frozenset[str]:
    """What must be among the reasons whatever else is wrong: of each bad condition, that it is.

    Which records are the child's decides what is said of the child, so that nothing more is told where they changed.
    """
    own = {"child": RELEASE_TABLE.get(("child", world["child"]), frozenset())}
    if world["child"] in {"a record more", "no record"}:
        return own["child"] & {"records_changed"}
    at_home = world["authority"] == "another"  # to which what is said "by another body" is its own social worker's word
    for condition, words in {**OWN, "purpose": "wrong_purpose", "adverse": "adverse"}.items():
        if not (at_home and world[condition] == "by another body"):
            own[condition] = RELEASE_TABLE.get((condition, world[condition]), frozenset()) & set(words.split())
    return frozenset[str]().union(*own.values())


def allowed_until(world: World) -> datetime:
    """The earliest day of lapsing in a world in which everything stands: the interview's, or tomorrow."""
    return day(41) if "lapses tomorrow" in world.values() else day(61)


MUST_DIFFER = {
    ("interviewer", "child's interviewer"), ("interviewer", "comparer"), ("child's interviewer", "comparer"),
    ("interviewer", "assessor"), ("interviewer", "first approver"), ("interviewer", "second approver"),
    ("interviewer", "opener"), ("assessor", "first approver"), ("assessor", "second approver"), ("assessor", "opener"),
    ("first approver", "second approver"), ("first approver", "opener"), ("second approver", "opener"),
}  # fmt: skip
"""Who may not be one and the same person (¶5.30-5.31; design 6.3)."""


def all_different(people: World) -> bool:
    """Whether nobody does what must be done by two."""
    return all(people[one] != people[other] for one, other in MUST_DIFFER)


def access(world: World) -> frozenset[str]:
    """Every reason against a protective access; none: it is to be allowed.

    A worker on the case needs no alert; a duty officer needs one, of the police or of the responsible authority.
    """
    world = _of_the_records(world)
    table = (ACCESS_TABLE.get((condition, world[condition])) for condition in ("child", "since", "lease", "second"))
    why = frozenset[str]().union(*(reasons for reasons in table if reasons))
    if world["purpose"] in {"release_to_enquirer", "unknown"}:
        why |= {"wrong_purpose"}
    return why | _without_standing(world)


def _of_the_records(world: World) -> World:
    """The world as it is where the child has no record, or one more: other things are then said of the child."""
    if world["child"] == "no record":
        return {**world, "alert": "none", "allocated": "no", "authority": "nobody", "since": "nothing"}
    if world["child"] == "a record more":
        theirs = {"another child missing": "missing", "threat to another child": "threat", "with another child": "yes"}
        return {condition: theirs.get(state, state) for condition, state in world.items()}
    return world


def _without_standing(world: World) -> set[str]:
    if _is_worker(world):
        return set()
    body, _, duty = world["who"].partition(", ")
    if duty != "on duty":
        return {"not_entitled"}
    if body != "police" and world["authority"] != "own":
        return {"authority_unknown"}
    if body not in {"police", "authority"}:
        return {"opener_of_other_body"}
    if world["purpose"] not in {"search_for_child", "protect_child"}:
        return {"wrong_purpose"}
    return set() if _is_sought(world) else {"no_open_alert"}


def _is_sought(world: World) -> bool:
    """Another authority ends an episode only where none says that it is responsible."""
    by_another = world["alert"] == "found, by another authority" and world["authority"] != "nobody"
    return world["alert"] in OPEN_ALERTS or by_another


def _is_worker(world: World) -> bool:
    """Whether the one authority that is responsible gave the opener the case; where none is, the one that gave it."""
    given_by = {"own": WORKERS | {"by two authorities"}, "nobody": WORKERS | {"by another authority"}}
    return world["allocated"] in given_by.get(world["authority"], set())


WORKERS = {"yes", "ends today", "ends later", "again after an end", "yes, under the other record"}
OPEN_ALERTS = {
    "missing", "away", "missing, undated", "missing, found before", "found, nobody saw the child",
    "found, another episode", "threat",
    "withdrawn, then made again", "withdrawn, another report",
    "threat, old but just known", "threat, undated", "threat, a week old to the second",
}  # fmt: skip

ACCESS = """
child | a record less; a record more; no record           | records_changed
child | another version; one more location; no location any more | location_changed
child | no location                                       | nothing_held
child | not whole                                         | not_whole
since | placement began later; placement ended later      | moved
since | placement corrected before and back later         | moved
since | linked later; unlinked later; refused later       | link_changed
since | linked from the other side; unlinked from the other side; refused from the other side | link_changed
lease | none; backwards; too long                         | lease_not_valid
second | no                                               | second_person_refused
second | yes, the opener; yes, nobody                     | same_person
second | awaited, not paged; never answered, asked later  | second_person_awaited coordinator_not_paged
second | awaited                                          | second_person_awaited
second | never answered, not paged; paged later           | coordinator_not_paged
"""
ACCESS_TABLE = table(ACCESS)


def access_until(world: World, now: datetime) -> tuple[datetime, date | None]:
    """Until when, and on which day it is reviewed because nobody answered."""
    alone = world["second"].startswith("never answered")
    minutes = {"minutes": 5, "the longest": 15}[world["lease"]]
    lease = timedelta(minutes=minutes)
    if world["alert"] == "threat, a week old to the second" and not _is_worker(world):
        lease = timedelta(seconds=1)
    return now + lease, now.date() + timedelta(days=1) if alone else None

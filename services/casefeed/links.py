"""Who is who, for people to decide: what speaks for two records being of one child, and what each decision changes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.casefeed.proposals import Proposal
from services.casefeed.views import View
from services.core.case import CaseStatus, fold
from services.core.claims import Subject
from services.core.facts import KinshipClaimed
from services.core.ids import CaseId, EventId, SubjectId
from services.core.matching import components
from services.core.matching.components import Decision, Partition, partition
from services.core.matching.groups import Pair
from services.core.matching.proposals import ProposedBy
from services.core.matching.scoring import Evidence, Verdict
from services.core.matching.stated import asked_for_at, decision_of, numbers_of
from services.core.matching.ways import Standing, parting, undoing
from services.core.rights import Person
from services.core.timeline import Entry, current

_LAST = EventId("f" * 32)
_SOMEBODY = "f" * 32


class FieldVerdict(View):
    """How far one field agrees, never on what, and its weight in bits."""

    field: str
    level: str
    bits: float


class LinkView(View):
    """Two records that may be of one child; `verdict` is what speaks for it by itself, whatever speaks against it.

    `evidence` is by weights; of numbers, and of what is sealed, nothing more is shown than that they were compared.
    `decided` is what a person said of the two last, if anybody did. `proposed_by` is empty where a person's link alone
    speaks for it, and where equal numbers made the two one case.
    """

    one: SubjectId
    other: SubjectId
    cases: list[CaseId]
    proposed_by: list[ProposedBy]
    verdict: Verdict
    bits: float
    evidence: list[FieldVerdict]
    decided: components.Verdict | None
    known_at: datetime


class LinkList(View):
    """Pairs for a person to decide, the oldest first; `next` is how many to skip for the page after it."""

    links: list[LinkView]
    next: int | None


class Consequence(View):
    """What a decision would make of the records of both cases: each list is one case after it.

    `waits`: it changes nothing until a second person decides the same, because an adult asks for one of the children.
    """

    decision: components.Verdict
    cases: list[list[SubjectId]]
    moved: list[SubjectId]
    waits: bool


class SideView(View):
    """One of the two cases: what is claimed of its child, how it stands, and how many adults ask for the child."""

    case_id: CaseId
    subjects: list[SubjectId]
    status: CaseStatus
    enquirers: int
    claims: list[Subject]


class Seen(View):
    """A colleague who was shown one of the two cases: whoever decides that a link was wrong tells them."""

    who: str
    role: str | None
    case_id: CaseId
    at: datetime


class SaidView(View):
    """What a person said of the pair, and when; `by` is who made a link, where their identity token came with it."""

    verdict: components.Verdict
    at: datetime
    by: str | None


class LinkDetail(View):
    """Everything that a person needs who decides; a decision also voids what was allowed of a location before.

    `said` is what people now say, the earliest first; `linked_by` are those who make the link that stands.
    `held_apart`: the weights would join the two, and something else than a person's word about them does not.
    `undo` is what undoes that they are joined; None where they are not.
    """

    link: LinkView
    said: list[SaidView]
    linked_by: list[str]
    held_apart: bool
    undo: components.Verdict | None
    sides: list[SideView]
    consequences: list[Consequence]
    seen_by: list[Seen]


@dataclass(frozen=True, slots=True)
class Held:
    """What the tables hold about a pair: both cases' records and entries with their claims, and all that speaks."""

    pair: Pair
    case_of: Mapping[SubjectId, CaseId]
    entries: Mapping[SubjectId, Sequence[tuple[Entry, Subject]]]
    proposals: Sequence[Proposal]


@dataclass(frozen=True, slots=True)
class LastSaid:
    """What a person said of a pair last, and since when the hub knows that anybody said so."""

    verdict: components.Verdict
    known_at: datetime

    @property
    def is_a_link(self) -> bool:
        return self.verdict is components.Verdict.LINKED


def last_said(entries: Iterable[Entry]) -> dict[Pair, LastSaid]:
    """What people said last of each pair of which they said anything."""
    said = list(entries)
    known, decisions = {entry.event_id: entry.known_at for entry in said}, decisions_in(said)
    return {
        pair: LastSaid(last.verdict, min(known[one.event_id] for one in decisions if _is_same(one, last)))
        for pair, last in components.latest(decisions).items()
    }


def _is_same(one: Decision, other: Decision) -> bool:
    return (one.pair, one.verdict) == (other.pair, other.verdict)


def link_view(
    pair: Pair,
    case_of: Mapping[SubjectId, CaseId],
    proposals: Iterable[Proposal],
    said: LastSaid | None,
    known_at: datetime,
) -> LinkView:
    """A pair as it is listed; `known_at` is since when the hub knows what speaks for it."""
    own = sorted(
        (one for one in proposals if one.pair == pair), key=lambda one: list(ProposedBy).index(one.proposed_by)
    )
    evidence = [field for one in own for field in one.evidence]
    return LinkView(
        one=pair[0],
        other=pair[1],
        cases=[case_of[subject] for subject in pair],
        proposed_by=[one.proposed_by for one in own],
        verdict=Verdict.LINK if any(one.verdict is Verdict.LINK for one in own) else Verdict.ASK,
        bits=sum(field.bits for field in evidence),
        evidence=[_field(field) for field in evidence],
        decided=said.verdict if said else None,
        known_at=known_at,
    )


def link_detail(held: Held, seen_by: Iterable[Seen], now: datetime) -> LinkDetail:
    """A pair with both its cases, and what each decision of now would change."""
    entries = [entry for said in held.entries.values() for entry, _ in said]
    decisions, said = decisions_in(entries), last_said(entries).get(held.pair)
    link = link_view(held.pair, held.case_of, held.proposals, said, _known_at(held, said))
    consequences = [_consequence(verdict, held, decisions, now) for verdict in components.Verdict]
    return LinkDetail(
        link=link,
        said=_said(held.pair, decisions),
        linked_by=sorted({link.by for link in components.standing_links(decisions).get(held.pair, ()) if link.by}),
        sides=[_side(case, held) for case in dict.fromkeys(held.case_of[subject] for subject in held.pair)],
        held_apart=_held_apart(link),
        undo=undoing(_standing(link, consequences)),
        consequences=consequences,
        seen_by=list(seen_by),
    )


def standing_of(detail: LinkDetail, who: Person) -> Standing:
    """How the pair stands for this person."""
    return replace(_standing(detail.link, detail.consequences), accepted=who.handle in detail.linked_by)


def _standing(link: LinkView, consequences: Iterable[Consequence]) -> Standing:
    parted_by = parting((link.one, link.other), {change.decision: change.cases for change in consequences})
    return Standing(link.cases[0] == link.cases[1], link.decided, parted_by)


def _held_apart(link: LinkView) -> bool:
    return link.verdict is Verdict.LINK and link.cases[0] != link.cases[1] and link.decided is None


def _said(pair: Pair, decisions: Iterable[Decision]) -> list[SaidView]:
    own = sorted((one for one in decisions if one.pair == pair), key=lambda one: (one.decided_at, one.event_id))
    return [SaidView(verdict=one.verdict, at=one.decided_at, by=one.by) for one in own]


def _known_at(held: Held, said: LastSaid | None) -> datetime:
    """Since when something speaks for the pair; where only equal numbers do, since both records are known."""
    since = [one.known_at for one in held.proposals if one.pair == held.pair]
    since += [said.known_at] if said and said.is_a_link else []
    firsts = [min(entry.known_at for entry, _ in held.entries[subject]) for subject in held.pair]
    return min(since, default=max(firsts))


def decisions_in(entries: Iterable[Entry]) -> list[Decision]:
    """What people now say of who is who."""
    return [stated.decision for entry in current(entries) if (stated := decision_of(entry))]


def _field(said: Evidence) -> FieldVerdict:
    return FieldVerdict(field=said.field, level=said.level, bits=said.bits)


def _side(case: CaseId, held: Held) -> SideView:
    subjects = sorted(subject for subject, where in held.case_of.items() if where == case)
    said = [one for subject in subjects for one in held.entries.get(subject, ())]
    now = current(entry for entry, _ in said)
    speaking = {entry.event_id for entry in now}
    return SideView(
        case_id=case,
        subjects=subjects,
        status=fold(entry for entry, _ in said).status,
        enquirers=len({entry.fact.enquirer for entry in now if isinstance(entry.fact, KinshipClaimed)}),
        claims=_once(claims for entry, claims in said if entry.event_id in speaking),
    )


def _once(claims: Iterable[Subject]) -> list[Subject]:
    return [one for one in dict.fromkeys(claims) if one != Subject()]


def _consequence(verdict: components.Verdict, held: Held, decisions: Sequence[Decision], now: datetime) -> Consequence:
    found = _placed(held, [*decisions, Decision(held.pair, verdict, now, _LAST, _SOMEBODY)], _likely(held, decisions))
    before, after = held.case_of, found.case_of
    groups: dict[CaseId, list[SubjectId]] = defaultdict(list)
    for subject in sorted(after):
        groups[after[subject]].append(subject)
    moved = sorted(subject for subject, case in after.items() if before[subject] != case)
    waits = held.pair in found.waiting
    return Consequence(decision=verdict, cases=sorted(groups.values()), moved=moved, waits=waits)


def _likely(held: Held, decisions: Iterable[Decision]) -> list[Pair]:
    """What the weights alone would join, without the pairs that stayed apart though nothing in either case parts them.

    Something of a third case does: numbers that contradict, or a namesake.
    """
    likely = [one.pair for one in held.proposals if one.verdict is Verdict.LINK]
    alone = _placed(held, decisions, likely).case_of
    return [pair for pair in likely if not (_are_one_case(pair, alone) and not _are_one_case(pair, held.case_of))]


def _are_one_case(pair: Pair, case_of: Mapping[SubjectId, CaseId]) -> bool:
    return case_of[pair[0]] == case_of[pair[1]]


def _placed(held: Held, decisions: Iterable[Decision], likely: Iterable[Pair]) -> Partition:
    """Where the records of both cases belong, reckoned as the correlator does."""
    numbers, asked_for = {}, {}
    for subject in held.case_of:
        said = held.entries.get(subject, ())
        speaking = {entry.event_id for entry in current(entry for entry, _ in said)}
        numbers[subject] = numbers_of(claims for entry, claims in said if entry.event_id in speaking)
        asked = [asked_for_at(entry) for entry, _ in said if entry.event_id in speaking]
        if times := [at for at in asked if at]:
            asked_for[subject] = min(times)
    return partition(numbers, decisions, likely, asked_for)

"""What is shown of an adult who asks for a child; what they are answered depends on nothing that is seen."""

from collections.abc import Sequence

from services.casefeed.enquiries import AnswerView, EnquiryView, SaidOfEnquirer, enquiry_view, stranger_view
from services.core.codes import AgencyCheck, Channel, Finding, YesNo
from services.core.facts import AgencyCheckReturned, EnquirerInterviewed, IdentityChecked, KinshipClaimed
from services.core.ids import CaseId
from services.core.letters import Step
from services.core.timeline import Entry
from tests.builders import an_id, day, entry
from tests.casefeed.updates import claims_of

ADULT, OFFICER = an_id(6), an_id(8)
CLAIMED = entry(KinshipClaimed(ADULT, channel=Channel.COUNTER), event=1, occurred_at=day(0))
CORRECTED = entry(
    KinshipClaimed(ADULT, channel=Channel.LETTER), event=2, of_fact=1, occurred_at=day(0), recorded_at=day(1)
)
ELSEWHERE = entry(KinshipClaimed(ADULT), event=3, subject=2, occurred_at=day(5))
INTERVIEWED = entry(EnquirerInterviewed(ADULT, OFFICER, completed=YesNo.YES), event=4, occurred_at=day(9))
REFUTED = entry(IdentityChecked(ADULT, OFFICER, Finding.REFUTED), event=5, occurred_at=day(10))
CHECKED = entry(AgencyCheckReturned(ADULT, OFFICER, AgencyCheck.ADVERSE), event=6, occurred_at=day(11))


def seen(*entries: Entry) -> list[SaidOfEnquirer]:
    return [SaidOfEnquirer(CaseId(one.subject_id), one, claims_of(one)) for one in entries]


def shown(in_sight: Sequence[Entry], everything: Sequence[Entry] | None = None) -> EnquiryView:
    return enquiry_view(ADULT, seen(*in_sight), [], everything or in_sight, day(60).date())


def test_an_approach_is_shown_as_it_was_corrected_with_its_case() -> None:
    (approach,) = shown([CLAIMED, CORRECTED]).approaches
    assert (approach.channel, approach.case_id, approach.event_id) == (
        Channel.LETTER,
        CaseId(CLAIMED.subject_id),
        CORRECTED.event_id,
    )


def test_what_was_found_out_stands_in_the_order_in_which_it_happened() -> None:
    assert [one.type for one in shown([REFUTED, INTERVIEWED, CLAIMED]).entries] == [
        "KinshipClaimed",
        "EnquirerInterviewed",
        "IdentityChecked",
    ]


def test_an_approach_that_is_not_in_sight_is_not_shown_and_is_answered_all_the_same() -> None:
    view = shown([CLAIMED], [CLAIMED, ELSEWHERE])
    assert [approach.subject_id for approach in view.approaches] == [CLAIMED.subject_id]
    assert Step.APPROACHED_AGAIN in [answer.step for answer in view.answers]


def test_an_adult_about_whom_bad_things_are_known_is_answered_as_everybody() -> None:
    plain, bad = (shown(said).answers for said in ([CLAIMED], [CLAIMED, REFUTED, CHECKED]))
    assert [one.model_dump_json() for one in plain] == [one.model_dump_json() for one in bad]


def test_at_the_counter_the_first_answer_needs_nothing_to_be_known() -> None:
    assert stranger_view(day(0).date()) == shown([CLAIMED]).answers[0]


def test_an_answer_has_no_place_for_anything_of_a_child() -> None:
    assert set(AnswerView.model_fields) == {"step", "on", "say", "letter", "do"}

"""A page of a case tells first what must be known first, and never more than is known."""

import json
from typing import Any

from services.casefeed.views import case_view
from services.cli.casepage import case_page, case_table, page
from services.core.codes import Channel, FoundHow, MissingKind
from services.core.facts import ChildFound, ChildMissing, KinshipClaimed, ReferralMade
from services.core.ids import CaseId
from tests.builders import an_id, day, entry
from tests.casefeed.updates import claims_of

CASE = CaseId(an_id(1))
SAID = (
    entry(ReferralMade(), event=1, occurred_at=day(1)),
    entry(ChildMissing(MissingKind.MISSING), event=2, of_fact=9, occurred_at=day(2)),
    entry(ChildMissing(MissingKind.MISSING), event=3, of_fact=9, occurred_at=day(3), recorded_at=day(4)),
    entry(KinshipClaimed("enquirer", channel=Channel.COUNTER), event=4, occurred_at=None),
)


def printed(*said: Any) -> str:
    view = case_view(CASE, [SAID[0].subject_id], [(one, claims_of(one)) for one in said], None)
    console = page()
    with console.capture() as captured:
        console.print(case_page(json.loads(view.model_dump_json())))
    return captured.get()


def test_the_first_line_names_the_case_and_who_is_missing() -> None:
    assert printed(*SAID).splitlines()[0] == f"Case {CASE}  MISSING"


def test_a_missing_child_is_missing_since_the_day_that_is_said_now() -> None:
    assert "since 04 Jan 2026" in printed(*SAID)


def test_a_child_who_was_found_is_not_missing() -> None:
    assert (
        "since"
        not in printed(*SAID, entry(ChildFound(how=FoundHow.SEEN_IN_PERSON), event=5, occurred_at=day(9))).partition(
            "Happened"
        )[0]
    )


def test_the_name_is_shown_as_a_claim() -> None:
    assert "Given1 Family (full, claimed)" in printed(*SAID)


def test_the_location_is_held_sealed() -> None:
    assert "held sealed" in printed(*SAID)


def test_a_corrected_entry_says_what_corrects_it() -> None:
    assert f"(corrected by {an_id(3)[:8]})" in printed(*SAID)


def test_what_nobody_dated_has_no_date() -> None:
    assert "no date" in printed(*SAID)


def test_an_awaited_decision_and_a_claim_are_remarked() -> None:
    also = next(line for line in printed(*SAID).splitlines() if line.startswith("Also"))
    assert "kinship claimed (1)" in also
    assert "decision due" in also


def test_a_line_of_the_list_is_not_broken_where_it_goes_into_a_file() -> None:
    view = case_view(CASE, [SAID[0].subject_id], [(one, claims_of(one)) for one in SAID], None)
    console = page()
    with console.capture() as captured:
        console.print(case_table([json.loads(view.model_dump_json())]))
    _, line = captured.get().splitlines()
    assert [part for part in line.split("  ") if part][:3] == [an_id(1)[:8], "MISSING", "04 Jan 2026"]

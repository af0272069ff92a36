"""`lantern links` shows what speaks for a pair and what each decision changes, and says what a person decides."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from services.casefeed.links import Held, LinkDetail, LinkList, Seen, link_detail
from services.casefeed.proposals import Proposal
from services.cli import links
from services.cli.__main__ import commands
from services.core.facts import Fact, KinshipClaimed, PoliceContact, RecordsLinked
from services.core.ids import CaseId, SubjectId
from services.core.matching.proposals import ProposedBy
from services.core.matching.scoring import Evidence, Verdict
from services.runtime.http import serving
from tests.builders import START, an_id, day, entry
from tests.casefeed.updates import claims_of
from tests.cli.terminal import somebody

ONE, OTHER = SubjectId(an_id(0xA << 120)), SubjectId(an_id(0xB << 120))
EVIDENCE = (Evidence("name", "same", 14.5), Evidence("birth", "swapped", 7.8))


def detail(*facts: Fact, verdict: Verdict = Verdict.ASK, joined: bool = False, proposed: bool = True) -> LinkDetail:
    """The pair as the case feed shows it; the first record says these facts."""
    said = [
        entry(fact, event=number, subject=int(ONE, 16), occurred_at=day(number))
        for number, fact in enumerate((PoliceContact(), *facts), 1)
    ]
    other = entry(PoliceContact(), event=99, subject=int(OTHER, 16))
    score = Proposal((ONE, OTHER), ProposedBy.SCORE, verdict, EVIDENCE, 1, START)
    held = Held(
        pair=(ONE, OTHER),
        case_of={ONE: CaseId(ONE), OTHER: CaseId(ONE if joined else OTHER)},
        entries={ONE: [(one, claims_of(one)) for one in said], OTHER: [(other, claims_of(other))]},
        proposals=[score] if proposed else [],
    )
    seen = [Seen(who="ab" * 16, role="coordinator", case_id=CaseId(ONE), at=START)] if joined else []
    return link_detail(held, seen, day(9))


@asynccontextmanager
async def edition(folder: Path, shown: LinkDetail | None) -> AsyncIterator[Path]:
    """The data folder of an edition whose case feed knows two records, and shows this of them."""

    def case(request: Request) -> Response:
        [record] = [one for one in (ONE, OTHER) if one.startswith(request.path_params["digits"])]
        return JSONResponse({"subjects": [record]})

    def show(_: Request) -> Response:
        return _json(shown) if shown else JSONResponse({"error": "Nothing speaks for it."}, 404)

    def list_all(_: Request) -> Response:
        return _json(LinkList(links=[shown.link] if shown else [], next=None))

    routes = [
        Route("/api/cases/{digits}", case),
        Route("/api/links", list_all),
        Route("/api/links/{one}/{other}", show),
    ]
    async with serving(Starlette(routes=routes), "127.0.0.1", 0) as port:
        somebody(folder)
        (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": {"casefeed": port}}))
        yield folder


def _json(view: LinkDetail | LinkList) -> Response:
    return Response(view.model_dump_json(), media_type="application/json")


async def lantern(data: Path, *words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, commands(), ["links", *words, "--data", str(data)])


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The documents that a command sends, which here go no further."""
    documents: list[dict[str, Any]] = []
    tell: Callable[..., None] = lambda _, document, __: documents.append(document)  # noqa: E731 - as short as it is
    monkeypatch.setattr(links, "tell", tell)
    return documents


async def test_a_pair_is_listed_with_the_weight_of_each_field(tmp_path: Path) -> None:
    async with edition(tmp_path, detail()) as data:
        done = await lantern(data, "list")
    assert "name same (+14.5), birth swapped (+7.8) = 22.3 bits" in done.stdout


async def test_no_pairs_are_said_to_be_none(tmp_path: Path) -> None:
    async with edition(tmp_path, None) as data:
        done = await lantern(data, "list")
    assert done.stdout == "There is nothing for you to decide.\n"


async def test_what_a_decision_would_change_is_shown(tmp_path: Path) -> None:
    async with edition(tmp_path, detail()) as data:
        done = await lantern(data, "show", ONE[:8], OTHER[:8])
    assert f"If linked: {ONE[:8]}, {OTHER[:8]}" in done.stdout.splitlines()


async def test_that_a_link_around_an_enquirer_needs_two_people_is_shown(tmp_path: Path) -> None:
    async with edition(tmp_path, detail(KinshipClaimed("ad" * 16))) as data:
        done = await lantern(data, "show", ONE[:8], OTHER[:8])
    lines = done.stdout.splitlines()
    assert f"If linked: {ONE[:8]} | {OTHER[:8]} (until a second person accepts it too)" in lines
    assert f"If refused: {ONE[:8]} | {OTHER[:8]} (as it is)" in lines
    assert any("1 adults ask" in line for line in lines)


@pytest.mark.parametrize(("command", "event"), [("accept", "RecordsLinked"), ("refuse", "LinkRefused")])
async def test_a_decision_names_both_records_and_no_child(
    tmp_path: Path, said: list[dict[str, Any]], command: str, event: str
) -> None:
    async with edition(tmp_path, detail()) as data:
        done = await lantern(data, command, ONE[:8], OTHER[:8], "--ground", "documents_compared")
    [document] = said
    assert done.exit_code == 0
    assert (document["event"], document["source"]) == (event, {"subject_id": ONE})
    assert document["fact"] == {"other": OTHER, "ground": "documents_compared"}


async def test_a_record_is_not_linked_to_itself(tmp_path: Path, said: list[dict[str, Any]]) -> None:
    async with edition(tmp_path, detail()) as data:
        done = await lantern(data, "accept", ONE[:8], ONE[:9])
    assert (done.exit_code, said) == (1, [])


@pytest.mark.parametrize(
    ("shown", "event"),
    [
        pytest.param(detail(RecordsLinked(OTHER), joined=True), "RecordsUnlinked", id="a person joined them"),
        pytest.param(detail(verdict=Verdict.LINK, joined=True), "LinkRefused", id="the weights joined them"),
    ],
)
async def test_to_undo_says_what_parts_them_and_who_was_shown_both(
    tmp_path: Path, said: list[dict[str, Any]], shown: LinkDetail, event: str
) -> None:
    async with edition(tmp_path, shown) as data:
        done = await lantern(data, "undo", ONE[:8], OTHER[:8])
    assert [document["event"] for document in said] == [event]
    assert "Shown both as one child's: coordinator abababab" in done.stdout


async def test_a_link_that_waits_for_a_second_person_is_told_and_can_be_taken_back(
    tmp_path: Path, said: list[dict[str, Any]]
) -> None:
    waiting = detail(KinshipClaimed("ad" * 16), RecordsLinked(OTHER, decided_by="ab" * 16), proposed=False)
    async with edition(tmp_path, waiting) as data:
        told = await lantern(data, "list")
        done = await lantern(data, "undo", ONE[:8], OTHER[:8])
    assert "one person says they are, a second is needed" in told.stdout
    assert (done.exit_code, [document["event"] for document in said]) == (0, ["RecordsUnlinked"])


async def test_what_is_not_joined_is_not_undone(tmp_path: Path, said: list[dict[str, Any]]) -> None:
    async with edition(tmp_path, detail()) as data:
        done = await lantern(data, "undo", ONE[:8], OTHER[:8])
    assert (done.exit_code, said) == (1, [])

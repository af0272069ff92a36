"""`lantern enquiry list`, `show` and `answer` ask as whoever is signed in, and print what may be read aloud."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from services.casefeed.enquiries import EnquiryList, EnquirySummary, EnquiryView, enquiry_view, stranger_view
from services.casefeed.ladders import ladder_view
from services.cli.__main__ import commands
from services.core.codes import Asked, Connection, YesNo
from services.core.facts import EnquirerInterviewed, KinshipClaimed
from services.core.known import Known
from services.core.letters import WORDS, Step
from services.runtime.http import serving
from tests.builders import an_id, day, entry
from tests.casefeed.test_enquiries import seen
from tests.casefeed.updates import event_of
from tests.cli.terminal import somebody

ADULT = "a1" * 16
CLAIMED = entry(KinshipClaimed(ADULT, Connection.SIBLING, asked=(Asked.LOCATION,)), event=1, occurred_at=day(1))
INTERVIEWED = entry(EnquirerInterviewed(ADULT, an_id(8), completed=YesNo.YES), event=2, occurred_at=day(3))
SAID = seen(CLAIMED, INTERVIEWED)
KNOWN = [Known(event_of(one.entry), one.entry.known_at) for one in SAID]
LADDER = ladder_view(SAID[0].case_id, {CLAIMED.subject_id}, KNOWN, ADULT, day(9))
SHOWN = enquiry_view(ADULT, SAID, [LADDER], [CLAIMED, INTERVIEWED], day(9).date())
LISTED = EnquiryList(enquiries=[EnquirySummary(enquirer=ADULT, approaches=SHOWN.approaches)])
ELSEWHERE = SHOWN.model_copy(update={"approaches": [], "answers": []})
NOBODY = JSONResponse({"error": "No adult is known to you by this handle."}, 404)


@asynccontextmanager
async def edition(folder: Path, shown: EnquiryView = SHOWN) -> AsyncIterator[Path]:
    """The data folder of an edition whose case feed knows one adult."""

    def show(request: Request) -> Response:
        return json_of(shown.model_dump_json()) if ADULT.startswith(request.path_params["handle"]) else NOBODY

    routes = [
        Route("/api/enquiries", lambda _: json_of(LISTED.model_dump_json())),
        Route("/api/enquiries/{handle}", show),
        Route("/api/answer", lambda _: json_of(stranger_view(day(9).date()).model_dump_json())),
    ]
    async with serving(Starlette(routes=routes), "127.0.0.1", 0) as port:
        somebody(folder)
        (folder / "edition.json").write_text(json.dumps({"version": 1, "ports": {"casefeed": port}}))
        yield folder


def json_of(text: str) -> Response:
    return Response(text, media_type="application/json")


async def lantern(data: Path, *words: str) -> Result:
    told = ["enquiry", *words, "--data", str(data)]
    return await asyncio.to_thread(CliRunner().invoke, commands(), told)


async def test_every_adult_is_a_line_with_what_they_asked_for(tmp_path: Path) -> None:
    async with edition(tmp_path) as data:
        page = (await lantern(data, "list")).stdout

    assert [word for word in ("a1a1a1a1", "sibling", "location", "02 Jan 2026") if word not in page] == []


async def test_an_adults_page_says_what_each_rung_lacks_and_what_was_said(tmp_path: Path) -> None:
    async with edition(tmp_path) as data:
        page = (await lantern(data, "show", "a1a1a1")).stdout

    assert [word for word in (ADULT, "police check", "Enquirer interviewed", "considered") if word not in page] == []


async def test_at_the_counter_the_words_are_those_of_the_table(tmp_path: Path) -> None:
    async with edition(tmp_path) as data:
        given = json.loads((await lantern(data, "answer", "--json")).stdout)

    assert (given["step"], given["letter"]) == ("acknowledged", WORDS[Step.ACKNOWLEDGED].letter)


async def test_an_adult_who_came_before_is_answered_with_the_latest_words(tmp_path: Path) -> None:
    async with edition(tmp_path) as data:
        page = (await lantern(data, "answer", ADULT)).stdout

    assert " ".join(page.split()).count(WORDS[Step.CONSIDERED].say) == 1


async def test_an_adult_whose_approach_is_not_in_sight_is_answered_and_nothing_is_said_of_them(tmp_path: Path) -> None:
    async with edition(tmp_path, ELSEWHERE) as data:
        given = json.loads((await lantern(data, "answer", ADULT, "--json")).stdout)
        shown, told = await lantern(data, "show", ADULT), await lantern(data, "check", ADULT, "clear")

    assert (given["step"], shown.exit_code, told.exit_code) == ("acknowledged", 0, 1)
    assert "no child whose case you see" in str(told.exception)


async def test_an_adult_who_is_not_known_is_said_to_be_unknown(tmp_path: Path) -> None:
    async with edition(tmp_path) as data:
        done = await lantern(data, "show", "b" * 8)

    assert (done.exit_code, str(done.exception)) == (1, "No adult is known to you by this handle.")

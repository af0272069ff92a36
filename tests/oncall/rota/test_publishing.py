"""A rota is published whole or refused with what is wrong, when and of whom; what was published never changes."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from services.core.codes import Sector
from services.core.rights import Person
from services.oncall.rota.desk import PublishedRota
from services.runtime.database import Connection
from tests.core.oncall.rotas import at
from tests.oncall.rota.site import AUDITOR, COORDINATOR, DANA, OFFICER, POLICE, RUTH, STAFF, TURNS, WEEKS, Site, handle

RUTHS = {"person": "Ruth Invented", "start": "2026-03-24T09:00", "end": "2026-03-24T18:00"}


async def override(site: Site, *overrides: dict[str, Any], **said: Any) -> Any:
    answer = await site.ask(COORDINATOR, "POST", "/api/rota/overrides", {"overrides": overrides, **said})
    return answer.json()


async def test_who_is_on_duty_is_told_with_the_end_of_their_shift(site: Site) -> None:
    told = await site.on_duty()
    assert (told["on_duty"]["name"], told["has_run_out"], told["is_you"]) == ("Dana Invented", False, False)
    assert told["until"] == "2026-03-30T08:00:00Z"
    assert (await site.on_duty(DANA))["is_you"]


async def test_who_is_on_duty_at_a_time_is_told(site: Site) -> None:
    assert (await site.on_duty(at="2026-03-30T08:00:00Z"))["on_duty"]["name"] == "Omar Invented"
    assert (await site.on_duty(at="2026-03-30T07:59:59Z"))["on_duty"]["name"] == "Dana Invented"
    assert (await site.on_duty(at="2026-03-23T09:00:00Z"))["on_duty"] is None


async def test_people_of_another_agency_are_told_by_role_and_handle_alone(site: Site) -> None:
    assert (await site.on_duty(OFFICER))["on_duty"] == {
        "person": handle("dana"), "name": None, "role": "duty_officer",
    }  # fmt: skip


async def test_whoever_pages_is_told_the_same(site: Site) -> None:
    async def on_duty(connection: Connection) -> list[str | None]:
        rota, agencies = PublishedRota(), (Sector.LOCAL_AUTHORITY, Sector.POLICE)
        return [await rota.on_duty(connection, agency, site.now, level) for agency in agencies for level in (0, 1)]

    assert await site.session.run(on_duty) == [handle("dana"), None, None, None]


async def test_a_rota_that_has_run_out_leaves_its_last_person_on_duty_and_says_so(site: Site) -> None:
    site.goes_on(days=60)
    told = await site.on_duty()
    assert (told["on_duty"]["name"], told["has_run_out"], told["until"]) == ("Omar Invented", True, None)


async def test_a_gap_is_refused_with_its_dates_on_the_clocks_of_the_rota(site: Site) -> None:
    nights = {**TURNS, "windows": [{"days": ["sat"], "start": "18:00", "end": "09:00"}]}
    answer = await site.publish({**WEEKS, "until": "2026-03-30T09:00", "lines": [{"layers": [nights]}]}, based_on=1)
    assert answer.status_code == 422
    assert "version 1 still counts" in answer.json()["error"]
    assert "from Sun 29 Mar 2026 09:00 until Mon 30 Mar 2026 09:00 (Europe/London)" in answer.json()["error"]
    assert [one["fault"] for one in answer.json()["problems"]] == ["gap", "gap"]
    assert answer.json()["problems"][1]["start"] == "2026-03-29T08:00:00Z"
    assert await site.name_on_duty() == "Dana Invented"


async def test_somebody_who_is_not_on_the_staff_is_refused_as_they_were_named(site: Site) -> None:
    said = await override(site, {**RUTHS, "person": "Nobody Known"})
    assert [(one["fault"], one["people"]) for one in said["problems"]] == [("unknown_person", ["Nobody Known"])]
    assert "Nobody Known" in said["error"]


async def test_a_rota_that_is_only_checked_changes_nothing(site: Site) -> None:
    answer = await site.ask(COORDINATOR, "POST", "/api/rota", {"based_on": 1, "rota": WEEKS, "check_only": True})
    assert answer.is_success
    assert len((await site.ask(COORDINATOR, "GET", "/api/rota/versions")).json()["versions"]) == 1
    assert (await site.recorded("rota_checked"))[-1] == (COORDINATOR.handle, "allowed", ("published",))


async def test_whoever_publishes_on_top_of_what_they_have_not_seen_is_refused(site: Site) -> None:
    await override(site, RUTHS)
    answer = await site.publish({**WEEKS, "until": "2026-05-01T09:00"}, based_on=1)
    assert (answer.status_code, "version 2 counts now" in answer.json()["error"]) == (409, True)


async def test_the_same_rota_sent_twice_is_published_once(site: Site) -> None:
    assert (await site.publish(WEEKS)).json()["version"] == 1


async def test_an_override_counts_for_its_time_on_the_clocks_of_the_rota(site: Site) -> None:
    assert (await override(site, RUTHS))["version"] == 2
    told = [(await site.on_duty(at=f"2026-03-24T{hour}:00:00Z"))["on_duty"]["name"] for hour in ("08", "09", "18")]
    assert told == ["Dana Invented", "Ruth Invented", "Dana Invented"]


@pytest.mark.parametrize("person", ["Ruth Invented", "Nobody Known"])
async def test_an_override_that_ends_before_it_begins_is_refused_where_its_end_is_past_too(
    site: Site, person: str
) -> None:
    said = await override(site, {**RUTHS, "person": person, "end": "2026-03-22T18:00"})
    assert "backwards" in [problem["fault"] for problem in said["problems"]]
    assert "version 1 still counts" in said["error"]


@pytest.mark.parametrize("day", ["2026-03-22", "2027-03-24"])
async def test_an_override_of_a_time_that_is_over_or_after_the_rota_is_refused_for_it_puts_nobody_on_duty(
    site: Site, day: str
) -> None:
    said = await override(site, {**RUTHS, "start": f"{day}T09:00", "end": f"{day}T18:00"})
    assert "it would put nobody on duty" in said["error"]
    assert (await site.recorded("rota_published"))[-1][1:] == ("denied", ("out_of_time",))


async def test_two_overrides_of_one_time_are_refused_unless_one_is_to_replace_the_other(site: Site) -> None:
    await override(site, RUTHS)
    omars = {"person": "Omar Invented", "start": "2026-03-24T12:00", "end": "2026-03-24T13:00"}
    said = await override(site, omars)
    assert [one["fault"] for one in said["problems"]] == ["double_duty"]
    assert (await override(site, omars, replace=True))["version"] == 3
    told = [(await site.on_duty(at=f"2026-03-24T{hour}:30:00Z"))["on_duty"]["name"] for hour in ("11", "12", "13")]
    assert told == ["Ruth Invented", "Omar Invented", "Ruth Invented"]


async def test_shifts_alone_are_a_rota_if_they_leave_no_gap(empty: Site) -> None:
    staff = {"people": [{"sign_in": "officer", "name": "Olga Invented", "role": "duty_officer"}]}
    assert (await empty.ask(POLICE, "PUT", "/api/staff", staff)).is_success
    shift = {"person": "Olga Invented", "start": empty.now.isoformat(), "end": at(100).isoformat()}
    said = {"overrides": [shift], "until": at(100).isoformat(), "zone": "Europe/London"}
    assert (await empty.ask(POLICE, "POST", "/api/rota/overrides", said)).json()["version"] == 1
    later = {**said, "until": at(200).isoformat()}
    assert (await empty.ask(POLICE, "POST", "/api/rota/overrides", later)).json()["problems"][0]["fault"] == "gap"


async def test_of_one_agencys_rota_another_sees_and_changes_nothing(site: Site) -> None:
    shown = (await site.ask(POLICE, "GET", "/api/rota")).json()
    assert (shown["version"], shown["staff"], shown["shifts"]) == (0, [], [])
    assert (await site.publish(WEEKS, who=POLICE)).json()["problems"][0]["fault"] == "unknown_person"
    assert await site.name_on_duty() == "Dana Invented"


@pytest.mark.parametrize("who", [DANA, RUTH, OFFICER, AUDITOR])
@pytest.mark.parametrize("path", ["/api/rota", "/api/rota/overrides", "/api/staff"])
async def test_nobody_but_coordinators_and_managers_changes_a_rota(site: Site, who: Person, path: str) -> None:
    said = {
        "/api/rota": ("POST", {"based_on": 1, "rota": WEEKS}),
        "/api/rota/overrides": ("POST", {"overrides": [RUTHS]}),
        "/api/staff": ("PUT", {"people": []}),
    }
    method, document = said[path]
    answer = await site.ask(who, method, path, document)
    assert (answer.status_code, await site.name_on_duty()) == (403, "Dana Invented")


async def test_an_auditor_reads_no_rota(site: Site) -> None:
    for path in ("/api/duty", "/api/rota", "/api/rota/versions", "/api/staff", "/api/handovers"):
        assert (await site.ask(AUDITOR, "GET", path)).status_code == 403


async def test_nobody_leaves_the_staff_who_is_on_the_rota(site: Site) -> None:
    fewer = {"people": [{"sign_in": "dana", "name": "Dana Invented", "role": "duty_officer"}]}
    answer = await site.ask(COORDINATOR, "PUT", "/api/staff", fewer)
    assert (answer.status_code, "Omar Invented is on the rota from Mon 30 Mar" in answer.json()["error"]) == (409, True)


async def test_nobody_leaves_the_staff_who_is_still_on_duty_because_the_rota_has_run_out(site: Site) -> None:
    site.goes_on(days=60)
    dana, omar, _ = STAFF["people"]
    answer = await site.ask(COORDINATOR, "PUT", "/api/staff", {"people": [dana]})
    assert (answer.status_code, "Omar Invented stays on duty" in answer.json()["error"]) == (409, True)
    assert (await site.ask(COORDINATOR, "PUT", "/api/staff", {"people": [omar]})).is_success


async def test_nobody_leaves_the_staff_who_still_stands_behind_because_the_rota_has_run_out(site: Site) -> None:
    behind = {"layers": [{**TURNS, "people": ["Ruth Invented"]}]}
    assert (await site.publish({**WEEKS, "lines": [*WEEKS["lines"], behind]}, based_on=1)).is_success
    site.goes_on(days=60)
    _, omar, _ = STAFF["people"]
    answer = await site.ask(COORDINATOR, "PUT", "/api/staff", {"people": [omar]})
    assert (answer.status_code, "Ruth Invented stays on duty" in answer.json()["error"]) == (409, True)


async def test_two_of_one_name_and_somebody_of_another_agency_are_not_taken_on(site: Site) -> None:
    dana = {"sign_in": "dana", "name": "Dana Invented", "role": "duty_officer"}
    namesake = await site.ask(COORDINATOR, "PUT", "/api/staff", {"people": [dana, {**dana, "sign_in": "other"}]})
    elsewhere = await site.ask(POLICE, "PUT", "/api/staff", {"people": [dana]})
    assert [namesake.status_code, elsewhere.status_code] == [409, 409]
    assert [reasons for _, outcome, reasons in await site.recorded("staff_changed") if outcome == "denied"] == [
        ("same_name",),
        ("other_agency",),
    ]


@pytest.mark.parametrize(
    "name", ["", "1 Example Street", "AB1 2CD", "x" * 61, "Dana\nInvented", "dana@example.invalid"]
)
async def test_what_is_no_name_is_not_taken_for_one(site: Site, name: str) -> None:
    staff = {"people": [{"sign_in": "dana", "name": name, "role": "duty_officer"}]}
    assert (await site.ask(COORDINATOR, "PUT", "/api/staff", staff)).status_code == 422


@pytest.mark.parametrize(
    "spoilt",
    [
        {"zone": "Nowhere"},
        {"until": "0001-01-01T00:00"},
        {"until": "9999-12-31T23:59"},
        {"until": "soon"},
        {"lines": []},
        {"more": 1},
    ],
)
async def test_a_rota_without_sense_is_refused_with_a_sentence(site: Site, spoilt: dict[str, Any]) -> None:
    answer = await site.publish({**WEEKS, **spoilt}, based_on=1)
    assert (answer.status_code, bool(answer.json()["error"])) == (422, True)


async def test_a_version_that_was_published_cannot_be_changed(site: Site) -> None:
    async def change(connection: Connection) -> None:
        await connection.execute("UPDATE rota_versions SET number = 9")

    async def remove(connection: Connection) -> None:
        await connection.execute("DELETE FROM rota_versions")

    for spoil in (change, remove):
        with pytest.raises(psycopg.errors.RaiseException):
            await site.session.run(spoil)


async def test_what_is_coming_is_shown_with_what_is_to_be_mended(site: Site) -> None:
    site.goes_on(days=20)
    shown = (await site.ask(RUTH, "GET", "/api/rota", days="14")).json()
    assert [shift["person"]["name"] for shift in shown["shifts"]] == ["Dana Invented", "Omar Invented"]
    told = [(flag["concern"], (flag["person"] or {}).get("name")) for flag in shown["flags"]]
    assert told == [("no_contact", "Dana Invented"), ("no_contact", "Omar Invented"), ("runs_out", None)]
    assert "Mon 20 Apr 2026 09:00" in shown["flags"][-1]["sentence"]


async def test_whoever_was_reached_by_a_page_is_not_flagged_and_whoever_never_was_is(site: Site) -> None:
    async def reached(connection: Connection) -> None:
        for name in ("dana", "omar"):
            given = [bytes.fromhex(handle(name)), ["email"], b"sealed", at(-10)]
            await connection.execute("INSERT INTO contacts VALUES (%s, %s, %s, %s)", given)
        dana = [b"a page", bytes.fromhex(handle("dana")), at(-5)]
        await connection.execute("INSERT INTO carried VALUES (%s, %s, 'high', 'missing', 'x', false, %s)", dana)
        delivered = [b"a page", at(-4), dana[1]]
        await connection.execute("INSERT INTO receipts VALUES (%s, 'email', 1, 'delivered', %s, NULL, %s)", delivered)

    await site.session.run(reached)
    shown = (await site.ask(RUTH, "GET", "/api/rota")).json()
    assert [(one["concern"], one["person"]["name"]) for one in shown["flags"]] == [("not_verified", "Omar Invented")]


async def test_what_is_shown_can_be_published_again(site: Site) -> None:
    shown = (await site.ask(RUTH, "GET", "/api/rota")).json()
    answer = await site.publish(shown["rota"], based_on=shown["version"])
    assert answer.json()["version"] == 2
    assert (await site.ask(RUTH, "GET", "/api/rota")).json()["rota"] == shown["rota"]


async def test_who_published_what_and_why_is_listed_and_recorded(site: Site) -> None:
    site.goes_on(hours=1)
    await override(site, RUTHS)
    listed = (await site.ask(RUTH, "GET", "/api/rota/versions")).json()["versions"]
    assert [(one["version"], one["cause"]) for one in listed] == [(2, "overridden"), (1, "published")]
    assert listed[0]["published_at"] == (at(1) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert [reasons for _, _, reasons in await site.recorded("rota_published")] == [("published",), ("overridden",)]


async def test_a_page_of_alerts_that_there_is_not_is_refused_with_where_its_name_stands(site: Site) -> None:
    answer = await site.ask(COORDINATOR, "GET", "/api/alerts", after="there")
    assert (answer.status_code, "`next`" in answer.json()["error"]) == (422, True)


@pytest.mark.parametrize(
    ("method", "path", "document", "words"),
    [
        ("GET", "/api/alerts/zz", None, ["look at digits"]),
        ("POST", "/api/rota", {"based_on": 0, "rota": {"zone": 7}}, ["look at", "rota.zone", "Nothing was done"]),
    ],
)
async def test_what_is_not_understood_is_said_with_where_to_look(
    site: Site, method: str, path: str, document: Any, words: list[str]
) -> None:
    answer = await site.ask(COORDINATOR, method, path, document)
    assert answer.status_code == 422
    assert all(word in answer.json()["error"] for word in words)

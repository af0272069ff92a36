"""The real return of one authority, all the way to timelines, vault and feed, and what it must not leave behind."""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from services.runtime.local import credentials
from services.runtime.local.files import ROOT
from services.runtime.local.principals import ADMIN
from services.runtime.local.waiting import until
from services.runtime.tls import trusted
from services.vault.keys import Locked, load_vault_keys
from services.wire.avro import Record, Schemas
from services.wire.topics import load_topics
from tests.edition import LocalEdition, local_edition
from tests.leaks.canaries import Canaries, Leak
from tests.leaks.sinks import everything, taken
from tests.returns import RealReturn, real_return, replaced

ORGANISATION = "ORG-CODE-OF-THE-RETURN-E09000999"
SHARED = [topic.topic for topic in load_topics(ROOT) if topic.kind == "shared"]


@dataclass(frozen=True)
class Published:
    """The return, published once to a running edition, and what the command answered."""

    edition: LocalEdition
    files: RealReturn
    answer: dict[str, Any]

    def again(self, *files: Path) -> dict[str, Any]:
        return publish(self.edition, *files)

    def digests(self, service: str) -> dict[str, str]:
        """Each case's digest by its id."""
        token = (self.edition.data / "secrets" / credentials.OPERATOR_TOKEN).read_text()
        url = f"http://127.0.0.1:{self.edition.parts.ports[service]}/digests"
        told = httpx.get(
            url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False, verify=trusted()
        )
        subjects = set(self.answer["subjects"])
        return {case: digest for case, digest in told.json()["digests"].items() if case in subjects}

    def events(self, schemas: Schemas) -> list[tuple[str, Record]]:
        """Every event of this return on the shared topics; one that a topic holds twice is one."""
        subjects, found = set(self.answer["subjects"]), dict[str, tuple[str, Record]]()
        for message in taken(self.edition, *SHARED):
            name, record = schemas.decode(message.value() or b"")
            found[record["head"]["event_id"]] = (name, record)
        return [one for one in found.values() if one[1]["head"]["subject_id"] in subjects]

    def alerts(self) -> dict[str, int]:
        """What the alerts of this return's episodes are now, and how many."""
        server, subjects = self.edition.parts.postgres, [bytes.fromhex(one) for one in self.answer["subjects"]]
        with psycopg.connect(server.conninfo(ADMIN, server.password, "lantern")) as admin:
            counted = "SELECT state, count(*) FROM oncall.alerts WHERE subject_id = ANY(%s) GROUP BY state"
            return dict(admin.execute(counted, [subjects]).fetchall())

    def sealed(self) -> list[dict[str, str]]:
        """What the vault holds of this return's children, opened with the vault's own key; one a content."""
        kek, _ = load_vault_keys(self.edition.data / "keys" / "vault")
        server, subjects = self.edition.parts.postgres, [bytes.fromhex(one) for one in self.answer["subjects"]]
        with psycopg.connect(server.conninfo(ADMIN, server.password, "lantern")) as admin:
            rows = admin.execute(
                "SELECT subject_id, fact_id, field, digest, kek_id, wrapped_key, ciphertext FROM vault.contents "
                "WHERE subject_id = ANY(%s)",
                [subjects],
            ).fetchall()
        return [
            json.loads(kek.unlock(Locked(kek_id, wrapped, text), subject.hex(), fact.hex(), field, digest))
            for subject, fact, field, digest, kek_id, wrapped, text in rows
        ]


def publish(edition: LocalEdition, *files: Path, status: int = 0) -> dict[str, Any]:
    told = ("--agency", "local_authority", "--organisation", ORGANISATION, "--wait", "--json")
    result = edition.run("publish", *told, *files)
    assert result.returncode == status, result.stdout + result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """An edition of its own: where much else was counted, a count may read like a child's short number."""
    files = real_return()
    with local_edition(tmp_path_factory.mktemp("return") / "data") as running:
        running.up()
        yield Published(running, files, publish(running, *files.files))


def test_each_of_2675_records_is_shared_or_held_back(published: Published) -> None:
    counted = {name: published.answer[name] for name in ("records", "shared", "held_back", "refused")}
    assert counted == {"records": 2675, "shared": 169, "held_back": 2506, "refused": []}


def test_each_shared_child_is_one_case_here_and_in_the_feed(published: Published) -> None:
    correlated = published.digests("correlator")
    assert len(correlated) == 169
    assert until(lambda: published.digests("casefeed") == correlated, 60)


def test_the_events_are_those_of_the_return(published: Published) -> None:
    assert published.answer["events"] == {
        "ChildFound": 43, "ChildLookedAfter": 132, "ChildMissing": 43, "PlacementEnded": 240, "PlacementStarted": 340
    }  # fmt: skip


def test_episodes_that_were_over_when_they_were_told_page_nobody(published: Published) -> None:
    assert until(lambda: sum(published.alerts().values()) == 43, 60)
    assert published.alerts() == {"history": 43}


def test_missing_and_away_without_authorisation_are_told_apart(events: list[tuple[str, Record]]) -> None:
    kinds = Counter(record["kind"] for name, record in events if name == "ChildMissing")
    assert kinds == {"missing": 19, "away_without_authorisation": 24}


def test_132_children_are_said_to_be_unaccompanied(events: list[tuple[str, Record]]) -> None:
    said = [record["unaccompanied"] for name, record in events if name == "ChildLookedAfter"]
    assert said == ["yes"] * 132


def test_a_placement_is_a_date_and_nothing_else(events: list[tuple[str, Record]]) -> None:
    placements = [record for name, record in events if name.startswith("Placement")]
    assert len(placements) == 580
    assert {frozenset(record) for record in placements} == {frozenset({"head", "subject"})}
    assert {record["head"]["precision"] for record in placements} == {"day"}


def test_the_vault_holds_every_postcode_of_the_shared_children_and_no_other(published: Published) -> None:
    wanted = {
        "placement_postcode": published.files.values("episodes", "PL_POST", shared=True),
        "home_postcode": published.files.values("episodes", "HOME_POST", shared=True),
    }
    assert until(lambda: _held(published, wanted) == wanted, 60)
    assert {key: len(values) for key, values in wanted.items()} == {"placement_postcode": 281, "home_postcode": 281}


def _held(published: Published, wanted: Collection[str]) -> dict[str, set[str]]:
    contents = published.sealed()
    return {key: {content[key] for content in contents if key in content} for key in wanted}


@pytest.fixture(scope="module")
def events(published: Published, schemas: Schemas) -> list[tuple[str, Record]]:
    return published.events(schemas)


@pytest.fixture(scope="module")
def leaks(published: Published) -> list[Leak]:
    """What a sweep of everything finds: of the shared children and the organisation, and of the others."""
    files = published.files
    texts = files.postcodes(shared=True) | files.values("header", "UPN", shared=True) | {ORGANISATION}
    numbers = files.values("episodes", "URN", shared=True) | files.with_a_reason
    canaries = Canaries(texts | files.postcodes(shared=False), numbers)
    return [leak for sink, content in everything(published.edition) for leak in canaries.found_in(sink, content)]


def test_nothing_that_locates_a_child_is_anywhere_in_clear(published: Published, leaks: list[Leak]) -> None:
    others = published.files.postcodes(shared=False)
    assert len(published.files.postcodes(shared=True)) == 562
    assert [leak for leak in leaks if leak.canary not in others] == []


def test_nothing_of_the_children_who_are_held_back_is_anywhere_at_all(published: Published, leaks: list[Leak]) -> None:
    others = published.files.postcodes(shared=False)
    assert len(others) == 7977
    assert [leak for leak in leaks if leak.canary in others] == []
    assert others.isdisjoint(text for content in published.sealed() for text in content.values())


def test_the_same_return_again_changes_nothing(published: Published) -> None:
    before, sealed = published.digests("correlator"), published.sealed()
    assert published.again(*published.files.files)["subjects"] == published.answer["subjects"]
    assert published.digests("correlator") == before
    assert len(published.sealed()) == len(sealed)


def test_a_corrected_postcode_is_one_new_version_in_the_vault_and_no_event(
    published: Published, schemas: Schemas, tmp_path: Path
) -> None:
    before, said, held = published.digests("correlator"), published.events(schemas), len(published.sealed())
    old = _only_once(published.files)
    corrected = replaced(published.files.file("episodes"), tmp_path, old, "ZZ99 9ZZ")
    published.again(*(corrected if path.name == corrected.name else path for path in published.files.files))
    assert until(lambda: len(published.sealed()) == held + 1, 60)
    assert published.digests("correlator") == before
    assert len(published.events(schemas)) == len(said)


def _only_once(files: RealReturn) -> str:
    """A placement postcode of a shared child that stands once in its file."""
    text = files.file("episodes").read_text()
    return next(code for code in sorted(files.values("episodes", "PL_POST", shared=True)) if text.count(code) == 1)

"""A whole return of one authority in the vault, opened with the vault's own key."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.core.sharing import SealedFact
from tests.formats.returns import decided, real_return
from tests.vault.tables import Vault

LATER = timedelta(days=1)


def sealed(files: Iterable[bytes]) -> list[SealedFact]:
    return [fact for outcome in decided([*files]) for fact in outcome.sealed_facts]


async def postcodes(vault: Vault, of: str) -> set[str]:
    """The distinct postcodes of one kind that the vault holds."""
    held = [json.loads(content.plaintext) for content in await vault.contents() if content.field == "location"]
    return {said[of] for said in held if said[of]}


@pytest.fixture(scope="module")
def facts() -> list[SealedFact]:
    return sealed(real_return())


async def test_the_vault_holds_the_562_postcodes_of_the_169_children(vault: Vault, facts: list[SealedFact]) -> None:
    await vault.seal(facts)
    placements, homes = await postcodes(vault, "placement_postcode"), await postcodes(vault, "home_postcode")
    assert (len(placements), len(homes), len(placements | homes)) == (281, 281, 562)


async def test_the_same_return_again_adds_no_content_and_no_version(vault: Vault, facts: list[SealedFact]) -> None:
    await vault.seal(facts)
    before = await vault.count("contents")
    kept = await vault.seal(replace(fact, recorded_at=fact.recorded_at + LATER) for fact in facts)
    assert (kept.new_versions, await vault.count("contents")) == (0, before)


async def test_one_corrected_postcode_is_one_new_version(vault: Vault, facts: list[SealedFact]) -> None:
    await vault.seal(facts)
    first = next(fact for fact in facts if fact.content.get("placement_postcode"))
    said = str(first.content["placement_postcode"]).encode()
    files = real_return()
    corrected = sealed([content.replace(said, b"ZZ1 1ZZ", 1) for content in files])
    kept = await vault.seal(replace(fact, recorded_at=fact.recorded_at + LATER) for fact in corrected)
    assert kept.new_versions == 1

"""Which sealed numbers of a child are compared, and which say nothing."""

import pytest

from services.core.codes import SealedField
from services.core.sealed_numbers import NumberKind, NumberSign, number_signs

UPN = "A123456789012"


def signs(**content: object) -> frozenset[NumberSign]:
    return number_signs(SealedField.IDENTIFIERS, content)


def test_a_pupil_s_number_is_compared_however_it_was_spaced() -> None:
    assert signs(upn=" a12345 6789012 ") == {NumberSign(NumberKind.UPN, UPN)}


@pytest.mark.parametrize("upn", ["UN1", "UN6", "", "unknown", "A12345678901", "1123456789012", None, 7])
def test_what_stands_for_an_unknown_pupil_s_number_is_none(upn: object) -> None:
    assert signs(upn=upn) == frozenset()


def test_a_body_s_own_id_is_compared_beside_the_body() -> None:
    council = number_signs(SealedField.ORGANISATION, {"organisation": "COUNCIL", "kind": "local_authority"})
    assert signs(child="sc-1") == {NumberSign(NumberKind.OWN_ID, "SC-1")}
    assert council == {NumberSign(NumberKind.BODY, "COUNCIL")}


@pytest.mark.parametrize("kind", ["health_body", "police_force", None])
def test_own_ids_of_other_bodies_are_not_compared(kind: str | None) -> None:
    """Two systems of a hospital both begin at 1."""
    assert number_signs(SealedField.ORGANISATION, {"organisation": "BODY", "kind": kind}) == frozenset()


def test_nothing_else_that_is_sealed_is_compared() -> None:
    assert number_signs(SealedField.LOCATION, {"upn": UPN, "child": "1"}) == frozenset()

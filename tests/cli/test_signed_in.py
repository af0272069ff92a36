"""Who is signed in at a terminal is in a file of their own; what is over or broken is nobody."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.cli import signed_in
from services.cli.signed_in import NotSignedIn
from tests.cli.terminal import somebody


def test_who_signed_in_is_found_again(tmp_path: Path) -> None:
    made = somebody(tmp_path)
    assert signed_in.current(tmp_path) == made


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    somebody(tmp_path)
    assert signed_in.path_in(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_token_does_not_show_itself(tmp_path: Path) -> None:
    assert "signature" not in repr(somebody(tmp_path))


def test_nobody_is_signed_in_at_first(tmp_path: Path) -> None:
    with pytest.raises(NotSignedIn):
        signed_in.current(tmp_path)


def test_who_signed_out_is_nobody(tmp_path: Path) -> None:
    somebody(tmp_path)
    signed_in.forget(tmp_path)
    signed_in.forget(tmp_path)
    with pytest.raises(NotSignedIn):
        signed_in.current(tmp_path)


@pytest.mark.parametrize("seconds", [-1, 0, 20])
def test_a_sign_in_that_is_over_or_almost_is_none(tmp_path: Path, seconds: int) -> None:
    somebody(tmp_path, timedelta(seconds=seconds))
    with pytest.raises(NotSignedIn):
        signed_in.current(tmp_path)


BROKEN = [
    "",
    "{}",
    "[]",
    '{"token": "x", "invented": null}',
    '{"token": "a.b.c", "invented": null}',
    '{"token": "a.e30.c", "invented": null}',
    '{"token": "a.eyJleHAiOiAieCJ9.c", "invented": null}',
    '{"token": "a.W10.c", "invented": null}',
    '{"token": 1, "invented": null}',
    "\x00",
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_that_is_broken_is_nobody(tmp_path: Path, content: str) -> None:
    signed_in.path_in(tmp_path).parent.mkdir(parents=True)
    signed_in.path_in(tmp_path).write_text(content)
    assert signed_in.read(tmp_path) is None

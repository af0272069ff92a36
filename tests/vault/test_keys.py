"""Each content stands under a data key of its own, bound to its place."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.errors import BrokenRule, Misconfigured
from services.vault.keys import DigestKey, KeyEncryptionKey, Keyring, Locked, load_vault_keys

KEK = KeyEncryptionKey(bytes(range(32)))
BINDING = ("subject", "fact", "location", b"digest")


@given(plaintext=st.binary(max_size=600), binding=st.lists(st.text() | st.binary(), max_size=5))
def test_what_was_locked_opens_with_the_same_binding(plaintext: bytes, binding: list[str | bytes]) -> None:
    assert KEK.unlock(KEK.lock(plaintext, *binding), *binding) == plaintext


@pytest.mark.parametrize("changed", range(len(BINDING)))
def test_a_content_moved_to_another_place_does_not_open(changed: int) -> None:
    elsewhere = [*BINDING[:changed], "other", *BINDING[changed + 1 :]]
    with pytest.raises(BrokenRule):
        KEK.unlock(KEK.lock(b"1 Test Street", *BINDING), *elsewhere)


@given(left=st.text(min_size=1), right=st.text(min_size=1))
def test_a_letter_cannot_wander_from_one_part_of_the_binding_to_the_next(left: str, right: str) -> None:
    locked = KEK.lock(b"1 Test Street", left, right)
    with pytest.raises(BrokenRule):
        KEK.unlock(locked, left + right[0], right[1:])


@pytest.mark.parametrize(("column", "at"), [*itertools.product(("wrapped_key", "ciphertext"), (0, 12, -1))])
def test_an_altered_byte_is_noticed(column: str, at: int) -> None:
    locked = KEK.lock(b"1 Test Street", *BINDING)
    columns = {"wrapped_key": bytearray(locked.wrapped_key), "ciphertext": bytearray(locked.ciphertext)}
    columns[column][at] ^= 1
    altered = Locked(locked.kek_id, bytes(columns["wrapped_key"]), bytes(columns["ciphertext"]))
    with pytest.raises(BrokenRule):
        KEK.unlock(altered, *BINDING)


def test_the_data_key_of_one_content_does_not_open_another() -> None:
    one, other = KEK.lock(b"1 Test Street", *BINDING), KEK.lock(b"2 Test Street", *BINDING)
    with pytest.raises(BrokenRule):
        KEK.unlock(Locked(one.kek_id, one.wrapped_key, other.ciphertext), *BINDING)


def test_another_key_encryption_key_opens_nothing() -> None:
    with pytest.raises(BrokenRule):
        KeyEncryptionKey(bytes(32)).unlock(KEK.lock(b"1 Test Street", *BINDING), *BINDING)


def test_the_error_of_a_content_that_does_not_open_says_nothing_of_it() -> None:
    with pytest.raises(BrokenRule) as raised:
        KEK.unlock(KEK.lock(b"1 Test Street", *BINDING), "other")
    assert "Test" not in str(raised.value)
    assert raised.value.__cause__ is None


@given(short=st.binary(max_size=100), long=st.binary(max_size=100))
def test_contents_of_different_length_leave_ciphertexts_of_one_length(short: bytes, long: bytes) -> None:
    assert len(KEK.lock(short, *BINDING).ciphertext) == len(KEK.lock(long, *BINDING).ciphertext)


def test_the_same_content_locked_twice_has_nothing_in_common() -> None:
    one, other = KEK.lock(b"1 Test Street", *BINDING), KEK.lock(b"1 Test Street", *BINDING)
    assert one.ciphertext != other.ciphertext
    assert one.wrapped_key != other.wrapped_key


def test_equal_contents_of_one_field_have_one_digest_and_of_two_facts_two() -> None:
    key = DigestKey(bytes(32))
    assert key.digest(b"1 Test Street", "s", "f", "location") == key.digest(b"1 Test Street", "s", "f", "location")
    assert key.digest(b"1 Test Street", "s", "f", "location") != key.digest(b"1 Test Street", "s", "g", "location")


def test_nobody_without_the_digest_key_can_check_a_guess() -> None:
    assert DigestKey(bytes(32)).digest(b"1 Test Street", "f") != DigestKey(bytes([1] * 32)).digest(
        b"1 Test Street", "f"
    )


OLD, NEW, NEWER = (KeyEncryptionKey(bytes([number] * 32)) for number in (1, 2, 3))


@given(plaintext=st.binary(max_size=600), binding=st.lists(st.text() | st.binary(), max_size=5))
def test_a_content_opens_through_any_number_of_key_encryption_keys(
    plaintext: bytes, binding: list[str | bytes]
) -> None:
    locked = OLD.lock(plaintext, *binding)
    for keys in (Keyring(NEW, OLD), Keyring(NEWER, NEW), Keyring(OLD, NEWER)):
        again = keys.rewrap(locked, *binding)
        assert again.ciphertext == locked.ciphertext
        assert again.kek_id == keys.current.key_id
        locked = again
        assert Keyring(keys.current).unlock(locked, *binding) == plaintext


def test_the_old_key_does_not_open_what_was_rewrapped() -> None:
    again = Keyring(NEW, OLD).rewrap(OLD.lock(b"1 Test Street", *BINDING), *BINDING)
    with pytest.raises(BrokenRule):
        OLD.unlock(again, *BINDING)
    with pytest.raises(BrokenRule, match=NEW.key_id):
        Keyring(OLD).unlock(again, *BINDING)


def test_what_was_moved_is_not_rewrapped() -> None:
    with pytest.raises(BrokenRule):
        Keyring(NEW, OLD).rewrap(OLD.lock(b"1 Test Street", *BINDING), "other", *BINDING[1:])


def test_a_rewrapped_key_does_not_open_another_content_of_its_place() -> None:
    one, other = (Keyring(NEW, OLD).rewrap(OLD.lock(text, *BINDING), *BINDING) for text in (b"1", b"2"))
    with pytest.raises(BrokenRule):
        NEW.unlock(Locked(one.kek_id, one.wrapped_key, other.ciphertext), *BINDING)


def test_no_key_shows_itself_and_no_error_keeps_hold_of_one() -> None:
    ring = Keyring(NEW, OLD)
    assert all(secret not in f"{ring!r} {NEW!r} {DigestKey(bytes(32))!r}" for secret in ("\\x01", "\\x02", "01" * 32))
    with pytest.raises(BrokenRule) as raised:
        ring.rewrap(OLD.lock(b"1 Test Street", *BINDING), "other")
    assert (raised.value.__cause__, raised.value.__context__) == (None, None)


def test_older_keys_stand_beside_the_current_one(tmp_path: Path) -> None:
    for name, number in (("digest.key", 0), ("kek.key", 2), (f"kek.{OLD.key_id}.key", 1)):
        (tmp_path / name).write_bytes(bytes([number] * 32))
    keys, _ = load_vault_keys(tmp_path)
    assert (keys.current.key_id, keys.older) == (NEW.key_id, frozenset({OLD.key_id}))


@pytest.mark.parametrize("name", [f"kek.{OLD.key_id}.key", "kek.old.key"])
def test_an_older_key_under_another_s_name_stops_the_vault(tmp_path: Path, name: str) -> None:
    for each in ("digest.key", "kek.key", name):
        (tmp_path / each).write_bytes(bytes([7] * 32))
    with pytest.raises(Misconfigured, match="kek"):
        load_vault_keys(tmp_path)


@pytest.mark.parametrize("name", ["kek.key", "digest.key"])
@pytest.mark.parametrize("content", [None, b"", bytes(31), bytes(33)])
def test_a_key_file_of_another_size_stops_the_vault(tmp_path: Path, name: str, content: bytes | None) -> None:
    for each in ("kek.key", "digest.key"):
        (tmp_path / each).write_bytes(bytes(32))
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(Misconfigured, match=name):
        load_vault_keys(tmp_path)

"""What a submission's content is written as."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.wire.submissions import canonical

LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text()
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(JSON)
def test_content_is_read_as_it_was_said(value: object) -> None:
    assert orjson.loads(canonical(value)) == value


@given(st.dictionaries(st.text(), JSON))
def test_content_is_written_in_one_way_whatever_stood_first(said: dict[str, object]) -> None:
    assert canonical(dict(reversed(said.items()))) == canonical(said)


@pytest.mark.parametrize("text", ["\ud800", "Given\udfff"])
def test_text_that_is_no_valid_unicode_is_sent_for_its_reader_to_refuse(text: str) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(canonical({"name": text}))

"""Numbers that are none, but what systems hold where nobody knows one: "0000000000", "123456789", "UNKNOWN1".

A hundred children may have the same one: it joins no records and parts none. Who has such a number by right is found
by their names and by people.
"""

import re

_FEWEST_ALIKE = 3  # a short number of one digit can be anybody's
_FEWEST_IN_A_ROW = 6
_IN_A_ROW = ("01234567890123456789", "98765432109876543210")
_WORDS = frozenset(
    {"unknown", "notknown", "notgiven", "none", "null", "nil", "test", "dummy", "tbc", "tba", "xxx", "xxxx"}
)
_NO_DIGIT = re.compile("[^0-9]")
_NO_LETTER = re.compile("[^a-z]")


def stands_for_no_number(value: str) -> bool:
    """Whether an identifier, in whatever form, holds one digit alone, digits in a row, or a word that says nothing."""
    digits = _NO_DIGIT.sub("", value)
    alike = len(digits) >= _FEWEST_ALIKE and len(set(digits)) == 1
    in_a_row = len(digits) >= _FEWEST_IN_A_ROW and any(digits in row for row in _IN_A_ROW)
    return alike or in_a_row or _NO_LETTER.sub("", value.lower()) in _WORDS

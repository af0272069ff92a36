"""Words that are no names, but what people write where they know none: "Unknown2", "BabyGirl", "Unkown"."""

import re

from rapidfuzz.distance import OSA

from services.core.matching.name_forms import DIGITS, NOBODY, OFTEN_MISSPELT

_SHORTEST_MISSPELT = 6
_SHORTEST_OF_SEVERAL = 3  # two letters may be the end of anything
_NO_LETTER = re.compile("[^a-z]")
_OR_A_DIGIT = {letter: f"[{chr(letter)}{chr(digit)}]" for digit, letter in DIGITS.items()}
_WORDS = "|".join(word.translate(_OR_A_DIGIT) for word in sorted(NOBODY) if len(word) >= _SHORTEST_OF_SEVERAL)
_SEVERAL = re.compile(f"[0-9]*(?:(?:{_WORDS})[0-9]*)+")
_AND_A_PIECE = re.compile(f"{_SEVERAL.pattern}[a-z0-9]{{0,{max(map(len, NOBODY))}}}")


def stands_for_nobody(word: str, longest: int) -> bool:
    """Whether a word of small Latin letters and digits stands for nobody; several may be written as one.

    Of one that has more letters than `longest`, which no name has, the end does not matter.
    """
    several = _AND_A_PIECE if len(word) > longest else _SEVERAL
    letters = _NO_LETTER.sub("", word)
    if letters in NOBODY or several.fullmatch(word[:longest]):
        return True
    return len(letters) >= _SHORTEST_MISSPELT and any(OSA.distance(letters, usual) <= 1 for usual in OFTEN_MISSPELT)

"""Generated children and what four agencies record of them, with the mistakes that agencies make; the same for a seed.

The mistakes, and how often a record makes each, stand in `_RATES`. A tenth of the children have a twin or a sibling
among them, some a parent's name; an agency that knows no birthday writes 1 January; the Home Office may have begun a
second file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from services.cli.match.communities import COMMUNITIES, Community
from services.core.claims import BirthDate, Identifier, Name, Subject
from services.core.codes import ClaimStatus, IdentifierScheme, NameKind, Sector, Sex
from services.core.matching.dates import born_at_age
from services.core.matching.name_forms import FORMS

BORN = date(2008, 1, 1), date(2021, 12, 31)
TODAY = date(2026, 6, 1)
RECORDS_OF_A_CHILD = 5
_RARE_NAMES = 600
_RATES = {
    "swapped_order": 0.30,
    "no_middle": 0.40,
    "no_grandfather": 0.40,
    "other_form": 0.25,
    "misspelt": 0.02,
    "nickname_alone": 0.01,
    "unknown_name": 0.005,
    "other_name": 0.005,
    "day_and_month_swapped": 0.015,
    "one_digit": 0.015,
    "year_only": 0.02,
    "first_of_january": 0.03,
    "age": 0.02,
    "no_birth": 0.01,
    "other_birth": 0.005,
    "no_sex": 0.03,
    "wrong_sex": 0.003,
    "wrong_origin": 0.005,
    "no_nationality": 0.25,
    "no_language": 0.40,
    "another_reference": 0.002,
}
_KNOWS = {  # how often an agency knows a number that the child has
    Sector.UKBA: {IdentifierScheme.HOME_OFFICE_REFERENCE: 0.95},
    Sector.LOCAL_AUTHORITY: {IdentifierScheme.HOME_OFFICE_REFERENCE: 0.75, IdentifierScheme.NHS_NUMBER: 0.75},
    Sector.HEALTH: {IdentifierScheme.NHS_NUMBER: 0.85},
    Sector.POLICE: {IdentifierScheme.HOME_OFFICE_REFERENCE: 0.60, IdentifierScheme.PNC_ID: 0.40},
}
_AGENCIES = tuple(_KNOWS)
_VOWELS = "aeiou"
_SIBLINGS = 0.10
_TWINS = 0.3  # of the siblings
_STATUS = ClaimStatus.CLAIMED


@dataclass(frozen=True, slots=True)
class Child:
    """A generated child as they are."""

    number: int
    community: Community
    sex: Sex
    given: str
    middle: str
    family: str
    born: date


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one agency records of a child."""

    child: int
    agency: Sector
    subject: Subject


def children(seed: int, count: int) -> Iterator[Child]:
    """So many children."""
    random = Random(seed)  # noqa: S311 - a repeatable draw, no secret
    before: Child | None = None
    for number in range(count):
        is_sibling = before is not None and random.random() < _SIBLINGS
        before = _sibling(random, number, before) if before and is_sibling else _child(random, number)
        yield before


def records(seed: int, of: Sequence[Child], each: int = RECORDS_OF_A_CHILD) -> Iterator[Recorded]:
    """What agencies record of these children, `each` times a child: one record an agency, then any agency again."""
    random = Random(seed)  # noqa: S311 - as above
    for child in of:
        for number in range(each):
            agency = _AGENCIES[number] if number < len(_AGENCIES) else random.choice(_AGENCIES)
            yield Recorded(child.number, agency, _recorded(random, child, agency))


def _child(random: Random, number: int) -> Child:
    community = random.choices(COMMUNITIES, [each.share for each in COMMUNITIES])[0]
    sex = random.choice((Sex.FEMALE, Sex.MALE))
    named = community.girls if sex is Sex.FEMALE else community.boys
    middle = community.middles[sex is Sex.MALE] if random.random() < 0.7 else ""  # noqa: PLR2004 - most have one
    born = BORN[0] + timedelta(days=random.randrange((BORN[1] - BORN[0]).days))
    family = " ".join(_name(random, names, community.syllables) for names in _families(community))
    return Child(number, community, sex, _name(random, named, community.syllables), middle, family, born)


def _families(community: Community) -> tuple[str, ...]:
    """What a family name is drawn from: its own names, or those of a father and a grandfather."""
    return (community.families,) if community.families else (community.boys, community.boys)


def _sibling(random: Random, number: int, of: Child) -> Child:
    other = _child(random, number)
    twin = random.random() < _TWINS
    born = of.born if twin else of.born + timedelta(days=random.randrange(300, 2000))
    named = of.community.girls if other.sex is Sex.FEMALE else of.community.boys
    given = next(name for name in iter(lambda: _name(random, named, of.community.syllables), "") if name != of.given)
    return Child(number, of.community, other.sex, given, of.middle and other.middle, of.family, born)


def _name(random: Random, common: str, syllables: str) -> str:
    names = _names(common, syllables)
    return random.choices(names, cum_weights=_falling(len(names)))[0]


@cache
def _names(common: str, syllables: str) -> tuple[str, ...]:
    """Common names, and behind them rare ones of two or three syllables, always the same."""
    own = syllables.split()
    made = (a + b + c for c in ("", *own[:2]) for a in own for b in own if a != b)
    return (*common.split(), *tuple(dict.fromkeys(name.capitalize() for name in made))[:_RARE_NAMES])


@cache
def _falling(count: int) -> tuple[float, ...]:
    """How often each name comes, about as its rank says (Zipf), added up."""
    return tuple(accumulate(1 / (rank + 3) for rank in range(count)))


def _recorded(random: Random, child: Child, agency: Sector) -> Subject:
    def happens(mistake: str) -> bool:
        return random.random() < _RATES[mistake]

    other = _child(random, child.number)
    shown = other if happens("other_name") else child
    birth = _birth(random, (other if happens("other_birth") else child).born)
    origin = (other if happens("wrong_origin") else child).community
    sex = other.sex if happens("wrong_sex") else child.sex
    return Subject(
        identifiers=tuple(_numbers(random, child, agency)),
        names=(Name(_written(random, shown), NameKind.UNKNOWN, _STATUS),),
        dates_of_birth=(BirthDate(birth, _STATUS),) if birth else (),
        sex=Sex.UNKNOWN if happens("no_sex") else sex,
        nationalities=() if happens("no_nationality") else (origin.nationality,),
        languages=() if happens("no_language") else (origin.language,),
    )


def _written(random: Random, child: Child) -> str:
    drawn = random.random()
    if drawn < _RATES["unknown_name"]:
        return random.choice(("Unknown", "Baby", "Refused"))
    if drawn < _RATES["unknown_name"] + _RATES["nickname_alone"]:
        return child.given
    families = child.family.split()
    if len(families) > 1 and random.random() < _RATES["no_grandfather"]:
        families.pop()
    words = [_spelt(random, name) for name in (child.given, *families)]
    if child.middle and random.random() >= _RATES["no_middle"]:
        words.insert(1, child.middle)
    turned = random.random() < _RATES["swapped_order"]
    return " ".join(reversed(words) if turned != child.community.family_first else words)


def _spelt(random: Random, name: str) -> str:
    if random.random() < _RATES["other_form"]:
        form = FORMS.get(name.lower())
        name = random.choice(sorted(other for other, of in FORMS.items() if of == form)) if form else name
    if random.random() < _RATES["misspelt"] / 2:  # of two words, one is misspelt so often
        place = random.randrange(1, len(name))
        name = name[:place] + random.choice(_VOWELS) + name[place + random.randrange(2) :]
    return name


def _birth(random: Random, born: date) -> str:
    day = born.isoformat()
    mistakes = {
        "day_and_month_swapped": f"{day[:5]}{day[8:]}-{day[5:7]}" if born.day <= 12 else day,  # noqa: PLR2004 - months
        "one_digit": _one_digit(random, day),
        "year_only": day[:4],
        "first_of_january": f"{day[:4]}-01-01",
        "age": born_at_age(_age(born), TODAY),
        "no_birth": "",
    }
    drawn = random.random()
    for mistake, written in mistakes.items():
        drawn -= _RATES[mistake]
        if drawn < 0:
            return written
    return day


def _one_digit(random: Random, day: str) -> str:
    changed = f"{day[:9]}{random.randrange(10)}"
    return changed if "01" <= changed[8:] <= "28" else day


def _age(born: date) -> int:
    return TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))


def _numbers(random: Random, child: Child, agency: Sector) -> Iterator[Identifier]:
    for scheme, knows in _KNOWS[agency].items():
        if random.random() < knows:
            value = f"{scheme.value}-{child.number}"
            again = scheme is IdentifierScheme.HOME_OFFICE_REFERENCE and random.random() < _RATES["another_reference"]
            yield Identifier(scheme, f"{value}-again" if again else value, ClaimStatus.DOCUMENTED)

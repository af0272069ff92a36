"""Chains of the audit as a service would have made them, and what a hand that can reach every row might do to one."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from services.core.audit import (
    Action,
    Checkpoint,
    Entry,
    Kind,
    Link,
    Outcome,
    Recorded,
    about,
    entries_digest,
    entry_digest,
    extend,
    genesis,
    link_hash,
)
from services.core.audit_check import Check, Finding, first_fault, pieces

SERVICE = "casefeed"
CHAIN = f"{7:032x}"
BEGAN = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Chain:
    """Every row of a chain, and the checkpoints that others hold of it."""

    links: tuple[Link, ...]
    entries: tuple[Recorded, ...]
    checkpoints: tuple[Checkpoint, ...]

    def check(self, service: str = SERVICE, chain: str = CHAIN) -> Finding | None:
        return first_fault(Check(service, chain, self.checkpoints), pieces(self.links, self.entries))

    def of(self, link: int) -> list[Recorded]:
        return [one for one in self.entries if one.link == link]


def begun(batches: Sequence[Sequence[Entry]], apart: timedelta = timedelta(minutes=5)) -> Chain:
    """A chain of these batches, `apart` from one another, every head of which was witnessed."""
    links, entries = [genesis(SERVICE, CHAIN, BEGAN)], list[Recorded]()
    for number, batch in enumerate(batches, 1):
        link, held = extend(links[-1], BEGAN + number * apart, batch)
        links.append(link)
        entries.extend(held)
    return Chain(tuple(links), tuple(entries), tuple(map(witness, links)))


def witness(link: Link) -> Checkpoint:
    """The checkpoint that a service publishes a minute after its last link."""
    return Checkpoint(SERVICE, CHAIN, link.number, link.hash, link.at + timedelta(minutes=1))


def some_entry(chance: random.Random) -> Entry:
    return Entry(
        chance.choice(list(Action)),
        chance.choice(list(Outcome)),
        f"{chance.getrandbits(128):032x}",
        chance.choice([None, "coordinator", "manager"]),
        tuple(about(Kind.CASE, f"{chance.getrandbits(128):032x}") for _ in range(chance.randrange(3))),
        tuple(chance.sample(["no_right", "not_known", "lapsed"], chance.randrange(3))),
        chance.randrange(1000),
        chance.choice([b"", chance.randbytes(32)]),
    )


def some_chain(chance: random.Random) -> Chain:
    """Between 3 and 15 links of up to 4 entries; some heads were witnessed, the last one always."""
    batches = [[some_entry(chance) for _ in range(chance.randint(1, 4))] for _ in range(chance.randint(3, 15))]
    whole = begun(batches)
    seen = [one for one in whole.checkpoints[:-1] if chance.random() < 0.3]
    return replace(whole, checkpoints=(*seen, whole.checkpoints[-1]))


Spoilt = tuple[Chain, int]
"""A chain after somebody changed it, and the number of the first link that is not as it was."""


def changed(entry: Entry, chance: random.Random) -> Entry:
    """Another entry."""
    handle = f"{chance.getrandbits(128):032x}"
    return chance.choice(
        [
            replace(entry, who=handle),
            replace(entry, action=f"{entry.action}_not"),
            replace(entry, outcome=Outcome.ALLOWED if entry.outcome is not Outcome.ALLOWED else Outcome.DENIED),
            replace(entry, role="auditor"),
            replace(entry, about=(*entry.about, about(Kind.CASE, handle))),
            replace(entry, reasons=("changed", *entry.reasons)),
            replace(entry, count=entry.count + 1),
            replace(entry, commitment=chance.randbytes(32)),
        ]
    )


def edit(chain: Chain, chance: random.Random) -> Spoilt:
    """One entry says something else; its digest is left alone, or made anew, or its link is made anew too."""
    place = chance.randrange(len(chain.entries))
    before = chain.entries[place]
    after = replace(before, entry=changed(before.entry, chance))
    depth = chance.randrange(3)
    if depth > 0:
        after = replace(after, digest=entry_digest(after.number, after.entry))
    entries = (*chain.entries[:place], after, *chain.entries[place + 1 :])
    links = chain.links
    if depth > 1:
        links = _with(links, _sealed_anew(links[before.link], [one for one in entries if one.link == before.link]))
    return replace(chain, links=links, entries=entries), before.link


def edit_link(chain: Chain, chance: random.Random) -> Spoilt:
    """One link says something else of itself."""
    link = chain.links[chance.randrange(len(chain.links))]
    after = chance.choice(
        [
            replace(link, digest=chance.randbytes(32)),
            replace(link, previous=chance.randbytes(32)),
            replace(link, hash=chance.randbytes(32)),
            replace(link, entries=link.entries + 1),
            replace(link, first_entry=link.first_entry + 1),
        ]
    )
    return replace(chain, links=_with(chain.links, after)), link.number


def drop(chain: Chain, chance: random.Random) -> Spoilt:
    """An entry is gone, or a link, or a link with all its entries."""
    what = chance.randrange(3)
    if what == 0:
        gone = chance.choice(chain.entries)
        return replace(chain, entries=tuple(one for one in chain.entries if one is not gone)), gone.link
    number = chance.randrange(len(chain.links))
    links = tuple(link for link in chain.links if link.number != number)
    entries = chain.entries if what == 1 else tuple(one for one in chain.entries if one.link != number)
    return replace(chain, links=links, entries=entries), number


def insert(chain: Chain, chance: random.Random) -> Spoilt:
    """An entry stands there that nobody recorded: in a link, or behind the last one; or a whole link does."""
    entry, what = some_entry(chance), chance.randrange(3)
    if what == 2:
        place = chance.randrange(1, len(chain.links))
        added, held = extend(chain.links[place - 1], chain.links[place].at, [entry])
        return _anew(chain, place, [*chain.links[:place], added, *chain.links[place:]], held), place
    link = chance.randrange(1, len(chain.links)) if what == 0 else len(chain.links) + chance.randrange(3)
    number = chain.links[min(link, len(chain.links) - 1)].next_entry + (what and chance.randint(1, 5))
    added_entry = Recorded(number, link, entry, entry_digest(number, entry))
    return replace(chain, entries=(*chain.entries, added_entry)), link


def reorder(chain: Chain, chance: random.Random) -> Spoilt:
    """Two entries have changed places, or two links have."""
    if chance.random() < 0.5:
        one, other = sorted(chance.sample(chain.entries, 2), key=lambda held: held.number)
        swap = {one.number: replace(other, number=one.number, link=one.link)}
        swap[other.number] = replace(one, number=other.number, link=other.link)
        return replace(chain, entries=tuple(swap.get(held.number, held) for held in chain.entries)), one.link
    first, second = sorted(chance.sample(chain.links, 2), key=lambda link: link.number)
    swapped = {first.number: replace(second, number=first.number), second.number: replace(first, number=second.number)}
    return replace(chain, links=tuple(swapped.get(link.number, link) for link in chain.links)), first.number


def truncate(chain: Chain, chance: random.Random) -> Spoilt:
    """The end is gone, with its entries, as if a copy had been put back."""
    kept = chance.randrange(1, len(chain.links))
    entries = tuple(one for one in chain.entries if one.link < kept)
    return replace(chain, links=chain.links[:kept], entries=entries), kept


def back_date(chain: Chain, chance: random.Random) -> Spoilt:
    """A link is said to be older than it is: a link that stands there, hash made anew or not, or one that is added."""
    what, earlier = chance.randrange(3), timedelta(seconds=chance.randint(61, 10**7))
    if what < 2:
        link = chance.choice(chain.links)
        after = replace(link, at=link.at - earlier)
        after = replace(after, hash=link_hash(after)) if what else after
        return replace(chain, links=_with(chain.links, after)), link.number
    last = chain.links[-1]
    late, held = extend(last, chain.checkpoints[-1].at, [some_entry(chance)])
    dated = replace(late, at=chain.checkpoints[-1].at - timedelta(minutes=1) - earlier)
    dated = replace(dated, hash=link_hash(dated))
    return replace(chain, links=(*chain.links, dated), entries=(*chain.entries, *held)), dated.number


def rehash(chain: Chain, chance: random.Random) -> Spoilt:
    """From some link on, all is made anew around an entry that says something else, is gone, or is another's."""
    link = chain.links[chance.randrange(1, len(chain.links))]
    batch = [one.entry for one in chain.of(link.number)]
    place = chance.randrange(len(batch))
    match chance.randrange(3):
        case 0:
            batch[place] = changed(batch[place], chance)
        case 1:
            del batch[place]
        case _:
            batch.insert(place, some_entry(chance))
    return _rebuilt(chain, link.number, batch), link.number


TAMPERINGS: dict[str, Callable[[Chain, random.Random], Spoilt]] = {
    "edit": edit,
    "edit a link": edit_link,
    "drop": drop,
    "insert": insert,
    "reorder": reorder,
    "truncate": truncate,
    "back-date": back_date,
    "re-hash from the middle": rehash,
}


def _rebuilt(chain: Chain, number: int, batch: Sequence[Entry]) -> Chain:
    links = list(chain.links[:number])
    entries = [one for one in chain.entries if one.link < number]
    for old in chain.links[number:]:
        given = batch if old.number == number else [one.entry for one in chain.of(old.number)]
        link, held = extend(links[-1], old.at, given)
        links.append(link)
        entries.extend(held)
    return replace(chain, links=tuple(links), entries=tuple(entries))


def _anew(chain: Chain, place: int, links: Sequence[Link], held: Sequence[Recorded]) -> Chain:
    """The chain with `held` as the entries of a new link at `place`, everything behind it numbered and hashed anew."""
    made = list(links[: place + 1])
    entries = [*(one for one in chain.entries if one.link < place), *held]
    for old in links[place + 1 :]:
        link, again = extend(made[-1], old.at, [one.entry for one in chain.of(old.number)])
        made.append(link)
        entries.extend(again)
    return replace(chain, links=tuple(made), entries=tuple(entries))


def _sealed_anew(link: Link, entries: Sequence[Recorded]) -> Link:
    after = replace(link, digest=entries_digest(one.digest for one in entries))
    return replace(after, hash=link_hash(after))


def _with(links: Sequence[Link], one: Link) -> tuple[Link, ...]:
    return tuple(one if link.number == one.number else link for link in links)

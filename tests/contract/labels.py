"""What may hold a word that locates or tells, by type and by syntax: each guard gives what is wrong (design 6.4)."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, NewType, TypeGuard, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from services.core.codes import SealedField
from services.core.statements import LocationKey
from services.wire.topics import Sensitivity
from tests.contract import guards
from tests.schemas.rules import Source, fields_of

# What is sealed beside them: identifiers are of two kinds, and the shared ones name no place.
_SEALED = {field.value for field in SealedField} - {SealedField.IDENTIFIERS.value}
_HARMLESS = (Enum, date, bool, int, float, type(None))
_LOG_LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
_PROMETHEUS = {"Counter", "Gauge", "Histogram", "Info", "Summary"}
# What the values of a child's record are called on their way through the hub.
_CARRIERS = guards.words("""
    body cell cells child content contents document documents frame line plaintext record record_id rows said source_id
    subject system text token value
""")
_OF_CODES = {"value"}  # of an enum
_GUESSED = guards.words("_expected _secret _token operator_token password secret signature token")
_SENTENCE = re.compile(r'\b(_|ngettext)\("[^"]*"')  # what a page says in words of its own names nothing of a child
_TEMPLATE = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_]+")
_COLUMN = re.compile(r'^\s*(?:ADD COLUMN\s+)?"?([a-z_]+)"?\s+(?:text|bytea|jsonb?|varchar|citext)\b', re.MULTILINE)
_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX[^;]*?\(([^;]*)\)")
_SEALED_COLUMNS = {"ciphertext", "digest", "wrapped_key"}


def secret_words(sources: Mapping[str, Source]) -> frozenset[str]:
    """Every name under which something that locates or tells may stand."""
    labelled = {
        path.rpartition(".")[2]
        for source in sources.values()
        for path, field in fields_of(source)
        if field["sensitivity"] in {Sensitivity.LOCATION, Sensitivity.NARRATIVE}
    }
    return frozenset(labelled | _SEALED | {key.value for key in LocationKey})


def texts_in(kind: Any, path: str = "") -> Iterator[str]:
    """The path of everything in a type that can hold any text, bytes or object at all; ids and codes cannot."""
    kind = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if isinstance(kind, NewType) or get_origin(kind) is Literal:
        return
    if get_args(kind):
        for inner in get_args(kind):
            yield from texts_in(inner, path)
    elif isinstance(kind, type) and (issubclass(kind, BaseModel) or is_dataclass(kind)):
        for name, inner in declared(kind).items():
            yield from texts_in(inner, f"{kind.__name__}.{name}")
    elif kind is not Ellipsis and not (isinstance(kind, type) and issubclass(kind, _HARMLESS)):
        yield path


def declared(kind: type) -> dict[str, Any]:
    """The fields of a model or dataclass, with their types; of a model that takes others too, `*` is one."""
    if issubclass(kind, BaseModel):
        others = {} if kind.model_config.get("extra") == "forbid" else {"*": Any}
        return {name: field.annotation for name, field in kind.model_fields.items()} | others
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}  # type: ignore[arg-type]  # a dataclass, if no model


def secret_fields(kind: type, words: Collection[str]) -> Iterator[str]:
    """Fields named for a secret that could hold one; a constant cannot."""
    for name, inner in declared(kind).items():
        if name in words and get_origin(inner) is not Literal:
            yield f"{kind.__name__}.{name}"


def loose_logging(text: str, keys: Collection[str], words: Collection[str]) -> Iterator[str]:
    """A log call with a key that is not listed, or a value that is named for a secret; ** could be anything."""
    for call in _calls(text):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in _LOG_LEVELS
            and "log" in ast.unparse(call.func.value)
        ):
            for given in call.keywords:
                if given.arg not in {*keys, "exc_info"}:
                    yield f"line {call.lineno} logs {given.arg or '**'}"
                yield from (
                    f"line {call.lineno} logs {word}" for word in _names(given.value) & {*words, *_CARRIERS} - _OF_CODES
                )


def loose_labels(text: str, words: Collection[str]) -> Iterator[str]:
    """A metric made outside the table of metrics, or a label whose value is put together or named for a secret."""
    for node in ast.walk(ast.parse(text)):
        made = {alias.name for alias in node.names} if _is_from(node, "prometheus_client") else set()
        yield from (f"makes a {name} of its own" for name in sorted(made & _PROMETHEUS))
    for call in _calls(text):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "labels":
            for given in (*call.args, *(keyword.value for keyword in call.keywords)):
                if not isinstance(given, ast.Name | ast.Attribute) or _names(given) & {*words, *_CARRIERS} - _OF_CODES:
                    yield f"line {call.lineno} labels with {ast.unparse(given)}"


def telling_errors(text: str, words: Collection[str]) -> Iterator[str]:
    """An error or an answer whose sentence repeats what is named for a secret, or for what carries one."""
    for node in ast.walk(ast.parse(text)):
        said = node.exc if isinstance(node, ast.Raise) else node if _answers(node) else None
        for part in ast.walk(said) if said else ():
            if isinstance(part, ast.FormattedValue):
                yield from (
                    f"line {part.lineno} repeats {word}" for word in sorted(_names(part.value) & {*words, *_CARRIERS})
                )


def telling_templates(text: str, words: Collection[str]) -> Iterator[str]:
    """A template that names a secret, or lets markup through."""
    for block in _TEMPLATE.findall(text):
        names = {*_NAME.findall(_SENTENCE.sub("", block))}
        yield from (f"shows {word}" for word in sorted(names & {*words, "safe", "autoescape"}))


def slow_paths(text: str, words: Collection[str]) -> Iterator[str]:
    """A wait of the whole process, or one whose length depends on what is named for a secret or carries one."""
    for call in _calls(text):
        if ast.unparse(call.func) == "time.sleep":
            yield f"line {call.lineno} makes everybody wait"
        elif ast.unparse(call.func).endswith("sleep"):
            names = {name for given in call.args for name in _names(given)}
            yield from (f"line {call.lineno} waits by {word}" for word in sorted(names & {*words, *_CARRIERS}))


def timed_comparisons(text: str) -> Iterator[str]:
    """A secret compared letter by letter: how long it takes tells how much of a guess is right."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [ast.unparse(side).rpartition(".")[2] for side in (node.left, *node.comparators)]
            yield from (f"line {node.lineno} compares {word}" for word in sorted({*sides} & _GUESSED))


def telling_tables(text: str, words: Collection[str]) -> Iterator[str]:
    """A column or an index that is named for a secret, and an index on what is sealed, or on its digest alone."""
    for name in _COLUMN.findall(text):
        if name in words:
            yield f"column {name}"
    for index in _INDEX.findall(text):
        yield from (f"index on {word}" for word in sorted({*_NAME.findall(index)} & {*words, *_SEALED_COLUMNS}))


def _is_from(node: ast.AST, module: str) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and node.module == module


def _calls(text: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


def _answers(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2].endswith(("Response", "Exception"))


def _names(node: ast.AST) -> set[str]:
    """Every name in an expression, be it a variable's, an attribute's or a key's."""
    return {
        part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else str(part.value)
        for part in ast.walk(node)
        if isinstance(part, ast.Name | ast.Attribute | ast.Constant)
    }

"""What the house style asks of a module, each rule as a function from the module's syntax to what is wrong with it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

MODULE_LINES = 300
FUNCTION_LINES = 30


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The standard library's pure parts: they read no file, no clock, no chance and no environment.
PURE = words("""
    abc base64 binascii bisect calendar collections copy csv dataclasses datetime decimal difflib enum fractions
    functools hashlib heapq hmac html io itertools json math operator re statistics string struct types typing
    unicodedata zoneinfo
""")
# And the libraries that are as pure, for those who read what agencies send.
PURE_LIBRARIES = frozenset(
    {"icalendar", "lxml", "nhs_number", "orjson", "pydantic", "pydantic_core", "recurring_ical_events"}
)

# How names are compared is worked out by others better than by us: one reads scripts, the other counts letters.
OF_MATCHING = frozenset({"anyascii", "rapidfuzz"})

CLOCKS = frozenset({"fromtimestamp", "now", "today", "utcnow"})
OUTSIDE = frozenset({"breakpoint", "eval", "exec", "input", "open", "print", "__import__"})

# What may stand at the top of a module: definitions, names for values, and the guard of a program.
_STATEMENTS = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
)
# Calls that only make a value: of a type (by its capital letter), or by one of these.
_MAKERS = words("""
    compile date datetime dict enumerate format fromkeys frozenset get_logger int items join keys len list max min
    namedtuple range resolve set sorted split str sum timedelta tuple values
""")


def too_long(text: str) -> Iterator[str]:
    """A module or function that does not fit on a page or two."""
    lines = len(text.splitlines())
    if lines > MODULE_LINES:
        yield f"the module has {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > FUNCTION_LINES:
            yield f"{node.name} has {_length(node)} lines"


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def acts_at_import(text: str) -> Iterator[str]:
    """A statement that does something when the module is imported."""
    for node in ast.parse(text).body:
        if not (_is_docstring(node) or _is_program(node) or isinstance(node, _STATEMENTS)):
            yield f"line {node.lineno} does something"


def calls_at_import(text: str) -> Iterator[str]:
    """A constant that is not just made but worked out, by something that may reach outside."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            yield from (f"line {call.lineno} calls {_name(call)}" for call in _calls(node.value) if not _makes(call))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_program(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"


def _calls(node: ast.expr) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def _makes(call: ast.Call) -> bool:
    name = _name(call)
    return name in _MAKERS or name.lstrip("_")[:1].isupper()


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", ast.unparse(call.func))


def impure_imports(text: str, libraries: frozenset[str] = frozenset()) -> Iterator[str]:
    """An import of anything that is neither pure nor ours."""
    allowed = PURE | libraries | {"services"}
    for node in ast.walk(ast.parse(text)):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (f"line {getattr(node, 'lineno', 0)} imports {name}" for name in names if _root(name) not in allowed)


def _root(name: str) -> str:
    return name.partition(".")[0]


def impure_calls(text: str) -> Iterator[str]:
    """A call that asks the clock, or reaches outside."""
    for call in ast.walk(ast.parse(text)):
        if isinstance(call, ast.Call) and _is_impure(call.func):
            yield f"line {call.lineno} calls {ast.unparse(call.func)}"


def _is_impure(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr in CLOCKS
    return isinstance(function, ast.Name) and function.id in OUTSIDE


def swallowed(text: str) -> Iterator[str]:
    """An error of any kind, caught and not raised again."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler) and _catches_all(node.type) and not _raises(node):
            yield f"line {node.lineno} swallows every error"


def _catches_all(kind: ast.expr | None) -> bool:
    return kind is None or ast.unparse(kind) in {"BaseException", "Exception"}


def _raises(node: ast.ExceptHandler) -> bool:
    return any(isinstance(inner, ast.Raise) for inner in ast.walk(node))


def hashes_all(text: str) -> Iterator[str]:
    """An EXISTS beside OR: PostgreSQL may answer it by a hash of everything that could be asked."""
    for found in re.finditer(r"\bOR\b[\s(]*(?:[^()]*\bAND\b[\s(]*)?(?:NOT\s+)?EXISTS\b", text):
        yield f"line {text.count(chr(10), 0, found.start()) + 1}: EXISTS beside OR; ask for one value with LIMIT 1"


def modules(folder: Path) -> list[Path]:
    """Every Python file below a folder."""
    return sorted(folder.rglob("*.py"))

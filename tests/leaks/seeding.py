"""Leaks built in on purpose: a change of a copy of the tree, and which tests catch it."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.conftest import HOME

LIST = Path(__file__).with_name("seeded.toml")
LONGEST_SECONDS = 300
_MADE = shutil.ignore_patterns(".git", ".venv", ".lantern*", ".*_cache", ".hypothesis", "*.egg-info", "node_modules")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+::\w+)", re.MULTILINE)
_BROKEN_OFF = {2, 3, 4, 5}


@dataclass(frozen=True)
class Edit:
    """One text of one file, which must stand there once, put in other words."""

    file: str
    find: str
    put: str


@dataclass(frozen=True)
class Leak:
    """A plausible leak; `look` are the files of tests of which one must catch it."""

    name: str
    look: tuple[str, ...]
    edits: tuple[Edit, ...]
    quick: bool = False


def listed() -> list[Leak]:
    """Every leak of the list."""
    return [_leak(told) for told in tomllib.loads(LIST.read_text("utf-8"))["leak"]]


def _leak(told: dict[str, Any]) -> Leak:
    edits = tuple(Edit(**edit) for edit in told["edits"])
    return Leak(told["name"], tuple(told["look"]), edits, told.get("quick", False))


def out_of_place(leaks: Iterable[Leak]) -> list[str]:
    """The leaks that can no longer be built in, for what they change has changed."""
    edits = [(leak.name, edit) for leak in leaks for edit in leak.edits]
    return [name for name, edit in edits if (HOME / edit.file).read_text("utf-8").count(edit.find) != 1]


class Tree:
    """A copy of the whole tree, in which one leak at a time is built in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "lantern"
        shutil.copytree(HOME, self.folder, ignore=_MADE)
        shared = HOME.parent / "shared"
        if shared.is_dir():
            (folder / "shared").symlink_to(shared)
        self._ages = count(1)

    @contextmanager
    def leaking(self, leak: Leak) -> Iterator[None]:
        """The tree with a leak, and afterwards as it was."""
        before = {edit.file: (self.folder / edit.file).read_text("utf-8") for edit in leak.edits}
        try:
            for edit in leak.edits:
                self._write(edit.file, _edited((self.folder / edit.file).read_text("utf-8"), edit))
            yield
        finally:
            for file, text in before.items():
                self._write(file, text)

    def _write(self, file: str, text: str) -> None:
        """Each text with a time of its own: Python tells compiled files from new ones by whole seconds."""
        path = self.folder / file
        path.write_text(text, "utf-8")
        moment = path.stat().st_mtime + 10 * next(self._ages)
        os.utime(path, (moment, moment))

    def failing(self, tests: Sequence[str], *, first: bool = False) -> list[str]:
        """Those of these files' tests that fail in the tree, or only the first of them, by their names."""
        options = ["-q", "-rfE", "-p", "no:cacheprovider", "--hypothesis-profile=seeded", *(["-x"] if first else [])]
        result = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=self.folder, env={**os.environ, "LANTERN_PROVE": ""}, capture_output=True, text=True, check=False,
            timeout=LONGEST_SECONDS,
        )  # fmt: skip
        assert result.returncode not in _BROKEN_OFF, result.stdout + result.stderr
        return list(dict.fromkeys(_FAILED.findall(result.stdout)))


def _edited(text: str, edit: Edit) -> str:
    assert text.count(edit.find) == 1, f"{edit.file} does not hold this once: {edit.find}"
    return text.replace(edit.find, edit.put)

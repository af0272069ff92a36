"""Each condition of the gates is guarded: with any one of them taken out or loosened, some test fails."""

import tomllib
from pathlib import Path

import pytest

from tests.leaks.seeding import Edit, Leak, Tree, out_of_place

LOOK = tuple(f"tests/core/test_{name}.py" for name in ("known", "responsible", "ladder", "gates"))
TOLD = tomllib.loads(Path(__file__).with_name("opened_gates.toml").read_text("utf-8"))["gate"]
GATES = [Leak(told["name"], LOOK, tuple(Edit(**edit) for edit in told["edits"])) for told in TOLD]


def name(gate: Leak) -> str:
    return gate.name


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return Tree(tmp_path_factory.mktemp("opened"))


def test_every_condition_can_be_taken_out() -> None:
    assert out_of_place(GATES) == []


@pytest.mark.prove
def test_the_tree_as_it_is_fails_nowhere(tree: Tree) -> None:
    assert tree.failing(LOOK, first=True) == []


@pytest.mark.prove
@pytest.mark.parametrize("gate", GATES, ids=name)
def test_a_gate_with_a_condition_taken_out_is_noticed(tree: Tree, gate: Leak) -> None:
    with tree.leaking(gate):
        assert tree.failing(gate.look, first=True) != []

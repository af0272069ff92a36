"""What the machine refuses ends a command with a sentence, as everything else that fails does."""

import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    inside = tmp_path / "file" / "folder"
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", "up", "--data", str(inside)],
        cwd=HOME, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Not a directory: {inside}. Mend that, and run the same command again.\n"

"""`python -m tests.bench.browsers` on a running edition."""

import re
import subprocess
import sys

from tests.conftest import HOME
from tests.edition import LocalEdition


def test_a_quick_bench_of_browsers_shows_each_of_them_everything(edition: LocalEdition) -> None:
    bench = [sys.executable, "-m", "tests.bench.browsers", "--quick", "--data", str(edition.data)]
    done = subprocess.run(bench, cwd=HOME, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line.split(",")[0] for line in lines[:2]] == [
        "browser 1: 180 of 180 events",
        "browser 2: 180 of 180 events",
    ]
    assert re.fullmatch(r"first load: [\d,]+ bytes, median \d+ ms, at most \d+ ms of 1 loads", lines[-1])

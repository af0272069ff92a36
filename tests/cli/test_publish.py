"""`lantern publish` refuses by itself what no processor could read."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import commands
from services.wire.submissions import MAX_ORGANISATION


@pytest.mark.parametrize("code", ["", " ", "E09 ", "E\n09", "E\udce9", "x" * (MAX_ORGANISATION + 1)])
def test_a_code_that_no_organisation_has_is_refused_before_anything_is_sent(code: str, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    report.write_text("{}")

    asked = ["publish", "--agency", "police", "--organisation", code, "--data", str(tmp_path), str(report)]
    result = CliRunner().invoke(commands(), asked)

    assert result.exit_code == 2

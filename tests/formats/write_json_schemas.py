"""Write schemas/json/**/*.schema.json again from the code: .venv/bin/python tests/formats/write_json_schemas.py."""

from pathlib import Path

from services.formats.schemas import json_schemas

FOLDER = Path(__file__).resolve().parents[2] / "schemas" / "json"


def main() -> None:
    for name, text in json_schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

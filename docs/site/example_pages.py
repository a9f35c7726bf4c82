"""A page for each folder of examples with its files, and one for each notebook."""

import json
from pathlib import Path

LANGUAGES = {".yaml": "yaml", ".py": "python", ".c": "c", ".h": "c", ".toml": "toml", ".csv": "text", ".eng": "text"}
LONGEST = 12_000  # characters of a file that are shown; the rest is in the repository


def pages(root: Path) -> dict[str, str]:
    """Pages by their names: ``examples/falcon9/files.md``, ``examples/notebooks/propulsion.md`` and so on."""
    found = {}
    for folder in sorted(p for p in (root / "examples").iterdir() if p.is_dir() and p.name[0] != "."):
        if folder.name == "notebooks":
            found |= {f"examples/notebooks/{file.stem}.md": _notebook(file) for file in sorted(folder.glob("*.ipynb"))}
            links = "".join(f"- [{_title(file)}]({file.stem}.md)\n" for file in sorted(folder.glob("*.ipynb")))
            about = "A notebook for each discipline; a test runs every cell."
            found["examples/notebooks/files.md"] = f"# Notebooks\n\n{about}\n\n{links}"
        else:
            found[f"examples/{folder.name}/files.md"] = _files(folder)
    return found


def _files(folder: Path) -> str:
    lines = ["---", "orphan: true", "---", "", f"# Files of examples/{folder.name}", ""]
    for file in sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix in LANGUAGES):
        if {"build", "__pycache__"} & set(file.relative_to(folder).parts):
            continue
        text = file.read_text(encoding="utf-8")
        whole = len(text) <= LONGEST
        shown = text if whole else text[:LONGEST].rsplit("\n", 1)[0] + "\n…"
        language = LANGUAGES[file.suffix] if whole else "text"
        lines += [f"## {file.relative_to(folder)}", "", f"`````{language}", shown.rstrip(), "`````", ""]
    return "\n".join(lines)


def _cells(file: Path) -> list[tuple[str, str]]:
    notebook = json.loads(file.read_text(encoding="utf-8"))
    return [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]


def _title(file: Path) -> str:
    return _cells(file)[0][1].splitlines()[0].removeprefix("# ")


def _notebook(file: Path) -> str:
    parts = [text if kind == "markdown" else f"```python\n{text}\n```" for kind, text in _cells(file)]
    return "\n\n".join([*parts, f"The notebook itself: [{file.name}]({file.name})."])

"""`osea avionics build`: one message set in, every output in a folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...core.documents import load_document
from ...core.errors import InputError
from ..layout import layout
from ..message_set import MessageSet, launcher_set
from .build import build
from .outputs import identifier
from .pdf import browser, print_pdf

LAUNCHER = "launcher"  # in place of a file: the built-in set


def run_build(path: Path, out: Path, only: Sequence[str] = (), *, pdf: bool = False) -> tuple[dict[str, Any], str]:
    """Build everything from the set at *path* (or the built-in "launcher"): plain data and text.

    pdf: print the interface control document too. Raises InputError, without a browser too.
    """
    if pdf:
        browser()
    built_in = str(path) == LAUNCHER and not path.exists()
    s = layout(launcher_set() if built_in else load_document(MessageSet, path))
    built = build(s, out, only)
    files = list(built.files)
    if pdf:
        page = out / f"{identifier(s.name)}_icd.html"
        if page.name not in files:
            raise InputError(
                "--pdf prints the interface control document, which is not among the outputs; add --only icd"
            )
        print_pdf(page, page.with_suffix(".pdf"))
        files.append(page.with_suffix(".pdf").name)
    lines = [f"{s.name}: {len(s.messages)} messages, {len(files)} files in {out}"]
    lines += [f"  {name}" for name in files]
    if built.losses:
        grouped: dict[tuple[str, str], list[str]] = {}
        for x in built.losses:
            grouped.setdefault((x.output, x.what), []).append(x.where)
        lines.append(f"{len(built.losses)} losses (all of them: {out / 'losses.txt'})")
        for (output, what), where in grouped.items():
            more = f" and {len(where) - 3} more" if len(where) > 3 else ""
            lines.append(f"  {output}: {what}: {', '.join(where[:3])}{more}")
    data = {
        "status": "done",
        "name": s.name,
        "content_hash": s.input_hash,
        "messages": len(s.messages),
        "folder": str(out),
        "files": files,
        "losses": [{"output": x.output, "where": x.where, "what": x.what} for x in built.losses],
    }
    return data, "\n".join(lines)

"""A page on paper: a browser of the Chromium family prints it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ...core.errors import InputError, UndecidedError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
_SECONDS = 120.0


def browser() -> str:
    """The browser on the PATH that prints. Raises InputError when there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        text = "a PDF is printed by Chromium, Chrome or Edge, and none is on the PATH; install one, or print the HTML yourself"
        raise InputError(text)
    return found


def print_pdf(page: Path, pdf: Path) -> None:
    """Print the HTML file *page* as *pdf*. Raises UndecidedError when the browser fails or takes two minutes."""
    with tempfile.TemporaryDirectory() as profile:
        command = [browser(), "--headless", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={profile}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # its sandbox refuses to work for root; the page is our own
            command.append("--no-sandbox")
        command += [f"--print-to-pdf={pdf.resolve()}", page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)  # noqa: S603 no shell
        except subprocess.TimeoutExpired:
            raise UndecidedError(f"'{command[0]}' did not print '{page}' within {_SECONDS:g} s") from None
    if done.returncode or not pdf.is_file():
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UndecidedError(f"'{command[0]}' did not print '{page}': {last}")

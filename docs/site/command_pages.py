"""The reference of the `osea` command, one page a command, from the command line itself."""

from importlib import import_module
from pathlib import Path
from typing import Any

import typer


def command_line(root: Path) -> Any:
    """The whole command line, with every command registered."""
    for file in sorted((root / "cli").glob("*.py")):
        if file.stem not in ("__init__", "main"):
            import_module(f"osea_rocket.cli.{file.stem}")
    return typer.main.get_command(import_module("osea_rocket.cli.app").app)


def pages(root: Path) -> dict[str, str]:
    """Pages by their names: ``reference/osea-design.md`` and so on; a group of commands shares a page."""
    commands = command_line(root).commands
    return {f"reference/osea-{name}.md": "\n".join(_section(f"osea {name}", c, 1)) for name, c in commands.items()}


def _section(name: str, command: Any, level: int) -> list[str]:
    lines = [f"{'#' * level} {name}", "", _help(command.help), ""]
    if hasattr(command, "commands"):
        for inner, sub in command.commands.items():
            lines += _section(f"{name} {inner}", sub, level + 1)
        return lines
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    usage = " ".join([name, *(_shown(a) for a in arguments), "[OPTIONS]"])
    lines += ["```text", usage, "```", ""]
    rows = [_row(p) for p in command.params if p.name != "help"]
    if rows:
        lines += ["| | | |", "|---|---|---|", *rows, ""]
    return lines


def _shown(argument: Any) -> str:
    metavar = argument.metavar or argument.name.upper()
    shown = metavar + ("…" if argument.nargs == -1 and not metavar.endswith("…") else "")
    return shown if argument.required else f"[{shown}]"


def _row(param: Any) -> str:
    if param.param_type_name == "argument":
        name = f"`{(param.metavar or param.name.upper()).replace('|', chr(92) + '|')}`"
    else:
        name = ", ".join(f"`{o}`" for o in [*param.opts, *param.secondary_opts])
    valued = param.param_type_name != "argument" and not getattr(param, "is_flag", False)
    kind = (param.metavar or param.name.upper()) if valued else ""
    value = param.default
    plain = isinstance(value, str | int | float) and not isinstance(value, bool) and str(value) != ""
    default = f" Default: {value}." if plain else ""
    return f"| {name} | {_cell(kind)} | {_cell(_help(getattr(param, 'help', None)) + default)} |"


def _help(text: str | None) -> str:
    """Help as Markdown: no form feeds of the command line, no rich markup."""
    return (text or "").replace("\b", "").strip()


def _cell(text: str) -> str:
    escaped = text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").replace("$", "\\$")
    return " ".join(escaped.replace("[", "\\[").split())

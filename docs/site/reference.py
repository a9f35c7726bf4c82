"""The reference: every public function and class with its signature and docstring, one page a package.

Read from the sources' syntax trees, not by importing: a module is never loaded under a second name (the repository's root is
the package), and no compiled library has to start.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

WIDEST = 100  # characters of a signature on one line


def pages(root: Path, packages: list[str]) -> dict[str, str]:
    """Pages by their names: ``reference/osea_rocket.propulsion.cooling.md`` and so on."""
    return {f"reference/{package}.md": text for package in packages if (text := _page(root, package))}


def _page(root: Path, package: str) -> str:
    folder = root.joinpath(*package.split(".")[1:])
    parts: list[str] = []
    for file in sorted(folder.glob("*.py")):
        if file.stem != "__init__":
            parts += _module(file, f"{package}.{file.stem}".removeprefix("osea_rocket."))
    if not parts:
        return ""
    about = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    return "\n".join([f"# {package.removeprefix('osea_rocket.')}", "", _text(about), "", *parts])


def _module(file: Path, name: str) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [
        f"## {name}",
        "",
        _text(ast.get_docstring(tree) or ""),
        "",
        *(d for node in tree.body for d in _definition(node)),
    ]


def _definition(node: ast.stmt) -> Iterator[str]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or node.name.startswith("_"):
        return
    head = _class_head(node) if isinstance(node, ast.ClassDef) else _signature(node)
    yield f"### {node.name}\n\n```python\n{head}\n```\n\n{_text(ast.get_docstring(node) or '')}\n"
    if isinstance(node, ast.ClassDef):
        for item in _methods(node):
            if text := ast.get_docstring(item):
                yield f"`{item.name}`: {_text(text)}\n"


def _class_head(node: ast.ClassDef) -> str:
    """The class with its fields and the signatures of its methods."""
    bases = ", ".join([*map(ast.unparse, node.bases), *map(ast.unparse, node.keywords)])
    fields = [
        f"    {ast.unparse(item)}"
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and not item.target.id.startswith("_")
    ]
    methods = [line for item in _methods(node) for line in ("", *_signature(item).splitlines())]
    return "\n".join(
        [f"class {node.name}" + (f"({bases})" if bases else ""), *fields, *(f"    {m}".rstrip() for m in methods)]
    )


def _methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [item for item in node.body if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")]


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    kept = [f"@{name}" for name in map(ast.unparse, node.decorator_list) if "property" in name or "method" in name]
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    line = f"def {node.name}({ast.unparse(node.args)}){returned}"
    if len(line) > WIDEST:
        inner = ",\n    ".join(_apart(ast.unparse(node.args)))
        line = f"def {node.name}(\n    {inner},\n){returned}"
    return "\n".join([*kept, line])


def _apart(arguments: str) -> list[str]:
    """Arguments one by one: split at the commas that stand in no bracket."""
    found, depth = [""], 0
    for sign in arguments:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return [argument.strip() for argument in found]


def _text(docstring: str) -> str:
    """A docstring as Markdown: what would be markup by chance is taken as it stands."""
    lines, in_example = [], False
    for line in docstring.splitlines():
        in_example = line.startswith(">>>") or (in_example and bool(line.strip()))
        if in_example:
            lines.append(
                "    " + line if not lines or lines[-1].startswith("    ") or not lines[-1] else "\n    " + line
            )
        else:
            lines.append(_plain(line))
    return "\n".join(lines)


def _plain(line: str) -> str:
    """Outside code: signs that Markdown would read as markup get a backslash; a line never becomes a heading."""
    pieces = line.replace("``", "`").split("`")
    if len(pieces) % 2 == 0:  # code that goes on in the next line: leave it
        return line
    for i in range(0, len(pieces), 2):
        for sign in "*_<[]$|{}#":
            pieces[i] = pieces[i].replace(sign, "\\" + sign)
    return "`".join(pieces)

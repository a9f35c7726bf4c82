"""Functions of one small dialect of Python as C99: what numba compiles here is what a flight computer compiles there.

The dialect: float64 vectors, integers and floats as arguments, by their annotations; loops over `range`, while, if, return;
arithmetic, comparison, calls of other such functions, numpy's sqrt, exp and log; module constants that are numbers or tuples
of integers. Anything else raises `DialectError` with its file and line. Nothing is allocated, nothing recurs.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

MATHS = {"sqrt": "sqrt", "exp": "exp", "log": "log"}
C_TYPE = {"Vector": "double *", "int": "int", "float": "double", "None": "void"}
COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "/", ast.Mod: "%"}
ATOM = 9
"""Precedence of what needs no brackets; sums have 1, products 2, a sign 3."""


class DialectError(Exception):
    """Python that has no C here; the message names file and line."""


class Translation:
    """Functions reached from some entries, as C: constants, prototypes, definitions, callees before their callers."""

    def __init__(self, entries: Iterable[Any]) -> None:
        self.constants: dict[str, Any] = {}
        self.functions: dict[str, FunctionText] = {}
        for entry in entries:
            self.add(entry)

    def add(self, compiled: Any) -> "FunctionText":
        """Translate a function and those it calls, once each."""
        python: Callable[..., Any] = getattr(compiled, "py_func", compiled)
        name = python.__name__
        if name not in self.functions:
            text = FunctionText(self, python)
            self.functions[name] = text
        return self.functions[name]

    def constant(self, name: str, value: Any) -> None:
        if self.constants.setdefault(name, value) != value:
            raise DialectError(f"two constants are called {name}")

    def text(self) -> str:
        """The whole: constants, then functions."""
        known = sorted(self.constants.items())
        whole = ",\n".join(f"    {name} = {value}" for name, value in known if isinstance(value, int))
        lines = [f"enum {{\n{whole}\n}};", ""]
        for name, value in known:
            if isinstance(value, tuple):
                lines.append(f"static const int {name}[{len(value)}] = {{{', '.join(map(str, value))}}};")
            elif isinstance(value, float):
                lines.append(f"static const double {name} = {value!r};")
        return "\n".join(lines) + "\n\n" + "\n".join(f.text for f in self.functions.values())


class FunctionText:
    """One function: its C, and the type it returns."""

    def __init__(self, whole: Translation, python: Callable[..., Any]) -> None:
        self.whole, self.python = whole, python
        self.file = inspect.getsourcefile(python)
        lines, self.first_line = inspect.getsourcelines(python)
        (self.tree,) = ast.parse(textwrap.dedent("".join(lines))).body
        assert isinstance(self.tree, ast.FunctionDef)
        self.types: dict[str, str] = {}
        self.globals = python.__globals__
        arguments = []
        for argument in self.tree.args.args:
            kind = self._annotation(argument.annotation, argument)
            self.types[argument.arg] = kind
            arguments.append(f"{C_TYPE[kind]}{'' if kind == 'Vector' else ' '}{argument.arg}")
        self.returns = self._annotation(self.tree.returns, self.tree)
        body = self.tree.body
        comment = ""
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            comment = textwrap.dedent("    " + str(body[0].value.value)).strip()
            body = body[1:]
        self.inner = _names_of_one_block(body)
        self.declared: set[str] = {a.arg for a in self.tree.args.args}
        self.hoisted: list[str] = []
        text = self._block(body, 1, ())
        head = "".join(f"    {C_TYPE[self.types[n]]} {n} = {_zero(self.types[n])};\n" for n in self.hoisted)
        signature = f"static {C_TYPE[self.returns]} {python.__name__}({', '.join(arguments)})"
        remark = "/* " + comment.replace("\n", "\n * ").replace(" * \n", " *\n") + " */\n" if comment else ""
        self.text = f"{remark}{signature}\n{{\n{head}{text}}}\n"

    def _fail(self, node: ast.AST, what: str) -> DialectError:
        return DialectError(f"{self.file}:{self.first_line + getattr(node, 'lineno', 1) - 1}: {what}")

    def _annotation(self, node: ast.AST | None, where: ast.AST) -> str:
        name = node.id if isinstance(node, ast.Name) else "None" if isinstance(node, ast.Constant) else ""
        if name not in C_TYPE:
            raise self._fail(where, "every argument and result is annotated as Vector, int, float or None")
        return name

    # ---- statements ----

    def _block(self, statements: list[ast.stmt], depth: int, path: tuple[int, ...]) -> str:
        return "".join(self._statement(s, depth, (*path, id(statements))) for s in statements)

    def _statement(self, s: ast.stmt, depth: int, path: tuple[int, ...]) -> str:
        pad = "    " * depth
        match s:
            case ast.Assign():
                return self._assign(s, pad, path)
            case ast.AugAssign(op=op, target=target, value=value):
                if type(op) not in (ast.Add, ast.Sub, ast.Mult, ast.Div):
                    raise self._fail(s, "only += -= *= /=")
                return f"{pad}{self._text(target)} {ARITHMETIC[type(op)]}= {self._text(value)};\n"
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=bounds), body=body):
                name = "turn" if name == "_" else name
                self.types[name] = "int"
                low, high = ("0", bounds[0]) if len(bounds) == 1 else (self._text(bounds[0]), bounds[1])
                inner = self._block(body, depth + 1, path)
                return f"{pad}for (int {name} = {low}; {name} < {self._text(high)}; {name}++) {{\n{inner}{pad}}}\n"
            case ast.While(test=test, body=body):
                return f"{pad}while ({self._text(test)}) {{\n{self._block(body, depth + 1, path)}{pad}}}\n"
            case ast.If():
                return pad + self._if(s, depth, path)
            case ast.Return(value=None):
                return f"{pad}return;\n"
            case ast.Return(value=ast.expr() as value):
                return f"{pad}return {self._text(value)};\n"
            case ast.Break():
                return f"{pad}break;\n"
            case ast.Expr(value=ast.Call() as call):
                text, kind = self._typed(call)[:2]
                return f"{pad}{'(void)' if kind != 'None' else ''}{text};\n"
        raise self._fail(s, f"no C for {type(s).__name__}")

    def _if(self, s: ast.If, depth: int, path: tuple[int, ...]) -> str:
        pad = "    " * depth
        text = f"if ({self._text(s.test)}) {{\n{self._block(s.body, depth + 1, path)}{pad}}}"
        if len(s.orelse) == 1 and isinstance(s.orelse[0], ast.If):
            return text + " else " + self._if(s.orelse[0], depth, path)
        if s.orelse:
            text += f" else {{\n{self._block(s.orelse, depth + 1, path)}{pad}}}"
        return text + "\n"

    def _assign(self, s: ast.Assign, pad: str, path: tuple[int, ...]) -> str:
        pairs: list[tuple[ast.expr, ast.expr]] = []
        for target in reversed(s.targets):
            if isinstance(target, ast.Tuple):
                if not isinstance(s.value, ast.Tuple) or len(target.elts) != len(s.value.elts):
                    raise self._fail(s, "a tuple is assigned element by element")
                pairs += zip(target.elts, s.value.elts, strict=True)
            else:
                pairs.append((target, s.value))
        for k, (target, _) in enumerate(pairs):
            names = {target.id} if isinstance(target, ast.Name) else set()
            for _, value in pairs[k + 1 :]:
                if names & {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}:
                    raise self._fail(s, "a tuple assignment that needs its own old values")
        out = ""
        for target, value in pairs:
            text, kind = self._typed(value)[:2]
            if not isinstance(target, ast.Name):
                out += f"{pad}{self._text(target)} = {text};\n"
                continue
            name = target.id
            if self.types.setdefault(name, kind) != kind and (self.types[name], kind) != ("float", "int"):
                raise self._fail(s, f"{name} is {self.types[name]} before and {kind} here")
            declare = ""
            if name not in self.declared:
                self.declared.add(name)
                if self.inner.get(name) == path:
                    declare = f"{C_TYPE[kind]} "
                else:
                    self.hoisted.append(name)
            out += f"{pad}{declare}{name} = {text};\n"
        return out

    # ---- expressions: text, type, precedence ----

    def _text(self, node: ast.AST) -> str:
        return self._typed(node)[0]

    def _inside(self, node: ast.AST, least: int) -> tuple[str, str]:
        text, kind, precedence = self._typed(node)
        return (text if precedence >= least else f"({text})"), kind

    def _typed(self, node: ast.AST) -> tuple[str, str, int]:
        match node:
            case ast.Constant(value=bool()):
                raise self._fail(node, "no truth values as numbers")
            case ast.Constant(value=int() as value):
                return str(value), "int", ATOM
            case ast.Constant(value=float() as value):
                return repr(value), "float", ATOM
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                text, kind = self._inside(index, 0)
                if kind != "int":
                    raise self._fail(node, "an index is an integer")
                element = "float" if self.types.get(name) == "Vector" else "int"
                if element == "int":
                    self.whole.constant(name, self.globals[name])
                return f"{name}[{text}]", element, ATOM
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                text, kind = self._inside(operand, 3)
                return f"-{text}", kind, 3
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"!({self._text(operand)})", "int", ATOM
            case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
                level = 1 if isinstance(op, ast.Add | ast.Sub) else 2
                a, a_kind = self._inside(left, level)
                b, b_kind = self._inside(right, level + 1)
                kind = "int" if a_kind == b_kind == "int" else "float"
                if isinstance(op, ast.Div) and kind == "int":
                    a, kind = f"(double)({self._text(left)})", "float"
                if isinstance(op, ast.FloorDiv | ast.Mod) and kind != "int":
                    raise self._fail(node, "// and % are of integers")
                return f"{a} {ARITHMETIC[type(op)]} {b}", kind, level
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARE:
                return f"{self._inside(left, 1)[0]} {COMPARE[type(op)]} {self._inside(right, 1)[0]}", "int", 0
            case ast.BoolOp(op=op, values=values):
                sign = " && " if isinstance(op, ast.And) else " || "
                return sign.join(f"({self._text(v)})" for v in values), "int", 0
            case ast.IfExp(test=test, body=body, orelse=orelse):
                (a, a_kind), (b, b_kind) = self._inside(body, 1), self._inside(orelse, 1)
                kind = "int" if a_kind == b_kind == "int" else "float"
                return f"({self._text(test)} ? {a} : {b})", kind, ATOM
            case ast.Call():
                return self._call(node)
        raise self._fail(node, f"no C for {ast.unparse(node)}")

    def _name(self, node: ast.AST, name: str) -> tuple[str, str, int]:
        if name in self.types:
            return name, self.types[name], ATOM
        value = self.globals.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._fail(node, f"{name} is no number known here")
        self.whole.constant(name, value)
        return name, "int" if isinstance(value, int) else "float", ATOM

    def _call(self, node: ast.Call) -> tuple[str, str, int]:
        texts = [self._typed(a)[:2] for a in node.args]
        inside = ", ".join(t for t, _ in texts)
        kinds = {k for _, k in texts}
        match node.func:
            case ast.Attribute(value=ast.Name(id="np"), attr=attr) if attr in MATHS:
                return f"{MATHS[attr]}({inside})", "float", ATOM
            case ast.Name(id="int"):
                return f"(int)({inside})", "int", ATOM
            case ast.Name(id="float"):
                return f"(double)({inside})", "float", ATOM
            case ast.Name(id="abs"):
                return f"fabs({inside})", "float", ATOM
            case ast.Name(id="min" | "max" as name) if len(texts) == 2:
                whole = kinds == {"int"}
                word = "least" if name == "min" else "largest"
                return f"{word}_{'int' if whole else 'double'}({inside})", "int" if whole else "float", ATOM
            case ast.Name(id=name) if hasattr(self.globals.get(name), "py_func") or inspect.isfunction(
                self.globals.get(name)
            ):
                callee = self.whole.add(self.globals[name])
                return f"{name}({inside})", callee.returns, ATOM
        raise self._fail(node, f"no C for a call of {ast.unparse(node.func)}")


def _zero(kind: str) -> str:
    return "0.0" if kind == "float" else "0"


def _names_of_one_block(body: list[ast.stmt]) -> dict[str, tuple[int, ...]]:
    """Names that only live inside the block of their first plain assignment, with that block's path: declared there."""
    seen: dict[str, tuple[int, ...]] = {}
    outside: set[str] = set()

    def note(node: ast.AST, path: tuple[int, ...], assigns: bool) -> None:
        for n in ast.walk(node):
            if isinstance(n, ast.Name):
                if n.id not in seen:
                    seen[n.id] = path
                    if not (assigns and isinstance(n.ctx, ast.Store)):
                        outside.add(n.id)
                elif path[: len(seen[n.id])] != seen[n.id]:
                    outside.add(n.id)

    def walk(statements: list[ast.stmt], path: tuple[int, ...]) -> None:
        path = (*path, id(statements))
        for s in statements:
            if isinstance(s, ast.If | ast.While):
                note(s.test, path, False)
                walk(s.body, path)
                walk(s.orelse, path)
            elif isinstance(s, ast.For):
                note(s.iter, path, False)
                walk(s.body, path)
            elif isinstance(s, ast.Assign):
                note(s.value, path, False)
                for target in s.targets:
                    note(target, path, True)
            else:
                note(s, path, False)

    walk(body, ())
    return {name: path for name, path in seen.items() if name not in outside}

"""Literals, types and comments of C."""

import re

from ..layout_types import ResolvedField

# keywords of C99 and C++, and names that the standard headers may define as macros or that our functions use
_WORDS = """
alignas alignof and and_eq asm atomic_cancel atomic_commit atomic_noexcept auto bitand bitor bool break case catch
char char8_t char16_t char32_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
constinit continue decltype default delete do double dynamic_cast else enum explicit export extern false float for
friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected
public reflexpr register reinterpret_cast requires restrict return short signed sizeof static static_assert
static_cast struct switch synchronized template this thread_local throw true try typedef typeid typename typeof
union unsigned using virtual void volatile wchar_t while xor xor_eq NULL NAN INFINITY errno stdin stdout stderr
assert complex imaginary I linux unix signbit isnan isinf isfinite isnormal fpclassify offsetof unused
"""
RESERVED = frozenset(_WORDS.split())


def integer_type(f: ResolvedField) -> str:
    """The C type that holds one element's raw number."""
    if f.raw == "float":
        return "float" if f.width == 32 else "double"
    return f"{'u' if f.raw == 'uint' else ''}int{suffix_of(f.width)}_t"


def suffix_of(width: int) -> int:
    """The least of 8, 16, 32, 64 that *width* bits fit."""
    return next(n for n in (8, 16, 32, 64) if width <= n)


def int_literal(value: int, *, unsigned: bool | None = None) -> str:
    """A whole number; unsigned unless it is negative or *unsigned* is false."""
    unsigned = value >= 0 if unsigned is None else unsigned
    if unsigned:
        return f"{value}U" if value < 1 << 16 else f"UINT64_C({value})" if value >> 32 else f"UINT32_C({value})"
    if value == -(1 << 63):
        return "INT64_MIN"
    if -(1 << 15) < value < 1 << 15:
        return str(value)
    return f"INT32_C({value})" if -(1 << 31) < value < 1 << 31 else f"INT64_C({value})"


def double_literal(value: float) -> str:
    """A double that reads back as the same number."""
    text = repr(float(value))
    return text if any(c in text for c in ".en") else f"{text}.0"


def comment(text: str) -> str:
    """Text that cannot end a comment, begin another, or be a trigraph; on one line."""
    text = re.sub(r"\s+", " ", text).strip()
    return text.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?").replace("\\", "/")

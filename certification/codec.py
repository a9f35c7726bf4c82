"""A codec by others, run as a program: one JSON request a line to it, one JSON answer a line from it (OSEA-Q-012)."""

import json
import queue
import shlex
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any, Protocol

from ..avionics.layout import layout
from ..avionics.message_set import MessageSet
from ..core.errors import InputError
from .judging import SHOWN, Examiner, Program, Seen, Verdict, listed
from .suites import Requirement, suites
from .vectors import (
    Request,
    answer,
    codecs_of,
    damaged,
    noise,
    same_values,
    unfit_values,
    vectors,
    wrong_constants,
    wrong_sizes,
)

PATIENCE = 10.0  # s for one answer
FIRST_PATIENCE = 60.0  # s for the first one of a program that has just been started
STARTS = 5  # of a program that ends each time
FAILURES = 20  # of one requirement, after which the rest is not asked
Answer = dict[str, Any] | str  # a text: why there is none


class Codec(Protocol):
    """What answers requests, one after the other."""

    def ask(self, request: Request) -> Answer: ...
    def close(self) -> None: ...


class CodecProcess:
    """A codec as a process, started anew when it has ended."""

    def __init__(self, command: str) -> None:
        self.command = shlex.split(command)
        if not self.command:
            raise InputError("a command is needed that starts the codec", where="--codec")
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = 0
        self._answered = False
        self._lines: queue.Queue[bytes | None] = queue.Queue()

    def ask(self, request: Request) -> Answer:
        """The answer, or why there is none."""
        if self._ended >= STARTS:
            return f"the codec ended {STARTS} times, and is not started again"
        process = self._started()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = self._lines.get(timeout=PATIENCE if self._answered else FIRST_PATIENCE)
            self._answered = True
        except queue.Empty:
            self.close()
            return f"no answer within {PATIENCE if self._answered else FIRST_PATIENCE:g} s"
        except OSError:
            line = None
        if line is None:
            code = process.wait()
            self._process = None
            self._ended += 1
            return f"the codec ended with exit code {code}"
        try:
            plain = json.loads(line)
        except ValueError:
            return f"no JSON: {line[:60]!r}"
        return plain if isinstance(plain, dict) else f"no object: {line[:60]!r}"

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            try:
                self._process = subprocess.Popen(  # noqa: S603 the command is the user's own
                    self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
                )
            except OSError as error:
                raise InputError(f"cannot start '{self.command[0]}': {error.strerror}", where="--codec") from None
            self._lines = queue.Queue()
            self._answered = False
            assert self._process.stdout is not None
            threading.Thread(target=_drain, args=(self._process.stdout, self._lines), daemon=True).start()
        return self._process


def _drain(stream: IO[bytes], lines: "queue.Queue[bytes | None]") -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


@dataclass(frozen=True)
class CodecSubject:
    """A message set, and how a codec of it is started."""

    messages: MessageSet
    start: Callable[[], Codec]

    @cached_property
    def codecs(self) -> dict[str, Any]:
        return codecs_of(layout(self.messages))

    @cached_property
    def vectors(self) -> list:
        return list(vectors(self.codecs))

    @cached_property
    def codec(self) -> Codec:
        return self.start()


def codec_examiner(start: str | Callable[[], Codec], messages: MessageSet) -> Examiner:
    """Of a codec: the command of a program, or what makes one."""
    command = start
    make: Callable[[], Codec] = (lambda: CodecProcess(command)) if isinstance(command, str) else command
    return Examiner(suites()["COD"], CodecSubject(messages, make), PROGRAMS)


def _asked(
    subject: CodecSubject, requests: Sequence[Request], wrong: Callable[[Request, Answer], str], what: str
) -> Seen:
    """Ask all; wrong: what is wrong with an answer, or nothing."""
    if not requests:
        return Verdict.DOES_NOT_APPLY, f"the message set gives no {what}"
    problems: list[str] = []
    for count, request in enumerate(requests, 1):
        problem = wrong(request, subject.codec.ask(request))
        if problem:
            problems.append(f"{request['message']}: {problem}")
            if len(problems) >= FAILURES:
                return (
                    Verdict.FAILS,
                    f"{FAILURES} of the first {count} of {len(requests)}: {'; '.join(problems[:SHOWN])}",
                )
    return listed(problems, f"{len(requests)} {what}")


def _refused(_: Request, got: Answer) -> str:
    if isinstance(got, str):
        return got
    return "" if isinstance(got.get("refused"), str) else "it was taken"


def _answers(subject: CodecSubject, _: Requirement) -> Seen:
    first = subject.vectors[0]
    problems = []
    for request, member in (
        (first.encode, "octets"),
        (first.decode, "values"),
        (first.decode | {"octets": ""}, "refused"),
    ):
        got = subject.codec.ask(request)
        if isinstance(got, str) or member not in got:
            problems.append(f"{request['do']}: {got if isinstance(got, str) else 'no ' + member}")
    return listed(problems, "encode, decode, refused")


def _encodes(subject: CodecSubject, _: Requirement) -> Seen:
    wanted = {json.dumps(v.encode): v.octets.hex() for v in subject.vectors}

    def wrong(request: Request, got: Answer) -> str:
        octets = got if isinstance(got, str) else got.get("octets", got)
        right = wanted[json.dumps(request)]
        return "" if isinstance(octets, str) and octets.lower() == right else f"{str(octets)[:60]}, not {right[:60]}"

    return _asked(subject, [v.encode for v in subject.vectors], wrong, "vectors encoded")


def _decodes(subject: CodecSubject, _: Requirement) -> Seen:
    def wrong(request: Request, got: Answer) -> str:
        right = answer(subject.codecs, request)["values"]
        values = None if isinstance(got, str) else got.get("values")
        if same_values(right, values):
            return ""
        if not isinstance(values, dict):
            return str(got)[:80]
        name = next(
            (n for n in right if n not in values or not same_values(right[n], values[n])),
            min(set(values) - set(right), default=""),
        )
        return f"{name} is {str(values.get(name))[:40]}, not {str(right.get(name))[:40]}"

    return _asked(subject, [v.decode for v in subject.vectors], wrong, "vectors decoded")


def _wrong_size(subject: CodecSubject, _: Requirement) -> Seen:
    return _asked(subject, list(wrong_sizes(subject.vectors)), _refused, "frames of a wrong size")


def _damaged(subject: CodecSubject, _: Requirement) -> Seen:
    return _asked(subject, list(damaged(subject.codecs, subject.vectors)), _refused, "damaged frames")


def _wrong_constant(subject: CodecSubject, _: Requirement) -> Seen:
    return _asked(
        subject, list(wrong_constants(subject.codecs, subject.vectors)), _refused, "frames with a wrong constant"
    )


def _unfit(subject: CodecSubject, _: Requirement) -> Seen:
    return _asked(subject, list(unfit_values(subject.codecs, subject.vectors)), _refused, "values that do not fit")


def _noise(subject: CodecSubject, _: Requirement) -> Seen:
    def wrong(request: Request, got: Answer) -> str:
        right = answer(subject.codecs, request)
        if isinstance(got, str):
            return got
        if "refused" in right:
            return _refused(request, got)
        return "" if same_values(right["values"], got.get("values")) or _odd(right["values"]) else "read otherwise"

    return _asked(subject, list(noise(subject.codecs)), wrong, "frames of noise")


def _odd(values: Any) -> bool:
    """Whether a number is among them that JSON does not hold."""
    if isinstance(values, dict):
        return any(map(_odd, values.values()))
    if isinstance(values, list):
        return any(map(_odd, values))
    return isinstance(values, float) and (values != values or abs(values) == float("inf"))


def _alike(subject: CodecSubject, _: Requirement) -> Seen:
    requests = [r for v in subject.vectors for r in (v.encode, v.decode)]
    first = [subject.codec.ask(r) for r in requests]
    other = subject.start()
    try:
        again = [other.ask(r) for r in reversed(requests)][::-1]
    finally:
        other.close()
        subject.codec.close()
    problems = [
        f"{r['message']}: {r['do']} answered otherwise"
        for r, a, b in zip(requests, first, again, strict=True)
        if a != b
    ]
    return listed(problems, f"{len(requests)} requests in the other order")


PROGRAMS: dict[str, Program] = {
    "answers": _answers,
    "encodes": _encodes,
    "decodes": _decodes,
    "wrong_size": _wrong_size,
    "damaged": _damaged,
    "wrong_constant": _wrong_constant,
    "unfit_values": _unfit,
    "noise": _noise,
    "alike": _alike,
}

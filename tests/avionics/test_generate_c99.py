"""Generated C held against the Python codec: random sets in one compile, under sanitizers, as C and as C++."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from osea_rocket.avionics.codec import Codec, RejectedError
from osea_rocket.avionics.generate import c99
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet, launcher_set
from osea_rocket.core.documents import load_document

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion"]


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command[:3], done.stdout[-2000:], done.stderr[-3000:])
    return done.stdout


def write(s, folder):
    files = c99.generate(s).files
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [n for n in files if n.endswith(".c")]


def test_random_sets_in_one_compile_under_sanitizers(c_compiler, random_set, tmp_path):
    sets = [random_set(seed, count=3) for seed in range(12)]
    sources = [source for s in sets for source in write(s, tmp_path)]
    names = [f"random_{i}" for i in range(len(sets))]
    calls = "\n".join(f"    failures += {n}_test(); frames += {n}_fuzz(18000UL, counts);" for n in names)
    declared = "\n".join(f"int {n}_test(void); unsigned long {n}_fuzz(unsigned long, unsigned long *);" for n in names)
    main = f"""#include <stdio.h>
{declared}
int main(void)
{{
    static unsigned long counts[{len(c99.ERRORS)}];
    unsigned long frames = 0UL;
    int failures = 0, i;
{calls}
    printf("%lu", frames);
    for (i = 0; i < {len(c99.ERRORS)}; i++) printf(" %lu", counts[i]);
    return failures;
}}
"""
    (tmp_path / "all.c").write_text(main)
    flags = [*STRICT, "-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DOSEA_NO_MAIN"]
    run([c_compiler, *flags, "all.c", *sources, "-o", "all"], tmp_path)
    frames, *counts = map(int, run(["./all"], tmp_path).split())
    assert frames >= 200_000 and sum(counts) == frames  # every damaged frame accepted or refused with its reason
    assert all(counts[i] for i in (0, 2, 3, 4, 7, 8, 9))


def test_the_launcher_set_as_c(c_compiler, tmp_path):
    sources = write(layout(launcher_set()), tmp_path)
    run([c_compiler, *STRICT, "-O2", "-c", "osea_launcher.c"], tmp_path)
    run([c_compiler, *STRICT, "-O0", "osea_launcher.o", "osea_launcher_test.c", "-o", "test"], tmp_path)
    assert len(sources) == 2
    assert " 0 failures" in run(["./test"], tmp_path)


@pytest.fixture(scope="module")
def every_kind():
    path = Path(__file__).parents[2] / "examples" / "avionics" / "every-kind.yaml"
    return layout(load_document(MessageSet, path))


def test_every_kind_as_c(c_compiler, every_kind, tmp_path):
    sources = write(every_kind, tmp_path)
    flags = [*STRICT, "-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    run([c_compiler, *flags, *sources, "-o", "test"], tmp_path)
    assert " 0 failures" in run(["./test", "20000"], tmp_path)


def test_the_same_files_are_cpp(c_compiler, random_set, every_kind, tmp_path):
    compiler = shutil.which("g++") or shutil.which("c++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    for s in (random_set(3), every_kind):
        sources = write(s, tmp_path)
        run([compiler, "-x", "c++", *STRICT[1:], "-std=c++11", *sources, "-o", "test"], tmp_path)
        assert " 0 failures" in run(["./test"], tmp_path)


FIELDS = [
    {"name": "class", "type": "uint", "bits": 12, "range": "0..100"},
    {
        "name": "x",
        "type": "int",
        "bits": 13,
        "unit": "m",
        "calibration": {"type": "polynomial", "coefficients": [1, 0.5]},
    },
    {"name": "y", "type": "float", "range": "0..1"},
    {"name": "mode", "type": "enum", "bits": 4, "values": [{"name": "off", "value": 0}, {"name": "on", "value": 1}]},
    {"name": "tag", "type": "text", "length": 4},
]
PACKETS = [
    {"name": "a", "type": "telemetry", "apid": 9, "crc": "crc16-ccitt", "fields": FIELDS},
    {
        "name": "b",
        "type": "telecommand",
        "apid": 9,
        "fields": [{"name": "code", "type": "uint", "bits": 8, "constant": 1}],
    },
    {
        "name": "c",
        "type": "telecommand",
        "apid": 9,
        "fields": [{"name": "code", "type": "uint", "bits": 8, "constant": 2}],
    },
]


def checked(c_compiler, tmp_path, body):
    s = layout(MessageSet.model_validate({"name": "x", "messages": PACKETS}))
    write(s, tmp_path)
    code = f'#include "x.h"\n#include <stdio.h>\n#include <string.h>\nint main(void) {{\n{body}\nreturn 0; }}\n'
    (tmp_path / "main.c").write_text(code)
    run([c_compiler, *STRICT, "main.c", "x.c", "-o", "main"], tmp_path)
    return s, run(["./main"], tmp_path).split()


def test_what_does_not_fit_is_refused(c_compiler, tmp_path):
    tries = [
        ("m.class_ = 101U;", 6), ("m.class_ = 5000U;", 5), ("m.x = 4096;", 5), ("m.x = -4097;", 5), ("m.y = 1.5F;", 6),
        ("m.y = 0.0F / zero;", 6), ("m.mode = 2U;", 7), ('memcpy(m.tag, "12345", 5);', 11), ("m.tag[0] = (char)0xFF;", 11),
        ("m.ccsds_sequence_count = 16384U;", 5), ("", 0),
    ]  # fmt: skip
    body = "volatile float zero = 0.0F; uint8_t buffer[X_A_SIZE];\n"
    for change, _ in tries:
        body += (
            f'{{ x_a_t m; memset(&m, 0, sizeof m); {change} printf("%d ", x_a_pack(&m, buffer, sizeof buffer)); }}\n'
        )
    body += "(void)zero; { x_a_t m; memset(&m, 0, sizeof m);"
    body += 'printf("%d %d", x_a_pack(&m, buffer, 3U), x_a_pack(NULL, buffer, 99U)); }'
    _, answers = checked(c_compiler, tmp_path, body)
    assert list(map(int, answers)) == [*(code for _, code in tries), 2, 1]


def test_values_convert_both_ways(c_compiler, tmp_path):
    body = 'int16_t raw = 7; printf("%.17g ", x_a_x_value(-3));\n'
    for value in ("-0.5", "0.24", "0.25", "0.75", "2048.5", "1e300", "-2047.0", "-2047.3"):
        body += f'printf("%d:", x_a_x_raw({value}, &raw)); printf("%d ", raw);\n'
    _, answers = checked(c_compiler, tmp_path, body)
    # 0.25 and 0.75 lie halfway: to the even number, as Python rounds
    assert answers == ["-0.5", "0:-3", "0:-2", "0:-2", "0:0", "0:4095", "5:4095", "0:-4096", "5:-4096"]


def test_steps_and_tables_are_exact_beyond_53_bits(c_compiler, tmp_path):
    """Doubles would take 2^63 - 1 for 2^63, and 2^53 + 1 for 2^53."""
    steps = {"type": "spline", "order": 0, "points": [[-5.5, 1.0], [3.5, 2.0], [2.0**63, 3.0]]}
    table = {"type": "table", "points": [[2.0**53, 7.0], [5, 8.0]]}
    fields = [
        {"name": "s", "type": "int", "bits": 64, "calibration": steps},
        {"name": "t", "type": "uint", "bits": 64, "calibration": table},
    ]
    s = layout(MessageSet.model_validate({"name": "x", "messages": [{"name": "a", "type": "plain", "fields": fields}]}))
    write(s, tmp_path)
    body = "x_a_t m; uint8_t b[X_A_SIZE]; memset(&m, 0, sizeof m);\n"
    body += 'printf("%g %g %g ", x_a_s_value(INT64_MAX), x_a_s_value(3), x_a_s_value(4));'
    for raw in ("5U", "6U", "UINT64_C(9007199254740992)", "UINT64_C(9007199254740993)"):
        body += f'm.t = {raw}; printf("%d ", x_a_pack(&m, b, sizeof b));'
    code = f'#include "x.h"\n#include <stdio.h>\n#include <string.h>\nint main(void) {{\n{body}\nreturn 0; }}\n'
    (tmp_path / "main.c").write_text(code)
    run([c_compiler, *STRICT, "main.c", "x.c", "-o", "main"], tmp_path)
    assert run(["./main"], tmp_path).split() == ["2", "1", "2", "0", "12", "0", "12"]


def test_packets_are_identified(c_compiler, tmp_path):
    s = layout(MessageSet.model_validate({"name": "x", "messages": PACKETS}))
    a = Codec(s.by_name["a"]).encode({"class": 1, "x": 1, "y": 0, "mode": "on", "tag": "hi"})
    packets = [a, Codec(s.by_name["b"]).encode({}), Codec(s.by_name["c"]).encode({}), b"\0" * 7]
    body = ""
    for i, data in enumerate(packets):
        octets = ", ".join(map(str, data))
        body += f'{{ static const uint8_t d{i}[] = {{{octets}}}; printf("%d ", x_identify(d{i}, sizeof d{i})); }}\n'
    _, answers = checked(c_compiler, tmp_path, body)
    assert answers == ["1", "2", "3", "0"]


def test_both_codecs_refuse_the_same(c_compiler, tmp_path):
    """Damaged octets: the C answer is the reason that Python gives."""
    import random

    s = layout(MessageSet.model_validate({"name": "x", "messages": [PACKETS[0] | {"crc": None}]}))
    write(s, tmp_path)
    codec, rng = Codec(s.messages[0]), random.Random(4)
    good = codec.encode({"class": 1, "x": 1, "y": 0, "mode": "on", "tag": "hi"})
    frames, reasons = [], []
    words = {"size": 2, "checksum": 3, "constant": 4, "enum": 7, "text": 11}
    for _ in range(400):
        data = bytearray(good)
        for _ in range(rng.randint(0, 3)):
            data[rng.randrange(len(data))] = rng.getrandbits(8)
        frames.append(bytes(data))
        try:
            codec.decode(bytes(data))
            reasons.append(0)
        except RejectedError as error:
            reasons.append(words[error.reason.split()[0]])
    rows = ",\n".join("{" + ", ".join(map(str, d)) + "}" for d in frames)
    body = f"static const uint8_t d[{len(frames)}][{len(good)}] = {{{rows}}}; static x_a_t m; unsigned i;\n"
    body += f'for (i = 0U; i < {len(frames)}U; i++) {{ printf("%d ", x_a_unpack(&m, d[i], {len(good)}U)); }}'
    code = f'#include "x.h"\n#include <stdio.h>\nint main(void) {{\n{body}\nreturn 0; }}\n'
    (tmp_path / "main.c").write_text(code)
    run([c_compiler, *STRICT, "main.c", "x.c", "-o", "main"], tmp_path)
    assert list(map(int, run(["./main"], tmp_path).split())) == reasons
    assert {0, 4, 7, 11} <= set(reasons)


def test_nothing_of_a_definition_gets_out_of_its_comment(random_set):
    for text in c99.generate(random_set(1)).files.values():
        bare = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        assert "*/" not in bare and "??" not in text


def test_no_allocation_and_the_same_bytes_every_time(random_set):
    first, second = c99.generate(random_set(2)).files, c99.generate(random_set(2)).files
    assert first == second
    assert not re.search(r"\b(malloc|calloc|realloc|free|alloca)\b", first["random_2.c"])

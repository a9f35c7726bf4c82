"""The documentation: both languages say the same, theory names what exists, the site knows every page."""

import importlib
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs/site"))
THEORY = sorted((ROOT / "docs/theory").glob("*.md"))
PACKAGES = "core|propulsion|vehicle|trajectory|avionics|recovery|launch_data|hil|certification|studies|validation"


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def skeleton(text: str) -> list[str]:
    """What two languages must have in common: depths of headings, commands without comments, pictures, links, rows of tables."""
    found = []
    for line in text.splitlines():
        if re.match(r"#+ ", line):
            found.append(line.split()[0])
        elif re.match(r"(osea|make) ", line):
            found.append(" ".join(line.split("#")[0].split()))
        elif line.startswith("| `"):
            found.append(line.split("|")[1].strip().replace("、", ", "))
    return found


def links(text: str) -> set[str]:
    return set(re.findall(r"\]\(([^)#]+)", text)) - {"README.md", "README.zh.md"}


def test_the_chinese_readme_has_the_sections_commands_and_links_of_the_english_one():
    english, chinese = read("README.md"), read("README.zh.md")
    assert skeleton(english) == skeleton(chinese)
    assert links(english) == links(chinese)
    blocks = re.compile(r"^```(?:python|yaml|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
    ours, theirs = ([re.sub(r" *#.*", "", b) for b in blocks.findall(text)] for text in (english, chinese))
    assert ours == theirs and len(ours) >= 3
    for number in ("22.97", "22.8", "148", "170", "247", "87"):
        assert number in english and number in chinese


def test_the_standard_has_every_page_in_both_languages():
    def names(folder: str) -> set[str]:
        return {f.name for f in (ROOT / "standard" / folder).glob("*.md")}

    assert names("en") == names("zh") and len(names("en")) >= 10
    for page in ("README", "conformance"):
        english, chinese = (read(f"standard/launch-data/{page}{end}.md") for end in ("", ".zh"))
        assert [d for d in skeleton(english) if d[0] == "#"] == [d for d in skeleton(chinese) if d[0] == "#"]


@pytest.mark.parametrize("page", THEORY, ids=lambda p: p.stem)
def test_theory_has_equations_sources_and_names_what_exists(page):
    text = page.read_text(encoding="utf-8")
    assert text.count("$$") >= 2, "equations"
    assert text.count("assert ") >= 2, "what holds page and code together"
    assert re.search(r"\b(19|20)\d\d\b|RFC \d", text), "sources"
    names = re.findall(rf"`((?:{PACKAGES})\.[\w.]+)`", text)
    assert names
    for name in names:
        assert exists(f"osea_rocket.{name}"), name


def exists(name: str) -> bool:
    parts = name.split(".")
    for i in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:i]))
        except ModuleNotFoundError:
            continue
        for part in parts[i:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def test_there_is_a_page_of_theory_for_each_discipline():
    assert {p.stem for p in THEORY} == {
        "propulsion", "cycles", "nozzle-and-cooling", "vehicle", "ascent", "flight", "recovery", "avionics", "costs",
        "launch-data",
    }  # fmt: skip


def test_the_site_takes_every_page_and_writes_the_reference(tmp_path):
    """The tree that Sphinx reads (the build itself is `make docs`, which `.ci/run` runs with warnings as errors)."""
    import make_site

    make_site.assemble(tmp_path)
    made = {str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*.md")}
    for folder in ("docs", "standard"):
        written = {str(f.relative_to(ROOT)) for f in (ROOT / folder).rglob("*.md")} - {"docs/site/index.md"}
        assert written <= made
    design = (tmp_path / "reference/osea-disperse.md").read_text(encoding="utf-8")
    assert "`--runs`, `-n`" in design and "Default: 1000" in design
    stage = (tmp_path / "reference/schemas/stage-v1.md").read_text(encoding="utf-8")
    assert "| `dry_mass` | quantity, kg | required |" in stage
    python = (tmp_path / "reference/osea_rocket.propulsion.cooling.md").read_text(encoding="utf-8")
    assert "### bartz_coefficient" in python and "Jet Propulsion 27 (1957)" in python
    assert (tmp_path / "examples/avionics/every-kind.yaml").is_file()  # a page links to it


def test_the_gallery_shows_what_its_script_makes():
    import gallery

    page = read("docs/gallery.md")
    names = [name for _, figures in gallery.RUNS for name in figures.values()]
    assert names and all(f"images/gallery/{name}" in page and (gallery.IMAGES / name).is_file() for name in names)
    assert {f.name for f in gallery.IMAGES.iterdir()} == set(names)

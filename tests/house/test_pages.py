"""What stands in templates, styles and scripts."""

import re
from pathlib import Path

import pytest

from tests.house.files import ROOT, files, lines_with, short, templates

CSS = ROOT / "static" / "css"
COLOUR = r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|lab|lch|hwb|color)\("
NAMED_COLOUR = (
    r":[^;{}]*\b(?:white|black|red|green|blue|gr[ae]y|orange|yellow|purple|silver|navy|teal|maroon|olive|lime|aqua|fuchsia|pink|brown)\b"
)
# hairlines, sizes relative to the type and the widths of media queries cannot be tokens
SIZE = r"(?<![\w.-])-?(?:[3-9]|[1-9]\d+|\d+\.\d+)px|(?<![\w.])[\d.]+(?:rem|pt|cm|mm|in|pc)\b"
NAMESPACES = r"http://www\.w3\.org/(?:2000/svg|1999/xlink|1999/xhtml)"


def styles_but_tokens() -> list[Path]:
    return [path for path in files(["static"], ".css") if path != CSS / "tokens.css"]


def test_colours_are_written_only_in_the_tokens() -> None:
    assert (CSS / "tokens.css").is_file()
    assert lines_with(styles_but_tokens(), COLOUR) == []
    assert lines_with(styles_but_tokens(), NAMED_COLOUR, except_for=r"var\([^)]*\)") == []
    assert lines_with(templates(), r"(?:fill|stroke|color|bgcolor)=[\"'](?!none|currentColor|\{)") == []


def test_sizes_are_written_only_in_the_tokens() -> None:
    assert lines_with(styles_but_tokens(), SIZE, except_for=r"@(?:media|container)[^{]*") == []


@pytest.mark.parametrize("size", ["40px", "-999px", "12.5px", "1.5rem", "9pt"])
def test_the_rule_on_sizes_sees_a_literal(size: str) -> None:
    assert re.search(SIZE, f".a{{min-height:{size}}}")


@pytest.mark.parametrize("size", ["0", "1px", "2px", "1.1em", "50%", "var(--s-3)"])
def test_the_rule_on_sizes_lets_hairlines_and_relative_sizes_pass(size: str) -> None:
    assert not re.search(SIZE, f".a{{width:{size}}}")


def test_templates_carry_no_inline_style() -> None:
    assert lines_with(templates(), r"\sstyle\s*=|<style\b") == []


def test_templates_carry_no_inline_script() -> None:
    assert lines_with(templates(), r"<script(?![^>]*\ssrc=)|javascript:|hx-on|hx-vals=[\"']js:") == []
    # the word before is a space: `option=` and `conditions=` are no handlers
    assert lines_with(templates(), r"\son[a-z]+\s*=\s*[\"']") == []


def test_every_partial_named_in_code_is_defined_in_that_very_template() -> None:
    # a template does not inherit the partials of the one it extends
    named = {
        found
        for path in files(["accounts", "companies", "cultivation", "policies", "portal", "core"], ".py")
        for found in re.findall(r"\"([\w/-]+\.html)#([\w-]+)\"", path.read_text("utf-8"))
    }
    assert named
    missing = [
        f"{name}#{part}"
        for name, part in sorted(named)
        if not re.search(rf"{{% partialdef {part}\b", (ROOT / "templates" / name).read_text("utf-8"))
    ]
    assert missing == []


def test_templates_never_switch_escaping_off() -> None:
    assert lines_with(templates(), r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off") == []


def test_pages_load_and_name_nothing_outside() -> None:
    front = [*templates(), *files(["static"], ".css", ".js", ".svg", ".html", ".json")]
    assert lines_with(front, r"(?:https?:)?//[\w-]+\.[\w.-]+|@import\b", except_for=NAMESPACES) == []


def test_no_third_party_code_lies_among_the_static_files() -> None:
    strange = [short(path) for path in files(["static"], ".map", ".woff", ".woff2", ".ttf", ".otf", ".ttc", ".wasm")]
    minified = [short(path) for path in files(["static"], ".js", ".css") if ".min." in path.name]
    assert strange + minified == []


def test_every_component_has_its_block_in_the_styles() -> None:
    styles = (CSS / "components.css").read_text("utf-8")
    missing = []
    for path in files(["templates/components"], ".html"):
        name = path.stem
        used = re.search(rf'class="[^"]*\b{re.escape(name)}\b', path.read_text("utf-8"))
        if used and not re.search(rf"\.{re.escape(name)}\b", styles):
            missing.append(name)
    assert missing == []

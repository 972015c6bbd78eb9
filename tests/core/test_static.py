"""What the browser loads: small, local, and drawn from the tokens."""

import gzip
import re
from pathlib import Path

import django_htmx
import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"


def packed(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in paths)


def test_styles_weigh_at_most_12_kb_and_scripts_30_kb_on_the_wire() -> None:
    assert packed(*(STATIC / "css").glob("*.css")) <= 12 * 1024
    assert packed(HTMX, *(STATIC / "js").glob("*.js")) <= 30 * 1024


@pytest.mark.parametrize("path", [path for path in (STATIC / "css").glob("*.css") if path.name != "tokens.css"], ids=lambda path: path.name)
def test_colours_and_sizes_are_written_only_in_the_tokens(path: Path) -> None:
    rules = re.sub(r"@media[^{]*\{|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(", rules, flags=re.I) == []
    assert [size for size in re.findall(r"\b(\d+)px", rules) if int(size) > 2] == []
    assert re.findall(r"font-size:(?!\s*var\()[^;}]+", rules) == []


def test_every_token_used_exists() -> None:
    known = set(re.findall(r"(--[\w-]+):", (STATIC / "css/tokens.css").read_text("utf-8")))
    used = set(re.findall(r"var\((--[\w-]+)", (STATIC / "css/components.css").read_text("utf-8")))
    assert used <= known


def test_nothing_is_loaded_from_another_host() -> None:
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *TEMPLATES.rglob("*.html")]:
        text = path.read_text("utf-8").replace("http://www.w3.org/", "")
        assert not re.search(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}", text), path


def test_every_icon_named_in_a_template_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img/icons.svg").read_text("utf-8")))
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"""\{% icon ["']([\w-]+)["']|icons\.svg['"] %\}#([\w-]+)""", path.read_text("utf-8"))
        for name in name
        if name
    }
    assert named - drawn == set()


def test_pages_have_no_inline_style_script_or_handler() -> None:
    for path in TEMPLATES.rglob("*.html"):
        assert not re.search(r"<style|<script(?![^>]+src=)|\son[a-z]+=|\sstyle=|javascript:", path.read_text("utf-8")), path

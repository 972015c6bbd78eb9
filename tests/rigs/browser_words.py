"""Words left in the other language: interface text is translated, what the database holds and what was published is not."""

import json
import re
from collections.abc import Container, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.db import models

# words that Chinese pages keep: keys, formats, units, codes of criteria, and names that are written so in Chinese texts
KEPT_IN_CHINESE = frozenset(
    ["Ctrl", "Enter", "Esc", "PDF", "pdf", "xlsx", "xls", "csv", "png", "jpg", "USCC", "GB", "MB", "KB", "px", "IPO", "UTF", "YAML", "yaml"]
)
# the language standards are written in: keys and codes of facts stay as they are
RULE_TEXT = ".yaml, .yaml-lines, .compare"
# what stays Chinese by design: rule text, sentences computed from it, and what a decision froze when it was submitted
PUBLISHED = ".gap-sheet-box, .criteria, .diff, .yaml, .yaml-lines, #id_industry"
_CODES = re.compile(
    r"""[0-9A-Z]{18}                     # credit code
      | \b[0-9a-f]{4,64}(?:…[0-9a-f]+)?\b # hash, number of a request
      | \b[A-Z]{1,3}-?[A-Z]?-?\d+(?:\.\d+)?[a-z]?\b  # criterion
      | \buser\d+\b                      # account of a test
      | \bM-(?:hi|med|lo)\b             # evidence grade
      | [\w.-]+\.(?:xlsx?|csv|pdf|png|jpg)\b  # file
      | https?://[\w./?=&%-]+            # address of a published document
      | \bR&D\b""",
    re.VERBOSE | re.ASCII,
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PLACE = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{\w*\}")
_SPACE = re.compile(r"\s+")


def english_words(texts: Iterable[str], *, typed: str = "") -> list[str]:
    """Texts of a Chinese page with a word in Latin letters that is neither a code, nor on the short list, nor what somebody `typed`."""
    plain = {text: _CODES.sub(" ", text.replace(typed, " ") if typed else text) for text in texts}
    return [text for text, rest in plain.items() if set(_WORD.findall(rest)) - KEPT_IN_CHINESE]


def chinese_words(texts: Iterable[str], *, stored: Container[str]) -> list[str]:
    """Texts of an English page that stand in the catalogue and are shown untranslated; what is `stored` so, word for word, is data."""
    return [text for text in texts if _is_interface(text) and not _is_stored(text, stored)]


def _is_stored(text: str, stored: Container[str]) -> bool:
    """Stored as it stands, or put together of stored texts by blanks and dots."""
    parts = [part for part in re.split(r"[\s·]+", text) if re.search(f"[{_HAN}]", part)]
    return _SPACE.sub("", text) in stored or all(part in stored for part in parts)


def _is_interface(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in catalogue())


@cache
def catalogue() -> tuple[re.Pattern[str], ...]:
    """A pattern for each Chinese source string whose English differs, placeholders open."""
    with (Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="en") if message.id]
    sources = [message.id[0] if isinstance(message.id, tuple) else message.id for message in messages]
    return tuple(re.compile(_open(source)) for source in sources if re.search(f"[{_HAN}]", _PLACE.sub("", source)))


def _open(source: str) -> str:
    parts = _PLACE.split(source)[:: _PLACE.groups + 1]
    return ".+?".join(re.escape(_SPACE.sub(" ", part.replace("%%", "%"))) for part in parts).strip()


def stored_texts() -> frozenset[str]:
    """Every text the database holds, in documents too, without blanks."""
    texts: set[str] = set()
    written = (models.CharField, models.TextField, models.JSONField)
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, written)]
        if names:
            texts.update(text for row in model._base_manager.values_list(*names) for value in row for text in _strings(value))
    return frozenset(_SPACE.sub("", text) for text in texts)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if value.startswith(("{", "[")):
            try:
                yield from _strings(json.loads(value))
            except ValueError:
                return
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _strings(one)

"""Canaries: a unique marker in every confidential field, and a search for them in whatever leaves the product."""

import io
import re
import zipfile
from collections.abc import Iterable
from urllib.parse import unquote

from pypdf import PdfReader
from pypdf.errors import PdfReadError

_MARK = re.compile(r"金丝雀\d{3}号")


class Canaries:
    """Hands out markers and remembers what each one marks."""

    def __init__(self) -> None:
        self.marked: dict[str, str] = {}

    def mark(self, field: str) -> str:
        """A new marker for a field, to be stored in it alone or within other text."""
        marker = f"金丝雀{len(self.marked) + 100:03d}号"
        self.marked[marker] = field
        return marker

    def found_in(self, content: bytes, headers: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
        """Markers in an answer → the field each stands for; office files and PDFs are opened, escapes undone."""
        texts = [unquote(f"{name}: {value}") for name, value in headers]
        texts += list(readable(content))
        return {marker: self.marked[marker] for text in texts for marker in _MARK.findall(text) if marker in self.marked}


def readable(content: bytes) -> Iterable[str]:
    """Every text in an answer: each part of an office file (hidden sheets and properties too), a PDF's pages and metadata, else itself."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                yield name
                yield _unescaped(package.read(name).decode("utf-8", "replace"))
    elif content.startswith(b"%PDF"):
        try:
            reader = PdfReader(io.BytesIO(content))
        except PdfReadError:  # a paper of the factories, which is one in name only
            yield _unescaped(content.decode("utf-8", "replace"))
            return
        yield " ".join(str(value) for value in (reader.metadata or {}).values())
        for page in reader.pages:
            yield page.extract_text().replace("\n", "")
    else:
        yield _unescaped(content.decode("utf-8", "replace"))


def _unescaped(text: str) -> str:
    """`\\u91d1` of scripts, `&#37329;` of XML and `%E9` of addresses as the characters they mean, beside the text as it is."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), text)
    return unquote(text)

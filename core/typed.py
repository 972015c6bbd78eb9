"""What a form sent, kept for as long as something stands in its way: a database that is away, a session that ended."""

from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest
from django.http.request import RawPostDataException

# never written into a page or a session; such a form is filled in again
SECRET = {"password", "current", "new", "again"}
KEPT = "kept_form"


@dataclass(frozen=True, slots=True)
class Typed:
    """`pairs`: (name, value) as sent; `has_files`: files that must be chosen again; `may_send_again`: the pairs are the whole form."""

    pairs: list[tuple[str, str]]
    has_files: bool = False
    may_send_again: bool = False


def typed_in(request: HttpRequest) -> Typed:
    """What the form of a POST sent; of every other request nothing."""
    if request.method != "POST":
        return Typed([])
    try:
        sent, has_files = request.POST, bool(request.FILES)
    except (OSError, RawPostDataException):
        return Typed([])
    if SECRET & set(sent):
        return Typed([], has_files)
    pairs = [(name, value) for name, values in sent.lists() if name != "csrfmiddlewaretoken" for value in values]
    return Typed(pairs, has_files, may_send_again=not has_files)


def keep(request: HttpRequest, typed: Typed, *, of: int | None) -> None:
    """Keep it in the request's session until account `of` sends a form to the same address; a form with secrets is not kept."""
    if typed.pairs or typed.may_send_again:
        request.session[KEPT] = asdict(typed) | {"of": of, "address": request.get_full_path()}


def kept(request: HttpRequest) -> dict[str, Any] | None:
    """The fields of Typed with `of` and `address` of what was kept for the signed-in account, else None."""
    found = request.session.get(KEPT) if hasattr(request, "session") else None
    return found if found and found["of"] == request.user.pk else None


def kept_values(request: HttpRequest) -> dict[str, list[str]]:
    """Name → values kept for this very address, empty where there are none."""
    found, values = kept(request), {}  # type: ignore[var-annotated]
    if found and found["address"] == request.get_full_path():
        for name, value in found["pairs"]:
            values.setdefault(name, []).append(value)
    return values


def forget(request: HttpRequest) -> None:
    """A form sent again needs no memory."""
    if kept_values(request):
        del request.session[KEPT]

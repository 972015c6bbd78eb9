"""Refusals a person can act on; the middleware turns them into pages."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied


class Refusal(Exception):
    """An expected 'no': `message` says what and why, `details` lists what failed (value, threshold, gap), `remedy` what to do.

    `status` is the HTTP status of the page that shows it (409 unless a subclass says otherwise).
    """

    status = 409
    code = "refused"

    def __init__(self, message: str, *, details: Sequence[str] = (), remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.details = list(details)
        self.remedy = remedy


class NotPermitted(PermissionDenied):
    """The user may see the object but not do this to it; `message` is a whole sentence for the 403 page."""

    code = "not_permitted"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

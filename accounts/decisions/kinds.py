"""Registry of what can be decided. Each feature registers one kind; inbox, diff page and services are shared by all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.functional import Promise

from accounts.decisions.models import Decision

if TYPE_CHECKING:
    from accounts.users.models import Person, User


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the diff a second person reads."""

    label: str
    before: str
    after: str
    note: str = ""

    def to_dict(self) -> dict[str, str]:
        """JSON-safe form kept in `Decision.frozen["changes"]`."""
        return {"label": self.label, "before": self.before, "after": self.after, "note": self.note}


@dataclass(slots=True)
class Proposal:
    """What a kind freezes at submission: the digest, the diff, and whatever its page shows later exactly as it was.

    `basis` are the facts the proposal rests on, one line each: not part of the diff, but named when they have changed since.
    """

    digest: str
    summary: str
    changes: Sequence[Change] = ()
    basis: Sequence[Change] = ()
    effect: str = ""
    content: dict[str, Any] = field(default_factory=dict)

    def frozen(self) -> dict[str, Any]:
        """JSON-safe content of `Decision.frozen`."""
        return {"changes": [change.to_dict() for change in self.changes], "basis": [line.to_dict() for line in self.basis], **self.content}


class DecisionKind:
    """Base of every kind. A subclass is stateless and registered once in its app's wiring."""

    code: ClassVar[str]
    label: ClassVar[str | Promise]
    # extra partial shown on the decision's page, given `decision`; empty: the diff alone
    template: ClassVar[str] = ""

    def lock_subject(self, decision: Decision) -> models.Model:
        """The subject's row, locked for the rest of the transaction."""
        raise NotImplementedError

    def current(self, subject: Any, decision: Decision) -> Proposal:
        """The proposal as it would be frozen now; its digest is compared with the submitted one."""
        raise NotImplementedError

    def carry_out(self, subject: Any, decision: Decision, *, signer: "User", on: date) -> Iterable[models.Model]:
        """Do what was decided; returns the rows touched, for the audit entry. Raises Refusal to stop everything."""
        raise NotImplementedError

    def closed(self, subject: Any, decision: Decision, *, on: date) -> Iterable[models.Model]:
        """The decision ended without being carried out (rejected, withdrawn, stale); returns the rows touched."""
        return ()

    def barred_persons(self, decision: Decision) -> "Iterable[Person]":
        """Persons who may not sign though they had no hand in it: the firm's current officer, say."""
        return ()


_kinds: dict[str, DecisionKind] = {}


def register(kind: DecisionKind) -> None:
    """Make a kind known under its code."""
    _kinds[kind.code] = kind


def decision_kind(decision: Decision) -> DecisionKind:
    """The kind of a decision; KeyError when its feature is not installed."""
    return _kinds[decision.kind]


def kinds() -> dict[str, DecisionKind]:
    """All kinds by code."""
    return dict(_kinds)


def choices() -> list[tuple[str, str]]:
    """(code, label) of all kinds, for the inbox filter."""
    return [(kind.code, str(kind.label)) for kind in _kinds.values()]

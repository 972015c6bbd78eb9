"""Gathers the models of this app's features."""

from accounts.audit.models import AuditEntry, AuditHead, AuditItem
from accounts.decisions.models import Decision, DecisionHand
from accounts.inbox.models import Notice
from accounts.jobs.models import Job, ScheduleRun
from accounts.users.models import District, Office, Park, Person, SignIn, Town, User

__all__ = [
    "AuditEntry",
    "AuditHead",
    "AuditItem",
    "Decision",
    "DecisionHand",
    "District",
    "Job",
    "Notice",
    "Office",
    "Park",
    "Person",
    "ScheduleRun",
    "SignIn",
    "Town",
    "User",
]

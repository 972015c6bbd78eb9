"""What this app hands to the apps below and to its own register when it starts; each feature has a `connect` of its own."""

from accounts.inbox.slots import register_companies
from companies.assignments import wiring as assignments
from companies.evidence import wiring as evidence
from companies.figures import wiring as figures
from companies.imports import wiring as imports
from companies.recognitions import wiring as recognitions
from companies.register import wiring as register
from companies.register.models import Company


def connect() -> None:
    """Called once by the app registry."""
    register_companies(Company.objects.visible_to)
    for feature in (register, evidence, figures, recognitions, assignments, imports):
        feature.connect()

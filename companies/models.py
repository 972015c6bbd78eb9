"""Gathers the models of this app's features."""

from companies.assignments.models import Assignment
from companies.evidence.models import Evidence
from companies.figures.models import Incident, YearFigures
from companies.imports.models import ImportRow, ImportRun
from companies.recognitions.models import Batch, BatchStep, Recognition, Title
from companies.register.members import CompanyMember
from companies.register.models import Company, CompanyDistrict, CompanyName

__all__ = [
    "Assignment",
    "Batch",
    "BatchStep",
    "Company",
    "CompanyDistrict",
    "CompanyMember",
    "CompanyName",
    "Evidence",
    "ImportRow",
    "ImportRun",
    "Incident",
    "Recognition",
    "Title",
    "YearFigures",
]

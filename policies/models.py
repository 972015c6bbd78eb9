"""Gathers the models of this app's features."""

from policies.publishing.models import StandardDraft, TextTrial, TrialCompany
from policies.reach.models import Reach
from policies.standards.models import Evaluation, Judgement, Standard
from policies.what_if.models import CompanyPlan, PlanStep

__all__ = [
    "CompanyPlan",
    "Evaluation",
    "Judgement",
    "PlanStep",
    "Reach",
    "Standard",
    "StandardDraft",
    "TextTrial",
    "TrialCompany",
]

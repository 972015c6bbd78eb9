"""Gathers the models of this app's features."""

from policies.publishing.models import StandardDraft, TextTrial, TrialCompany
from policies.reach.models import Reach
from policies.standards.models import Evaluation, Judgement, Standard

__all__ = ["Evaluation", "Judgement", "Reach", "Standard", "StandardDraft", "TextTrial", "TrialCompany"]

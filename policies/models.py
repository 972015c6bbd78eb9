"""Gathers the models of this app's features."""

from policies.publishing.models import StandardDraft, TextTrial, TrialCompany
from policies.standards.models import Evaluation, Judgement, Standard

__all__ = ["Evaluation", "Judgement", "Standard", "StandardDraft", "TextTrial", "TrialCompany"]

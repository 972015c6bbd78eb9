"""Gathers the models of this app's features."""

from policies.standards.models import Evaluation, Judgement, Standard

__all__ = ["Evaluation", "Judgement", "Standard"]

"""Gathers the models of this app's features."""

from cultivation.gates.models import GateChange
from cultivation.quotas.models import CountingRule, Plan, PlanConflict, Quota
from cultivation.tracks.models import PoolScheme, TierMove, Track, TrackEvent

__all__ = ["CountingRule", "GateChange", "Plan", "PlanConflict", "PoolScheme", "Quota", "TierMove", "Track", "TrackEvent"]

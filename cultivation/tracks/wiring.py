"""What the ladder registers when the app starts; called by the app's own wiring."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.audit import checks, words
from accounts.decisions import kinds
from accounts.jobs import registry
from companies.register import slots
from cultivation.tracks import events, panels
from cultivation.tracks.checks import event_problems, move_problems, recognised_problems, scheme_problems, track_problems
from cultivation.tracks.kinds import TIER_MOVE


def _lapse(day: date) -> dict[str, Any]:
    return {"lapsed": events.tracks_lapse(on=day)}


def connect() -> None:
    """The decision kind, what moves tracks from below and once a day, and the checks."""
    kinds.register(TIER_MOVE)
    panels.connect()
    slots.after("recognition_confirmed", events.recognition_confirmed)
    slots.after("recognition_ended", events.recognition_ended)
    slots.after("incident_changed", events.incident_changed)
    slots.add_effect(events.recognition_effect)
    registry.register_daily("titles that ran out", _lapse)
    words.register_actions(
        {
            "track.targeted": _("设为目标"),
            "track.main": _("设为主培育称号"),
            "track.recognised": _("培育进程转为已认定"),
            "track.lapsed": _("称号失效，退回冲刺库"),
        }
    )
    checks.register("tracks against their events", track_problems)
    checks.register("track events", event_problems)
    checks.register("tier moves", move_problems)
    checks.register("recognised tracks", recognised_problems)
    checks.register("pool schemes", scheme_problems)

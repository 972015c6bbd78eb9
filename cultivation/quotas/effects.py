"""What a recognition changes in the figures, in words for the person who decides."""

from datetime import date

from django.utils.translation import gettext as _

from companies.register.slots import RecognitionChange
from core.units import count
from cultivation.quotas.counting import first_recognitions


def recognition_effect(change: RecognitionChange) -> str:
    """`柯桥区 小巨人 2026 年首次认定 4 → 5`: the district's count of first recognitions of the year; "" where it stays."""
    row = change.recognition
    year_end = date(row.happened_on.year, 12, 31)
    if not change.is_new or (change.ended_on and change.ended_on > year_end):
        return ""
    counted = first_recognitions(title_ids=[row.title_id], since=date(year_end.year, 1, 1), on=year_end, known=date.max)
    number = counted.filter(district=change.district).count()
    return _("%(district)s %(title)s %(year)s 年首次认定 %(before)s → %(after)s") % {
        "district": change.district,
        "title": row.title.short,
        "year": year_end.year,
        "before": count(number),
        "after": count(number - 1 if change.ended_on else number + 1),
    }

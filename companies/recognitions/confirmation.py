"""What confirming settles, one row or thousands: whether it is the first of its title, and which one it follows."""

from collections.abc import Sequence

from companies.recognitions import counting
from companies.recognitions.models import Recognition


def settle(rows: Sequence[Recognition]) -> None:
    """Set `is_first` and `follows` of saved, confirmed rows, oldest first. The caller saves them.

    Rows confirmed before keep their mark: `RecognitionQuerySet.new` lets an earlier one known later take their place.
    """
    pairs = {(row.company_id, row.title_id) for row in rows}
    known = counting.confirmed_before(pairs)
    taken = counting.taken_ids(pairs)
    for row in rows:
        others = known[row.company_id, row.title_id]
        row.is_first = counting.is_new(row, others)
        row.follows = counting.followed(row, others, taken)
        if row.follows is not None:
            taken.add(row.follows.pk)

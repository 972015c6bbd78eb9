"""Where a title's next filing lies, and the text it will be judged by."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from policies import engine
from policies.engine.year_end import next_year
from policies.standards import library
from policies.standards.library import Published


class Aim(NamedTuple):
    """The next filing of a title that counts this year: its year, the planned windows, and the text it will be judged by.

    `is_lasting` is false where no text is known to be in force then and today's is used.
    """

    year: int
    windows: Sequence[engine.Window]
    published: Published
    is_lasting: bool = True

    @property
    def window(self) -> engine.Window:
        """The planned window of that filing; its days are None where they are not known."""
        return next((window for window in self.windows if window.year == self.year), engine.Window(self.year))

    @property
    def day(self) -> date:
        """The first day of that filing, of its year where it is not known."""
        return self.window.opens_on or date(self.year, 1, 1)


def aim_of(title_code: str, *, on: date, rows: Sequence[Published], windows: Sequence[engine.Window]) -> Aim | None:
    """Where a title's next filing lies; None where it has no text in force today or then."""
    year = next_year(on, windows)
    then = library.in_force_of(rows, on=Aim(year, windows, rows[0]).day).get(title_code) if rows else None
    if then is not None:
        return Aim(year, windows, then)
    now = library.in_force_of(rows, on=on).get(title_code)
    return None if now is None else Aim(year, windows, now, is_lasting=False)

"""年底倒推: what a coming filing still asks of a company before the year is over. Plain Python, like the rest of the engine."""

from policies.engine.year_end import groups, years  # noqa: F401  each registers the conditions it answers for
from policies.engine.year_end.answers import BLOCKING, DOABLE, Standing, YearEnd, YearEndLine, next_year, year_end, year_end_summary
from policies.engine.year_end.parts import By, Task

__all__ = ["BLOCKING", "DOABLE", "By", "Standing", "Task", "YearEnd", "YearEndLine", "next_year", "year_end", "year_end_summary"]

"""The two ways an import says no: the whole workbook, or one cell."""

from core.errors import Refusal


class WorkbookRefused(Refusal):
    """The file as a whole is not taken; nothing was saved. `message` is one Chinese sentence with the limit and the way out."""

    status = 422
    code = "workbook_refused"


class CellRefused(ValueError):
    """One cell is not taken: a Chinese reason with its remedy, without the address (the checker adds sheet, row and column)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

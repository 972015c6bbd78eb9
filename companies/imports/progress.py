"""Progress of an import that is visible while its one transaction is still open.

PostgreSQL: a second connection updates the job. SQLite has one writer, which the import itself holds, so the count goes to a small
file beside the stored files, and the job's row takes it over at the end.
"""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from accounts.jobs.models import Job

EVERY = 2_000


def _key(job_id: int) -> str:
    return f"imports/progress/{job_id}"


class Progress:
    """Counts rows of one job; without a job it does nothing."""

    def __init__(self, job: Job | None, *, total: int) -> None:
        self.job, self.total, self.done, self.told = job, total, 0, 0
        if job is not None:
            Job.objects.filter(pk=job.pk).update(done=0, total=total, beat_at=timezone.now())

    def begin(self) -> None:
        """Nothing is done, or no longer: the transaction begins, perhaps once more."""
        self.done = self.told = 0

    def add(self, rows: int) -> None:
        """So many rows more are done."""
        self.done += rows
        if self.job is None or (self.done - self.told < EVERY and self.done < self.total):
            return
        self.told = self.done
        if not connection.in_atomic_block:
            Job.objects.filter(pk=self.job.pk).update(done=self.done, beat_at=timezone.now())
        elif connection.vendor == "postgresql":
            self._through_second_connection()
        else:
            write_mark(self.job.pk, self.done)

    def _through_second_connection(self) -> None:
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("UPDATE accounts_job SET done = %s, beat_at = now() WHERE id = %s", [self.done, self.job.pk])  # type: ignore[union-attr]
        finally:
            other.close()

    def stop(self) -> None:
        """The work failed; no file stays behind."""
        if self.job is not None:
            clear_mark(self.job.pk)

    def finish(self) -> None:
        """All rows are done and committed; no file stays behind."""
        if self.job is not None:
            clear_mark(self.job.pk)
            Job.objects.filter(pk=self.job.pk).update(done=self.done)


def write_mark(job_id: int, done: int) -> None:
    """Leave the count where another process finds it."""
    default_storage.delete(_key(job_id))
    default_storage.save(_key(job_id), ContentFile(str(done).encode()))


def clear_mark(job_id: int) -> None:
    """Remove the count."""
    default_storage.delete(_key(job_id))


def done_of(job: Job) -> int:
    """Rows done so far, from the job or the mark beside it."""
    if connection.vendor == "postgresql":
        return job.done
    try:
        with default_storage.open(_key(job.pk)) as mark:
            return max(job.done, int(mark.read() or 0))
    except (OSError, ValueError):
        return job.done

"""The papers of the demonstration: lists as PDF documents, and workbooks brought in through the real import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.utils import timezone

from accounts.audit import services as audit
from accounts.audit.verify import head_line
from accounts.decisions.services import decision_sign
from companies.evidence.models import Evidence, EvidenceKind
from companies.evidence.services import evidence_store
from companies.figures.catalogue import Source
from companies.imports.checking import import_check, needs_decision
from companies.imports.models import ImportRun, ImportState
from companies.imports.services import import_apply, import_submit, import_upload
from companies.register.members import CompanyMember
from core.documents import blocks as b
from core.documents.pdf import pdf_bytes
from core.errors import Refusal
from cultivation.demo.grants import List
from cultivation.demo.ladder import Ladder
from cultivation.demo.people import People
from cultivation.demo.places import PLACE
from cultivation.demo.shapes import Kind
from cultivation.demo.workbooks import Book
from cultivation.demo.world import InventedCompany, World

WAN = Decimal(10_000)


@dataclass(slots=True)
class Papers:
    """Makes and stores documents in the name of the city's clerk."""

    people: People

    @staticmethod
    def yuan(wan: float) -> Decimal:
        """A figure of the world (万元, two decimals) as the product keeps it."""
        return (Decimal(str(wan)) * WAN).quantize(Decimal("0.01"))

    def list_document(self, on_list: List, firms: Sequence[InventedCompany], *, on: date) -> Evidence:
        """The published list as a PDF with every firm on it."""
        rows = [[str(number), firm.name, firm.uscc, PLACE[firm.district].name] for number, firm in enumerate(firms, start=1)]
        title = f"{on_list.batch}{on_list.application}名单"
        content = self._pdf(on_list.document, title, rows, announced_on=on_list.announced_on, on=on)
        file = ContentFile(content, name=f"{on_list.document}.pdf")
        return evidence_store(file=file, kind=EvidenceKind.DOCUMENT, by=self.people.clerk, on=on)

    def bring_in(self, book: Book, *, on: date) -> ImportRun:
        """Upload, check, have signed where that is due, and apply: the steps a clerk takes on the import page.

        Raises Refusal when the run does not end 已导入: a demonstration built on half its data would mislead.
        """
        official = None
        if book.document:
            rows = [["1", book.path.name, "", "全市"]]
            content = self._pdf(book.document, "获得认定汇总", rows, announced_on=book.document_on or on, on=on)
            official = ContentFile(content, name=f"{book.document}.pdf")
        run = self._checked(book, official, on=on)
        if run.state == ImportState.CHECKED and needs_decision(run):
            decision = import_submit(run_id=run.pk, by=self.people.clerk, on=on, reason=f"导入 {book.path.name}")
            decision_sign(decision_id=decision.pk, signer=self.people.approvers[0], on=on, note="同意")
        elif run.state == ImportState.CHECKED:
            import_apply(run_id=run.pk, by=self.people.clerk, on=on)
        run = ImportRun.objects.select_related("file").get(pk=run.pk)
        if run.state != ImportState.APPLIED:
            raise Refusal(f"{book.path.name}：{run.get_state_display()}，{run.message}")
        return run

    def leave_checked(self, path: Path, *, on: date) -> ImportRun:
        """A workbook somebody else made, uploaded and checked but not imported yet: the next step is the visitor's."""
        return self._checked(Book(path, on, Source.SELF_REPORTED), None, on=on)

    def _checked(self, book: Book, official: ContentFile[bytes] | None, *, on: date) -> ImportRun:
        with book.path.open("rb") as stream:
            run = import_upload(
                file=File(stream, name=book.path.name),
                source=book.source,
                by=self.people.clerk,
                on=on,
                official_list=official,
                document_number=book.document,
                document_on=book.document_on,
            )
        return import_check(run_id=run.pk, on=on)

    def _pdf(self, number: str, title: str, rows: Sequence[Sequence[str]], *, announced_on: date, on: date) -> bytes:
        columns = [
            b.Column("序号", fixed=True, align="right"),
            b.Column("企业", weight=3),
            b.Column("统一社会信用代码", fixed=True),
            b.Column("属地"),
        ]
        content: list[b.Block] = [
            b.Heading(title, 1),
            b.KeyValue([("文号", number), ("公告日期", announced_on.isoformat())]),
            b.Note("示例文件：名单中的企业均为虚构，仅供演示。"),
            b.Table(columns, rows),
        ]
        imprint = b.Imprint(title, "演示", timezone.now(), on, "当时所知", head_line(), self.people.clerk.name)
        return pdf_bytes(content, imprint=imprint)

    def enterprise_join(self, world: World, *, ladder: Ladder, on: date) -> None:
        """The enterprise account belongs to a firm with something to see: one near the little-giant line in 柯桥区."""
        firm = next(firm for firm in world.of(Kind.NEAR, Kind.GIANT, Kind.PLAIN) if firm.district == "330603")
        company = ladder.companies[firm.uscc]
        member = CompanyMember.objects.create(company=company, user=self.people.enterprise, starts_on=on)
        audit.record("company_member.added", actor=None, target=member, company=company, district=company.district, on=on)

"""Three years of work in date order: imports, assignments, tracks, recognitions, troubles, and what is left open for trying."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from accounts.decisions.models import Decision
from companies.figures.services import figures_add, incident_add
from companies.recognitions.models import Batch
from cultivation.demo.grants import CHAMPION_LISTS, CHAMPION_REVIEW, GIANT_LISTS, GIANT_REVIEW_LISTS, List
from cultivation.demo.ladder import Ladder
from cultivation.demo.papers import Papers
from cultivation.demo.shapes import Kind, Short
from cultivation.demo.workbooks import SINCE, Book
from cultivation.demo.world import InventedCompany, World
from cultivation.quotas.models import Plan
from cultivation.quotas.seeds import quotas_divide
from cultivation.tracks.events import tracks_lapse
from cultivation.tracks.models import Track, TrackState
from policies.standards.services import evaluation_refresh, judgement_make

LITTLE_GIANT, CHAMPION = "little_giant", "single_champion"
SAMPLE_PLAN = "sample-2024-2026"


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that happens on a day."""

    on: date
    name: str
    play: Callable[[date], None]


class Story:
    """The scenes of the demonstration over one world, ready to be played in date order."""

    def __init__(self, world: World, *, ladder: Ladder, papers: Papers, books: list[Book], messy: Path, today: date) -> None:
        self.world, self.ladder, self.papers = world, ladder, papers
        self.books, self.messy, self.today = books, messy, today

    def scenes(self) -> list[Scene]:
        """Every scene up to today, in the order of their days."""
        found = [Scene(book.on, f"导入 {book.path.name}", self._import(book)) for book in self.books]
        found.append(Scene(SINCE + timedelta(days=4), "挂钩", self._assign))
        for year in (2024, 2025, 2026):
            found.append(Scene(date(year, 1, 5), f"{year} 年度目标", self._divide(year)))
            found.append(Scene(date(year, 4, 30), f"{year} 年负面信息", self._troubles(year)))
            found.append(Scene(date(year, 5, 8), f"{year} 年小巨人进库", self._year_of_giants(year)))
            found.append(Scene(date(year, 5, 15), f"{year} 年单项冠军进库", self._year_of_champions(year)))
        found += [Scene(on.announced_on + timedelta(days=9), on.batch, self._list(on)) for on in self._lists()]
        found.append(Scene(date(2026, 3, 16), "降库和移出", self._fall))
        found.append(Scene(date(2026, 9, 10), "人工判断", self._judge))
        found.append(Scene(self.today - timedelta(days=6), "留待审批的申请", self._left_open))
        found.append(Scene(self.today, "今日评估", self._evaluate))
        return sorted((scene for scene in found if scene.on <= self.today), key=lambda scene: scene.on)

    def _lists(self) -> list[List]:
        lists = [*GIANT_LISTS.values(), *GIANT_REVIEW_LISTS.values(), *CHAMPION_LISTS.values(), CHAMPION_REVIEW]
        return [one for one in lists if one.announced_on > SINCE]

    def _import(self, book: Book) -> Callable[[date], None]:
        def play(on: date) -> None:
            run = self.papers.bring_in(book, on=on)
            for verdict in ("new", "changed", "unchanged", "refused"):
                self.ladder.counts[f"imported {verdict}"] += run.totals.get(verdict, 0)
            self.ladder.refresh()
            self._lapse(on)

        return play

    def _divide(self, year: int) -> Callable[[date], None]:
        def play(on: date) -> None:
            quotas_divide(plan=Plan.objects.get(code=SAMPLE_PLAN), year=year, on=on)
            self._lapse(on)

        return play

    def _lapse(self, on: date) -> None:
        tracks_lapse(on=on)

    def _assign(self, on: date) -> None:
        """Officers keep every firm on its way somewhere and half of the other technology firms."""
        kept = self.world.of(Kind.CHAMPION, Kind.GIANT, Kind.NEAR, Kind.SPECIALISED)
        others = [firm for firm in self.world.of(Kind.TECH) if firm.number % 2 and firm.joins == 2023]
        self.ladder.assign([*kept, *others], on=on)

    def _year_of_giants(self, year: int) -> Callable[[date], None]:
        """The firms of this year's list climb to 冲刺库; part of those near the line are taken in; some climb further."""

        def play(on: date) -> None:
            batch = Batch.objects.filter(title__code=LITTLE_GIANT, year=year).first()
            for firm in self.world.of(Kind.GIANT):
                if firm.cohort == year:
                    self._climb(firm, LITTLE_GIANT, on=on, batch=batch)
            near = self.world.of(Kind.NEAR)
            for firm in near[year % 8 :: 8]:
                if not self.ladder.move(firm, LITTLE_GIANT, TrackState.ACCELERATING, on=on, signed_on=on + timedelta(days=2)):
                    self.ladder.move(firm, LITTLE_GIANT, TrackState.STARTING, on=on, signed_on=on + timedelta(days=2))
            for firm in near[(year + 4) % 8 :: 8]:
                if len(firm.shorts) == 1:
                    self.ladder.move(firm, LITTLE_GIANT, TrackState.SPRINT, on=on, signed_on=on + timedelta(days=3), batch=batch)
            for firm in self.world.of(Kind.SPECIALISED)[year % 31 :: 31]:
                self.ladder.move(firm, LITTLE_GIANT, TrackState.STARTING, on=on, signed_on=on + timedelta(days=1))

        return play

    def _year_of_champions(self, year: int) -> Callable[[date], None]:
        """Champions to be: taken in, a year later up."""

        def play(on: date) -> None:
            batch = Batch.objects.filter(title__code=CHAMPION, year__gte=year).order_by("year").first()
            waiting = [firm for firm in self.world.of(Kind.CHAMPION) if firm.cohort == 0]
            for firm in waiting[: (year - 2022) * 3]:
                steps = [TrackState.ACCELERATING] if year < 2026 else [TrackState.ACCELERATING, TrackState.SPRINT]
                for to in steps:
                    aimed = batch if to == TrackState.SPRINT else None
                    self.ladder.move(firm, CHAMPION, to, on=on, signed_on=on + timedelta(days=1), batch=aimed)

        return play

    def _climb(self, firm: InventedCompany, title: str, *, on: date, batch: Batch | None) -> None:
        """Half of them through 加速库; the first admission may enter any pool whose gate holds."""
        if firm.number % 2:
            self.ladder.move(firm, title, TrackState.ACCELERATING, on=on, signed_on=on + timedelta(days=1))
        self.ladder.move(firm, title, TrackState.SPRINT, on=on + timedelta(days=3), signed_on=on + timedelta(days=5), batch=batch)

    def _list(self, on_list: List) -> Callable[[date], None]:
        """A published list: every firm recorded with the paper and confirmed by a second person; the newest leaves some waiting."""

        def play(on: date) -> None:
            rows = [(firm, grant) for firm in self.world.firms for grant in firm.grants if grant.on.key == on_list.key]
            if not rows:
                return
            document = self.papers.list_document(on_list, [firm for firm, _grant in rows], on=on)
            waiting = 3 if on_list is GIANT_LISTS[2026] else 0
            for position, (firm, grant) in enumerate(rows):
                self.ladder.recognise(firm, grant, document=document, on=on, confirmed=position >= waiting)
            self._lapse(on)

        return play

    def _troubles(self, year: int) -> Callable[[date], None]:
        """负面信息 that began before this day and were not entered yet, and a source that contradicts itself."""

        def play(on: date) -> None:
            known = date(year - 1, 4, 30) if year > 2024 else date(1990, 1, 1)
            for firm in self.world.firms:
                for trouble in firm.troubles:
                    if known < trouble.starts_on <= on:
                        incident_add(
                            company_id=self.ladder.companies[firm.uscc].pk,
                            kind=trouble.kind,
                            severity=trouble.severity,
                            starts_on=trouble.starts_on,
                            ends_on=trouble.ends_on if trouble.ends_on and trouble.ends_on <= on else None,
                            note=trouble.note,
                            by=self.ladder.people.clerk,
                            on=on,
                        )
                for other_year, code, value in firm.conflicts if year == 2026 else ():
                    self._contradict(firm, other_year, code, value, on=on)

        return play

    def _contradict(self, firm: InventedCompany, year: int, code: str, value: float, *, on: date) -> None:
        figures_add(
            company_id=self.ladder.companies[firm.uscc].pk,
            year=year,
            source="audit",
            values={code: self.papers.yuan(value)},
            by=self.ladder.people.clerk,
            on=on,
            stands_beside=True,
            is_unit_checked=True,
            note="另一份审计报告",
        )

    def _fall(self, on: date) -> None:
        """Some firms without progress go one pool down or out."""
        tracks = Track.objects.filter(title__code=LITTLE_GIANT, state=TrackState.ACCELERATING).order_by("pk").select_related("company")
        by_code = {firm.uscc: firm for firm in self.world.firms}
        for number, track in enumerate(tracks[:8]):
            to = TrackState.REMOVED if number % 4 == 3 else TrackState.STARTING
            decision = self.ladder.propose(by_code[track.company.uscc], LITTLE_GIANT, to, on=on, reason="连续两年未见进展")
            if decision is not None:
                self.ladder.sign(decision, on=on + timedelta(days=4))

    def _judge(self, on: date) -> None:
        """Officers answer some questions that figures cannot."""
        tracks = Track.objects.filter(title__code=LITTLE_GIANT, state=TrackState.SPRINT).select_related("company", "title").order_by("pk")
        for track in tracks[:12]:
            officer = self.ladder.officers.get(track.company_id)
            if officer is None:
                continue
            for criterion, note in (
                ("G-04", "主导产品不在产业结构调整指导目录限制、淘汰类"),
                ("L-6", "产品属核心基础零部件，配套链主企业"),
            ):
                judgement_make(company=track.company, title=track.title, criterion=criterion, outcome="met", note=note, by=officer, on=on)

    def _left_open(self, on: date) -> None:
        """For trying: proposals waiting for a signature in several districts, one rejected, one stale, a workbook not imported yet."""
        waiting: dict[str, int] = {}
        stale = rejected = False
        for firm in self.world.of(Kind.NEAR):
            if waiting.get(firm.district, 0) >= 2 or Short.BOUNDARY in firm.shorts:
                continue
            decision = self._propose_next(firm, on=on)
            if decision is None:
                continue
            if not rejected:
                self.ladder.reject(decision, on=on + timedelta(days=1), reason="佐证材料尚不完整，请补齐后再提")
                rejected = True
            elif not stale and firm.figures[2025].get("rd_expense"):
                self._make_stale(firm, on=on + timedelta(days=1))
                self.ladder.sign(decision, on=on + timedelta(days=2))
                stale = True
            else:
                waiting[firm.district] = waiting.get(firm.district, 0) + 1
        # last: whatever is written about a firm of the workbook after the check would send the visitor back to check again
        self.papers.leave_checked(self.messy, on=on + timedelta(days=2))

    def _propose_next(self, firm: InventedCompany, *, on: date) -> Decision | None:
        track = self.ladder.target(firm, LITTLE_GIANT, on=on)
        if track is None or track.state not in {TrackState.CANDIDATE, TrackState.STARTING}:
            return None
        return self.ladder.propose(firm, LITTLE_GIANT, TrackState.ACCELERATING, on=on, reason="指标较上年改善，申请进入加速库")

    def _make_stale(self, firm: InventedCompany, *, on: date) -> None:
        company = self.ladder.companies[firm.uscc]
        value = float(firm.figures[2025]["rd_expense"] or 0) * 0.97
        figures_add(
            company_id=company.pk,
            year=2025,
            source="audit",
            values={"rd_expense": self.papers.yuan(value), "rd_expense_domestic": None},
            by=self.ladder.officers[company.pk],
            on=on,
            is_unit_checked=True,
            note="按更正后的审计报告",
        )

    def _evaluate(self, on: date) -> None:
        evaluation_refresh(company_ids=[company.pk for company in self.ladder.companies.values()], on=on)
        self._lapse(on)

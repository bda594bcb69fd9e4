//! `redress month show MONTH`: a month as it stands now. What is gathered, who has confirmed and who still has to, the
//! list of discipline, the notices. A case that was corrected since is told: the month has to be gathered again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redress::{CaseView, Redress};
use redress_core::month::{GatheredCase, MonthState};
use redress_kernel::definition::Definition;
use redress_kernel::id::{CaseId, DepartmentId};
use redress_kernel::organisation::Organisation;
use redress_kernel::time::{Instant, Month};

use crate::failure::Failure;
use crate::output::{Cell, Listing, Record, Zones, column};
use crate::session::Session;
use crate::settings::Lang;
use crate::{hundredths, story};

const SCHEMA: &str = "redress/month@1";

/// Everything that is shown.
struct Shown {
    month: Month,
    state: MonthState,
    /// The cases, by id, as they stand now.
    cases: BTreeMap<CaseId, CaseView>,
    /// Who confirms every case (M9-10).
    every: Vec<DepartmentId>,
    definition: Arc<redress_core::regulation::Workflow>,
    organisation: Organisation,
    now: Instant,
    lang: Lang,
    zones: Zones,
}

/// Prints it.
pub(super) async fn run(session: &Session, month: Month) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let state = super::opened(session, &desk, month).await?;
    let workflow = crate::commands::rules(session, &desk).await?;
    let regulation = workflow.regulation.as_ref();
    let table = regulation.and_then(|regulation| regulation.tables.month.as_ref());
    let shown = Shown {
        month,
        cases: cases(session, &desk, &state).await?,
        state,
        every: table.map_or_else(Vec::new, |table| table.confirmed_by.clone()),
        definition: workflow.clone(),
        organisation: desk.organisation().await.map_err(|e| session.failed(&e))?,
        now: desk.now().await.map_err(|e| session.failed(&e))?,
        lang: session.output.lang,
        zones: session.zones(),
    };
    session.output.record(&shown.record(), &shown.zones)
}

async fn cases(
    session: &Session,
    desk: &Redress,
    state: &MonthState,
) -> Result<BTreeMap<CaseId, CaseView>, Failure> {
    let mut cases = BTreeMap::new();
    for case in state
        .gathered
        .iter()
        .flat_map(|(_, gathered)| &gathered.cases)
    {
        let view = desk.case(case.case).await.map_err(|e| session.failed(&e))?;
        cases.insert(case.case, view);
    }
    Ok(cases)
}

impl Shown {
    fn record(&self) -> Record {
        let state = &self.state;
        let mut record = Record::new(SCHEMA);
        record.member(column("month", "月份", "Month"), Cell::Month(self.month));
        record.member(
            column("state", "状态", "State"),
            super::stands(state, self.lang),
        );
        let opened = state.opened.as_ref();
        record.member(
            column("opened_at", "开启", "Opened"),
            Cell::of(opened, |(at, _)| Cell::Instant(*at)),
        );
        let due = opened.map(|(_, opened)| opened.due);
        record.member(
            column("due", "期限", "Due"),
            Cell::of(due, |due| match state.closed {
                None if self.now.to_whole_second() > due => {
                    Cell::Alarm(Box::new(Cell::Instant(due)))
                }
                _ => Cell::Instant(due),
            }),
        );
        record.member(
            column("deadline", "期限状况", "Deadline"),
            super::deadline(state, self.now, self.lang),
        );
        let gathered = state.gathered.as_ref();
        record.member(
            column("gathered_at", "汇总", "Gathered"),
            Cell::of(gathered, |(at, _)| Cell::Instant(*at)),
        );
        record.member(
            column("listed_at", "处分名单", "Discipline listed"),
            Cell::of(state.listed.as_ref(), |(at, _)| Cell::Instant(*at)),
        );
        let notices = state.notices.as_ref();
        record.member(
            column("notices_at", "奖罚通知单", "Notices issued"),
            Cell::of(notices, |(at, _)| Cell::Instant(*at)),
        );
        record.member(
            column("charged", "应扣合计", "Charged by them"),
            Cell::of(notices, |(_, notices)| Cell::Money(notices.charged)),
        );
        record.member(
            column("approved_at", "核准", "Approved"),
            Cell::of(state.approved, Cell::Instant),
        );
        record.member(
            column("closed_at", "结账", "Closed"),
            Cell::of(state.closed.as_ref(), |(at, _)| Cell::Instant(*at)),
        );
        record.part("cases", self.gathered());
        record.part("confirmations", self.confirmations());
        record.part("discipline", self.discipline());
        record.part("notices", self.notices());
        record.part("reminders", self.reminders());
        let improvements = self.state.improvements.iter();
        record.part(
            "improvements",
            super::improvements::listing(SCHEMA, improvements, self.lang),
        );
        record
    }

    fn reminders(&self) -> Listing {
        let columns = vec![
            column("at", "发出", "Issued"),
            column("level", "级别", "Level"),
            column("due", "到期", "Due"),
            column("to", "发往", "To"),
            column("overtaken", "越过的级别", "Overtaken").data_only(),
        ];
        let mut listing = Listing::new(SCHEMA, "reminders", columns);
        for issued in &self.state.reminders {
            listing.row(vec![
                Cell::Instant(issued.at),
                Cell::count(issued.level),
                Cell::Instant(issued.due),
                story::addressees(&issued.to, Some(self.rules()), self.lang, &self.zones),
                Cell::Parts {
                    json: serde_json::json!(issued.overtaken),
                    shown: String::new(),
                },
            ]);
        }
        listing
    }

    fn all(&self) -> impl Iterator<Item = &GatheredCase> {
        let gathered = self.state.gathered.iter();
        gathered.flat_map(|(_, gathered)| &gathered.cases)
    }

    /// Those whose heads have to confirm a case: nobody, where nobody carries anything.
    fn concerned(&self, case: &GatheredCase) -> BTreeSet<DepartmentId> {
        if case.determination.is_none() {
            return BTreeSet::new();
        }
        let every = self.every.iter().cloned();
        every.chain(case.departments.iter().cloned()).collect()
    }

    fn has_confirmed(&self, department: &DepartmentId, case: &GatheredCase) -> bool {
        let confirmed = self.state.confirmed.get(department);
        let number = confirmed.and_then(|cases| cases.get(&case.case));
        number.is_some() && number == case.determination.as_ref()
    }

    /// Whether something was corrected since the case was gathered; a closed month is past that.
    fn is_outdated(&self, case: &GatheredCase) -> bool {
        let stands = self.cases.get(&case.case);
        let stands = stands.and_then(|view| view.complaint.determined());
        self.state.closed.is_none()
            && stands.map(|stands| stands.determination) != case.determination
    }

    fn departments<'d>(&self, departments: impl Iterator<Item = &'d DepartmentId>) -> Cell {
        let words = departments.map(|id| self.department(id));
        Cell::words(words, self.lang)
    }

    fn department(&self, id: &DepartmentId) -> Cell {
        story::department(id, Some(self.rules()), self.lang)
    }

    fn rules(&self) -> &Definition {
        &self.definition.definition
    }

    fn gathered(&self) -> Listing {
        let columns = vec![
            column("case", "案件", "Case").data_only(),
            column("number", "编号", "Number"),
            column("closed_at", "结案", "Closed"),
            column("determination", "判定", "Determination"),
            column("departments", "责任部门", "Departments"),
            column("late_for", "补计", "Late for"),
            column("again", "再计", "Again"),
            column("replaced_by", "由新表单取代", "Replaced by"),
            column("loss_pending", "损失待定", "Loss pending"),
            column("outdated", "须重新汇总", "Corrected since"),
            column("missing", "待确认", "Not confirmed by"),
        ];
        let mut listing = Listing::new(SCHEMA, "cases", columns);
        for case in self.all() {
            let concerned = self.concerned(case);
            let missing = concerned.iter().filter(|id| !self.has_confirmed(id, case));
            let outdated = match self.is_outdated(case) {
                true => Cell::Alarm(Box::new(Cell::Boolean(true))),
                false => Cell::Boolean(false),
            };
            listing.row(vec![
                Cell::text(case.case.to_string()),
                Cell::text(case.print.clone()),
                Cell::Instant(case.closed_at),
                Cell::of(case.determination, Cell::count),
                self.departments(case.departments.iter()),
                Cell::of(case.late_for, Cell::Month),
                Cell::Boolean(case.again),
                Cell::of(case.replaced_by.clone(), Cell::text),
                Cell::Boolean(case.loss_pending),
                outdated,
                self.departments(missing),
            ]);
        }
        listing
    }

    fn confirmations(&self) -> Listing {
        let columns = vec![
            column("department", "部门", "Department"),
            column("head", "主管", "Head"),
            column("to_confirm", "应确认", "To confirm"),
            column("confirmed", "已确认", "Confirmed"),
            column("done", "完成", "Done"),
        ];
        let mut listing = Listing::new(SCHEMA, "confirmations", columns);
        // Who confirmed a month without a case is told too (M9-10).
        let confirmed = self.state.confirmed.keys();
        let mut counts: BTreeMap<DepartmentId, (usize, usize)> =
            confirmed.map(|id| (id.clone(), (0, 0))).collect();
        for case in self.all() {
            for department in self.concerned(case) {
                let confirmed = usize::from(self.has_confirmed(&department, case));
                let (all, done) = counts.entry(department).or_default();
                *all += 1;
                *done += confirmed;
            }
        }
        for (department, (all, confirmed)) in &counts {
            let done = all == confirmed;
            listing.row(vec![
                self.department(department),
                Cell::of(self.organisation.head(department, self.now), |head| {
                    Cell::text(head.as_str())
                }),
                Cell::count(*all),
                Cell::count(*confirmed),
                match done {
                    true => Cell::Boolean(true),
                    false => Cell::Alarm(Box::new(Cell::Boolean(false))),
                },
            ]);
        }
        listing
    }

    fn discipline(&self) -> Listing {
        let columns = vec![
            column("case", "案件", "Case").data_only(),
            column("number", "编号", "Number"),
            column("employee", "员工", "Employee"),
            column("grade", "处分", "Grade"),
            column("announced", "已公布", "Announced"),
        ];
        let mut listing = Listing::new(SCHEMA, "discipline", columns);
        for entry in self
            .state
            .listed
            .iter()
            .flat_map(|(_, listed)| &listed.entries)
        {
            let view = self.cases.get(&entry.case);
            listing.row(vec![
                Cell::text(entry.case.to_string()),
                Cell::text(entry.print.clone()),
                Cell::text(entry.employee.as_str()),
                Cell::word(entry.grade.id(), story::grade(entry.grade, self.lang)),
                Cell::of(view, |view| {
                    Cell::Boolean(view.complaint.announcement_of(&entry.employee).is_some())
                }),
            ]);
        }
        listing
    }

    /// Each notice, member by member.
    fn notices(&self) -> Listing {
        let columns = vec![
            column("case", "案件", "Case").data_only(),
            column("number", "编号", "Number"),
            column("members_on", "人员以此日为准", "Members on"),
            column("party", "责任单位", "Party"),
            column("party_charged", "单位应扣", "Its charge"),
            column("employee", "员工", "Employee"),
            column("points", "基点", "Base points"),
            column("amount", "金额", "Amount"),
        ];
        let mut listing = Listing::new(SCHEMA, "notices", columns);
        let issued = self.state.notices.as_ref().map(|(_, issued)| &issued.cases);
        for case in self.all() {
            let issued = issued.and_then(|cases| cases.get(&case.case));
            let notices = self
                .cases
                .get(&case.case)
                .map(|view| &view.complaint.notices);
            let mut notices = notices.into_iter().flatten().rev();
            let Some((_, notice)) = notices.find(|(_, notice)| {
                notice.month == self.month && Some(&notice.determination) == issued
            }) else {
                continue;
            };
            for party in &notice.parties {
                for member in &party.members {
                    listing.row(vec![
                        Cell::text(case.case.to_string()),
                        Cell::text(case.print.clone()),
                        Cell::Date(notice.members_on),
                        Cell::text(party.party.clone()),
                        Cell::Money(party.charged),
                        Cell::text(member.employee.as_str()),
                        Cell::of(member.base_points, |points| {
                            Cell::text(hundredths::shown(points))
                        }),
                        Cell::Money(member.amount),
                    ]);
                }
            }
        }
        listing
    }
}

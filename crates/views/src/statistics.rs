//! Statistics of closed cases by month (客户投诉案件统计表, M9-10, M14, A12, A14), as far as is known now.
//!
//! A case counts in the month that its closing names. Rows are keyed by month: a month's figures cost what the
//! month holds, however long the history is.

use std::collections::{BTreeMap, BTreeSet};

use redress_kernel::id::{CaseId, DefinitionId, DepartmentId, StageId};
use redress_kernel::time::{Month, Zone};
use serde::{Deserialize, Serialize};

use crate::case_row::{CaseRow, CaseStatus};
use crate::error::ViewError;
use crate::facts::Wanted;
use crate::figures::{Count, Figures, Taken};
use crate::key::{Key, Micros, STATISTICS, case_in};
use crate::reminders::span;
use crate::rows::{Rows, behind};
use crate::store::{self, Made, decode, encode, unreadable};

/// How the forms of one chain count (M9-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chains {
    /// Each case counts.
    #[default]
    Each,
    /// A chain counts once, with the last of its cases that is closed (A16).
    Once,
}

/// Which statistics are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsQuery {
    /// The workflow: other forms are counted apart (M3).
    pub definition: DefinitionId,
    /// The month.
    pub month: Month,
    /// The company's zone; by it a withdrawal lies in a month (A6).
    pub zone: Zone,
    /// How chains count.
    pub chains: Chains,
}

/// The statistics of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthStatistics {
    /// The month.
    pub month: Month,
    /// The workflow.
    pub definition: DefinitionId,
    /// How chains were counted.
    pub chains: Chains,
    /// Closed.
    pub closed: usize,
    /// Of these: on time, by the case's deadline.
    pub on_time: usize,
    /// Of these: late.
    pub late: usize,
    /// Of these: without a clock, neither on time nor late.
    pub without_clock: usize,
    /// Of these: imported.
    pub imported: usize,
    /// Withdrawn in that month; not among the closed.
    pub withdrawn: usize,
    /// How long the closed were on the clock of the case.
    pub taken: Taken,
    /// By the departments found responsible; a case of two departments counts with each.
    pub by_department: Vec<Group>,
    /// By cause.
    pub by_cause: Vec<Group>,
    /// By product.
    pub by_product: Vec<Group>,
    /// By customer.
    pub by_customer: Vec<Group>,
    /// By market.
    pub by_market: Vec<Group>,
    /// By stage.
    pub by_stage: Vec<StageFigures>,
}

/// The figures of cases that have something in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// What they have in common; none: it is not recorded.
    pub key: Option<String>,
    /// The figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The figures of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageFigures {
    /// The stage.
    pub stage: StageId,
    /// Closed cases that visited it.
    pub cases: usize,
    /// Of these: cases of which any visit was late (A12).
    pub late_cases: usize,
    /// Its visits that ended.
    pub visits: usize,
    /// Of these: late, each by its own limit.
    pub late_visits: usize,
    /// How long a case stayed in it, all its visits together.
    pub held: Taken,
    /// How long each department held it; a sum is reported, not judged (A12).
    pub departments: Vec<DepartmentHeld>,
}

/// What a department held of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DepartmentHeld {
    /// The department.
    pub department: DepartmentId,
    /// Visits.
    pub visits: usize,
    /// Of these: late.
    pub late_visits: usize,
    /// Whole seconds in sum.
    pub held_seconds: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    late: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    departments: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    market: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    imported: bool,
    stages: Vec<Stayed>,
}

/// What a department held of a stage, in one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stayed {
    stage: StageId,
    department: DepartmentId,
    visits: u32,
    late: u32,
    held: i64,
}

const MONTH: &str = "m";
const WITHDRAWN: &str = "w";
const FOLLOWED: &str = "f";
/// The relation of a new form to the one that the customer did not accept (M9-9).
const FOLLOWS: &str = "follows";

/// The rows of a case.
pub(crate) fn rows(case: CaseId, row: &CaseRow, made: &mut Made) -> Result<(), ViewError> {
    let head = &row.head;
    for link in head.links.iter().filter(|link| link.relation == FOLLOWS) {
        made.push((followed(link.case).case(case).bytes(), Vec::new()));
    }
    if let Some(successor) = head.successor {
        made.push((followed(case).case(successor).bytes(), Vec::new()));
    }
    match (head.status, head.month, head.ended_at) {
        (CaseStatus::Closed, Some(month), _) => {
            let key = Key::of(STATISTICS, MONTH)
                .text(&month.to_string())
                .text(head.definition.as_str())
                .case(case)
                .bytes();
            let value = encode(&key, &closed(row))?;
            made.push((key, value));
        }
        (CaseStatus::Withdrawn, _, Some(at)) => {
            let key = Key::of(STATISTICS, WITHDRAWN)
                .text(head.definition.as_str())
                .instant(at)
                .case(case);
            made.push((key.bytes(), Vec::new()));
        }
        _ => {}
    }
    Ok(())
}

fn followed(case: CaseId) -> Key {
    Key::of(STATISTICS, FOLLOWED).case(case)
}

fn closed(row: &CaseRow) -> Row {
    let mut stages: Vec<Stayed> = Vec::new();
    for visit in &row.visits {
        let Some(ended) = &visit.ended else { continue };
        let late = u32::from(ended.late_seconds > 0);
        let same = stages
            .iter_mut()
            .find(|s| s.stage == visit.stage && s.department == visit.department);
        match same {
            Some(stayed) => {
                stayed.visits += 1;
                stayed.late += late;
                stayed.held = stayed.held.saturating_add(ended.held_seconds);
            }
            None => stages.push(Stayed {
                stage: visit.stage.clone(),
                department: visit.department.clone(),
                visits: 1,
                late,
                held: ended.held_seconds,
            }),
        }
    }
    let head = &row.head;
    Row {
        late: head.late_seconds,
        taken: head.taken_seconds,
        departments: head.facts.all(Wanted::Departments).to_vec(),
        cause: head.facts.one(Wanted::Cause),
        product: head.facts.one(Wanted::Product),
        customer: head.facts.one(Wanted::Customer),
        market: head.facts.one(Wanted::Market),
        imported: head.imported.is_some(),
        stages,
    }
}

#[derive(Default)]
struct Groups(BTreeMap<Option<String>, Count>);

impl Groups {
    fn add(&mut self, key: Option<String>, row: &Row) {
        self.0.entry(key).or_default().add(row.late, row.taken);
    }

    /// By key; what is not recorded comes last.
    fn groups(self) -> Vec<Group> {
        let mut groups: Vec<Group> = self
            .0
            .into_iter()
            .map(|(key, count)| Group {
                key,
                figures: count.figures(),
            })
            .collect();
        groups.sort_by_key(|group| group.key.is_none());
        groups
    }
}

#[derive(Default)]
struct StageCount {
    held: Vec<i64>,
    late_cases: usize,
    departments: BTreeMap<DepartmentId, (usize, usize, i64)>,
}

#[derive(Default)]
struct Stages(BTreeMap<StageId, StageCount>);

impl Stages {
    fn add(&mut self, row: &Row) {
        let mut of_case: BTreeMap<&StageId, (i64, bool)> = BTreeMap::new();
        for stayed in &row.stages {
            let (held, late) = of_case.entry(&stayed.stage).or_default();
            *held = held.saturating_add(stayed.held);
            *late |= stayed.late > 0;
            let count = self.0.entry(stayed.stage.clone()).or_default();
            let (visits, late, held) = count
                .departments
                .entry(stayed.department.clone())
                .or_default();
            *visits += usize::try_from(stayed.visits).unwrap_or(usize::MAX);
            *late += usize::try_from(stayed.late).unwrap_or(usize::MAX);
            *held = held.saturating_add(stayed.held);
        }
        for (stage, (held, late)) in of_case {
            if let Some(count) = self.0.get_mut(stage.as_str()) {
                count.held.push(held);
                count.late_cases += usize::from(late);
            }
        }
    }

    fn figures(self) -> Vec<StageFigures> {
        self.0
            .into_iter()
            .map(|(stage, count)| StageFigures {
                stage,
                cases: count.held.len(),
                late_cases: count.late_cases,
                visits: count
                    .departments
                    .values()
                    .map(|(visits, _, _)| visits)
                    .sum(),
                late_visits: count.departments.values().map(|(_, late, _)| late).sum(),
                held: Taken::of(count.held),
                departments: count
                    .departments
                    .into_iter()
                    .map(
                        |(department, (visits, late_visits, held_seconds))| DepartmentHeld {
                            department,
                            visits,
                            late_visits,
                            held_seconds,
                        },
                    )
                    .collect(),
            })
            .collect()
    }
}

/// The statistics of a month.
pub(crate) fn month<R: Rows + ?Sized>(
    rows: &R,
    query: &StatisticsQuery,
) -> Result<MonthStatistics, ViewError> {
    let mut all = Count::default();
    let mut imported = 0;
    let [
        mut departments,
        mut causes,
        mut products,
        mut customers,
        mut markets,
    ] = std::array::from_fn(|_| Groups::default());
    let mut stages = Stages::default();
    let prefix = Key::of(STATISTICS, MONTH)
        .text(&query.month.to_string())
        .text(query.definition.as_str());
    store::under(rows, &prefix.prefix(), &mut |key, bytes| {
        let case = case_in(key, 2).ok_or_else(|| unreadable(key, &"no case in its key"))?;
        if query.chains == Chains::Once && is_followed(rows, case)? {
            return Ok(());
        }
        let row: Row = decode(key, bytes)?;
        all.add(row.late, row.taken);
        imported += usize::from(row.imported);
        let responsible: BTreeSet<&String> = row.departments.iter().collect();
        if responsible.is_empty() {
            departments.add(None, &row);
        }
        for department in responsible {
            departments.add(Some(department.clone()), &row);
        }
        causes.add(row.cause.clone(), &row);
        products.add(row.product.clone(), &row);
        customers.add(row.customer.clone(), &row);
        markets.add(row.market.clone(), &row);
        stages.add(&row);
        Ok(())
    })?;
    let figures = all.figures();
    Ok(MonthStatistics {
        month: query.month,
        definition: query.definition.clone(),
        chains: query.chains,
        closed: figures.closed,
        on_time: figures.on_time,
        late: figures.late,
        without_clock: figures.without_clock,
        imported,
        withdrawn: withdrawn(rows, query)?,
        taken: figures.taken,
        by_department: departments.groups(),
        by_cause: causes.groups(),
        by_product: products.groups(),
        by_customer: customers.groups(),
        by_market: markets.groups(),
        by_stage: stages.figures(),
    })
}

fn withdrawn<R: Rows + ?Sized>(rows: &R, query: &StatisticsQuery) -> Result<usize, ViewError> {
    let (from, until) = span(query.month, &query.zone);
    let of = Key::of(STATISTICS, WITHDRAWN).text(query.definition.as_str());
    let from = of.clone().instant(Micros::from(from)).prefix();
    let until = of.instant(Micros::from(until)).prefix();
    let mut count = 0;
    store::between(rows, &from, &until, &mut |_, _| {
        count += 1;
        Ok(std::ops::ControlFlow::Continue(()))
    })?;
    Ok(count)
}

/// Whether a later form of the chain is closed too.
fn is_followed<R: Rows + ?Sized>(rows: &R, case: CaseId) -> Result<bool, ViewError> {
    let mut seen = BTreeSet::from([case]);
    let mut open = vec![case];
    while let Some(one) = open.pop() {
        let mut next = Vec::new();
        store::under(rows, &followed(one).prefix(), &mut |key, _| {
            next.extend(case_in(key, 1));
            Ok(())
        })?;
        for follower in next {
            if !seen.insert(follower) {
                continue;
            }
            let head = store::head(rows, follower)?;
            if head.is_some_and(|head| head.status == CaseStatus::Closed) {
                return Ok(true);
            }
            open.push(follower);
        }
    }
    Ok(false)
}

/// The cases that count in a month, of any workflow.
pub(crate) fn closed_in<R: Rows + ?Sized>(
    rows: &R,
    month: Month,
) -> Result<Vec<CaseId>, ViewError> {
    let mut cases = Vec::new();
    let prefix = Key::of(STATISTICS, MONTH).text(&month.to_string());
    store::under(rows, &prefix.prefix(), &mut |key, _| {
        cases.extend(case_in(key, 2));
        Ok(())
    })?;
    Ok(cases)
}

/// The months in which cases of a workflow were closed, the earliest first; none: of any workflow.
pub(crate) fn months<R: Rows + ?Sized>(
    rows: &R,
    definition: Option<&DefinitionId>,
) -> Result<Vec<Month>, ViewError> {
    let all = Key::of(STATISTICS, MONTH).prefix();
    let mut from = all.clone();
    let mut months = Vec::new();
    // From one month to the next, leaping over the cases in it.
    while let Some(key) = store::first_under(rows, &from, &all)? {
        let month: Month = crate::key::parts(&key)
            .next()
            .and_then(|month| month.parse().ok())
            .ok_or_else(|| unreadable(&key, &"no month in its key"))?;
        let of = Key::of(STATISTICS, MONTH).text(&month.to_string());
        let has = match definition {
            None => true,
            Some(definition) => {
                let of = of.clone().text(definition.as_str()).prefix();
                store::first_under(rows, &of, &of)?.is_some()
            }
        };
        if has {
            months.push(month);
        }
        from = behind(&of.prefix());
    }
    Ok(months)
}

//! The register (客户抱怨案件登记追踪表, M9-4): one row a case.

use redress_core::event::Outcome;
use redress_kernel::event::Link;
use redress_kernel::id::{CaseId, DefinitionId, DepartmentId, OfficeId, StageId};
use redress_kernel::money::Money;
use redress_kernel::time::{Instant, Month};
use serde::Serialize;

use crate::case_row::{CaseRow, CaseStatus, Head};
use crate::error::ViewError;
use crate::facts::Wanted;
use crate::key::{CASES, Key, Micros, REGISTER, case_in};
use crate::rows::Rows;
use crate::statistics;
use crate::store::{self, Made, unreadable};

/// A case, as the register shows it. What was never entered is left empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterRow {
    /// The case.
    pub case: CaseId,
    /// Category of its event stream.
    pub category: String,
    /// Its workflow.
    pub definition: DefinitionId,
    /// Version of the rules by which it runs.
    pub version: String,
    /// Its number in print, `26-03-07`.
    pub number: Option<String>,
    /// Its number as key, `260307`.
    pub key: Option<String>,
    /// The month of its number.
    pub period: Option<Month>,
    /// The serial within the month.
    pub serial: Option<u64>,
    /// The customer.
    pub customer: Option<String>,
    /// The product.
    pub product: Option<String>,
    /// The order.
    pub order_no: Option<String>,
    /// The item of the order.
    pub item_no: Option<String>,
    /// Domestic or overseas.
    pub market: Option<String>,
    /// Non-quality or quality (M5).
    pub kind: Option<String>,
    /// The cause.
    pub cause: Option<String>,
    /// The departments found responsible.
    pub responsible_departments: Vec<String>,
    /// When it was opened.
    pub lodged_at: Instant,
    /// When it got its number, or its clock was started.
    pub accepted_at: Option<Instant>,
    /// Open, closed or withdrawn.
    pub status: CaseStatus,
    /// The stage at which it stands.
    pub stage: Option<StageId>,
    /// The visit of that stage.
    pub visit: Option<u32>,
    /// The department that holds it.
    pub department: Option<DepartmentId>,
    /// When that visit is due.
    pub stage_due: Option<Instant>,
    /// When the case is, or was, due.
    pub due: Option<Instant>,
    /// The years whose holidays were not published when the due instant was reckoned.
    pub provisional: Vec<i32>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
    /// The month in whose statistics it counts (A14).
    pub month: Option<Month>,
    /// Whole seconds behind the due instant at closing; 0 on time; none: open, or without a clock.
    pub late_seconds: Option<i64>,
    /// Whole seconds on the clock of the case.
    pub taken_seconds: Option<i64>,
    /// What the decision came to.
    pub outcome: Option<Outcome>,
    /// What the customer gets.
    pub amount: Option<Money>,
    /// When it was decided.
    pub decided_at: Option<Instant>,
    /// The office that decided.
    pub decided_by: Option<OfficeId>,
    /// What it is linked with.
    pub links: Vec<Link>,
    /// The case that the customer's refusal opened (M9-9).
    pub successor: Option<CaseId>,
    /// The source that it was imported from.
    pub imported: Option<String>,
    /// Whether the clocks stand still.
    pub suspended: bool,
}

/// Which cases are wanted. What is left out lets every one through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegisterFilter {
    /// Of this workflow.
    pub definition: Option<DefinitionId>,
    /// In this status.
    pub status: Option<CaseStatus>,
    /// With a number of this month.
    pub accepted_in: Option<Month>,
    /// Counted in the statistics of this month.
    pub closed_in: Option<Month>,
    /// Of this customer, exactly; `customer:C9` and `C9` are one.
    pub customer: Option<String>,
    /// With this text, in any case of its letters, in number, id, customer, product, order or item.
    pub text: Option<String>,
    /// At most so many, the first in order.
    pub limit: Option<usize>,
}

const SORTED: &str = "s";
const NUMBER: &str = "n";

/// The order of the register: period, serial as number, instant of lodging; what has no number comes last.
fn sorted(status: CaseStatus, case: CaseId, head: &Head) -> Vec<u8> {
    let key = Key::of(REGISTER, SORTED).number(place(status), 1);
    let key = match &head.number {
        Some(number) => key
            .text(&number.period.to_string())
            .number(number.serial, 16)
            .instant(head.lodged_at),
        None => key.text("~").number(0, 16).instant(head.lodged_at),
    };
    key.case(case).bytes()
}

fn place(status: CaseStatus) -> u64 {
    match status {
        CaseStatus::Open => 0,
        CaseStatus::Closed => 1,
        CaseStatus::Withdrawn => 2,
    }
}

/// A number as it is looked up: without what is only for the eye.
fn plain(number: &str) -> String {
    number
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_lowercase)
        .collect()
}

/// The rows of a case.
pub(crate) fn rows(case: CaseId, row: &CaseRow, made: &mut Made) {
    made.push((sorted(row.head.status, case, &row.head), Vec::new()));
    if let Some(number) = &row.head.number {
        let key = Key::of(REGISTER, NUMBER)
            .text(&plain(&number.print))
            .case(case);
        made.push((key.bytes(), Vec::new()));
    }
}

impl RegisterRow {
    pub(crate) fn of(case: CaseId, head: Head) -> Self {
        let one = |what| head.facts.one(what);
        let instant = |at: Option<Micros>| at.map(Micros::instant);
        let ended = |status| head.ended_at.filter(|_| head.status == status);
        Self {
            case,
            number: head.print(),
            key: head.number.as_ref().map(|n| n.key.clone()),
            period: head.number.as_ref().map(|n| n.period),
            serial: head.number.as_ref().map(|n| n.serial),
            customer: one(Wanted::Customer),
            product: one(Wanted::Product),
            order_no: one(Wanted::Order),
            item_no: one(Wanted::Item),
            market: one(Wanted::Market),
            kind: one(Wanted::Kind),
            cause: one(Wanted::Cause),
            responsible_departments: head.facts.all(Wanted::Departments).to_vec(),
            lodged_at: head.lodged_at.instant(),
            accepted_at: instant(head.accepted_at),
            status: head.status,
            stage: head.holder.as_ref().map(|h| h.stage.clone()),
            visit: head.holder.as_ref().map(|h| h.visit),
            department: head.holder.as_ref().map(|h| h.department.clone()),
            stage_due: instant(head.holder.as_ref().and_then(|h| h.due)),
            due: instant(head.due),
            closed_at: instant(ended(CaseStatus::Closed)),
            withdrawn_at: instant(ended(CaseStatus::Withdrawn)),
            month: head.month,
            late_seconds: head.late_seconds,
            taken_seconds: head.taken_seconds,
            outcome: head.decided.as_ref().map(|d| d.outcome),
            amount: head.decided.as_ref().map(|d| d.amount),
            decided_at: instant(head.decided.as_ref().map(|d| d.at)),
            decided_by: head.decided.as_ref().map(|d| d.office.clone()),
            suspended: head.suspended,
            successor: head.successor,
            category: head.category,
            definition: head.definition,
            version: head.version,
            provisional: head.provisional,
            links: head.links,
            imported: head.imported,
        }
    }

    fn holds(&self, text: &str) -> bool {
        let held = |field: &Option<String>| {
            field
                .as_ref()
                .is_some_and(|field| field.to_lowercase().contains(text))
        };
        [
            &self.number,
            &self.key,
            &self.customer,
            &self.product,
            &self.order_no,
            &self.item_no,
        ]
        .into_iter()
        .any(held)
            || self.case.to_string().contains(text)
    }
}

impl RegisterFilter {
    fn lets(&self, row: &RegisterRow, text: Option<&str>) -> bool {
        self.definition
            .as_ref()
            .is_none_or(|d| *d == row.definition)
            && self.status.is_none_or(|status| status == row.status)
            && self.accepted_in.is_none_or(|m| row.period == Some(m))
            && self.closed_in.is_none_or(|m| row.month == Some(m))
            && self
                .customer
                .as_ref()
                .map(|c| c.strip_prefix("customer:").unwrap_or(c))
                .is_none_or(|c| row.customer.as_deref() == Some(c))
            && text.is_none_or(|text| row.holds(text))
    }
}

/// The register.
pub(crate) fn list<R: Rows + ?Sized>(
    rows: &R,
    filter: &RegisterFilter,
) -> Result<Vec<RegisterRow>, ViewError> {
    let text = filter.text.as_ref().map(|text| text.to_lowercase());
    let limit = filter.limit.unwrap_or(usize::MAX);
    let mut list = Vec::new();
    for case in candidates(rows, filter)? {
        if list.len() >= limit {
            break;
        }
        if let Some(row) = self::case(rows, case)?
            && filter.lets(&row, text.as_deref())
        {
            list.push(row);
        }
    }
    Ok(list)
}

/// The cases that may be wanted, in the order of the register.
fn candidates<R: Rows + ?Sized>(
    rows: &R,
    filter: &RegisterFilter,
) -> Result<Vec<CaseId>, ViewError> {
    if let Some(month) = filter.closed_in {
        let mut keyed = Vec::new();
        for case in statistics::closed_in(rows, month)? {
            if let Some(head) = store::head(rows, case)? {
                keyed.push((sorted(CaseStatus::Open, case, &head), case));
            }
        }
        keyed.sort();
        return Ok(keyed.into_iter().map(|(_, case)| case).collect());
    }
    let statuses = [CaseStatus::Open, CaseStatus::Closed, CaseStatus::Withdrawn];
    let mut keyed = Vec::new();
    for status in statuses {
        if filter.status.is_some_and(|wanted| wanted != status) {
            continue;
        }
        let prefix = Key::of(REGISTER, SORTED).number(place(status), 1);
        let begins = prefix.clone().prefix().len();
        let prefix = match filter.accepted_in {
            Some(month) => prefix.text(&month.to_string()),
            None => prefix,
        };
        store::under(rows, &prefix.prefix(), &mut |key, _| {
            let case = case_in(key, 4).ok_or_else(|| unreadable(key, &"no case in its key"))?;
            keyed.push((key.get(begins..).unwrap_or_default().to_vec(), case));
            Ok(())
        })?;
    }
    keyed.sort();
    Ok(keyed.into_iter().map(|(_, case)| case).collect())
}

/// One case.
pub(crate) fn case<R: Rows + ?Sized>(
    rows: &R,
    case: CaseId,
) -> Result<Option<RegisterRow>, ViewError> {
    Ok(store::head(rows, case)?.map(|head| RegisterRow::of(case, head)))
}

/// The cases with that number, in print or as key; if there is none, those whose id begins so.
pub(crate) fn look_up<R: Rows + ?Sized>(
    rows: &R,
    text: &str,
    limit: usize,
) -> Result<Vec<RegisterRow>, ViewError> {
    let text = plain(text);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut cases = Vec::new();
    let number = Key::of(REGISTER, NUMBER).text(&text).prefix();
    store::under(rows, &number, &mut |key, _| {
        cases.extend(case_in(key, 1));
        Ok(())
    })?;
    if cases.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        let mut id = Key::of(CASES, "c").prefix();
        id.extend_from_slice(text.as_bytes());
        store::between(rows, &id, &crate::rows::behind(&id), &mut |key, _| {
            cases.extend(case_in(key, 0));
            Ok(if cases.len() < limit {
                std::ops::ControlFlow::Continue(())
            } else {
                std::ops::ControlFlow::Break(())
            })
        })?;
    }
    let mut found = Vec::new();
    for case in cases.into_iter().take(limit) {
        found.extend(self::case(rows, case)?);
    }
    Ok(found)
}

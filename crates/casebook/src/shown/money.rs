//! The tables that a story shows of the money of its cases.

use redress_core::discipline::Fine;
use redress_core::loss::LossEntry;
use redress_core::responsibility::Carried;
use redress_core::tables::Grade;
use redress_kernel::definition::Mark;
use redress_kernel::id::EmployeeId;

use super::when;
use crate::about::percent;
use crate::play::{Play, Told};
use crate::table::Table;

pub(super) fn nothing() -> String {
    "-".to_owned()
}

pub(super) fn or_nothing(value: Option<impl ToString>) -> String {
    value.map_or_else(nothing, |value| value.to_string())
}

pub(super) fn yes_if(is: bool) -> String {
    if is { "yes".to_owned() } else { nothing() }
}

fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Source => "source",
        Mark::Recovered => "recovered",
        Mark::Default => "default",
        Mark::Example => "example",
    }
}

fn grade(grade: Grade) -> String {
    grade.id().replace('_', " ")
}

/// Hundredths: `5.0`, `1.25`.
fn hundredths(figure: u32) -> String {
    let (whole, rest) = (figure / 100, figure % 100);
    if rest % 10 == 0 {
        format!("{whole}.{}", rest / 10)
    } else {
        format!("{whole}.{rest:02}")
    }
}

/// What was lost, by the row of the loss basis that reckons it; each statement replaces the one before (M9-7).
pub(super) fn losses(told: &Told) -> Table {
    let mut table = Table::new(
        format!("losses of {}", told.name),
        &["no", "kind", "made of", "amount", "by", "corrected because"],
    );
    for (_, stated) in &told.complaint.losses {
        for line in &stated.loss.lines {
            table.row(vec![
                stated.statement.to_string(),
                line.entry.kind.to_string(),
                made_of(&line.entry),
                line.amount.to_string(),
                format!("row {} ({})", line.row, mark(line.mark)),
            ]);
        }
        let rate = stated.loss.rate.as_ref();
        table.row(vec![
            stated.statement.to_string(),
            "sum".to_owned(),
            or_nothing(rate.map(|rate| format!("{} at {}", rate.from, rate.rate))),
            stated.loss.amount.to_string(),
            stated.loss.version.clone(),
            or_nothing(stated.reason.as_ref()),
        ]);
    }
    table
}

fn made_of(entry: &LossEntry) -> String {
    if let (Some(quantity), Some(price)) = (entry.quantity, entry.unit_price) {
        let less = entry.proceeds.map(|proceeds| format!(" less {proceeds}"));
        return format!("{quantity} × {price}{}", less.unwrap_or_default());
    }
    let parts = entry.amounts.iter();
    let parts: Vec<String> = parts.map(|(part, sum)| format!("{part} {sum}")).collect();
    parts.join(" + ")
}

/// Who carries the loss, as determined last; else as proposed last (M9-4, M9-7).
pub(super) fn responsibility(told: &Told) -> Table {
    let mut table = Table::new(
        format!("responsibility for {}", told.name),
        &[
            "no",
            "party",
            "department",
            "kind",
            "share",
            "amount",
            "charged",
            "by",
            "why not smaller",
            "corrected because",
        ],
    );
    let complaint = &told.complaint;
    if let Some(determined) = complaint.determined() {
        let criteria = &determined.criteria;
        for carried in &determined.carried {
            table.row(vec![
                determined.determination.to_string(),
                carried.party.clone(),
                or_nothing(carried.department.as_ref()),
                kind(carried),
                percent(carried.basis_points),
                carried.amount.to_string(),
                if carried.deducts {
                    carried.charged.to_string()
                } else {
                    "nobody".to_owned()
                },
                format!("row {}, {}", criteria.row, percent(criteria.charged)),
                or_nothing(carried.why_not_smaller.as_ref()),
                or_nothing(determined.reason.as_ref()),
            ]);
        }
    } else if let Some((_, proposed)) = complaint.proposals.last() {
        for share in &proposed.shares {
            table.row(vec![
                format!("proposal {}", proposed.proposal),
                share.party.clone(),
                or_nothing(share.department.as_ref()),
                share
                    .kind
                    .map_or("outside", redress_core::tables::UnitKind::id)
                    .to_owned(),
                percent(share.basis_points),
                nothing(),
                nothing(),
                nothing(),
                or_nothing(share.why_not_smaller.as_ref()),
                nothing(),
            ]);
        }
    }
    table
}

fn kind(carried: &Carried) -> String {
    carried.kind.map_or("outside", |kind| kind.id()).to_owned()
}

/// Goods that came back, what was sold of them in time, and the loss that follows (D1, A17).
pub(super) fn resale(play: &Play<'_>, told: &Told) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("resale of {}", told.name),
        &[
            "back", "from", "until", "sold", "for", "lost", "unsold", "lost", "loss", "known",
            "settles",
        ],
    );
    if let Some(resale) = &told.complaint.resale {
        let loss = told.complaint.d_loss.as_ref().map(|(_, loss)| loss);
        table.row(vec![
            resale.returned.quantity.to_string(),
            zone.short(resale.from),
            zone.short(resale.until),
            loss.map_or(resale.sold(), |l| l.sold).to_string(),
            or_nothing(loss.map(|l| l.proceeds)),
            or_nothing(loss.map(|l| l.sold_loss)),
            or_nothing(loss.map(|l| l.unsold)),
            or_nothing(loss.map(|l| l.unsold_loss)),
            or_nothing(loss.map(|l| l.amount)),
            when(zone, loss.map(|l| l.known_at)),
            or_nothing(loss.map(|l| l.month)),
        ]);
    }
    table
}

/// What was proposed and decided about people (D3, D5, D6).
pub(super) fn discipline(told: &Told) -> Table {
    let mut table = Table::new(
        format!("discipline on {}", told.name),
        &[
            "person",
            "share",
            "of",
            "proposed",
            "by",
            "decided",
            "fine",
            "base units",
            "settles",
            "announced",
            "another grade because",
        ],
    );
    let complaint = &told.complaint;
    let mut shown: Vec<&EmployeeId> = Vec::new();
    for (_, petition) in &complaint.petitions {
        if shown.contains(&&petition.employee) {
            continue;
        }
        shown.push(&petition.employee);
        let Some(petition) = complaint.petition_of(&petition.employee) else {
            continue;
        };
        let decided = complaint.sentence_of(&petition.employee);
        let applied = &petition.applied;
        table.row(vec![
            petition.employee.to_string(),
            petition.share.to_string(),
            petition.of.to_string(),
            grade(applied.grade),
            format!(
                "row {} from {} ({})",
                applied.row,
                applied.from,
                mark(applied.mark)
            ),
            or_nothing(decided.map(|d| match d.sentence.count {
                0 | 1 => grade(d.sentence.grade),
                count => format!("{count} × {}", grade(d.sentence.grade)),
            })),
            or_nothing(decided.map(|d| match d.fine {
                Fine::None => "none".to_owned(),
                Fine::Sum(sum) => sum.to_string(),
                Fine::WholeBonus => "the whole bonus".to_owned(),
            })),
            or_nothing(decided.and_then(|d| d.base_units).map(hundredths)),
            or_nothing(decided.map(|d| complaint.settles_with(d))),
            yes_if(complaint.announcement_of(&petition.employee).is_some()),
            or_nothing(decided.and_then(|d| d.reason.as_ref())),
        ]);
    }
    table
}

/// Penalty notices: what a unit is charged, and each of its people (M12, P3).
pub(super) fn notices(told: &Told) -> Table {
    let mut table = Table::new(
        format!("notices of {}", told.name),
        &[
            "month",
            "determination",
            "members on",
            "party",
            "charged",
            "member",
            "base points",
            "amount",
        ],
    );
    for (_, notice) in &told.complaint.notices {
        let start = [
            notice.month.to_string(),
            notice.determination.to_string(),
            notice.members_on.to_string(),
        ];
        let mut put = |rest: [String; 5]| {
            table.row(start.iter().cloned().chain(rest).collect());
        };
        if notice.parties.is_empty() {
            put([
                "nobody".to_owned(),
                nothing(),
                nothing(),
                nothing(),
                nothing(),
            ]);
        }
        for party in &notice.parties {
            for member in &party.members {
                put([
                    party.party.clone(),
                    party.charged.to_string(),
                    member.employee.to_string(),
                    member
                        .base_points
                        .map_or_else(|| "alone".to_owned(), hundredths),
                    member.amount.to_string(),
                ]);
            }
        }
    }
    table
}

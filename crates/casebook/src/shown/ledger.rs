//! The tables that a story shows of persons' ledgers and of months.

use redress_core::account::{Item, ItemKey, ItemKind, Line};
use redress_core::month::{MonthClosed, MonthEvent, MonthState};
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Money;
use redress_kernel::time::Month;

use super::money::{nothing, or_nothing, yes_if};
use super::when;
use crate::about;
use crate::play::Play;
use crate::table::Table;

fn item(key: &ItemKey) -> &'static str {
    match key.kind {
        ItemKind::WholeBonus => "whole bonus",
        ItemKind::Fine => "fine",
        ItemKind::Deduction => "deduction",
    }
}

/// Every step on every ledger, with what explains it (A20 to A22).
pub(super) fn ledger(play: &Play<'_>) -> Table {
    let mut table = Table::new(
        "ledger",
        &[
            "person", "settled", "bonus of", "bonus", "case", "for", "owed", "limit", "taken",
            "back", "remains", "clause",
        ],
    );
    for (employee, account) in &play.accounts {
        for line in account.lines() {
            table.row(ledger_row(employee, line));
        }
    }
    table
}

fn ledger_row(employee: &EmployeeId, line: &Line) -> Vec<String> {
    let (taken, back) = if line.is_given_back() {
        (nothing(), line.amount.to_string())
    } else {
        (line.amount.to_string(), nothing())
    };
    vec![
        employee.to_string(),
        line.settled.to_string(),
        or_nothing(line.bonus_month.or(line.corrected)),
        or_nothing(line.bonus),
        line.number.clone(),
        item(&line.key).to_owned(),
        line.owed_before.to_string(),
        line.limit.to_string(),
        taken,
        back,
        line.remaining.to_string(),
        line.clause.clone(),
    ]
}

/// What is still to be charged.
pub(super) fn owing(play: &Play<'_>) -> Table {
    let mut table = Table::new(
        "owing",
        &[
            "person",
            "case",
            "for",
            "since",
            "owed",
            "charged",
            "given back",
            "remains",
        ],
    );
    for (employee, account) in &play.accounts {
        for open in account.open_items() {
            table.row(owing_row(employee, open));
        }
    }
    table
}

fn owing_row(employee: &EmployeeId, open: &Item) -> Vec<String> {
    let remains = if open.key.kind == ItemKind::WholeBonus {
        "a whole bonus".to_owned()
    } else {
        open.remaining().to_string()
    };
    vec![
        employee.to_string(),
        open.number.clone(),
        item(&open.key).to_owned(),
        open.month.to_string(),
        open.owed.to_string(),
        open.charged.to_string(),
        open.given_back.to_string(),
        remains,
    ]
}

/// Each month that was opened: its cases, its sums, and what it reports of people (M9-10, A14, A22, A24).
pub(super) fn months(play: &Play<'_>) -> Vec<Table> {
    let mut tables = Vec::new();
    for (month, state) in &play.months {
        tables.push(gathered(play, *month, state));
        tables.push(sums(play, *month, state));
        if state.closed.is_some() {
            tables.push(reported(*month, state));
        }
    }
    if !play.by_rounds.is_empty() {
        tables.push(by_rounds(play));
    }
    tables
}

/// What rounds did about months (M9-10, A13).
fn by_rounds(play: &Play<'_>) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        "months by rounds",
        &["at", "month", "what", "due", "to", "overtaken"],
    );
    for (at, month, event) in &play.by_rounds {
        let (what, due, to, overtaken) = match event {
            MonthEvent::Opened(e) => ("opened".to_owned(), e.due, nothing(), nothing()),
            MonthEvent::DueSoonNoticed(e) => {
                let to = about::addressees(&e.to);
                ("notice".to_owned(), e.due, to, nothing())
            }
            MonthEvent::ReminderIssued(e) => {
                let overtaken = e.overtaken.iter().map(u8::to_string);
                let overtaken = overtaken.reduce(|all, level| format!("{all}, {level}"));
                let what = format!("reminder {}", e.level);
                (what, e.due, about::addressees(&e.to), or_nothing(overtaken))
            }
            _ => continue,
        };
        table.row(vec![
            zone.short(*at),
            month.to_string(),
            what,
            zone.short(due),
            to,
            overtaken,
        ]);
    }
    table
}

fn gathered(play: &Play<'_>, month: Month, state: &MonthState) -> Table {
    let mut table = Table::new(
        format!("cases of month {month}"),
        &[
            "number",
            "case",
            "closed",
            "determination",
            "departments",
            "note",
        ],
    );
    for case in state.gathered.iter().flat_map(|(_, g)| &g.cases) {
        let departments: Vec<&str> = case.departments.iter().map(|d| d.as_str()).collect();
        let notes = [
            case.late_for.map(|month| format!("late for {month}")),
            case.again.then(|| "counted before".to_owned()),
            case.replaced_by
                .as_ref()
                .map(|by| format!("replaced by {by}")),
            case.loss_pending.then(|| "resale pending".to_owned()),
        ];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        table.row(vec![
            case.number.clone(),
            play.name(case.case),
            play.story.zone.short(case.closed_at),
            or_nothing(case.determination),
            or_nothing(Some(departments.join(", ")).filter(|text| !text.is_empty())),
            or_nothing(Some(notes.join(", ")).filter(|text| !text.is_empty())),
        ]);
    }
    table
}

fn sums(play: &Play<'_>, month: Month, state: &MonthState) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("month {month}"),
        &[
            "due",
            "closed",
            "late",
            "cases",
            "loss",
            "recovered",
            "charged",
            "fined",
            "deducted",
            "given back",
            "carried",
            "claims",
        ],
    );
    let closed = state.closed.as_ref();
    let of = |sum: fn(&MonthClosed) -> Money| or_nothing(closed.map(|(_, closed)| sum(closed)));
    table.row(vec![
        when(zone, state.opened.as_ref().map(|(_, opened)| opened.due)),
        when(zone, closed.map(|(at, _)| *at)),
        yes_if(closed.is_some_and(|(_, closed)| closed.late)),
        or_nothing(closed.map(|(_, closed)| closed.cases)),
        of(|c| c.loss),
        of(|c| c.recovered),
        of(|c| c.charged),
        of(|c| c.fined),
        of(|c| c.deducted),
        of(|c| c.given_back),
        of(|c| c.carried),
        of(|c| c.claims),
    ]);
    table
}

fn reported(month: Month, state: &MonthState) -> Table {
    let mut table = Table::new(
        format!("people of month {month}"),
        &["person", "remains", "a claim", "bonus not known"],
    );
    for person in state.figures.iter().flat_map(|page| &page.persons) {
        let unknown: Vec<String> = person.unknown.iter().map(ToString::to_string).collect();
        table.row(vec![
            person.employee.to_string(),
            person.carried.to_string(),
            yes_if(person.left),
            or_nothing(Some(unknown.join(", ")).filter(|text| !text.is_empty())),
        ]);
    }
    table
}

//! What months, bonuses and discipline need besides: more people, the heads, units, money.

use redress::core::command::{Command, ComplaintCommand};
use redress::core::month::MonthCommand;
use redress::core::person::PersonCommand;
use redress::core::staff::StaffCommand;
use redress::kernel::id::CaseId;
use redress::kernel::organisation::OrganisationCommand;
use redress::{Error, MonthAnswer, Redress, Request};
use serde_json::{Value as Json, json};

use super::{at, by, employee};

const SINCE: &str = "2020-01-01T00:00:00+08:00";

/// Who confirms a month.
pub(crate) const HEADS: &[(&str, &str)] = &[
    ("manufacturing", "E-plant-head"),
    ("quality", "E-quality"),
    ("rnd", "E-rnd"),
];

/// Accounting, personnel, whoever else works here, and the heads.
pub(crate) async fn people(desk: &Redress, more: &[(&str, &str)]) {
    let always = [("E-hr", "hr"), ("E-books", "accounting")];
    for (id, department) in always.iter().chain(more) {
        let change = redress::join(id, department, SINCE).unwrap();
        desk.organise(&by("E-gm"), change, None).await.unwrap();
    }
    for (department, head) in HEADS {
        heads(desk, department, head).await;
    }
}

pub(crate) async fn heads(desk: &Redress, department: &str, head: &str) {
    let change = OrganisationCommand::Head {
        department: department.parse().unwrap(),
        employee: employee(head),
        from: at(SINCE),
    };
    desk.organise(&by("E-gm"), change, None).await.unwrap();
}

/// A unit of manufacturing and its members with base points in hundredths, from a day on.
pub(crate) async fn unit(
    desk: &Redress,
    (unit, kind): (&str, &str),
    from: &str,
    members: &[(&str, u32)],
) {
    let formed = json!({"command": "form_unit", "unit": unit, "kind": kind, "department": "manufacturing", "from": from});
    enter(desk, formed).await;
    for (who, points) in members {
        let fact = json!({"command": "set_base_points", "unit": unit, "employee": who, "points": points, "from": from});
        enter(desk, fact).await;
    }
}

pub(crate) async fn enter(desk: &Redress, fact: Json) {
    let fact: StaffCommand = serde_json::from_value(fact).unwrap();
    desk.enter_staff(&by("E-books"), fact, None).await.unwrap();
}

/// The bonus of somebody's month; gives the version of the ledger.
pub(crate) async fn bonus(
    desk: &Redress,
    who: &str,
    month: &str,
    amount: &str,
) -> Result<u64, Error> {
    let command = PersonCommand::RecordBonus {
        month: month.parse().unwrap(),
        amount: amount.parse().unwrap(),
        reason: None,
    };
    let (clerk, whose) = (by("E-books"), employee(who));
    let done = desk.do_person(&clerk, &whose, command, None);
    Ok(done.await?.version)
}

/// A command on a case.
pub(crate) async fn say(
    desk: &Redress,
    who: &str,
    case: CaseId,
    command: Json,
) -> Result<(), Error> {
    let command: ComplaintCommand = serde_json::from_value(command).unwrap();
    let request = Request::new(by(who), Command::Complaint(command)).on(case);
    desk.execute(request).await.map(|_| ())
}

/// A command on a month: its name, with a department behind it if it has one.
pub(crate) async fn month(
    desk: &Redress,
    who: &str,
    command: &str,
    month: &str,
) -> Result<MonthAnswer, Error> {
    let command = match command.split_once(' ') {
        Some((command, department)) => {
            json!({"command": command, "month": month, "department": department})
        }
        None => json!({"command": command, "month": month}),
    };
    let command: MonthCommand = serde_json::from_value(command).unwrap();
    desk.do_month(&by(who), command, None).await
}

/// What closes a month, in order: by whom, which command.
pub(crate) const CLOSING: &[(&str, &str)] = &[
    ("E-office", "open_month"),
    ("E-office", "gather_month"),
    ("E-plant-head", "confirm_month manufacturing"),
    ("E-quality", "confirm_month quality"),
    ("E-rnd", "confirm_month rnd"),
    ("E-office", "list_discipline"),
    ("E-office", "issue_notices"),
    ("E-gm", "approve_notices"),
    ("E-office", "close_month"),
];

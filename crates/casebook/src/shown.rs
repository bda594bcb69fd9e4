//! The tables that a story shows of its cases.

mod improvement;
mod ledger;
mod money;

use std::collections::BTreeMap;

use redress_core::event::{Event, Means};
use redress_kernel::case::Status;
use redress_kernel::event::{CaseEvent, Deadline, Subject};
use redress_kernel::time::{Instant, Zone};

use crate::about;
use crate::answer::{explanation, provisional, subject};
use crate::entry;
use crate::play::{Given, Play, Told};
use crate::story::Show;
use crate::table::{Table, seconds};

/// Everything below the line.
pub(crate) fn below(play: &Play<'_>) -> String {
    let mut tables = Vec::new();
    for show in &play.story.show {
        match show {
            Show::Cases => tables.push(cases(play)),
            Show::Months => tables.push(months(play)),
            Show::Numbers => tables.push(numbers(play)),
            Show::Month => tables.extend(ledger::months(play)),
            Show::Reviews => tables.extend(improvement::reviews(play)),
            Show::Ledger => tables.push(ledger::ledger(play)),
            Show::Owing => tables.push(ledger::owing(play)),
            show => tables.extend(play.shown().map(|told| of_case(play, told, *show))),
        }
    }
    tables.extend(play.asked.iter().cloned());
    if !play.refusals.is_empty() {
        tables.push(refusals(play));
    }
    let mut out = String::new();
    for (table, n) in tables.iter().zip(0..) {
        if n > 0 {
            out.push('\n');
        }
        table.write(&mut out);
    }
    out
}

fn of_case(play: &Play<'_>, told: &Told, show: Show) -> Table {
    match show {
        Show::Visits => visits(play, told),
        Show::Deadlines => deadlines(play, told),
        Show::Held => held(told),
        Show::Reminders => reminders(play, told),
        Show::Inquiries => inquiries(play, told),
        Show::Facts => facts(told),
        Show::Values => values(told),
        Show::Decisions => decisions(play, told),
        Show::Copies => copies(told),
        Show::Answers => answers(play, told),
        Show::Objections => objections(play, told),
        Show::ThirdParties => third_parties(play, told),
        Show::Links => links(play, told),
        Show::Losses => money::losses(told),
        Show::Responsibility => money::responsibility(told),
        Show::Resale => money::resale(play, told),
        Show::Discipline => money::discipline(told),
        Show::Notices => money::notices(told),
        Show::Improvement => improvement::improvement(play, told),
        Show::Month
        | Show::Reviews
        | Show::Ledger
        | Show::Owing
        | Show::Events
        | Show::Cases
        | Show::Months
        | Show::Numbers => events(play, told),
    }
}

fn when(zone: &Zone, at: Option<Instant>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| zone.short(at))
}

fn due(zone: &Zone, deadline: Option<&Deadline>) -> String {
    deadline.map_or_else(
        || "no limit".to_owned(),
        |d| format!("{}{}", zone.short(d.due), provisional(&d.provisional)),
    )
}

fn cases(play: &Play<'_>) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        "cases",
        &[
            "case",
            "number",
            "state",
            "month",
            "clock from",
            "due",
            "closed",
            "late",
            "taken",
        ],
    );
    for told in play.shown() {
        let case = &told.complaint.case;
        let clock = case.clock.as_ref();
        let (state, month, closed) = match &case.status {
            Status::Open => {
                let at = case.open_visit().map_or("done", |v| v.stage.as_str());
                (format!("at {at}"), "-".to_owned(), None)
            }
            Status::Closed { at, month } => ("closed".to_owned(), month.to_string(), Some(*at)),
            Status::Withdrawn { at } => ("withdrawn".to_owned(), "-".to_owned(), Some(*at)),
        };
        let stopped = clock.and_then(|c| c.stopped);
        let taken = clock.and_then(|c| {
            let (at, _) = c.stopped?;
            Some(at.seconds_since(c.started_at))
        });
        table.row(vec![
            told.name.clone(),
            case.number
                .as_ref()
                .map_or("-".to_owned(), |n| n.print.clone()),
            state,
            month,
            when(zone, clock.map(|c| c.started_at)),
            clock.map_or("no clock".to_owned(), |c| due(zone, Some(&c.deadline))),
            when(zone, closed),
            stopped.map_or("-".to_owned(), |(_, late)| seconds(late)),
            taken.map_or("-".to_owned(), seconds),
        ]);
    }
    table
}

/// Closed cases by the month in which they count (A14).
fn months(play: &Play<'_>) -> Table {
    let mut table = Table::new("closed by month", &["month", "closed", "on time", "late"]);
    let mut months: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for told in play.shown() {
        let case = &told.complaint.case;
        if let Status::Closed { month, .. } = &case.status {
            let late = case.clock.as_ref().and_then(|c| c.stopped);
            let late = late.is_some_and(|(_, late)| late > 0);
            let counts = months.entry(month.to_string()).or_default();
            counts.0 += 1;
            counts.1 += u32::from(late);
        }
    }
    for (month, (closed, late)) in months {
        table.row(vec![
            month,
            closed.to_string(),
            (closed - late).to_string(),
            late.to_string(),
        ]);
    }
    table
}

fn numbers(play: &Play<'_>) -> Table {
    let mut table = Table::new("numbers", &["series", "month", "number", "key", "case"]);
    for ((series, month), given) in &play.numbers {
        for Given { number, case } in given.iter().filter(|g| !g.is_other()) {
            table.row(vec![
                series.clone(),
                month.to_string(),
                number.print.clone(),
                number.key.clone(),
                case.clone(),
            ]);
        }
    }
    table
}

fn visits(play: &Play<'_>, told: &Told) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("visits of {}", told.name),
        &[
            "no", "stage", "held by", "opened", "due", "ended", "how", "late", "held",
        ],
    );
    for visit in &told.complaint.case.visits {
        let ended = visit.ended.as_ref();
        let stage = if visit.round == 1 {
            visit.stage.to_string()
        } else {
            format!("{} ({})", visit.stage, visit.round)
        };
        table.row(vec![
            visit.number.to_string(),
            stage,
            visit.department.to_string(),
            zone.short(visit.opened_at),
            due(zone, visit.deadline.as_ref()),
            when(zone, ended.map(|e| e.at)),
            ended
                .map_or("open", |e| about::outcome(e.outcome))
                .to_owned(),
            ended.map_or("-".to_owned(), |e| seconds(e.late_seconds)),
            ended.map_or("-".to_owned(), |e| seconds(e.held_seconds)),
        ]);
    }
    for (stage, at) in &told.complaint.case.skipped {
        table.row(vec![
            "-".to_owned(),
            stage.to_string(),
            "-".to_owned(),
            zone.short(*at),
            "-".to_owned(),
            "-".to_owned(),
            "not called for".to_owned(),
        ]);
    }
    table
}

fn deadlines(play: &Play<'_>, told: &Told) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("deadlines of {}", told.name),
        &["of", "limit", "from", "notice", "due", "clause"],
    );
    let case = &told.complaint.case;
    let clock = case
        .clock
        .iter()
        .map(|c| (Subject::Case, c.started_at, &c.deadline));
    let visits = case.visits.iter().filter_map(|v| {
        let deadline = v.deadline.as_ref()?;
        Some((Subject::Visit(v.number), v.opened_at, deadline))
    });
    let calendar = play.calendar_of(&told.workflow);
    for (of, opened, deadline) in clock.chain(visits) {
        let explained = calendar
            .as_ref()
            .ok()
            .and_then(|calendar| explanation(play, told, calendar, of).ok());
        let from = explained.map_or(opened, |e| e.from);
        table.row(vec![
            subject(told, of),
            deadline.limit.to_string(),
            zone.short(from),
            when(zone, deadline.notice_at),
            due(zone, Some(deadline)),
            deadline.clause.clone(),
        ]);
    }
    table
}

/// Time held by each department, in sum, and how many of its visits were late (A12).
fn held(told: &Told) -> Table {
    let mut table = Table::new(
        format!("time held on {}", told.name),
        &["department", "visits", "held", "late visits"],
    );
    let mut sums: BTreeMap<String, (u32, i64, u32)> = BTreeMap::new();
    for visit in &told.complaint.case.visits {
        if let Some(ended) = &visit.ended {
            let sum = sums.entry(visit.department.to_string()).or_default();
            sum.0 += 1;
            sum.1 += ended.held_seconds;
            sum.2 += u32::from(ended.late_seconds > 0);
        }
    }
    for (department, (visits, held, late)) in sums {
        table.row(vec![
            department,
            visits.to_string(),
            seconds(held),
            late.to_string(),
        ]);
    }
    table
}

fn reminders(play: &Play<'_>, told: &Told) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("reminders on {}", told.name),
        &["at", "level", "about", "due", "to", "overtaken"],
    );
    for recorded in &told.events {
        let at = zone.short(recorded.at);
        match &recorded.event {
            Event::Case(CaseEvent::DueSoonNoticed(e)) => table.row(vec![
                at,
                "notice".to_owned(),
                subject(told, e.subject),
                zone.short(e.due),
                about::addressees(&e.to),
            ]),
            Event::Case(CaseEvent::ReminderIssued(e)) => {
                let overtaken: Vec<String> = e.overtaken.iter().map(u8::to_string).collect();
                table.row(vec![
                    at,
                    e.level.to_string(),
                    subject(told, e.subject),
                    zone.short(e.due),
                    about::addressees(&e.to),
                    overtaken.join(", "),
                ]);
            }
            _ => {}
        }
    }
    table
}

fn inquiries(play: &Play<'_>, told: &Told) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("inquiries on {}", told.name),
        &["no", "about", "to", "issued", "answered", "reason"],
    );
    for inquiry in &told.complaint.case.inquiries {
        let answered = inquiry.answered.as_ref();
        table.row(vec![
            inquiry.number.to_string(),
            subject(told, Subject::Visit(inquiry.visit)),
            inquiry.department.to_string(),
            zone.short(inquiry.issued_at),
            when(zone, answered.map(|(at, _)| *at)),
            answered.map_or("-".to_owned(), |(_, reason)| reason.clone()),
        ]);
    }
    table
}

fn facts(told: &Told) -> Table {
    let mut table = Table::new(format!("facts of {}", told.name), &["fact", "value"]);
    for (name, value) in &told.complaint.case.facts {
        table.row(vec![name.to_string(), entry::show(value)]);
    }
    table
}

fn values(told: &Told) -> Table {
    let mut table = Table::new(format!("entered on {}", told.name), &["field", "value"]);
    let case = &told.complaint.case;
    for (name, value) in &case.opening {
        table.row(vec![format!("opening.{name}"), entry::show(value)]);
    }
    for (stage, values) in &case.reports {
        for (name, value) in values {
            table.row(vec![format!("{stage}.{name}"), entry::show(value)]);
        }
    }
    table
}

fn decisions(play: &Play<'_>, told: &Told) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("decision on {}", told.name),
        &[
            "at",
            "outcome",
            "amount",
            "made of",
            "rate",
            "by",
            "row",
            "due to",
            "proposed by",
        ],
    );
    if let Some((at, decided)) = &told.complaint.decision {
        let lines: Vec<String> = decided
            .granted
            .iter()
            .map(|g| format!("{} {}", g.field, g.amount))
            .collect();
        let authors: Vec<&str> = decided.proposed_by.iter().map(|e| e.as_str()).collect();
        let row = &decided.authority;
        table.row(vec![
            zone.short(*at),
            about::decision(decided.outcome).to_owned(),
            decided.amount.to_string(),
            if lines.is_empty() {
                "-".to_owned()
            } else {
                lines.join(" + ")
            },
            decided
                .rate
                .as_ref()
                .map_or_else(|| "-".to_owned(), |r| format!("{} {}", r.from, r.rate)),
            decided.office.to_string(),
            row.row.to_string(),
            row.office.to_string(),
            authors.join(", "),
        ]);
    }
    table
}

fn copies(told: &Told) -> Table {
    let mut table = Table::new(format!("copies of {}", told.name), &["copy", "to"]);
    for copy in &told.complaint.copies {
        table.row(vec![copy.number.to_string(), copy.department.to_string()]);
    }
    table
}

fn answers(play: &Play<'_>, told: &Told) -> Table {
    let mut table = Table::new(
        format!("answers to the customer of {}", told.name),
        &["at", "by", "concedes", "text"],
    );
    for (at, answer) in &told.complaint.answers {
        table.row(vec![
            play.story.zone.short(*at),
            match answer.means {
                Means::Letter => "letter".to_owned(),
                Means::Telephone => "telephone".to_owned(),
            },
            answer.concedes.map_or("-".to_owned(), |m| m.to_string()),
            answer.text.clone(),
        ]);
    }
    table
}

fn objections(play: &Play<'_>, told: &Told) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("objections to {}", told.name),
        &[
            "no", "filed", "by", "whose", "petition", "ruled", "how", "ruling",
        ],
    );
    for objection in &told.complaint.objections {
        let ruled = objection.ruled.as_ref();
        let whose = if objection.filed.from_customer {
            "customer"
        } else {
            "department"
        };
        table.row(vec![
            objection.filed.objection.to_string(),
            zone.short(objection.filed_at),
            objection
                .department
                .as_ref()
                .map_or("-".to_owned(), ToString::to_string),
            whose.to_owned(),
            objection.filed.petition.clone(),
            when(zone, ruled.map(|(at, _)| *at)),
            ruled
                .map_or("-", |(_, r)| if r.upheld { "upheld" } else { "rejected" })
                .to_owned(),
            ruled.map_or("-".to_owned(), |(_, r)| r.ruling.clone()),
        ]);
    }
    table
}

fn third_parties(play: &Play<'_>, told: &Told) -> Table {
    let mut table = Table::new(
        format!("third parties of {}", told.name),
        &["at", "party", "reason"],
    );
    for (at, named) in &told.complaint.third_parties {
        table.row(vec![
            play.story.zone.short(*at),
            named.party.clone(),
            named.reason.clone(),
        ]);
    }
    table
}

fn links(play: &Play<'_>, told: &Told) -> Table {
    let mut table = Table::new(format!("links of {}", told.name), &["relation", "case"]);
    for link in &told.complaint.case.links {
        table.row(vec![link.relation.clone(), play.name(link.case)]);
    }
    if let Some(successor) = told.complaint.successor {
        table.row(vec!["new form".to_owned(), play.name(successor)]);
    }
    table
}

fn events(play: &Play<'_>, told: &Told) -> Table {
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("events of {}", told.name),
        &["at", "recorded", "who", "event", "about"],
    );
    for event in &told.events {
        let recorded = if event.recorded.to_whole_second() == event.at {
            "at once".to_owned()
        } else {
            zone.short(event.recorded)
        };
        table.row(vec![
            zone.short(event.at),
            recorded,
            about::who(&event.actor),
            event.event.kind().to_owned(),
            about::event(play, told, &event.event),
        ]);
    }
    table
}

fn refusals(play: &Play<'_>) -> Table {
    let mut table = Table::new("refused", &["what", "clause", "why", "with"]);
    for (what, refusal) in &play.refusals {
        let with: Vec<String> = refusal
            .args
            .iter()
            .map(|(name, value)| {
                // Instants are shown by the clocks of the zone, like everything else.
                let at = value.parse::<Instant>().ok();
                format!(
                    "{name} {}",
                    at.map_or(value.clone(), |at| play.story.zone.short(at))
                )
            })
            .collect();
        table.row(vec![
            what.clone(),
            refusal.clause.clone(),
            refusal.code.to_string(),
            with.join("; "),
        ]);
    }
    table
}

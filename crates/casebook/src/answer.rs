//! Answers to what a story asks: who is overdue, why a deadline lies where it lies, what the rules say.

use redress_core::regulation::Workflow;
use redress_kernel::calendar::{Calendar, DayKind, Reason, Reckoning, Span};
use redress_kernel::deadline::{self, Explanation};
use redress_kernel::decide::{Context, Who};
use redress_kernel::definition::{AddresseeKind, Limit, Mark};
use redress_kernel::event::Subject;
use redress_kernel::form::{Choice, FieldKind, Required};
use redress_kernel::guard::Guard;
use redress_kernel::organisation::Organisation;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::{Date, Instant, Zone};

use crate::entry;
use crate::fault::{Wrong, wrong};
use crate::play::{Play, Told};
use crate::sentence::From;
use crate::table::{Table, seconds};

/// What a subject is called.
pub(crate) fn subject(told: &Told, subject: Subject) -> String {
    match subject {
        Subject::Case => "case".to_owned(),
        Subject::Visit(number) => {
            let stage = told
                .complaint
                .case
                .visit(number)
                .map_or("-", |v| v.stage.as_str());
            format!("visit {number} {stage}")
        }
    }
}

pub(crate) fn overdue(play: &Play<'_>, at: Instant) -> Vec<Table> {
    // A1: instants are cut to whole seconds.
    let at = at.to_whole_second();
    let zone = &play.story.zone;
    let mut table = Table::new(
        format!("overdue at {}", zone.short(at)),
        &["case", "what", "held by", "due", "late by"],
    );
    for told in play.shown() {
        let case = &told.complaint.case;
        let holder = case.open_visit().map_or("-", |v| v.department.as_str());
        for (of, _, deadline) in case.running() {
            if at > deadline.due {
                table.row(vec![
                    told.name.clone(),
                    subject(told, of),
                    holder.to_owned(),
                    zone.short(deadline.due),
                    seconds(at.seconds_since(deadline.due)),
                ]);
            }
        }
    }
    vec![table]
}

pub(crate) fn explain(
    play: &Play<'_>,
    told: &Told,
    calendar: &Calendar,
    visit: Option<u32>,
) -> Result<Table, Wrong> {
    let zone = &play.story.zone;
    let of = visit.map_or(Subject::Case, Subject::Visit);
    let explanation = explanation(play, told, calendar, of).map_err(|refusal| {
        wrong(
            format!("{} has no such deadline: {refusal}", told.name),
            "ask about the case or a visit that has a limit",
        )
    })?;
    let deadline = &explanation.deadline;
    let mut table = Table::new(
        format!(
            "why {} {} is due {}: {} from {}{}",
            told.name,
            subject(told, of),
            zone.short(deadline.due),
            deadline.limit,
            zone.short(explanation.from),
            provisional(&deadline.provisional),
        ),
        &["from", "to", "counted", "why"],
    );
    let mut sum = 0;
    for interval in &explanation.intervals {
        sum += interval.seconds_counted;
        table.row(vec![
            zone.short(interval.from),
            zone.short(interval.to),
            seconds(interval.seconds_counted),
            reason(&interval.reason),
        ]);
    }
    let verdict = if sum == explanation.limit_seconds {
        "is the limit"
    } else {
        "IS NOT THE LIMIT"
    };
    table.row(vec![
        "sum".to_owned(),
        String::new(),
        seconds(sum),
        verdict.to_owned(),
    ]);
    Ok(table)
}

/// What the kernel says about a deadline.
pub(crate) fn explanation(
    play: &Play<'_>,
    told: &Told,
    calendar: &Calendar,
    of: Subject,
) -> Result<Explanation, Refusal> {
    let organisation = Organisation::default();
    let context = Context {
        definition: &told.workflow.definition,
        calendar,
        zone: &play.story.zone,
        organisation: &organisation,
        who: Who::Engine,
        at: told.complaint.case.opened_at,
        now: told.complaint.case.opened_at,
        serial: None,
    };
    deadline::explain(&context, &told.complaint.case, of)
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::Counted => "counts".to_owned(),
        Reason::OutsideHours => "outside working hours".to_owned(),
        Reason::Weekend => "weekend".to_owned(),
        Reason::Holiday(name) => format!("holiday {}", name.zh),
        Reason::MakeUpDay(name) => format!("counts, make-up day {}", name.zh),
        Reason::Suspended => "suspended".to_owned(),
    }
}

/// The mark of a deadline that crosses a year whose holidays are not published.
pub(crate) fn provisional(years: &[i32]) -> String {
    if years.is_empty() {
        return String::new();
    }
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    format!(", provisional until {} is published", years.join(", "))
}

pub(crate) fn due(
    calendar: &Calendar,
    zone: &Zone,
    span: Span,
    from: From,
) -> Result<Vec<String>, Wrong> {
    let reckoning = Reckoning {
        zone,
        calendar,
        suspended: &[],
    };
    let hint = "ask for a limit that the calendar can reckon";
    let mend = |e: redress_kernel::calendar::CalendarError| wrong(e.to_string(), hint);
    Ok(match from {
        From::Date(date) => {
            let (due, years) = reckoning.due_by_date(date, span).map_err(mend)?;
            vec![
                span.to_string(),
                date.to_string(),
                format!("{due}{}", provisional(&years)),
            ]
        }
        From::Instant(at) => {
            let due = reckoning.due(at, span).map_err(mend)?;
            vec![
                span.to_string(),
                zone.short(at),
                format!("{}{}", zone.short(due.at), provisional(&due.provisional)),
            ]
        }
    })
}

/// The special days of a year, runs of one name together, and how many days are worked.
pub(crate) fn year(calendar: &Calendar, year: i32) -> Result<Table, Wrong> {
    let not = |_| wrong(format!("`{year}` is not a year"), "write `ask year 2026`");
    let first = Date::new(year, 1, 1).map_err(not)?;
    let last = Date::new(year, 12, 31).map_err(not)?;
    let mut date = first;
    let mut worked = 0;
    let mut runs: Vec<(Date, Date, &str, String)> = Vec::new();
    loop {
        let kind = calendar.kind_of(date);
        worked += i32::from(kind.is_worked());
        let special = match kind {
            DayKind::Holiday(name) => Some(("holiday", name)),
            DayKind::MakeUpWorkday(name) => Some(("make-up day", name)),
            DayKind::Workday | DayKind::Weekend => None,
        };
        if let Some((kind, name)) = special {
            match runs.last_mut() {
                Some(run) if run.1 == date.pred() && run.2 == kind && run.3 == name.zh => {
                    run.1 = date;
                }
                _ => runs.push((date, date, kind, name.zh.clone())),
            }
        }
        if date == last {
            break;
        }
        date = date.succ();
    }
    let hours: Vec<String> = calendar.periods().iter().map(ToString::to_string).collect();
    let published = if calendar.published().contains(&year) {
        "published"
    } else {
        "not published"
    };
    let mut table = Table::new(
        format!(
            "{year}: {worked} days worked, {}, {published}",
            hours.join(" and ")
        ),
        &["from", "to", "what", "name"],
    );
    for (from, to, kind, name) in runs {
        table.row(vec![
            from.to_string(),
            to.to_string(),
            kind.to_owned(),
            name,
        ]);
    }
    Ok(table)
}

const RECKONED: &str = "reckoned by the calendar";

pub(crate) fn add_due(asked: &mut Vec<Table>, row: Vec<String>) {
    match asked.last_mut().filter(|t| t.is(RECKONED)) {
        Some(table) => table.row(row),
        None => {
            let mut table = Table::new(RECKONED, &["limit", "from", "due"]);
            table.row(row);
            asked.push(table);
        }
    }
}

/// The numbers of a workflow, as the manager who signs it reads them.
pub(crate) fn rules(workflow: &Workflow) -> Vec<Table> {
    let definition = &workflow.definition;
    let mut limits = Table::new(
        format!("limits of {}", definition.id),
        &["of", "limit", "when", "clause", "mark"],
    );
    let mut add = |of: &str, limit: &Limit| {
        limits.row(vec![
            of.to_owned(),
            limit.span.to_string(),
            limit.when.as_ref().map_or("always".to_owned(), guard),
            limit.clause.clone(),
            mark(limit.mark).to_owned(),
        ]);
    };
    for stage in &definition.stages {
        stage.limits.iter().for_each(|l| add(stage.id.as_str(), l));
    }
    if let Some(clock) = &definition.clock {
        clock.limits.iter().for_each(|l| add("case", l));
    }
    let ladder = &definition.reminders;
    let mut reminders = Table::new("reminders", &["level", "after", "also to", "mark"]);
    if let Some(percent) = ladder.notice_percent {
        let after = format!("{percent} % of the limit");
        reminders.row(vec![
            "notice".into(),
            after,
            "department".into(),
            String::new(),
        ]);
    }
    for (level, number) in ladder.levels.iter().zip(1..) {
        reminders.row(vec![
            i32::to_string(&number),
            level
                .after
                .map_or("the due instant".to_owned(), |a| format!("{a} after it")),
            match &level.to {
                AddresseeKind::Department => "department".to_owned(),
                AddresseeKind::Head => "its head".to_owned(),
                AddresseeKind::Office(office) => office.to_string(),
            },
            mark(level.mark).to_owned(),
        ]);
    }
    let mut other = Table::new("other figures", &["what", "figure", "clause"]);
    if let Some(numbering) = &definition.numbering {
        let figure = format!(
            "{} digits or more, prefix `{}`",
            numbering.digits, numbering.prefix
        );
        other.row(vec!["number".into(), figure, numbering.clause.clone()]);
    }
    let back = definition
        .max_backdating
        .map_or("any distance".to_owned(), |s| s.to_string());
    other.row(vec!["backdating".into(), back, String::new()]);
    if let Some(regulation) = &workflow.regulation {
        for row in regulation.authority.iter().flat_map(|t| &t.rows) {
            let figure = row
                .up_to
                .map_or("any amount".to_owned(), |m| format!("up to {m}"));
            other.row(vec![
                format!("authority of {}", row.office),
                figure,
                "M11".into(),
            ]);
        }
        for copy in &regulation.copies {
            let what = format!("copy {}", copy.number);
            other.row(vec![what, copy.department.to_string(), "M9-8".into()]);
        }
    }
    vec![limits, reminders, other]
}

fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Source => "source",
        Mark::Recovered => "recovered",
        Mark::Default => "default",
        Mark::Example => "example",
    }
}

fn guard(condition: &Guard) -> String {
    let several = |list: &[Guard], word: &str| {
        let parts: Vec<String> = list.iter().map(guard).collect();
        format!("({})", parts.join(word))
    };
    match condition {
        Guard::Is(g) => format!("{} is {}", g.path, entry::show(&g.is)),
        Guard::AtLeast(g) => format!("{} is at least {}", g.path, g.at_least),
        Guard::Known(g) if g.known => format!("{} is known", g.path),
        Guard::Known(g) => format!("{} is not known", g.path),
        Guard::Any(g) => several(&g.any, " or "),
        Guard::All(g) => several(&g.all, " and "),
        Guard::Not(g) => format!("not {}", guard(&g.not)),
    }
}

/// What a form takes, field by field.
pub(crate) fn form(workflow: &Workflow, id: &str) -> Result<Table, Wrong> {
    let definition = &workflow.definition;
    let form = definition.form(id).ok_or_else(|| {
        let known: Vec<&str> = definition.forms.iter().map(|f| f.id.as_str()).collect();
        wrong(
            format!("there is no form `{id}`"),
            format!("the forms are: {}", known.join(", ")),
        )
    })?;
    let mut table = Table::new(
        format!("form {}, {}", form.id, form.title.zh),
        &["field", "takes", "filled", "clause"],
    );
    for field in &form.fields {
        let mut filled = match &field.required {
            Required::Always => "always".to_owned(),
            Required::Optional => "if wanted".to_owned(),
            Required::When(condition) => format!("when {}", guard(condition)),
        };
        if field.deferrable {
            filled.push_str(", perhaps later");
        }
        let clause = field.clause.as_ref().unwrap_or(&form.clause);
        table.row(vec![
            field.id.to_string(),
            takes(&field.kind),
            filled,
            clause.clone(),
        ]);
    }
    Ok(table)
}

fn takes(kind: &FieldKind) -> String {
    let words = |choices: &[Choice]| {
        let ids: Vec<&str> = choices.iter().map(|c| c.id.as_str()).collect();
        ids.join(" | ")
    };
    match kind {
        FieldKind::Text { max_chars } => format!("text of at most {max_chars} characters"),
        FieldKind::Integer { min, max } => format!("whole number, {min} to {max}"),
        FieldKind::Money { min_minor } => {
            format!(
                "amount of at least {}.{:02}",
                min_minor / 100,
                min_minor % 100
            )
        }
        FieldKind::Choice { choices } => format!("one of {}", words(choices)),
        FieldKind::Choices { choices } => format!("some of {}", words(choices)),
        other => other.name().to_owned(),
    }
}

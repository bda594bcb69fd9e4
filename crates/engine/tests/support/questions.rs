//! Everything that can be asked of a desk, and what it answers, as text.

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use redress::kernel::event::Subject;
use redress::kernel::id::{CaseId, DepartmentId};
use redress::kernel::time::Month;
use redress::log::{Filter, JournalOptions, Recorded};
use redress::views::statistics::{Chains, StatisticsQuery};
use redress::{Decision, Error, HandClock, Redress, Settlement, Whose};

use super::{at, builder, by, clock, employee, founding, investigation, lodge, to_approval};

/// A question, and its answer or the error's code and sentence.
pub(crate) type Answered = (String, Result<String, String>);

/// How a directory is opened whose store is begun with the first record, in segments of a few cases each.
pub(crate) fn small() -> JournalOptions {
    JournalOptions::new().tail(1).segment_bytes(24 << 10)
}

/// A small company in a directory: cases at all stages, late ones, reminded of, decided, settled, withdrawn. The
/// desk is open.
pub(crate) async fn company(path: &Path) -> (Redress, Arc<HandClock>) {
    let clock = clock();
    let desk = builder(&clock)
        .directory(path)
        .journal(small())
        .found(founding())
        .await
        .unwrap();
    let office = by("E-office");
    let granted = || Decision {
        established: true,
        occurred_at_unit: Some("unit:group-3".to_owned()),
        ..Decision::default()
    };
    // Late: the round reminds of it, it is closed and settled.
    let late = to_approval(&desk, &clock).await;
    clock.set(at("2026-03-20T09:00:00+08:00"));
    desk.round().await.unwrap();
    desk.decide(late, &by("E-dgm"), granted()).await.unwrap();
    clock.advance(7200);
    let settlement = Settlement {
        kind: "allowance".into(),
        evidence: Some("allowance-certificate".into()),
        concessions: redress::Concessions {
            allowance: Some("1200.00 CNY".parse().unwrap()),
            ..redress::Concessions::default()
        },
        ..Settlement::default()
    };
    desk.settle(late, &by("E-sales"), settlement).await.unwrap();
    // On time, not settled.
    let timely = to_approval(&desk, &clock).await;
    desk.decide(timely, &by("E-dgm"), granted()).await.unwrap();
    // Before the decision; at the investigation, overdue; withdrawn; not accepted.
    to_approval(&desk, &clock).await;
    let waiting = lodge(&desk).await;
    desk.accept(waiting, &office).await.unwrap();
    let gone = lodge(&desk).await;
    desk.accept(gone, &office).await.unwrap();
    desk.report(gone, &by("E-quality"), investigation())
        .await
        .unwrap();
    desk.withdraw(gone, &by("E-sales"), "it was another's")
        .await
        .unwrap();
    clock.set(at("2026-03-25T09:00:00+08:00"));
    desk.round().await.unwrap();
    lodge(&desk).await;
    (desk, clock)
}

/// The ids of all cases.
pub(crate) async fn cases(desk: &Redress) -> Vec<CaseId> {
    let register = desk.register(&Default::default()).await.unwrap();
    register.iter().map(|row| row.case).collect()
}

/// Asks everything.
pub(crate) async fn ask(desk: &Redress, cases: &[CaseId]) -> Vec<Answered> {
    let mut answers = ask_views(desk).await;
    let mut say = |question: String, answer| answers.push((question, answer));
    for case in cases {
        let view = desk.case(*case).await;
        say(
            format!("case {case}"),
            text(view.map(|v| (v.complaint, v.corrected_later))),
        );
        say(format!("timeline {case}"), text(desk.timeline(*case).await));
        let explained = desk.explain_deadline(*case, Subject::Case).await;
        // A case without a clock has no deadline, and that is an answer.
        let explained = match explained {
            Err(error @ Error::Integrity { .. }) => Err(error),
            other => Ok(other.map_err(|error| error.code().to_owned())),
        };
        say(format!("deadline {case}"), text(explained));
        say(
            format!("beginning {case}"),
            text(desk.find(&case.to_string()[..13]).await),
        );
    }
    for number in ["26-03-01", "260302", "26-03-05"] {
        say(format!("number {number}"), text(desk.find(number).await));
    }
    let known: &[&str] = &["people", "rules", "calendars"];
    for what in known {
        let answer = match *what {
            "people" => text(desk.organisation().await),
            "rules" => text(desk.workflows().await.map(|rules| {
                let versions = rules
                    .iter()
                    .map(|r| (r.workflow.definition.version.clone(), r.files.clone()));
                versions.collect::<Vec<_>>()
            })),
            _ => text(desk.calendars().await),
        };
        say((*what).to_owned(), answer);
    }
    say("events".to_owned(), text(events(desk).await));
    say("head".to_owned(), Ok(desk.head().to_string()));
    // Behind damage it is not known.
    let tree = desk.journal().and_then(|journal| journal.tree_head());
    let tree = tree.ok_or_else(|| "unknown".to_owned());
    say("tree".to_owned(), tree.map(|tree| format!("{tree:?}")));
    answers
}

/// Every event; a page may end before damage, the next one meets it.
async fn events(desk: &Redress) -> Result<Vec<Recorded>, Error> {
    let (mut from, mut events) = (1, Vec::new());
    loop {
        let page = desk.events(from, &Filter::everything(), 1000).await?;
        events.extend(page.records);
        from = page.next.0;
        if page.end {
            return Ok(events);
        }
    }
}

/// Asks every view.
pub(crate) async fn ask_views(desk: &Redress) -> Vec<Answered> {
    let mut answers = Vec::new();
    let mut say = |question: String, answer| answers.push((question, answer));
    say(
        "register".into(),
        text(desk.register(&Default::default()).await),
    );
    let now = at("2026-03-25T12:00:00+08:00");
    for department in ["gm-office", "sales", "quality", "manufacturing"] {
        let whose = Whose::Department(DepartmentId::new(department).unwrap());
        say(
            format!("worklist {department}"),
            text(desk.worklist(whose, now).await),
        );
    }
    for id in ["E-office", "E-dgm"] {
        say(
            format!("worklist {id}"),
            text(desk.worklist(employee(id), now).await),
        );
    }
    for when in [
        "2026-03-03T12:00:00+08:00",
        "2026-03-17T09:00:00+08:00",
        "2026-03-25T12:00:00+08:00",
    ] {
        say(
            format!("overdue {when}"),
            text(desk.overdue(at(when)).await),
        );
        say(
            format!("due soon {when}"),
            text(desk.due_soon(at(when)).await),
        );
    }
    say(
        "reminders".into(),
        text(desk.reminders(&Default::default()).await),
    );
    say(
        "inquiries".into(),
        text(desk.inquiries(&Default::default()).await),
    );
    say(
        "candidates".into(),
        text(desk.inquiry_candidates(&Default::default()).await),
    );
    say("months".into(), text(desk.months(None).await));
    let query = StatisticsQuery {
        definition: "customer-complaint".parse().unwrap(),
        month: Month::new(2026, 3).unwrap(),
        zone: desk.zone(),
        chains: Chains::default(),
    };
    say("statistics".into(), text(desk.statistics(&query).await));
    answers
}

fn text<T: Debug>(answer: Result<T, Error>) -> Result<String, String> {
    match answer {
        Ok(answer) => Ok(format!("{answer:?}")),
        Err(error) => Err(format!("{}: {error}", error.code())),
    }
}

//! A log that a later build has written to: what this build cannot read it refuses by name and never passes over.

use std::sync::Arc;

use redress::log::{Append, ClockKind, Expected, NewEvent, RawJson, Stamp, StreamId};
use redress::{Complaint, Error, Founding, Goods, HandClock, Redress, Whose, by, employee, join};
use redress_core::event::ComplaintEvent;
use redress_core::month::{MonthCommand, MonthEvent, Standing};
use redress_core::person::{PersonCommand, PersonEvent};
use redress_core::staff::{StaffCommand, StaffEvent};
use redress_kernel::adoption::RulesEvent;
use redress_kernel::event::{CaseEvent, Kind, Subject};
use redress_kernel::id::{CaseId, DepartmentId};
use redress_kernel::numbering::NumbersEvent;
use redress_kernel::organisation::OrganisationEvent;
use redress_kernel::time::Instant;
use redress_views::inquiries::{CandidateFilter, InquiryFilter};
use redress_views::register::RegisterFilter;
use redress_views::reminders::ReminderFilter;
use redress_views::statistics::{Chains, StatisticsQuery};

const START: &str = "2026-03-02T09:00:00+08:00";
const SINCE: &str = "2020-01-01T00:00:00Z";

fn clock() -> Arc<HandClock> {
    Arc::new(HandClock::at(START.parse().unwrap()))
}

fn company() -> Founding {
    let people = vec![
        join("lin", "sales", SINCE).unwrap(),
        join("guo", "gm-office", SINCE).unwrap(),
    ];
    let mut founding = Founding::by(employee("zhao").unwrap()).organisation(people);
    founding.clock = ClockKind::Simulated;
    founding
}

async fn lodge(desk: &Redress) -> CaseId {
    let goods = Goods {
        product: "PCB-4",
        order_no: "O-77",
        item_no: "I-1",
        quantity: 1000,
        ship_date: "2026-02-10".parse().unwrap(),
    };
    let complaint = Complaint::about(goods, "customer:C9", "CN", &["allowance"], "come apart");
    let lin = by("lin").unwrap();
    desk.lodge(&lin, complaint.into()).await.unwrap()
}

/// Appends an event of a type as a later build would, under the schema behind the newest that is known here.
async fn from_the_future(desk: &Redress, stream: (&str, &str), kind: &str, schema: u32) {
    let at = Stamp::parse(&START.parse::<Instant>().unwrap().to_string()).unwrap();
    let json = |text: &str| RawJson::new(text).unwrap();
    let id = uuid::Uuid::from_u128(0x0f_0123);
    let event = NewEvent {
        id,
        kind: kind.to_owned(),
        schema,
        occurred_at: at,
        actor: json(r#"{"kind":"engine"}"#),
        command: json(&format!(r#"{{"id":"{id}","digest":"of a later build"}}"#)),
        payload: json(r#"{"said":"what nobody knows here"}"#),
    };
    let stream = StreamId::new(stream.0, stream.1).unwrap();
    let append = Append::one(at, stream, Expected::Any, vec![event]);
    desk.log().append(append).await.unwrap();
}

fn refuses<T>(what: &str, answer: Result<T, Error>, sentence: &str) {
    let Err(error) = answer else {
        panic!("{what} is answered, though: {sentence}");
    };
    assert_eq!(error.code(), "later_build", "{what}: {error}");
    assert!(error.to_string().contains(sentence), "{what}: {error}");
}

fn sentence(kind: &Kind) -> String {
    let (name, known) = (kind.name, kind.schema);
    format!(
        "`{name}` is of schema {}; this build knows up to {known}: use a newer build",
        known + 1
    )
}

/// Everything that a desk may be asked about the case, and about all cases.
async fn everything_refuses(desk: &Redress, case: CaseId, sentence: &str) {
    let lin = by("lin").unwrap();
    let at: Instant = START.parse().unwrap();
    let sales = || Whose::Department(DepartmentId::new("sales").unwrap());
    let statistics = StatisticsQuery {
        definition: "customer-complaint".parse().unwrap(),
        month: "2026-03".parse().unwrap(),
        zone: desk.zone(),
        chains: Chains::default(),
    };
    let (register, reminders) = (RegisterFilter::default(), ReminderFilter::default());
    let (inquiries, candidates) = (InquiryFilter::default(), CandidateFilter::default());
    // Twice: what was refused once is not behind the views afterwards.
    for _ in 0..2 {
        let withdrawn = desk.withdraw(case, &lin, "mistake").await;
        refuses("a command", withdrawn, sentence);
        refuses("the case", desk.case(case).await, sentence);
        refuses("the past", desk.case(case).as_of(at).await, sentence);
        refuses("the timeline", desk.timeline(case).await, sentence);
        let explained = desk.explain_deadline(case, Subject::Visit(1)).await;
        refuses("a deadline", explained, sentence);
        refuses("the views", desk.views().await, sentence);
        refuses("new views", desk.views_rebuilt().await, sentence);
        refuses("the register", desk.register(&register).await, sentence);
        refuses("a worklist", desk.worklist(sales(), at).await, sentence);
        refuses("overdue", desk.overdue(at).await, sentence);
        refuses("due soon", desk.due_soon(at).await, sentence);
        refuses("reminders", desk.reminders(&reminders).await, sentence);
        refuses("inquiries", desk.inquiries(&inquiries).await, sentence);
        let candidates = desk.inquiry_candidates(&candidates).await;
        refuses("candidates", candidates, sentence);
        refuses("statistics", desk.statistics(&statistics).await, sentence);
        refuses("months", desk.months(None).await, sentence);
        refuses("the round", desk.round().await, sentence);
    }
}

#[tokio::test]
async fn an_event_of_a_future_schema_is_refused_by_name_by_all_that_reads_its_case() {
    for kind in CaseEvent::KINDS.iter().chain(ComplaintEvent::KINDS) {
        let clock = clock();
        let desk = Redress::builder().clock(clock).memory();
        let desk = desk.found(company()).await.unwrap();
        let (case, other) = (lodge(&desk).await, lodge(&desk).await);
        // The desk has read both by now; the event comes behind what it knows.
        assert_eq!(
            desk.register(&RegisterFilter::default())
                .await
                .unwrap()
                .len(),
            2
        );
        let stream = ("complaint", &*case.to_string());
        from_the_future(&desk, stream, kind.name, kind.schema + 1).await;
        let head = desk.log().head();
        everything_refuses(&desk, case, &sentence(kind)).await;
        assert_eq!(desk.log().head(), head, "nothing was recorded meanwhile");
        // What does not read that case goes on.
        let lin = by("lin").unwrap();
        desk.withdraw(other, &lin, "mistake").await.unwrap();
    }
}

#[tokio::test]
async fn a_journal_with_an_event_of_a_future_schema_opens_and_refuses_by_name() {
    // One that the views read and one that they pass over.
    for name in ["complaint.decided", "complaint.answered"] {
        let kind = ComplaintEvent::KINDS.iter().find(|k| k.name == name);
        let kind = kind.unwrap();
        let place = tempfile::tempdir().unwrap();
        let clock = clock();
        let builder = || Redress::builder().clock(clock.clone()).directory(&place);
        let desk = builder().found(company()).await.unwrap();
        let case = lodge(&desk).await;
        let stream = ("complaint", &*case.to_string());
        from_the_future(&desk, stream, name, kind.schema + 1).await;
        desk.close().await.unwrap();
        let desk = builder().open().await.unwrap();
        everything_refuses(&desk, case, &sentence(kind)).await;
    }
}

#[tokio::test]
async fn what_everybody_goes_by_is_refused_too() {
    let streams = [
        ("organisation", &OrganisationEvent::KINDS[0]),
        ("rules", &RulesEvent::KINDS[0]),
    ];
    for (category, kind) in streams {
        let desk = Redress::builder().clock(clock()).memory();
        let desk = desk.found(company()).await.unwrap();
        let case = lodge(&desk).await;
        from_the_future(&desk, (category, "main"), kind.name, kind.schema + 1).await;
        for _ in 0..2 {
            let withdrawn = desk.withdraw(case, &by("lin").unwrap(), "mistake").await;
            refuses(category, withdrawn, &sentence(kind));
            refuses(category, desk.round().await, &sentence(kind));
        }
    }
    let desk = Redress::builder().clock(clock()).memory();
    let desk = desk.found(company()).await.unwrap();
    let kind = &NumbersEvent::KINDS[0];
    let stream = ("numbers", "complaint-2026-03");
    from_the_future(&desk, stream, kind.name, kind.schema + 1).await;
    refuses("a number", desk.case("26-03-01").await, &sentence(kind));
    // The number is given all the same: it is counted, not read, and nobody gets it twice.
    let case = lodge(&desk).await;
    let accepted = desk.accept(case, &by("guo").unwrap()).await.unwrap();
    assert_eq!(accepted.number.as_deref(), Some("26-03-02"));
}

/// Asks everything of months, ledgers and units that can be asked; each answer by its name.
async fn the_books(desk: &Redress) -> Vec<(&'static str, Result<(), Error>)> {
    let (guo, jin) = (by("guo").unwrap(), by("jin").unwrap());
    let month = "2026-02".parse().unwrap();
    let since = SINCE.parse().unwrap();
    let whose = employee("jin").unwrap();
    let open = MonthCommand::OpenMonth { month };
    let bonus = PersonCommand::RecordBonus {
        month,
        amount: "3000.00 CNY".parse().unwrap(),
        reason: None,
    };
    let units = StaffCommand::SetBaseUnits {
        employee: whose.clone(),
        units: 250,
        from: "2026-01-01".parse().unwrap(),
    };
    vec![
        ("a month", desk.month(month).await.map(drop)),
        ("the months", desk.opened_months().await.map(drop)),
        ("a ledger", desk.account(&whose).await.map(drop)),
        (
            "months that are late",
            desk.month_deadlines(Standing::Overdue, since)
                .await
                .map(drop),
        ),
        ("what urged them", desk.month_reminders().await.map(drop)),
        ("the round", desk.round().await.map(drop)),
        ("to open", desk.do_month(&guo, open, None).await.map(drop)),
        (
            "to pay",
            desk.do_person(&jin, &whose, bonus, None).await.map(drop),
        ),
        (
            "base units",
            desk.enter_staff(&jin, units, None).await.map(drop),
        ),
    ]
}

#[tokio::test]
async fn months_ledgers_and_units_are_refused_with_all_that_is_decided_on_them() {
    let months = MonthEvent::KINDS
        .iter()
        .map(|kind| (("month", "2026-02"), kind));
    let persons = PersonEvent::KINDS
        .iter()
        .map(|kind| (("person", "jin"), kind));
    let staff = StaffEvent::KINDS
        .iter()
        .map(|kind| (("staff", "main"), kind));
    for (stream, kind) in months.chain(persons).chain(staff) {
        let mut company = company();
        let jin = join("jin", "accounting", SINCE).unwrap();
        company.organisation.push(jin);
        let desk = Redress::builder().clock(clock()).memory();
        let desk = desk.found(company).await.unwrap();
        let case = lodge(&desk).await;
        from_the_future(&desk, stream, kind.name, kind.schema + 1).await;
        // Months and ledgers are one book; units stand in another, by which everything is decided.
        let goes_on: &[&str] = match stream.0 {
            "staff" => &["a month", "the months", "a ledger", "what urged them"],
            _ => &["base units"],
        };
        for round in 1..=2 {
            for (what, answer) in the_books(&desk).await {
                if !goes_on.contains(&what) {
                    refuses(what, answer, &sentence(kind));
                } else if round == 1 {
                    answer.unwrap();
                }
            }
        }
        let withdrawn = desk.withdraw(case, &by("lin").unwrap(), "mistake").await;
        if stream.0 == "staff" {
            refuses("a command", withdrawn, &sentence(kind));
        } else {
            withdrawn.unwrap();
        }
    }
}

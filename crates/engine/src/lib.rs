//! An event-sourced complaint-handling workflow engine.
//!
//! ```rust
//! use std::sync::Arc;
//!
//! use redress::kernel::{actor::By, time::Instant};
//! use redress::{Founding, HandClock, Lodging, Redress, StageForm};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let nine: Instant = "2026-03-02T09:00:00+08:00".parse()?;
//!     let clock = Arc::new(HandClock::at(nine)); // a clock moved by hand; left out, it is the machine's
//!     let people = r#"[
//!         {"command": "join", "employee": "lin", "department": "sales", "from": "2020-01-01T00:00:00Z"},
//!         {"command": "join", "employee": "guo", "department": "gm-office", "from": "2020-01-01T00:00:00Z"},
//!         {"command": "join", "employee": "qian", "department": "quality", "from": "2020-01-01T00:00:00Z"}]"#;
//!     let company = Founding::by("zhao".parse()?).organisation(serde_json::from_str(people)?).simulated();
//!     let directory = tempfile::tempdir()?;
//!     let desk = Redress::builder().directory(directory.path()).clock(clock.clone()).found(company).await?;
//!     let by = |id: &str| id.parse().map(By::employee);
//!
//!     let complaint = Lodging::default()
//!         .with("customer", "customer:C9").with("country", "CN")
//!         .with("product", "PCB-4").with("order_no", "O-77").with("item_no", "I-1")
//!         .with("quantity", 1000).with("ship_date", "2026-02-10").with("kind", "quality")
//!         .with("loss_caused", true).with("demand", &["allowance"][..]).with("reasons", "the boards come apart");
//!     let case = desk.lodge(&by("lin")?, complaint).await?;
//!     clock.advance(30 * 60);
//!     desk.accept(case, &by("guo")?).await?; // numbers it and starts the clock of 13 days
//!     clock.advance(3 * 60 * 60);
//!     let found = StageForm::of("investigation")
//!         .with("findings", "resin was stored too warm")
//!         .with("responsible_departments", &["department:manufacturing"][..]);
//!     desk.report(case, &by("qian")?, found).await?;
//!
//!     let now = desk.case("26-03-01").await?; // by its number
//!     let due = now.complaint.case.clock.as_ref().map(|clock| clock.deadline.due);
//!     println!("due {}", due.map_or_else(String::new, |due| desk.zone().short(due)));
//!     assert_eq!(due, Some("2026-03-15T09:30:00+08:00".parse()?));
//!
//!     let then = desk.case(case).as_of("2026-03-02T10:00:00+08:00".parse()?).await?; // replayed up to ten o'clock
//!     let stage = |view: &redress::CaseView| view.complaint.case.open_visit().map(|v| v.stage.to_string());
//!     assert_eq!(stage(&then).as_deref(), Some("investigation"));
//!     assert_eq!(stage(&now).as_deref(), Some("countermeasure"));
//!     Ok(())
//! }
//! ```
//!
//! In reading order:
//!
//! - [`Redress`]: the desk. [`Builder`] and [`Founding`]: how one is opened, and how it begins.
//! - Commands: typed ([`Redress::lodge`], [`Redress::accept`], [`Redress::report`] …; [`Complaint`],
//!   [`Investigation`] … are the shipped forms), general ([`Redress::execute`] with a [`Request`]: ids, expected
//!   versions, earlier instants, dry runs), as JSON ([`Redress::execute_json`]).
//! - [`Redress::round`]: reminders. [`Redress::import`]: historic cases. [`Redress::organise`], [`Redress::adopt`]:
//!   people and rules.
//! - Questions: [`Redress::case`] and its past, [`Redress::timeline`], [`Redress::explain_deadline`]; views
//!   ([`Redress::register`], [`Redress::worklist`], [`Redress::overdue`], [`Redress::statistics`] …).
//! - [`Redress::events`], [`Redress::beyond`]: following the log.
//! - [`Error`]; [`Clock`], the only one who is asked the time.
//!
//! *Invariants:* what is answered is durable. A command is done once under its id. A view proposes; what is
//! recorded was decided on the streams, at their versions. Nothing runs unless it is called.

mod builder;
mod clock;
mod deeds;
mod desk;
mod error;
mod execute;
mod find;
mod folded;
mod forms;
mod frame;
mod held;
mod import;
mod json;
mod links;
mod organise;
mod people;
mod projected;
mod replay;
mod request;
mod round;
mod rules;
mod series;
mod stages;
mod subscribe;
mod view;

pub use builder::{Builder, Founding};
pub use clock::{Clock, ClockConfirmed, ClockEvent, HandClock, SystemClock};
pub use desk::Redress;
pub use error::Error;
pub use forms::{CustomerAnswer, FieldValue, Fields, Lodging, StageForm};
pub use import::{ImportReport, imported_case};
pub use links::{FOLLOWS, JOINT_INSPECTION, RAISED_FROM, RAISED_TO};
pub use organise::Organising;
pub use people::{by, employee, hold_office, join};
pub use projected::{Reading, Whose};
pub use replay::CaseQuery;
pub use request::{Answer, CaseRef, EventSummary, Request};
pub use round::{Issued, Moved, RoundReport};
pub use rules::{AdoptedWorkflow, Files};
pub use stages::{
    Complaint, Concessions, Consolidation, Countermeasure, Decision, Determined, Goods,
    HandlingProposal, Investigation, OurFault, Review, Settlement, TechnicalOpinion,
};
pub use view::{CaseView, TimelineEntry};

// What the desk is spoken to with.
pub use redress_core as core;
pub use redress_kernel as kernel;
pub use redress_log as log;
pub use redress_views as views;
pub use redress_workflow as workflow;

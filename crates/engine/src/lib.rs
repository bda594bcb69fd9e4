//! An event-sourced complaint-handling workflow engine.
//!
//! ```rust
//! use std::sync::Arc;
//!
//! use redress::{Complaint, Founding, Goods, HandClock, Investigation, Redress, by, employee, join};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let clock = Arc::new(HandClock::at("2026-03-02T09:00:00+08:00".parse()?)); // left out: the machine's
//!     let since = "2020-01-01T00:00:00Z";
//!     let people = vec![join("lin", "sales", since)?, join("guo", "gm-office", since)?, join("qian", "quality", since)?];
//!     let company = Founding::by(employee("zhao")?).organisation(people).simulated();
//!     let directory = tempfile::tempdir()?;
//!     let desk = Redress::builder().directory(directory.path()).clock(clock.clone()).found(company).await?;
//!
//!     let goods = Goods {
//!         product: "PCB-4", order_no: "O-77", item_no: "I-1", quantity: 1000, ship_date: "2026-02-10".parse()?,
//!     };
//!     let complaint = Complaint::about(goods, "customer:C9", "CN", &["allowance"], "the boards come apart");
//!     let case = desk.lodge(&by("lin")?, complaint.into()).await?;
//!     clock.advance(30 * 60);
//!     desk.accept(case, &by("guo")?).await?; // numbers it and starts the clock of 13 days
//!     clock.advance(3 * 60 * 60);
//!     desk.report(case, &by("qian")?, Investigation::found("resin was stored too warm", "manufacturing")).await?;
//!
//!     let now = desk.case("26-03-01").await?; // by its number
//!     let due = now.due().ok_or("no clock")?;
//!     println!("due {}", desk.zone().short(due));
//!     assert_eq!(due, "2026-03-15T09:30:00+08:00".parse()?);
//!     assert_eq!(now.stage().map(|stage| stage.as_str()), Some("countermeasure"));
//!
//!     let then = desk.case(case).as_of("2026-03-02T10:00:00+08:00".parse()?).await?; // replayed up to ten o'clock
//!     assert_eq!(then.stage().map(|stage| stage.as_str()), Some("investigation"));
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
//!   people and rules. [`Redress::do_month`], [`Redress::do_person`], [`Redress::enter_staff`]: months, bonuses, units, each
//!   sent under an id or as a dry run ([`Sending`]).
//! - Questions: [`Redress::case`] and its past, [`Redress::timeline`], [`Redress::explain_deadline`],
//!   [`Redress::explain_figures`]; views
//!   ([`Redress::register`], [`Redress::worklist`], [`Redress::overdue`], [`Redress::statistics`] …);
//!   [`Redress::improvements`].
//! - [`Redress::subscribe`]: following the log. [`Redress::events`], [`Redress::beyond`]: what it is made of.
//! - [`Error`]; [`Clock`], the only one who is asked the time.
//!
//! *Invariants:* what is answered is durable. A command is done once under its id. A view proposes; what is
//! recorded was decided on the streams, at their versions. Nothing runs unless it is called.

mod books;
mod builder;
mod chain;
mod change;
mod clock;
mod deeds;
mod desk;
mod error;
mod execute;
mod find;
mod folded;
mod forms;
mod frame;
mod heads;
mod held;
mod import;
mod improvements;
mod json;
mod links;
mod lives;
mod memos;
mod month_deadlines;
mod months;
mod once;
mod organise;
mod people;
mod projected;
mod replay;
mod request;
mod round;
mod rows;
mod rules;
mod series;
mod staff;
mod stages;
mod subscribe;
mod view;

pub use builder::{Builder, Founding, Progress};
pub use change::{Organising, Sending};
pub use clock::{Clock, ClockConfirmed, ClockEvent, Found, HandClock, SystemClock, is_behind};
pub use desk::Redress;
pub use error::Error;
pub use forms::{CustomerAnswer, FieldValue, Fields, Lodging, StageForm};
pub use heads::verification;
pub use import::{ImportReport, ImportStopped, imported_case};
pub use links::{FOLLOWS, JOINT_INSPECTION, RAISED_FROM, RAISED_TO};
pub use lives::{LogEvent, LogRestored};
pub use memos::Explained;
pub use month_deadlines::MonthDeadline;
pub use months::{BonusAnswer, MonthAnswer};
pub use once::{JsonError, read_json};
pub use people::{by, employee, hold_office, join};
pub use projected::{Reading, Whose};
pub use redress_log::Subscription;
pub use replay::CaseQuery;
pub use request::{Answer, CaseRef, EventSummary, Request};
pub use round::{Issued, Moved, OpenedMonth, RoundReport, SettledResale, UrgedMonth};
pub use rows::Home;
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

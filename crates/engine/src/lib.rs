//! An event-sourced complaint-handling workflow engine.

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
pub use import::ImportReport;
pub use links::{FOLLOWS, JOINT_INSPECTION, RAISED_FROM, RAISED_TO};
pub use organise::Organising;
pub use projected::{Reading, Whose};
pub use replay::CaseQuery;
pub use request::{Answer, CaseRef, EventSummary, Request};
pub use round::{Issued, Moved, RoundReport};
pub use rules::{AdoptedWorkflow, Files};
pub use stages::{
    Complaint, Concessions, Consolidation, Countermeasure, Decision, Determined, HandlingProposal,
    Investigation, OurFault, Review, Settlement, TechnicalOpinion,
};
pub use view::{CaseView, TimelineEntry};

// What the desk is spoken to with.
pub use redress_core as core;
pub use redress_kernel as kernel;
pub use redress_log as log;
pub use redress_views as views;
pub use redress_workflow as workflow;

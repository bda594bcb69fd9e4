//! A company to test with: its staff, its clock, a complaint of it.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

pub(crate) mod flips;
pub(crate) mod pay;
pub(crate) mod questions;

use std::path::Path;
use std::sync::Arc;

use redress::kernel::actor::By;
use redress::kernel::event::{Imported, ImportedStep};
use redress::kernel::id::{CaseId, DepartmentId, EmployeeId, OfficeId, StageId};
use redress::kernel::organisation::OrganisationCommand;
use redress::kernel::time::Instant;
use redress::kernel::value::Values;
use redress::log::ClockKind;
use redress::{
    Builder, Complaint, Concessions, Consolidation, Countermeasure, Founding, HandClock,
    HandlingProposal, Investigation, Redress, Review,
};

pub(crate) fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(crate) fn employee(id: &str) -> EmployeeId {
    EmployeeId::new(id).unwrap()
}

pub(crate) fn by(id: &str) -> By {
    By::employee(employee(id))
}

/// A row of another tool's years, as an import reads it.
pub(crate) fn historic(row: usize) -> Imported {
    Imported {
        source: "desk-2019".into(),
        row: row.to_string(),
        opened_at: at("2019-05-01T09:00:00Z"),
        values: serde_json::from_value(serde_json::json!({ "market": "domestic" })).unwrap(),
        steps: vec![
            ImportedStep {
                stage: StageId::new("acceptance").unwrap(),
                ended_at: at("2019-05-01T09:00:00Z"),
                values: Values::new(),
            },
            ImportedStep {
                stage: StageId::new("approval").unwrap(),
                ended_at: at("2019-05-10T09:00:00Z"),
                values: Values::new(),
            },
        ],
    }
}

/// Who works where, and in which office.
const STAFF: &[(&str, &str, Option<&str>)] = &[
    ("E-gm", "gm-office", Some("general-manager")),
    ("E-dgm", "gm-office", Some("deputy-general-manager")),
    ("E-office", "gm-office", None),
    ("E-sales", "sales", None),
    ("E-sales-head", "sales", Some("sales-manager")),
    ("E-quality", "quality", None),
    ("E-plant", "manufacturing", None),
    ("E-plant-head", "manufacturing", Some("plant-manager")),
    ("E-rnd", "rnd", None),
];

pub(crate) const START: &str = "2026-03-02T09:00:00+08:00";

pub(crate) fn founding() -> Founding {
    let from = at("2020-01-01T00:00:00+08:00");
    let mut changes = Vec::new();
    for (id, department, office) in STAFF {
        changes.push(OrganisationCommand::Join {
            employee: employee(id),
            department: DepartmentId::new(*department).unwrap(),
            unit: None,
            from,
        });
        if let Some(office) = office {
            changes.push(OrganisationCommand::HoldOffice {
                office: OfficeId::new(*office).unwrap(),
                employee: employee(id),
                from,
            });
        }
    }
    let mut founding = Founding::by(employee("E-gm")).organisation(changes);
    founding.clock = ClockKind::Simulated;
    founding
}

pub(crate) fn clock() -> Arc<HandClock> {
    Arc::new(HandClock::at(at(START)))
}

pub(crate) fn builder(clock: &Arc<HandClock>) -> Builder {
    Redress::builder().clock(clock.clone())
}

pub(crate) async fn memory() -> (Redress, Arc<HandClock>) {
    let clock = clock();
    let desk = builder(&clock).memory().found(founding()).await.unwrap();
    (desk, clock)
}

pub(crate) async fn directory(path: &Path) -> (Redress, Arc<HandClock>) {
    let clock = clock();
    let desk = builder(&clock)
        .directory(path)
        .found(founding())
        .await
        .unwrap();
    (desk, clock)
}

pub(crate) fn complaint() -> Complaint {
    Complaint {
        customer: "customer:C1".into(),
        country: Some("CN".into()),
        market: None,
        product: "PCB-4".into(),
        order_no: "O-77".into(),
        item_no: "I-1".into(),
        quantity: 1000,
        ship_date: "2026-02-10".parse().unwrap(),
        defect_quantity: None,
        kind: "quality".into(),
        cause: None,
        description: None,
        loss_caused: true,
        demand: vec!["allowance".into()],
        return_quantity: None,
        reasons: "delaminated".into(),
        samples: None,
        opinion: None,
    }
}

pub(crate) async fn lodge(desk: &Redress) -> CaseId {
    desk.lodge(&by("E-sales"), complaint().into())
        .await
        .unwrap()
}

pub(crate) fn investigation() -> Investigation {
    Investigation {
        findings: "the press was too cold".into(),
        responsible_departments: vec!["department:manufacturing".into()],
        ..Investigation::default()
    }
}

/// A decision that the fault is group 3's.
pub(crate) fn granted() -> redress::Decision {
    redress::Decision {
        established: true,
        occurred_at_unit: Some("unit:group-3".to_owned()),
        our_fault: Some(redress::OurFault {
            handling: "allowance".to_owned(),
            untracked_because: None,
        }),
        ..redress::Decision::default()
    }
}

/// Brings a complaint to the decision.
pub(crate) async fn to_approval(desk: &Redress, clock: &HandClock) -> CaseId {
    let case = lodge(desk).await;
    clock.advance(600);
    desk.accept(case, &by("E-office")).await.unwrap();
    clock.advance(600);
    desk.report(case, &by("E-quality"), investigation())
        .await
        .unwrap();
    clock.advance(600);
    let countermeasure = Countermeasure {
        abnormality_cause: "a worn heater".into(),
        countermeasure: "replace it".into(),
        ..Countermeasure::default()
    };
    desk.report(case, &by("E-plant"), countermeasure)
        .await
        .unwrap();
    desk.endorse(case, &by("E-plant-head"), "countermeasure", None)
        .await
        .unwrap();
    clock.advance(600);
    let review = Review {
        opinion: "agreed".into(),
        technical_opinion: false,
    };
    desk.report(case, &by("E-office"), review).await.unwrap();
    clock.advance(600);
    let proposal = HandlingProposal {
        handling: vec!["allowance".into()],
        negotiation: "accepts an allowance".into(),
        concessions: Concessions {
            allowance: Some("1200.00 CNY".parse().unwrap()),
            ..Concessions::default()
        },
        ..HandlingProposal::default()
    };
    desk.report(case, &by("E-sales"), proposal).await.unwrap();
    desk.endorse(case, &by("E-sales-head"), "handling-proposal", None)
        .await
        .unwrap();
    clock.advance(600);
    let opinion = Consolidation {
        opinion: "grant".into(),
    };
    desk.report(case, &by("E-office"), opinion).await.unwrap();
    clock.advance(600);
    case
}

//! The play follows from its seed, and nothing in it is more than the engine allows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use redress::{Founding, HandClock, Redress};
use redress_core::staff::{Roster, Staff};
use redress_kernel::id::{EmployeeId, FieldId};
use redress_kernel::organisation::{Organisation, Period};
use redress_kernel::time::{Instant, Month, Zone};
use redress_log::{Filter, Position};

use crate::demo::fate::Fate;
use crate::demo::fault::Fault;
use crate::demo::hours::Hours;
use crate::demo::play::{Play, Stage};
use crate::demo::source::complaints;
use crate::demo::{company, staff};

fn at(text: &str) -> Instant {
    Instant::parse_rfc3339(text).unwrap()
}

/// A desk at which a few complaints are played.
async fn play(seed: u64) -> Redress {
    let clock = Arc::new(HandClock::at(at("2024-01-31T17:00:00+08:00")));
    let away = Period {
        from: at("2024-02-20T00:00:00+08:00"),
        until: Some(at("2024-02-23T00:00:00+08:00")),
    };
    let organisation = company::organisation(at("2010-01-04T00:00:00+08:00"), away).unwrap();
    let founding = Founding::by(EmployeeId::new(company::GENERAL_MANAGER).unwrap());
    let desk = Redress::builder()
        .memory()
        .clock(clock.clone())
        .found(founding.organisation(organisation).simulated())
        .await
        .unwrap();
    let list = complaints().unwrap();
    let play = Play::new(Stage {
        desk: &desk,
        clock,
        hours: Hours::new(company::calendar().unwrap(), Zone::SHANGHAI),
        complaints: &list[..40],
        seed,
        away,
        first: "2024-02-01".parse().unwrap(),
        until: at("2024-03-15T18:00:00+08:00"),
    });
    let tally = play.run(|_| {}).await.unwrap();
    assert!(tally.commands > 300, "{}", tally.commands);
    desk
}

/// Everything that stands in its log, ids of the founding aside.
async fn played(seed: u64) -> Vec<String> {
    let desk = play(seed).await;
    let all = Filter::everything();
    let page = desk
        .log()
        .all(Position::FIRST, &all, 100_000)
        .await
        .unwrap();
    let streams = ["complaint/", "month/", "person/", "staff/"];
    let records = page.records.iter();
    let ours = records.filter(|record| {
        let stream = record.stream.as_str();
        streams.iter().any(|begins| stream.starts_with(begins))
    });
    ours.map(|record| {
        let (stream, kind) = (record.stream.as_str(), &record.kind);
        let (at, payload) = (record.occurred_at.as_str(), record.payload.as_str());
        // The tree's head covers the founding too, whose ids are drawn.
        let payload = payload.split("\"root\":").next().unwrap_or_default();
        let command = record.command.as_str();
        format!(
            "{} {stream} {kind} {at} {command} {payload}",
            record.position
        )
    })
    .collect()
}

#[tokio::test]
async fn the_same_seed_plays_the_same_and_another_another() {
    let (first, again, other) = (played(7).await, played(7).await, played(8).await);
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[tokio::test]
async fn a_month_is_closed_in_time_whatever_the_seed() {
    let february = Month::new(2024, 2).unwrap();
    let mut taken_of_all = 0;
    for seed in 1..=5 {
        let desk = play(seed).await;
        let state = desk.month(february).await.unwrap().unwrap();
        let (_, closed) = state.closed.unwrap();
        assert!(!closed.late && closed.cases > 0, "seed {seed}: {closed:?}");
        // What the month says was taken is what stands in the ledgers.
        let mut taken = 0;
        for employee in desk.organisation().await.unwrap().employees() {
            let account = desk.account(employee).await.unwrap();
            let lines = account.iter().flat_map(|account| account.lines());
            taken += lines.map(|line| line.amount.minor()).sum::<i64>();
        }
        let said = closed.fined.minor() + closed.deducted.minor() + closed.given_back.minor();
        assert_eq!(taken, said, "seed {seed}");
        taken_of_all += taken;
    }
    assert!(taken_of_all > 0, "nothing was taken from anybody");
}

#[test]
fn every_fault_is_shared_out_whole_and_each_kind_of_party_carries_something() {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines: BTreeSet<String> = BTreeSet::new();
    for received in complaints().unwrap() {
        for seed in 0..4 {
            let fate = Fate::draw(seed, &received, 0);
            let Some(fault) = Fault::draw(seed, &received.complaint_id, &fate).unwrap() else {
                continue;
            };
            let points: Vec<u32> = fault.shares.iter().map(|s| s.basis_points).collect();
            assert_eq!(points.iter().sum::<u32>(), 10_000, "{fault:?}");
            assert!(points.iter().all(|points| *points > 0), "{fault:?}");
            let parties: BTreeSet<&str> = fault.shares.iter().map(|s| &*s.party).collect();
            assert_eq!(parties.len(), fault.shares.len(), "{fault:?}");
            for share in &fault.shares {
                let kind = [
                    "unit:group",
                    "unit:night",
                    "unit:",
                    "person:",
                    "department:",
                ]
                .into_iter()
                .chain(["supplier:", "customer:"])
                .find(|begins| share.party.starts_with(begins));
                *kinds.entry(kind.unwrap()).or_default() += 1;
            }
            lines.extend(fault.lines.iter().map(|line| line.kind.to_string()));
            if let Some(goods) = fault.goods {
                let sold: i64 = goods.sold.iter().map(|lot| lot.quantity).sum();
                assert!(sold <= goods.returned.quantity);
                assert!(fault.disciplined.is_some());
            }
        }
    }
    assert_eq!(kinds.len(), 7, "{kinds:?}");
    assert_eq!(lines.len(), 7, "{lines:?}");
}

#[test]
fn everybody_with_a_bonus_is_a_member_and_nobody_has_two_names() {
    let facts = staff::facts(3).unwrap();
    let mut known = Staff::default();
    for fact in &facts {
        // Each says something new.
        let event = known.decide(fact).unwrap();
        known.evolve(&event);
    }
    let day = "2024-02-01".parse().unwrap();
    let members = |known: &Staff, unit: &FieldId| {
        let roster = Roster {
            staff: known,
            organisation: &Organisation::default(),
            zone: &Zone::default(),
            day,
        };
        roster.members(unit.as_str())
    };
    let people = staff::with_bonus().unwrap();
    let names: BTreeSet<&EmployeeId> = people.iter().collect();
    assert_eq!(names.len(), people.len());
    for employee in &people {
        assert!(known.base_units(employee, day).is_some(), "{employee}");
        let units = known.units(day);
        let member = units
            .filter(|(unit, _)| {
                let members = members(&known, unit);
                members.iter().any(|(member, _)| member == employee)
            })
            .count();
        assert!(member > 0, "{employee}");
    }
    let leaver = staff::leaver(3).unwrap();
    for fact in staff::leaves(&leaver, day).unwrap() {
        let event = known.decide(&fact).unwrap();
        known.evolve(&event);
    }
    let gone = leaver.employee().unwrap();
    for (unit, _) in known.units(day) {
        let members = members(&known, unit);
        assert!(members.iter().all(|(member, _)| *member != gone));
    }
}

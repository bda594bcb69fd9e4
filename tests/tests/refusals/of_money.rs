//! The scenes of the refusals about losses, responsibility and discipline.

use redress_core::refusal as c;
use serde_json::{Value as Json, json};

use crate::desk::{Desk, Told, instant};
use crate::gallery::{Make, Scene, no, yes};

/// Group 3 with its members, group 4 without, and a section, all of manufacturing.
fn with_units(mut desk: Desk) -> Desk {
    let unit = |unit: &str, kind: &str| json!({"command": "form_unit", "unit": unit, "kind": kind, "department": "manufacturing", "from": "2026-01-01"});
    let points = |who: &str, points: u32| json!({"command": "set_base_points", "unit": "group-3", "employee": who, "points": points, "from": "2026-01-01"});
    for fact in [
        unit("group-3", "group"),
        unit("group-4", "group"),
        unit("section-1", "section"),
        points("ma", 500),
        points("peng", 300),
    ] {
        desk.enter(fact).unwrap();
    }
    desk
}

fn loses(amount: &str) -> Json {
    json!({"command": "state_loss", "lines": [{"kind": "allowance", "amounts": {"allowed": amount}}]})
}

fn carries(command: &str, party: &str) -> Json {
    json!({"command": command, "shares": [{"party": party, "basis_points": 10_000}]})
}

fn granted() -> Json {
    json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false, "allowance": "100.00 CNY"})
}

/// A complaint that was granted; nobody has stated a loss.
fn closed() -> Desk {
    with_units(Desk::closed(granted()))
}

/// A complaint whose loss of 12,000.00 a party carries since the decision.
pub(crate) fn carried_by(party: &str) -> Desk {
    let mut desk = with_units(Desk::at("approval"));
    desk.ask("guo", loses("12000.00 CNY")).unwrap();
    desk.ask("qian", carries("propose_responsibility", party))
        .unwrap();
    desk.later("01:00");
    desk.report("zhao", "approval", granted()).unwrap();
    desk
}

fn of(command: &str, employee: &str) -> Json {
    json!({"command": command, "employee": employee})
}

pub(crate) fn sentence(grade: &str, count: u32, rate: Option<&str>, reason: Option<&str>) -> Json {
    let mut sentence = json!({"grade": grade, "count": count});
    if let Some(rate) = rate {
        sentence["rate"] = json!(rate);
    }
    let mut command =
        json!({"command": "decide_discipline", "employee": "ma", "sentence": sentence});
    if let Some(reason) = reason {
        command["reason"] = json!(reason);
    }
    command
}

/// A petition for discipline of ma, who carries 7,500.00.
pub(crate) fn petitioned() -> Desk {
    yes(
        carried_by("unit:group-3"),
        "guo",
        of("propose_discipline", "ma"),
    )
}

/// The general manager decided a warning instead.
pub(crate) fn warned() -> Desk {
    yes(
        petitioned(),
        "zhao",
        sentence("warning", 1, None, Some("the first time")),
    )
}

#[track_caller]
fn proposing(party: &str) -> Told {
    let mut desk = with_units(Desk::at("investigation"));
    no(&mut desk, "qian", carries("propose_responsibility", party))
}

#[track_caller]
fn stating(line: Json) -> Told {
    let command = json!({"command": "state_loss", "lines": [line]});
    no(&mut Desk::at("investigation"), "guo", command)
}

fn taken_back() -> Desk {
    yes(closed(), "lin", takes_back())
}

fn takes_back() -> Json {
    json!({"command": "take_back_goods", "returned": {"quantity": 100, "grade_a": "50.00 CNY", "actual_loss": "30.00 CNY"}})
}

fn resells() -> Json {
    json!({"command": "resell_goods", "resold": {"quantity": 40, "proceeds": "1200.00 CNY"}})
}

pub(crate) fn of_money(scene: Make<'_>) -> Vec<Scene> {
    let mut scenes = of_loss(scene);
    scenes.extend(of_responsibility(scene));
    scenes.extend(of_goods(scene));
    scenes.extend(of_discipline(scene));
    scenes
}

fn of_loss(scene: Make<'_>) -> Vec<Scene> {
    vec![
        scene(c::TABLE_NOT_SET, "a workflow without a loss basis", {
            let mut desk = Desk::at("investigation");
            desk.workflow.regulation.as_mut().unwrap().tables.loss = None;
            no(&mut desk, "guo", loses("100.00 CNY"))
        }),
        scene(
            c::NOT_ACCEPTED,
            "a complaint that waits for acceptance",
            no(&mut Desk::lodged(), "guo", loses("100.00 CNY")),
        ),
        scene(
            c::UNKNOWN_LOSS_KIND,
            "a complaint under investigation",
            stating(json!({"kind": "scrap", "amounts": {"cost": "100.00 CNY"}})),
        ),
        scene(
            c::LOSS_PART_UNKNOWN,
            "a complaint under investigation",
            stating(json!({"kind": "allowance", "amounts": {"freight": "100.00 CNY"}})),
        ),
        scene(
            c::LOSS_PART_MISSING,
            "a complaint under investigation",
            stating(json!({"kind": "rework", "amounts": {"labour": "100.00 CNY"}})),
        ),
    ]
}

fn of_responsibility(scene: Make<'_>) -> Vec<Scene> {
    vec![
        scene(
            c::NOT_A_RESPONSIBLE_PARTY,
            "a complaint under investigation",
            proposing("office:plant-manager"),
        ),
        scene(
            c::UNKNOWN_UNIT,
            "manufacturing has a group 3 and a group 4",
            proposing("unit:group-9"),
        ),
        scene(
            c::UNIT_EXISTS,
            "group 3 is a group of manufacturing",
            closed()
                .enter(json!({"command": "form_unit", "unit": "group-3", "kind": "section", "department": "manufacturing", "from": "2026-03-01"}))
                .expect_err("refused"),
        ),
        scene(
            c::UNIT_TOO_LARGE,
            "a complaint under investigation",
            proposing("department:manufacturing"),
        ),
        scene(
            c::SMALLER_UNIT,
            "manufacturing has a section of several groups",
            proposing("unit:section-1"),
        ),
        scene(
            c::LOSS_NOT_STATED,
            "a complaint was granted, and nobody has stated a loss",
            no(
                &mut closed(),
                "guo",
                carries("determine_responsibility", "unit:group-3"),
            ),
        ),
        scene(
            c::CHARGED_BEYOND_CRITERIA,
            "a workflow whose penalty criteria charge half of a loss",
            {
                let mut desk = carried_by("unit:group-3");
                let regulation = desk.workflow.regulation.as_mut().unwrap();
                regulation.tables.penalty.as_mut().unwrap().rows[0].charged = 5000;
                let mut command = carries("determine_responsibility", "unit:group-3");
                command["charged"] = json!(6000);
                command["reason"] = json!("it is the third time");
                no(&mut desk, "guo", command)
            },
        ),
    ]
}

fn of_goods(scene: Make<'_>) -> Vec<Scene> {
    vec![
        scene(
            c::TAKEN_BACK_ALREADY,
            "a hundred pieces came back",
            no(&mut taken_back(), "lin", takes_back()),
        ),
        scene(
            c::NOTHING_TAKEN_BACK,
            "no goods came back",
            no(&mut closed(), "lin", resells()),
        ),
        scene(
            c::RESALE_NOT_BEGUN,
            "a sale is entered with an instant before the decision",
            {
                let mut desk = taken_back();
                let lodged = instant("2026-03-02 09:00:00");
                desk.ask_at("lin", lodged, resells()).expect_err("refused")
            },
        ),
        scene(
            c::RESALE_OVER,
            "a hundred pieces came back two months ago",
            {
                let mut desk = taken_back();
                desk.later("1440:00");
                no(&mut desk, "lin", resells())
            },
        ),
    ]
}

fn of_discipline(scene: Make<'_>) -> Vec<Scene> {
    vec![
        scene(
            c::NOT_PROPOSED,
            "group 3 carries a loss of 12,000.00",
            no(
                &mut carried_by("unit:group-3"),
                "zhao",
                sentence("warning", 1, None, None),
            ),
        ),
        scene(
            c::PETITION_OUTDATED,
            "a petition proposes a minor demerit for ma, and then the responsibility is determined anew",
            {
                let mut command = carries("determine_responsibility", "unit:group-3");
                command["charged"] = json!(5000);
                command["reason"] = json!("the oven was at fault too");
                let mut desk = yes(petitioned(), "guo", command);
                no(&mut desk, "zhao", sentence("minor_demerit", 1, None, None))
            },
        ),
        scene(
            c::DISCIPLINE_DECIDED,
            "the general manager decided a warning",
            no(&mut warned(), "guo", of("propose_discipline", "ma")),
        ),
        scene(
            c::LOSS_PENDING,
            "a hundred pieces came back, none is sold yet",
            no(
                &mut taken_back(),
                "guo",
                json!({"command": "settle_resale"}),
            ),
        ),
        scene(
            c::RESPONSIBILITY_NOT_DETERMINED,
            "a complaint was granted, and nobody has stated a loss",
            no(&mut closed(), "guo", of("propose_discipline", "ma")),
        ),
        scene(
            c::NO_BASE_POINTS,
            "a group carries the loss whose members nobody has entered",
            no(
                &mut carried_by("unit:group-4"),
                "guo",
                of("propose_discipline", "ma"),
            ),
        ),
        scene(
            c::NOT_RESPONSIBLE,
            "group 3 carries the loss, to which yan does not belong",
            no(
                &mut carried_by("unit:group-3"),
                "guo",
                of("propose_discipline", "yan"),
            ),
        ),
        scene(
            c::NO_RATE,
            "a petition proposes a minor demerit for ma",
            no(
                &mut petitioned(),
                "zhao",
                sentence("major_demerit", 1, Some("900.00 CNY"), Some("it was known")),
            ),
        ),
        scene(
            c::BELOW_FLOOR,
            "a petition proposes a minor demerit for ma",
            no(
                &mut petitioned(),
                "zhao",
                sentence("minor_demerit", 1, Some("700.00 CNY"), None),
            ),
        ),
        scene(
            c::BASE_UNITS_UNKNOWN,
            "a petition proposes a minor demerit for ma",
            no(
                &mut petitioned(),
                "zhao",
                sentence("minor_demerit", 1, None, None),
            ),
        ),
        scene(
            c::NOTHING_TO_ANNOUNCE,
            "a petition that the general manager has not decided",
            no(&mut petitioned(), "wei", of("announce_discipline", "ma")),
        ),
        scene(c::ANNOUNCED_ALREADY, "personnel announced the warning", {
            let announce = of("announce_discipline", "ma");
            no(&mut yes(warned(), "wei", announce.clone()), "wei", announce)
        }),
    ]
}

//! The scenes of the refusals about months and bonuses.

use redress_core::refusal as c;
use serde_json::{Value as Json, json};

use crate::desk::{Desk, Told, instant};
use crate::gallery::{Make, Scene};
use crate::of_money::{carried_by, petitioned, sentence, warned};

fn of(command: &str) -> Json {
    json!({"command": command, "month": "2026-03"})
}

fn confirming(department: &str) -> Json {
    json!({"command": "confirm_month", "month": "2026-03", "department": department})
}

/// Begins a month behind the case.
fn opened(mut desk: Desk) -> Desk {
    desk.now = instant("2026-04-01 09:00:00");
    done(desk, &[("guo", of("open_month"))])
}

fn done(mut desk: Desk, steps: &[(&str, Json)]) -> Desk {
    for (who, command) in steps {
        desk.settle(who, command.clone()).unwrap();
    }
    desk
}

fn gathered(desk: Desk) -> Desk {
    done(opened(desk), &[("guo", of("gather_month"))])
}

fn confirmed(desk: Desk) -> Desk {
    done(
        gathered(desk),
        &[
            ("peng", confirming("manufacturing")),
            ("qian", confirming("quality")),
            ("yan", confirming("rnd")),
        ],
    )
}

fn noticed(desk: Desk) -> Desk {
    done(
        confirmed(desk),
        &[("guo", of("list_discipline")), ("guo", of("issue_notices"))],
    )
}

fn approved(desk: Desk) -> Desk {
    done(noticed(desk), &[("zhao", of("approve_notices"))])
}

fn closed(desk: Desk) -> Desk {
    done(approved(desk), &[("guo", of("close_month"))])
}

fn group() -> Desk {
    carried_by("unit:group-3")
}

#[track_caller]
fn no(mut desk: Desk, who: &str, command: Json) -> Told {
    desk.settle(who, command).expect_err("this must be refused")
}

pub(crate) fn of_months(scene: Make<'_>) -> Vec<Scene> {
    let mut scenes = of_opening(scene);
    scenes.extend(of_confirming(scene));
    scenes.extend(of_closing(scene));
    scenes
}

fn of_opening(scene: Make<'_>) -> Vec<Scene> {
    vec![
        scene(
            c::MONTH_OPENED_ALREADY,
            "March was opened on the first of April",
            no(opened(group()), "guo", of("open_month")),
        ),
        scene(
            c::MONTH_NOT_OVER,
            "it is the beginning of March",
            no(group(), "guo", of("open_month")),
        ),
        scene(
            c::LATER_MONTH_CLOSED,
            "March is closed, February was never opened",
            no(
                closed(group()),
                "guo",
                json!({"command": "open_month", "month": "2026-02"}),
            ),
        ),
        scene(
            c::MONTH_BEFORE_LOG,
            "the log began on 2 March 2026; 1926 is a slip of the pen",
            no(
                group(),
                "guo",
                json!({"command": "open_month", "month": "1926-03"}),
            ),
        ),
        scene(
            c::MONTH_NOT_OPENED,
            "nobody has opened March",
            no(group(), "guo", of("gather_month")),
        ),
        scene(
            c::MONTH_CLOSED,
            "March is closed",
            no(closed(group()), "guo", of("gather_month")),
        ),
        scene(c::EARLIER_MONTH_OPEN, "March and April are open", {
            let mut desk = opened(group());
            desk.now = instant("2026-05-02 09:00:00");
            let of = |command: &str| json!({"command": command, "month": "2026-04"});
            no(
                done(desk, &[("guo", of("open_month"))]),
                "guo",
                of("close_month"),
            )
        }),
    ]
}

fn of_confirming(scene: Make<'_>) -> Vec<Scene> {
    vec![
        scene(
            c::NOT_THE_HEAD,
            "peng is the head of manufacturing",
            no(gathered(group()), "ma", confirming("manufacturing")),
        ),
        scene(
            c::HEAD_VACANT,
            "peng, the head of manufacturing, has left",
            {
                let mut desk = gathered(group());
                let left = json!({"command": "leave", "employee": "peng", "from": "2026-04-01T00:00:00+08:00"});
                desk.organise(left);
                no(desk, "ma", confirming("manufacturing"))
            },
        ),
        scene(
            c::NOT_GATHERED,
            "March was opened",
            no(opened(group()), "peng", confirming("manufacturing")),
        ),
        scene(
            c::GATHERING_OUTDATED,
            "March was gathered, then responsibility was corrected",
            {
                let mut desk = confirmed(group());
                let corrected = json!({
                    "command": "determine_responsibility", "reason": "the resin was at fault too",
                    "shares": [{"party": "unit:group-3", "basis_points": 6000}, {"party": "supplier:S4", "basis_points": 4000}],
                });
                desk.ask("guo", corrected).unwrap();
                no(desk, "guo", of("list_discipline"))
            },
        ),
        scene(
            c::CLOSED_SINCE,
            "March was gathered, then a decision of its last evening was recorded",
            {
                let mut desk = gathered(Desk::at("approval"));
                desk.now = instant("2026-03-31 23:00:00");
                desk.report("zhao", "approval", json!({})).unwrap();
                desk.now = instant("2026-04-01 10:00:00");
                no(desk, "guo", of("list_discipline"))
            },
        ),
        scene(
            c::UNCONFIRMED,
            "manufacturing has confirmed, quality has not",
            no(
                done(gathered(group()), &[("peng", confirming("manufacturing"))]),
                "guo",
                of("issue_notices"),
            ),
        ),
    ]
}

fn of_closing(scene: Make<'_>) -> Vec<Scene> {
    vec![
        scene(
            c::DISCIPLINE_NOT_LISTED,
            "all heads have confirmed",
            no(confirmed(group()), "guo", of("issue_notices")),
        ),
        scene(
            c::DISCIPLINE_OUTDATED,
            "the list of March was drawn up, then a warning was decided",
            {
                let mut desk = done(confirmed(petitioned()), &[("guo", of("list_discipline"))]);
                let warning = sentence("warning", 1, None, Some("the first time"));
                desk.ask("zhao", warning).unwrap();
                no(desk, "guo", of("issue_notices"))
            },
        ),
        scene(
            c::SENTENCE_OUTDATED,
            "ma was warned, and then a supplier is found to carry all",
            {
                let mut desk = warned();
                let mut anew =
                    json!({"command": "determine_responsibility", "reason": "the resin was bad"});
                anew["shares"] = json!([{"party": "supplier:S4", "basis_points": 10_000}]);
                desk.ask("guo", anew).unwrap();
                no(confirmed(desk), "guo", of("list_discipline"))
            },
        ),
        scene(
            c::NO_NOTICES,
            "all heads have confirmed",
            no(confirmed(group()), "zhao", of("approve_notices")),
        ),
        scene(
            c::NOTICES_NOT_APPROVED,
            "the notices of March were issued",
            no(noticed(group()), "guo", of("close_month")),
        ),
        scene(
            c::NOT_ANNOUNCED,
            "a warning was decided that personnel has not announced",
            no(approved(warned()), "guo", of("close_month")),
        ),
        scene(c::BONUS_CURRENCY, "the company reckons in CNY", {
            let bonus =
                json!({"command": "record_bonus", "month": "2026-03", "amount": "3000.00 USD"});
            group().pay("ma", bonus).expect_err("refused")
        }),
        scene(
            c::BONUS_CHARGED,
            "March was closed with a bonus of 3,000.00",
            {
                let bonus = |amount: &str| json!({"command": "record_bonus", "month": "2026-03", "amount": amount});
                let mut desk = group();
                desk.pay("ma", bonus("3000.00 CNY")).unwrap();
                closed(desk)
                    .pay("ma", bonus("3500.00 CNY"))
                    .expect_err("refused")
            },
        ),
    ]
}

//! The scenes of the refusals about improvements.

use redress_core::refusal as c;
use serde_json::{Value as Json, json};

use crate::desk::Desk;
use crate::gallery::{Make, Scene, no, yes};

fn decision(tracked: bool) -> Json {
    let mut decision = json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": true, "handling": "an allowance", "improvement_tracked": tracked, "allowance": "100.00 CNY"});
    if !tracked {
        decision["improvement_exempt_reason"] = json!("a slip of one person");
    }
    decision
}

fn of(command: &str) -> Json {
    json!({ "command": command })
}

fn item(department: &str, until: &str) -> Json {
    json!({"what": "analyse the bath each shift", "department": department, "until": until})
}

fn drafting(items: &Json) -> Json {
    json!({"command": "draft_improvement", "items": items})
}

fn carrying_out(item: u32) -> Json {
    json!({"command": "carry_out_improvement", "item": item, "done": "the analyses are on the sheet"})
}

fn judging() -> Json {
    json!({"command": "judge_improvement", "effective": true, "finding": "no blister in 14 lots"})
}

fn tracked() -> Desk {
    Desk::closed(decision(true))
}

fn opened() -> Desk {
    yes(tracked(), "guo", of("open_improvement"))
}

fn drafted() -> Desk {
    let items = json!([item("manufacturing", "2026-03-31")]);
    yes(opened(), "ma", drafting(&items))
}

fn confirmed() -> Desk {
    yes(drafted(), "guo", of("confirm_improvement"))
}

fn carried_out() -> Desk {
    yes(confirmed(), "ma", carrying_out(1))
}

pub(crate) fn of_improvements(scene: Make<'_>) -> Vec<Scene> {
    let mut scenes = of_standing(scene);
    scenes.extend(of_items(scene));
    scenes
}

fn of_standing(scene: Make<'_>) -> Vec<Scene> {
    vec![
        scene(
            c::IMPROVEMENT_NOT_TRACKED,
            "the decision exempts a slip of one person",
            no(
                &mut Desk::closed(decision(false)),
                "guo",
                of("open_improvement"),
            ),
        ),
        scene(
            c::IMPROVEMENT_DONE,
            "the effect has been confirmed",
            no(
                &mut yes(carried_out(), "guo", judging()),
                "ma",
                carrying_out(1),
            ),
        ),
        scene(
            c::IMPROVEMENT_OPENED_ALREADY,
            "the form is open",
            no(&mut opened(), "guo", of("open_improvement")),
        ),
        scene(
            c::IMPROVEMENT_NOT_OPENED,
            "the decision wants it tracked, and nobody has opened the form",
            no(
                &mut tracked(),
                "ma",
                drafting(&json!([item("manufacturing", "2026-03-31")])),
            ),
        ),
        scene(
            c::IMPROVEMENT_DRAFTED_ALREADY,
            "a draft waits to be confirmed",
            no(
                &mut drafted(),
                "ma",
                drafting(&json!([item("manufacturing", "2026-04-30")])),
            ),
        ),
        scene(
            c::NO_DRAFT_TO_CONFIRM,
            "the form is open, and nothing is drafted",
            no(&mut opened(), "guo", of("confirm_improvement")),
        ),
        scene(
            c::IMPROVEMENT_NOT_CONFIRMED,
            "a draft waits to be confirmed",
            no(&mut drafted(), "ma", carrying_out(1)),
        ),
    ]
}

fn of_items(scene: Make<'_>) -> Vec<Scene> {
    vec![
        scene(
            c::NUMBER_OF_ITEMS,
            "the form is open",
            no(&mut opened(), "ma", drafting(&json!([]))),
        ),
        scene(
            c::CARRIES_OUT_NOTHING,
            "accounting has no such duty",
            no(
                &mut opened(),
                "ma",
                drafting(&json!([item("accounting", "2026-03-31")])),
            ),
        ),
        scene(
            c::DATE_PASSED,
            "it is March",
            no(
                &mut opened(),
                "ma",
                drafting(&json!([item("manufacturing", "2026-02-28")])),
            ),
        ),
        scene(
            c::UNKNOWN_ITEM,
            "one item is confirmed",
            no(&mut confirmed(), "ma", carrying_out(2)),
        ),
        scene(
            c::CARRIED_OUT_ALREADY,
            "item 1 is carried out",
            no(&mut carried_out(), "ma", carrying_out(1)),
        ),
        scene(
            c::ITEMS_OUTSTANDING,
            "item 1 is confirmed and not carried out",
            no(&mut confirmed(), "guo", judging()),
        ),
    ]
}

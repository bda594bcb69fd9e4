//! The scenes of a complaint's own refusals.

use redress_core::refusal as c;
use serde_json::json;

use crate::desk::Desk;
use crate::gallery::{Make, Scene, at_approval, decide, lodging, no, yes};

pub(crate) fn of_complaint(scene: Make<'_>) -> Vec<Scene> {
    let successor = "019585a0-0000-7000-8000-000000000002";
    let refuses = json!({"command": "customer_refuses", "successor": successor});
    let objects = json!({"command": "object", "petition": "the amount is too high"});
    let rules = json!({"command": "rule", "objection": 1, "upheld": false, "ruling": "it stands"});
    let answer = |concedes: &str| json!({"command": "answer", "means": "letter", "text": "we regret", "concedes": concedes});
    let names = |party: &str| json!({"command": "name_third_party", "party": party, "reason": "their resin"});
    vec![
        scene(
            c::NO_LOSS,
            "a complaint to be lodged",
            lodging(json!({"loss_caused": false})),
        ),
        scene(
            c::NOT_A_COUNTRY,
            "a complaint to be lodged",
            lodging(json!({"country": "cn"})),
        ),
        scene(
            c::NOT_DECIDED,
            "a complaint under investigation",
            no(&mut Desk::at("investigation"), "lin", refuses.clone()),
        ),
        scene(
            c::AMOUNT_UNDETERMINED,
            "sales proposed an allowance of an amount not yet determined",
            {
                let mut desk = at_approval(
                    "lin",
                    json!({"handling": ["allowance"], "allowance": {"pending": true}}),
                );
                decide(
                    &mut desk,
                    "zhao",
                    json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false}),
                )
            },
        ),
        scene(c::RATE_MISSING, "a proposal without an exchange rate", {
            decide(
                &mut Desk::at("approval"),
                "zhao",
                json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false, "allowance": "100.00 USD"}),
            )
        }),
        scene(
            c::MIXED_CURRENCIES,
            "a complaint that waits for the decision",
            {
                let decision = json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false, "allowance": "100.00 USD", "freight": "20.00 EUR"});
                decide(&mut Desk::at("approval"), "zhao", decision)
            },
        ),
        scene(
            c::AUTHORITY_NOT_SET,
            "a workflow without a table of authority",
            {
                let mut desk = Desk::at("approval");
                desk.workflow.regulation.as_mut().unwrap().authority = None;
                decide(
                    &mut desk,
                    "zhao",
                    json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false}),
                )
            },
        ),
        scene(
            c::GRANTS_NOTHING,
            "a complaint to be decided",
            decide(
                &mut Desk::at("approval"),
                "zhao",
                json!({"outcome": "not_established", "allowance": "10.00 CNY"}),
            ),
        ),
        scene(c::AUTHOR_DECIDES, "the sales manager made the proposal", {
            decide(
                &mut at_approval("sun", json!({})),
                "sun",
                json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false}),
            )
        }),
        scene(
            c::BEYOND_AUTHORITY,
            "a complaint that waits for the decision",
            {
                decide(
                    &mut Desk::at("approval"),
                    "sun",
                    json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false, "allowance": "10000.01 CNY"}),
                )
            },
        ),
        scene(
            c::DECIDED_ALREADY,
            "an allowance of 100.00 was decided",
            no(
                &mut Desk::closed(
                    json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false, "allowance": "100.00 CNY"}),
                ),
                "guo",
                json!({"command": "correct", "path": "approval.allowance", "value": "900.00 CNY", "reason": "more"}),
            ),
        ),
        scene(
            c::SETTLEMENT_BEYOND_DECISION,
            "an allowance of 100.00 was decided",
            {
                let mut desk = Desk::closed(
                    json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false, "allowance": "100.00 CNY"}),
                );
                let settled = json!({"kind": "allowance", "allowance": "100.01 CNY"});
                desk.report("lin", "settlement", settled)
                    .expect_err("refused")
            },
        ),
        scene(
            c::CONCESSION_BEFORE_DECISION,
            "a complaint under investigation",
            no(&mut Desk::at("investigation"), "lin", answer("50.00 CNY")),
        ),
        scene(
            c::CONCESSION_BEYOND_DECISION,
            "100.00 were decided, 60.00 of them conceded in a first answer",
            {
                let desk = Desk::closed(
                    json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false, "allowance": "100.00 CNY"}),
                );
                no(
                    &mut yes(desk, "lin", answer("60.00 CNY")),
                    "lin",
                    answer("50.00 CNY"),
                )
            },
        ),
        scene(
            c::ALREADY_REFILED,
            "the customer refused, and a new form was filed",
            {
                no(
                    &mut yes(Desk::closed(json!({})), "lin", refuses.clone()),
                    "lin",
                    refuses,
                )
            },
        ),
        scene(c::ESTABLISHED, "a complaint that was granted", {
            let objects =
                json!({"command": "object", "petition": "we want more", "from_customer": true});
            no(
                &mut Desk::closed(
                    json!({"outcome": "granted", "occurred_at_unit": "unit:group-3", "our_fault": false}),
                ),
                "lin",
                objects,
            )
        }),
        scene(
            c::UNKNOWN_OBJECTION,
            "a closed complaint without a petition",
            no(&mut Desk::closed(json!({})), "zhao", rules.clone()),
        ),
        scene(c::ALREADY_RULED, "a petition that was ruled on", {
            let desk = yes(Desk::closed(json!({})), "ma", objects);
            no(&mut yes(desk, "zhao", rules.clone()), "zhao", rules)
        }),
        scene(
            c::NOT_A_THIRD_PARTY,
            "a complaint under investigation",
            no(&mut Desk::at("investigation"), "guo", names("person:ma")),
        ),
        scene(c::ALREADY_NAMED, "a supplier was named", {
            no(
                &mut yes(Desk::at("investigation"), "guo", names("supplier:S4")),
                "guo",
                names("supplier:S4"),
            )
        }),
    ]
}

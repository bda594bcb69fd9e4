//! What a member of a command may be.

use redress_core::tables::Grade;
use serde_json::{Map, Value as Json, json};

/// The schema of a member of a kind.
pub(super) fn of(kind: &str) -> Json {
    match kind {
        "integer" => json!({ "type": "integer", "minimum": 0 }),
        "boolean" => json!({ "type": "boolean" }),
        "instant" => json!({ "type": "string", "format": "date-time" }),
        "money" => json!({ "type": "string", "description": "such as 1250.00 CNY" }),
        "means" => json!({ "enum": ["letter", "telephone"] }),
        "basis_points" => json!({ "type": "integer", "minimum": 0, "maximum": 10_000,
            "description": "ten-thousandths of the whole" }),
        "pieces" => json!({ "type": "integer", "minimum": 1 }),
        "losses" | "shares" | "returned" | "resold" | "sentence" => of_money(kind),
        "month" => json!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$",
            "description": "such as 2026-03" }),
        "date" => json!({ "type": "string", "format": "date" }),
        "hundredths" => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX,
            "description": "hundredths: 5.0 is 500" }),
        "unit_kind" => json!({ "enum": ["shift", "group", "section", "department"] }),
        "items" => list(&object(
            "an item of the improvement",
            &[
                ("what", of("text"), true),
                ("department", of("text"), true),
                (
                    "until",
                    json!({ "type": "string", "format": "date", "description": "the last day in time" }),
                    true,
                ),
            ],
        )),
        "value" => json!({ "$ref": "#/$defs/value" }),
        "values" => json!({ "$ref": "#/$defs/values" }),
        "links" => json!({ "type": "array", "items": {
            "type": "object", "additionalProperties": false, "required": ["relation", "case"],
            "properties": { "relation": { "type": "string" }, "case": { "type": "string", "format": "uuid" } },
        } }),
        "period" => json!({ "type": "object", "additionalProperties": false, "required": ["from"],
            "properties": { "from": of("instant"), "until": of("instant") } }),
        _ => json!({ "type": "string" }),
    }
}

/// The members of the commands about losses, responsibility and discipline that are objects or lists of them.
fn of_money(kind: &str) -> Json {
    match kind {
        "losses" => list(&object(
            "by the loss basis of the workflow",
            &[
                (
                    "kind",
                    json!({ "type": "string", "description": "a row of the loss basis" }),
                    true,
                ),
                (
                    "amounts",
                    json!({ "type": "object", "description": "by part: of a kind that is a sum of parts",
                        "additionalProperties": of("money") }),
                    false,
                ),
                ("quantity", of("integer"), false),
                ("unit_price", of("money"), false),
                ("proceeds", of("money"), false),
            ],
        )),
        "shares" => list(&object(
            "together they are the whole",
            &[
                (
                    "party",
                    json!({ "type": "string", "description":
                        "unit:group-3, person:E17, department:rnd, supplier:S4, customer:K7, company:X" }),
                    true,
                ),
                (
                    "basis_points",
                    json!({ "type": "integer", "minimum": 1, "maximum": 10_000,
                        "description": "ten-thousandths of the whole" }),
                    true,
                ),
                (
                    "why_not_smaller",
                    json!({ "type": "string", "description": "why no smaller unit can be named (P1, P2)" }),
                    false,
                ),
            ],
        )),
        "returned" => object(
            "goods that came back",
            &[
                ("quantity", of("pieces"), true),
                ("grade_a", of("money"), true),
                ("actual_loss", of("money"), true),
            ],
        ),
        "resold" => object(
            "pieces, and what they fetched all together",
            &[
                ("quantity", of("pieces"), true),
                ("proceeds", of("money"), true),
            ],
        ),
        _ => object(
            "the rate is what one costs, of a minor demerit per base unit; without it the least",
            &[
                ("grade", json!({ "enum": Grade::ALL.map(Grade::id) }), true),
                ("count", of("integer"), true),
                ("rate", of("money"), false),
            ],
        ),
    }
}

fn list(items: &Json) -> Json {
    json!({ "type": "array", "minItems": 1, "items": items })
}

fn object(description: &str, members: &[(&str, Json, bool)]) -> Json {
    let properties: Map<String, Json> = members
        .iter()
        .map(|(name, of, _)| ((*name).to_owned(), of.clone()))
        .collect();
    let required: Vec<&str> = members
        .iter()
        .filter(|(_, _, must)| *must)
        .map(|(name, _, _)| *name)
        .collect();
    json!({
        "type": "object", "additionalProperties": false, "description": description,
        "properties": properties, "required": required,
    })
}

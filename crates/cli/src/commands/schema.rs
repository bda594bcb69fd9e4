//! `redress schema [--definition ID]`: the JSON Schema of the commands that `redress do` takes, the forms of a workflow
//! within it.

use redress_core::tables::Grade;
use redress_kernel::definition::Definition;
use serde_json::{Map, Value as Json, json};

use super::workflow::{Source, forms};
use crate::failure::Failure;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A directory, the id of a built-in workflow, or `adopted:ID[@VERSION]`
    #[arg(long, value_name = "WORKFLOW", default_value = "customer-complaint")]
    definition: Source,
}

/// A member of a command: its name, its type, whether it must be there.
type Member = (&'static str, &'static str, bool);

/// The commands on cases and on the whole, with their own members.
const COMMANDS: &[(&str, &str, bool, &[Member])] = &[
    (
        "open",
        "M9-1",
        false,
        &[("values", "values", true), ("links", "links", false)],
    ),
    ("refile", "M9-9", true, &[("values", "values", true)]),
    (
        "report",
        "M9-4",
        true,
        &[
            ("stage", "text", true),
            ("visit", "integer", false),
            ("values", "values", false),
        ],
    ),
    (
        "endorse",
        "A16a",
        true,
        &[
            ("stage", "text", true),
            ("visit", "integer", false),
            ("remark", "text", false),
        ],
    ),
    (
        "send_back",
        "A12",
        true,
        &[
            ("to", "text", true),
            ("visit", "integer", false),
            ("reason", "text", true),
        ],
    ),
    (
        "complete",
        "M9-1",
        true,
        &[("path", "text", true), ("value", "value", true)],
    ),
    (
        "correct",
        "A8",
        true,
        &[
            ("path", "text", true),
            ("value", "value", true),
            ("reason", "text", true),
        ],
    ),
    ("suspend", "A16", true, &[("reason", "text", true)]),
    ("resume", "A16", true, &[]),
    ("withdraw", "M9", true, &[("reason", "text", true)]),
    ("inquire", "M14", true, &[("visit", "integer", true)]),
    (
        "answer_inquiry",
        "M14",
        true,
        &[("inquiry", "integer", true), ("reason", "text", true)],
    ),
    (
        "link",
        "M9-2",
        true,
        &[("relation", "text", true), ("other", "text", true)],
    ),
    (
        "answer",
        "M9-11",
        true,
        &[
            ("means", "means", true),
            ("text", "text", true),
            ("concedes", "money", false),
        ],
    ),
    (
        "object",
        "M9-12",
        true,
        &[
            ("petition", "text", true),
            ("from_customer", "boolean", false),
        ],
    ),
    (
        "rule",
        "M9-12",
        true,
        &[
            ("objection", "integer", true),
            ("upheld", "boolean", true),
            ("ruling", "text", true),
        ],
    ),
    (
        "name_third_party",
        "M9-13",
        true,
        &[("party", "text", true), ("reason", "text", true)],
    ),
    (
        "state_loss",
        "M9-7",
        true,
        &[("lines", "losses", true), ("reason", "text", false)],
    ),
    (
        "propose_responsibility",
        "M9-4",
        true,
        &[("shares", "shares", true)],
    ),
    (
        "determine_responsibility",
        "M9-7, M12",
        true,
        &[
            ("shares", "shares", true),
            ("charged", "basis_points", false),
            ("reason", "text", false),
        ],
    ),
    (
        "take_back_goods",
        "D1",
        true,
        &[("returned", "returned", true)],
    ),
    ("resell_goods", "D1", true, &[("resold", "resold", true)]),
    ("settle_resale", "A17", true, &[]),
    (
        "propose_discipline",
        "D6",
        true,
        &[("employee", "text", true)],
    ),
    (
        "decide_discipline",
        "D4, D5",
        true,
        &[
            ("employee", "text", true),
            ("sentence", "sentence", true),
            ("reason", "text", false),
        ],
    ),
    (
        "announce_discipline",
        "M12",
        true,
        &[("employee", "text", true)],
    ),
    ("open_improvement", "M9-7", true, &[]),
    (
        "draft_improvement",
        "M9-7",
        true,
        &[("items", "items", true)],
    ),
    (
        "return_improvement",
        "M9-7",
        true,
        &[("reason", "text", true)],
    ),
    ("confirm_improvement", "M9-7", true, &[]),
    (
        "carry_out_improvement",
        "M9-7",
        true,
        &[("item", "integer", true), ("done", "text", true)],
    ),
    (
        "judge_improvement",
        "M9-7, M9-10",
        true,
        &[("effective", "boolean", true), ("finding", "text", true)],
    ),
];

/// The commands that change the organisation.
const ORGANISING: &[(&str, &[Member])] = &[
    (
        "join",
        &[
            ("employee", "text", true),
            ("department", "text", true),
            ("unit", "text", false),
            ("from", "instant", true),
        ],
    ),
    (
        "leave",
        &[("employee", "text", true), ("from", "instant", true)],
    ),
    (
        "hold_office",
        &[
            ("office", "text", true),
            ("employee", "text", true),
            ("from", "instant", true),
        ],
    ),
    (
        "head",
        &[
            ("department", "text", true),
            ("employee", "text", true),
            ("from", "instant", true),
        ],
    ),
    (
        "deputise",
        &[
            ("principal", "text", true),
            ("deputy", "text", true),
            ("period", "period", true),
        ],
    ),
];

/// Whether a command of that name is known.
pub(super) fn knows(name: &str) -> bool {
    names().any(|known| known == name)
}

/// The names of all commands.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let cases = COMMANDS.iter().map(|(name, ..)| *name);
    let organising = ORGANISING.iter().map(|(name, _)| *name);
    cases.chain(organising).chain(["round", "clock_confirm"])
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let reading = args.definition.study(session).await?;
    session
        .output
        .json(&commands(&reading.workflow.definition, session))
}

fn commands(definition: &Definition, session: &Session) -> Json {
    let mut list = Vec::new();
    for (name, clause, on_case, members) in COMMANDS {
        list.push(command(name, clause, true, *on_case, members));
    }
    for (name, members) in ORGANISING {
        list.push(command(name, "M7", false, false, members));
    }
    list.push(json!({
        "type": "object", "additionalProperties": false, "description": "M14, A13",
        "properties": { "command": { "const": "round" } }, "required": ["command"],
    }));
    list.push(command("clock_confirm", "A1", false, false, &[]));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "redress/commands@1",
        "schema": "redress/commands@1",
        "oneOf": list,
        "$defs": {
            "by": {
                "type": "object", "additionalProperties": false, "required": ["employee"],
                "properties": {
                    "employee": { "type": "string" }, "office": { "type": "string" }, "for": { "type": "string" },
                },
            },
            "value": { "type": ["string", "integer", "boolean", "array", "object"] },
            "values": { "type": "object", "additionalProperties": { "$ref": "#/$defs/value" } },
            "forms": forms(definition, session.output.lang),
        },
    })
}

fn command(name: &str, clause: &str, by_case: bool, on_case: bool, members: &[Member]) -> Json {
    let mut properties = Map::new();
    properties.insert("command".to_owned(), json!({ "const": name }));
    properties.insert("by".to_owned(), json!({ "$ref": "#/$defs/by" }));
    properties.insert(
        "id".to_owned(),
        json!({ "type": "string", "format": "uuid" }),
    );
    let mut required = vec!["command", "by"];
    if by_case {
        properties.insert("occurred_at".to_owned(), of("instant"));
        properties.insert("dry_run".to_owned(), of("boolean"));
        if on_case {
            properties.insert(
                "case".to_owned(),
                json!({ "type": "string", "description": "number or id" }),
            );
            properties.insert("expect".to_owned(), of("integer"));
            required.push("case");
        } else {
            properties.insert("definition".to_owned(), of("text"));
        }
    }
    for (member, kind, must) in members {
        properties.insert((*member).to_owned(), of(kind));
        if *must {
            required.push(member);
        }
    }
    json!({
        "type": "object", "additionalProperties": false, "description": clause,
        "properties": properties, "required": required,
    })
}

fn of(kind: &str) -> Json {
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

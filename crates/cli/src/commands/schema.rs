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
        &[("lines", "lines", true), ("reason", "text", false)],
    ),
    (
        "propose_responsibility",
        "M9-4",
        true,
        &[("shares", "shares", true)],
    ),
    (
        "determine_responsibility",
        "M12",
        true,
        &[
            ("shares", "shares", true),
            ("charged", "integer", false),
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
        "D4",
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
        "value" => json!({ "$ref": "#/$defs/value" }),
        "values" => json!({ "$ref": "#/$defs/values" }),
        "links" => json!({ "type": "array", "items": {
            "type": "object", "additionalProperties": false, "required": ["relation", "case"],
            "properties": { "relation": { "type": "string" }, "case": { "type": "string", "format": "uuid" } },
        } }),
        "period" => json!({ "type": "object", "additionalProperties": false, "required": ["from"],
            "properties": { "from": of("instant"), "until": of("instant") } }),
        "lines" => list(
            &["kind"],
            &json!({
                "kind": of("text"), "quantity": of("integer"), "unit_price": of("money"), "proceeds": of("money"),
                "amounts": { "type": "object", "additionalProperties": of("money") },
            }),
        ),
        "shares" => list(
            &["party", "basis_points"],
            &json!({
                "party": of("text"), "basis_points": of("integer"), "why_not_smaller": of("text"),
            }),
        ),
        "returned" => object(
            &["quantity", "grade_a", "actual_loss"],
            &json!({ "quantity": of("integer"), "grade_a": of("money"), "actual_loss": of("money") }),
        ),
        "resold" => object(
            &["quantity", "proceeds"],
            &json!({ "quantity": of("integer"), "proceeds": of("money") }),
        ),
        "sentence" => object(
            &["grade", "count"],
            &json!({
                "grade": { "enum": Grade::ALL.map(Grade::id) }, "count": of("integer"), "rate": of("money"),
            }),
        ),
        _ => json!({ "type": "string" }),
    }
}

fn object(required: &[&str], properties: &Json) -> Json {
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn list(required: &[&str], properties: &Json) -> Json {
    json!({ "type": "array", "items": object(required, properties) })
}

//! `redress schema [--definition ID]`: the JSON Schema of the commands that `redress do` takes, the forms of a workflow
//! within it.

mod kinds;
mod list;

use redress_kernel::definition::Definition;
use serde_json::{Map, Value as Json, json};

use self::kinds::of;
use self::list::{BESIDE_CASES, COMMANDS, Member};
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

/// Whether a command of that name is known.
pub(super) fn knows(name: &str) -> bool {
    names().any(|known| known == name)
}

/// The names of all commands.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let cases = COMMANDS.iter().map(|(name, ..)| *name);
    let beside = BESIDE_CASES.iter().map(|(name, ..)| *name);
    cases.chain(beside).chain(["round", "clock_confirm"])
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
        list.push(command(name, clause, Takes::Case(*on_case), members));
    }
    for (name, clause, members) in BESIDE_CASES {
        list.push(command(name, clause, Takes::DryRun, members));
    }
    list.push(json!({
        "type": "object", "additionalProperties": false, "description": "M14, A13",
        "properties": { "command": { "const": "round" } }, "required": ["command"],
    }));
    list.push(command("clock_confirm", "A1", Takes::Nothing, &[]));
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

/// What a command takes besides its own members, who gives it, and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    DryRun,
    /// What a command on cases does; whether the case is there already.
    Case(bool),
}

fn command(name: &str, clause: &str, takes: Takes, members: &[Member]) -> Json {
    let mut properties = Map::new();
    properties.insert("command".to_owned(), json!({ "const": name }));
    properties.insert("by".to_owned(), json!({ "$ref": "#/$defs/by" }));
    properties.insert(
        "id".to_owned(),
        json!({ "type": "string", "format": "uuid" }),
    );
    let mut required = vec!["command", "by"];
    if takes != Takes::Nothing {
        properties.insert("dry_run".to_owned(), of("boolean"));
    }
    if let Takes::Case(there) = takes {
        properties.insert("occurred_at".to_owned(), of("instant"));
        if there {
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

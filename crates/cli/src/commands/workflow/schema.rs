//! `redress workflow schema [WORKFLOW]`: the JSON Schema of a workflow's forms, a definition each.

use redress_kernel::definition::Definition;
use redress_kernel::form::{Field, FieldKind, Form, Required};
use serde_json::{Map, Value as Json, json};

use super::Source;
use crate::failure::Failure;
use crate::session::Session;
use crate::settings::Lang;
use crate::story;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A directory, the id of a built-in workflow, or `adopted:ID[@VERSION]`
    #[arg(value_name = "WORKFLOW", default_value = "customer-complaint")]
    source: Source,
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let reading = args.source.study(session).await?;
    let definition = &reading.workflow.definition;
    let lang = session.output.lang;
    session.output.json(&json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "schema": "redress/workflow-schema@1",
        "$id": format!("redress/{}@{}", definition.id, definition.version),
        "title": story::title(&definition.title, lang),
        "$defs": forms(definition, lang),
    }))
}

/// The forms of a definition, by id.
pub(crate) fn forms(definition: &Definition, lang: Lang) -> Json {
    let forms: Map<String, Json> = definition
        .forms
        .iter()
        .map(|form| (form.id.to_string(), of_form(form, lang)))
        .collect();
    Json::Object(forms)
}

fn of_form(form: &Form, lang: Lang) -> Json {
    let properties: Map<String, Json> = form
        .fields
        .iter()
        .map(|field| (field.id.to_string(), of_field(field, lang)))
        .collect();
    let required: Vec<&str> = form
        .fields
        .iter()
        .filter(|field| matches!(field.required, Required::Always))
        .map(|field| field.id.as_str())
        .collect();
    json!({
        "title": story::title(&form.title, lang),
        "description": form.clause,
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": required,
    })
}

fn of_field(field: &Field, lang: Lang) -> Json {
    let party = json!({ "type": "string", "pattern": "^(department|person|unit|section|shift|supplier|customer|company):.+$" });
    let words = |choices: &[redress_kernel::form::Choice]| -> Json {
        json!({ "type": "string", "enum": choices.iter().map(|c| c.id.as_str()).collect::<Vec<_>>() })
    };
    let mut schema = match &field.kind {
        FieldKind::Text { max_chars } => json!({ "type": "string", "maxLength": max_chars }),
        FieldKind::Integer { min, max } => {
            json!({ "type": "integer", "minimum": min, "maximum": max })
        }
        FieldKind::Boolean => json!({ "type": "boolean" }),
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::Instant => json!({ "type": "string", "format": "date-time" }),
        FieldKind::Money { .. } => {
            json!({ "type": "string", "pattern": "^-?[0-9,]+(\\.[0-9]+)? [A-Z]{3}$" })
        }
        FieldKind::Choice { choices } => words(choices),
        FieldKind::Choices { choices } => json!({ "type": "array", "items": words(choices) }),
        FieldKind::Party => party,
        FieldKind::Parties => json!({ "type": "array", "items": party }),
        FieldKind::Shares => json!({
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": { "party": party, "bp": { "type": "integer", "minimum": 0, "maximum": 10_000 } },
                "required": ["party", "bp"],
            },
        }),
    };
    if field.deferrable {
        schema = json!({ "anyOf": [schema, {
            "type": "object",
            "additionalProperties": false,
            "properties": { "pending": { "const": true } },
            "required": ["pending"],
        }] });
    }
    if let Json::Object(members) = &mut schema {
        members.insert("title".to_owned(), json!(story::title(&field.title, lang)));
        if let Some(clause) = &field.clause {
            members.insert("description".to_owned(), json!(clause));
        }
    }
    schema
}

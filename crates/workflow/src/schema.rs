//! JSON Schema (draft 2020-12) of the forms of a definition: what a command's `values` may hold.

use redress_kernel::definition::Definition;
use redress_kernel::form::{Choice, Field, FieldKind, Form, Required};
use redress_kernel::guard::{Guard, Is};
use redress_kernel::value::Scope;
use serde_json::{Map, Value, json};

/// The schema of every form of a definition under `$defs`, and which of them opens a case and reports each stage.
#[must_use]
pub fn schema(definition: &Definition) -> Value {
    let forms: Map<String, Value> = definition
        .forms
        .iter()
        .map(|form| (form.id.to_string(), form_schema(form)))
        .collect();
    let stages: Map<String, Value> = definition
        .stages
        .iter()
        .map(|stage| (stage.id.to_string(), reference(stage.form.as_str())))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": definition.title.en,
        "description": format!("{} {}", definition.id, definition.version),
        "type": "object",
        "properties": {
            "opening": reference(definition.opening.form.as_str()),
            "stages": { "type": "object", "properties": stages, "additionalProperties": false },
        },
        "$defs": forms,
    })
}

fn reference(form: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{form}") })
}

/// The schema of one form.
#[must_use]
pub fn form_schema(form: &Form) -> Value {
    let properties: Map<String, Value> = form
        .fields
        .iter()
        .map(|field| (field.id.to_string(), field_schema(field)))
        .collect();
    let required: Vec<&str> = form
        .fields
        .iter()
        .filter(|field| matches!(field.required, Required::Always))
        .map(|field| field.id.as_str())
        .collect();
    let conditions: Vec<Value> = form
        .fields
        .iter()
        .filter_map(|f| condition(form, f))
        .collect();
    let mut schema = json!({
        "title": form.title.en,
        "description": format!("{} [{}]", form.title.zh, form.clause),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    if let (Some(object), false) = (schema.as_object_mut(), conditions.is_empty()) {
        object.insert("allOf".to_owned(), Value::Array(conditions));
    }
    schema
}

/// A field that is required if another of the form holds a value. Other conditions are the engine's to check.
fn condition(form: &Form, field: &Field) -> Option<Value> {
    let Required::When(guard) = &field.required else {
        return None;
    };
    let holds = holds(form, guard)?;
    let required = [field.id.as_str()];
    Some(json!({ "if": holds, "then": { "required": required } }))
}

fn holds(form: &Form, guard: &Guard) -> Option<Value> {
    match guard {
        Guard::Is(Is { path, is }) if path.scope == Scope::Form => {
            let asked = form.field(path.field.as_str())?;
            let constant = json!({ "const": serde_json::to_value(is).ok()? });
            let value = match asked.kind {
                FieldKind::Choices { .. } | FieldKind::Parties => json!({ "contains": constant }),
                _ => constant,
            };
            let id = path.field.as_str();
            Some(json!({ "properties": { id: value }, "required": [id] }))
        }
        Guard::Any(any) => {
            let all: Option<Vec<Value>> = any.any.iter().map(|g| holds(form, g)).collect();
            Some(json!({ "anyOf": all? }))
        }
        Guard::All(all) => {
            let all: Option<Vec<Value>> = all.all.iter().map(|g| holds(form, g)).collect();
            Some(json!({ "allOf": all? }))
        }
        Guard::Not(not) => Some(json!({ "not": holds(form, &not.not)? })),
        _ => None,
    }
}

fn field_schema(field: &Field) -> Value {
    let mut schema = kind_schema(&field.kind);
    if field.deferrable {
        let pending = json!({
            "description": "not yet determined",
            "type": "object",
            "properties": { "pending": { "const": true } },
            "required": ["pending"],
            "additionalProperties": false,
        });
        schema = json!({ "anyOf": [schema, pending] });
    }
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), json!(field.title.en));
        let clause = field.clause.as_ref();
        let clause = clause.map_or_else(String::new, |clause| format!(" [{clause}]"));
        let description = format!("{}{clause}", field.title.zh);
        object.insert("description".to_owned(), json!(description));
    }
    schema
}

const PARTY: &str =
    "^(department|person|unit|section|shift|supplier|customer|company):[A-Za-z0-9][A-Za-z0-9._-]*$";

fn kind_schema(kind: &FieldKind) -> Value {
    let choices_of = |choices: &[Choice]| {
        let ids: Vec<&str> = choices.iter().map(|c| c.id.as_str()).collect();
        json!({ "enum": ids })
    };
    match kind {
        FieldKind::Text { max_chars } => json!({ "type": "string", "maxLength": max_chars }),
        FieldKind::Integer { min, max } => {
            json!({ "type": "integer", "minimum": min, "maximum": max })
        }
        FieldKind::Boolean => json!({ "type": "boolean" }),
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::Instant => json!({ "type": "string", "format": "date-time" }),
        FieldKind::Money { min_minor } => json!({ "anyOf": [
            { "type": "string", "examples": ["1234.56 CNY"] },
            {
                "type": "object",
                "properties": {
                    "minor": { "type": "integer", "minimum": min_minor },
                    "currency": { "type": "string", "pattern": "^[A-Z]{3}$" },
                },
                "required": ["minor", "currency"],
                "additionalProperties": false,
            },
        ] }),
        FieldKind::Choice { choices } => choices_of(choices),
        FieldKind::Choices { choices } => {
            json!({ "type": "array", "items": choices_of(choices) })
        }
        FieldKind::Party => json!({ "type": "string", "pattern": PARTY }),
        FieldKind::Parties => {
            json!({ "type": "array", "items": { "type": "string", "pattern": PARTY } })
        }
        FieldKind::Shares => json!({
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "party": { "type": "string", "pattern": PARTY },
                    "bp": { "type": "integer", "minimum": 0, "maximum": 10_000 },
                },
                "required": ["party", "bp"],
                "additionalProperties": false,
            },
        }),
    }
}

//! Commands as JSON: one object in, one object out.

use redress_core::command::Command;
use redress_kernel::actor::By;
use redress_kernel::id::{CaseId, DefinitionId};
use redress_kernel::organisation::OrganisationCommand;
use redress_kernel::time::Instant;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::desk::Redress;
use crate::error::Error;
use crate::links;
use crate::request::Request;

const ORGANISING: &[&str] = &["join", "leave", "hold_office", "head", "deputise"];

impl Redress {
    /// Does a command that is written as a JSON object: `command` names it; `id`, `by` (`{"employee", "office",
    /// "for"}`), `case` (id or number), `definition`, `occurred_at`, `expect`, `dry_run` go with it; the rest are
    /// the command's own members. Beside the commands on cases: `join`, `leave`, `hold_office`, `head`,
    /// `deputise` change the organisation, `round` makes the round, `refile` (`case`, `values`) files the
    /// customer's refusal as a new form (M9-9), `clock_confirm` confirms the clock.
    ///
    /// A command that names another case (`link`) names it `other`, since `case` is the case itself.
    ///
    /// # Errors
    /// `invalid`, naming the member; what [`Redress::execute`] meets.
    pub async fn execute_json(&self, text: &str) -> Result<Value, Error> {
        let value: Value = serde_json::from_str(text)
            .map_err(|e| Error::invalid(e.to_string(), "command", "write one JSON object"))?;
        let Value::Object(mut members) = value else {
            return Err(Error::invalid(
                "a command is a JSON object",
                "command",
                "write `{\"command\": …}`",
            ));
        };
        let name = match members.get("command") {
            Some(Value::String(name)) => name.clone(),
            _ => {
                return Err(Error::invalid(
                    "the member `command` does not name a command",
                    "command",
                    "write `{\"command\": \"report\", …}`",
                ));
            }
        };
        match name.as_str() {
            "round" => {
                alone(members)?;
                answer(&self.round().await?)
            }
            "clock_confirm" => {
                let by: By = required(&mut members, "by")?;
                alone(members)?;
                let confirmed = self.clock_confirm(&by).await?;
                Ok(json!({ "confirmed": true, "found": confirmed.found }))
            }
            name if ORGANISING.contains(&name) => {
                let by: By = required(&mut members, "by")?;
                let id: Option<Uuid> = optional(&mut members, "id")?;
                let command: OrganisationCommand = whole(members)?;
                answer(&self.organise(&by, command, id).await?)
            }
            _ => {
                let request = self.request(&name, members).await?;
                answer(&self.execute(request).await?)
            }
        }
    }

    /// Reads a request from the members of a JSON object.
    async fn request(&self, name: &str, mut members: Map<String, Value>) -> Result<Request, Error> {
        let case: Option<String> = optional(&mut members, "case")?;
        let case = match case {
            Some(case) => Some(self.find(case).await?),
            None => None,
        };
        let mut request = Request {
            id: optional(&mut members, "id")?,
            by: required(&mut members, "by")?,
            case,
            definition: optional::<DefinitionId>(&mut members, "definition")?,
            occurred_at: optional::<Instant>(&mut members, "occurred_at")?,
            expect: optional(&mut members, "expect")?,
            dry_run: optional(&mut members, "dry_run")?.unwrap_or(false),
            command: Command::Case(redress_kernel::command::CaseCommand::Round {}),
        };
        if let Some(other) = optional::<String>(&mut members, "other")? {
            let other: CaseId = self.find(other).await?;
            members.insert("case".to_owned(), json!(other));
        }
        if name == "refile" {
            let old = request.case.take().ok_or_else(|| {
                Error::invalid(
                    "`refile` names no case",
                    "case",
                    "name the case whose conclusion the customer does not accept",
                )
            })?;
            if members.contains_key("links") {
                return Err(Error::invalid(
                    "`refile` links the new form with the old one by itself",
                    "links",
                    "leave `links` out, or use `open`",
                ));
            }
            members.insert("command".to_owned(), json!("open"));
            let link = json!([{ "relation": links::FOLLOWS, "case": old }]);
            members.insert("links".to_owned(), link);
        }
        if name == "round" || name == "import" {
            return Err(Error::invalid(
                format!("`{name}` is not a person's command"),
                "command",
                "use `redress round` or `redress import`",
            ));
        }
        request.command = Command::from_json(Value::Object(members)).map_err(|e| {
            Error::invalid(
                e.to_string(),
                "command",
                "see `redress schema` for the members of each command",
            )
        })?;
        Ok(request)
    }
}

/// Refuses members of a command that has none of its own: a `dry_run` that is passed over would be a deed.
fn alone(members: Map<String, Value>) -> Result<(), Error> {
    let common = ["command", "by", "id"];
    let mut names = members.into_iter();
    match names.find(|(name, _)| !common.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => Err(Error::invalid(
            format!("the command has no member `{name}`"),
            name,
            "see `redress schema`",
        )),
    }
}

fn answer(value: &impl serde::Serialize) -> Result<Value, Error> {
    let mut answer = serde_json::to_value(value).map_err(|e| Error::Integrity {
        reason: e.to_string(),
    })?;
    // By name, as they are anyway unless the host builds serde_json to keep the order of declaration.
    answer.sort_all_objects();
    Ok(answer)
}

fn optional<T: DeserializeOwned>(
    members: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, Error> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => serde_json::from_value(value)
            .map(Some)
            .map_err(|e| Error::invalid(e.to_string(), name, "see `redress schema`")),
    }
}

fn required<T: DeserializeOwned>(members: &mut Map<String, Value>, name: &str) -> Result<T, Error> {
    optional(members, name)?.ok_or_else(|| {
        Error::invalid(
            format!("the member `{name}` is missing"),
            name,
            "see `redress schema`",
        )
    })
}

fn whole<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, Error> {
    serde_json::from_value(Value::Object(members))
        .map_err(|e| Error::invalid(e.to_string(), "command", "see `redress schema`"))
}

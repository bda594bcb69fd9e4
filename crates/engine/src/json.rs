//! Commands as JSON: one object in, one object out.

use redress_core::command::Command;
use redress_core::month::MonthCommand;
use redress_core::person::PersonCommand;
use redress_core::staff::StaffCommand;
use redress_kernel::actor::By;
use redress_kernel::id::{CaseId, DefinitionId, EmployeeId};
use redress_kernel::organisation::OrganisationCommand;
use redress_kernel::time::Instant;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::change::Sending;
use crate::desk::Redress;
use crate::error::Error;
use crate::links;
use crate::once::{JsonError, read_json};
use crate::request::Request;

impl Redress {
    /// Does a command that is written as a JSON object: `command` names it; `id`, `by` (`{"employee", "office",
    /// "for"}`), `case` (id or number), `definition`, `occurred_at`, `expect`, `dry_run` go with it; the rest are
    /// the command's own members. Beside the commands on cases: `join`, `leave`, `hold_office`, `head`,
    /// `deputise` change the organisation, `round` makes the round, `refile` (`case`, `values`) files the
    /// customer's refusal as a new form (M9-9), `clock_confirm` confirms the clock.
    ///
    /// A command that names another case (`link`) names it `other`, since `case` is the case itself.
    ///
    /// On months and money ([`MonthCommand`], [`PersonCommand`], [`StaffCommand`]): `open_month`, `gather_month`,
    /// `confirm_month` (with `department`), `list_discipline`, `issue_notices`, `approve_notices`, `close_month`, each
    /// with `month`; `record_bonus` (`employee`, `month`, `amount`, and `reason` to correct what was charged already);
    /// `form_unit`, `set_base_points`, `set_base_units` (points and units in hundredths). They and the changes of the
    /// organisation take `id` and `dry_run`, and happen when they are recorded: `occurred_at` is none of their members.
    ///
    /// ```rust
    /// # use redress::{Founding, HandClock, Redress, employee, join};
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let clock = std::sync::Arc::new(HandClock::at("2026-03-02T09:00:00+08:00".parse()?));
    /// # let since = "2026-01-01T00:00:00Z";
    /// # let people = vec![join("guo", "gm-office", since)?, join("jin", "accounting", since)?];
    /// # let company = Founding::by(employee("zhao")?).organisation(people).simulated();
    /// # let desk = Redress::builder().memory().clock(clock.clone()).found(company).await?;
    /// # clock.set("2026-04-02T09:00:00+08:00".parse()?);
    /// let bonus = r#"{"command": "record_bonus", "id": "6dc84c33-7b2f-4a94-b8a1-3d1c5b1f0a11",
    ///     "by": {"employee": "jin"}, "employee": "guo", "month": "2026-03", "amount": "3000.00 CNY"}"#;
    /// assert_eq!(desk.execute_json(bonus).await?["repeated"], false);
    /// assert_eq!(desk.execute_json(bonus).await?["repeated"], true); // sent again it is done once
    /// let open = r#"{"command": "open_month", "by": {"employee": "guo"}, "month": "2026-03"}"#;
    /// assert_eq!(desk.execute_json(open).await?["version"], 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `invalid`, naming the member; what [`Redress::execute`] meets.
    pub async fn execute_json(&self, text: &str) -> Result<Value, Error> {
        let value = read_json(text).map_err(|e| match &e {
            JsonError::Twice(member) => {
                Error::invalid("it stands twice", member, "leave one of them out")
            }
            JsonError::Malformed(_) => {
                Error::invalid(e.to_string(), "command", "write one JSON object")
            }
        })?;
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
            name if OrganisationCommand::NAMES.contains(&name) => {
                let (by, sending) = sent(&mut members)?;
                let command: OrganisationCommand = whole(members)?;
                answer(&self.organise(&by, command, sending).await?)
            }
            name if StaffCommand::NAMES.contains(&name) => {
                let (by, sending) = sent(&mut members)?;
                let command: StaffCommand = whole(members)?;
                answer(&self.enter_staff(&by, command, sending).await?)
            }
            name if PersonCommand::NAMES.contains(&name) => {
                let (by, sending) = sent(&mut members)?;
                let employee: EmployeeId = required(&mut members, "employee")?;
                let command: PersonCommand = whole(members)?;
                answer(&self.do_person(&by, &employee, command, sending).await?)
            }
            name if MonthCommand::NAMES.contains(&name) => {
                let (by, sending) = sent(&mut members)?;
                let command: MonthCommand = whole(members)?;
                answer(&self.do_month(&by, command, sending).await?)
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

/// Who gives a command that is not on a case, under which id, and whether it is only tried out.
fn sent(members: &mut Map<String, Value>) -> Result<(By, Sending), Error> {
    let by: By = required(members, "by")?;
    let id: Option<Uuid> = optional(members, "id")?;
    let dry_run = optional(members, "dry_run")?.unwrap_or(false);
    Ok((by, Sending { id, dry_run }))
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

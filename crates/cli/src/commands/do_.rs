//! `redress do`: commands as JSON lines on standard input, one JSON answer a line.
//!
//! `{"command":"report","by":{"employee":"E17"},"case":"26-03-07","stage":"review","values":{}}`. Who acts may be left
//! out where `--as` says it. A command that fails is answered with `{"error":{…}}` and the next one goes on; the exit
//! code is that of the first that failed. `redress schema` says what a command may hold.

use std::io::{BufRead, Read};

use redress::Redress;
use serde_json::{Value as Json, json};

use super::schema;
use crate::failure::{Exit, Failure};
use crate::moment::Moment;
use crate::session::Session;

/// The longest line.
const MOST_BYTES: u64 = 1024 * 1024;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Stop at the first command that fails
    #[arg(long)]
    stop: bool,
}

/// Does them, one after the other.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.desk(None).await?;
    let outcome = all(session, &desk, args).await;
    session.close(&desk).await?;
    outcome
}

async fn all(session: &Session, desk: &Redress, args: &Args) -> Result<(), Failure> {
    let mut input = std::io::stdin().lock();
    let mut first_failed = None;
    let mut number = 0;
    loop {
        let mut line = Vec::new();
        let read = (&mut input)
            .take(MOST_BYTES + 1)
            .read_until(b'\n', &mut line)
            .map_err(|e| {
                Failure::new(
                    Exit::Failure,
                    "input_failed",
                    format!("cannot be read: {e}"),
                )
            })?;
        if read == 0 {
            break;
        }
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let too_long = u64::try_from(line.len()).unwrap_or(u64::MAX) > MOST_BYTES;
        let answered = if too_long {
            Err(Failure::usage(
                "line_too_long",
                format!("the line is longer than {MOST_BYTES} bytes"),
            )
            .help("a command fits on a line of at most 1 MiB"))
        } else {
            one(session, desk, &line).await
        };
        match answered {
            Ok(answer) => session.output.print(&format!("{answer}\n"))?,
            Err(failure) => {
                let failure = failure.at("<stdin>", Some(number));
                let error = failure.json(session.output.lang);
                session
                    .output
                    .print(&format!("{}\n", json!({ "error": error })))?;
                let exit = failure.exit;
                first_failed.get_or_insert(exit);
                if args.stop || too_long {
                    break;
                }
            }
        }
    }
    match first_failed {
        None => Ok(()),
        Some(exit) => Err(Failure::silent(exit)),
    }
}

async fn one(session: &Session, desk: &Redress, line: &[u8]) -> Result<Json, Failure> {
    let malformed = |e: &dyn std::fmt::Display| {
        Failure::usage("invalid", e.to_string())
            .help("write one JSON object a line; `redress schema` shows its members")
    };
    let text = std::str::from_utf8(line).map_err(|e| malformed(&e))?;
    let mut json: Json = serde_json::from_str(text.trim()).map_err(|e| malformed(&e))?;
    if let Json::Object(members) = &mut json {
        if let Some(name) = members.get("command").and_then(Json::as_str)
            && !schema::knows(name)
        {
            let known: Vec<&str> = schema::names().collect();
            return Err(Failure::usage(
                "unknown_command",
                format!("no command is called `{name}`"),
            )
            .chinese(format!("没有名为 `{name}` 的命令"))
            .help(format!("the commands are {}", known.join(", "))));
        }
        if !members.contains_key("by") && session.settings.acting.is_some() {
            let by = serde_json::to_value(session.by()?).map_err(|e| malformed(&e))?;
            members.insert("by".to_owned(), by);
        }
        if session.settings.dry_run {
            members.insert("dry_run".to_owned(), json!(true));
        }
        if let Some(Ok(moment)) = members
            .get("occurred_at")
            .and_then(Json::as_str)
            .map(str::parse::<Moment>)
        {
            session.advance(desk, moment).await?;
        }
    }
    let answer = desk
        .execute_json(&json.to_string())
        .await
        .map_err(|e| session.failed(&e))?;
    let mut answer = crate::story::payload(&answer, &session.zones());
    if let Json::Object(members) = &mut answer {
        members.insert("schema".to_owned(), json!("redress/do-answer@1"));
    }
    Ok(answer)
}

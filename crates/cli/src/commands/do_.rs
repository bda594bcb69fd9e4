//! `redress do`: commands as JSON lines on standard input, one JSON answer a line.
//!
//! `{"command":"report","by":{"employee":"E17"},"case":"26-03-07","stage":"review","values":{}}`. Commands on months, bonuses
//! and units go the same way: `{"command":"close_month","by":{"employee":"E17"},"month":"2026-03"}`. Who acts may be left
//! out where `--as` says it. A command that fails is answered with `{"error":{…}}` and the next one goes on, an overlong line too; the exit
//! code is that of the first that failed. `redress schema` says what a command may hold.

use std::io::{BufRead, Read};

use redress::{JsonError, Redress, read_json};
use redress_kernel::value::Value;
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
    /// Move a simulated clock to this moment first; a real one is never moved
    #[arg(long, value_name = "WHEN")]
    now: Option<Moment>,
}

/// Does them, one after the other.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.desk_moved(args.now).await?;
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
            .map_err(unreadable)?;
        if read == 0 {
            break;
        }
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let too_long = u64::try_from(line.len()).unwrap_or(u64::MAX) > MOST_BYTES;
        if too_long && !line.ends_with(b"\n") {
            skip_line(&mut input).map_err(unreadable)?;
        }
        let answered = if too_long {
            Err(Failure::usage(
                "line_too_long",
                format!("the line is longer than {MOST_BYTES} bytes"),
            )
            .chinese(format!("此行超过 {MOST_BYTES} 字节"))
            .help_both(
                "a command fits on a line of at most 1 MiB",
                "一条命令写在一行，不超过 1 MiB",
            ))
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
                if args.stop {
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

fn unreadable(e: std::io::Error) -> Failure {
    Failure::new(
        Exit::Failure,
        "input_failed",
        format!("cannot be read: {e}"),
    )
}

/// Reads on to the end of a line without keeping it.
fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let held = input.fill_buf()?;
        if held.is_empty() {
            return Ok(());
        }
        let (read, ended) = match held.iter().position(|byte| *byte == b'\n') {
            Some(place) => (place + 1, true),
            None => (held.len(), false),
        };
        input.consume(read);
        if ended {
            return Ok(());
        }
    }
}

/// What a parser says, without its own count of lines: each command is a text of one line to it.
fn one_line(e: &serde_json::Error) -> String {
    e.to_string().replace(" at line 1 column ", " at column ")
}

/// What is wrong with the members of a command, with the member.
fn of_members(session: &Session, error: &redress::Error) -> Failure {
    match error {
        redress::Error::Invalid { what, place, hint } => {
            let (english, chinese) = if place == "command" {
                (what.clone(), format!("命令有误：{what}"))
            } else {
                (
                    format!("`{place}`: {what}"),
                    format!("“{place}”有误：{what}"),
                )
            };
            Failure::usage(error.code(), english)
                .chinese(chinese)
                .help_both(hint.clone(), "`redress schema` 列出每条命令可用的各项")
        }
        _ => session.failed(error),
    }
}

/// The first value of a form that is none.
fn no_value(members: &serde_json::Map<String, Json>) -> Option<Failure> {
    let values = members.get("values")?.as_object()?;
    let of_no_kind = |json: &&Json| serde_json::from_value::<Value>((*json).clone()).is_err();
    let (field, _) = values.iter().find(|(_, json)| of_no_kind(json))?;
    Some(crate::fill::no_value(field, Exit::Usage, "invalid"))
}

async fn one(session: &Session, desk: &Redress, line: &[u8]) -> Result<Json, Failure> {
    let malformed = |e: &dyn std::fmt::Display| {
        Failure::usage("invalid", e.to_string())
            .chinese(format!("不是 JSON：{e}"))
            .help_both(
                "write one JSON object a line; `redress schema` shows its members",
                "每行写一个 JSON 对象；`redress schema` 列出各项",
            )
    };
    let text = std::str::from_utf8(line).map_err(|e| malformed(&e))?;
    let mut json = read_json(text.trim()).map_err(|fault| match fault {
        JsonError::Malformed(e) => malformed(&one_line(&e)),
        JsonError::Twice(member) => {
            Failure::usage("invalid", format!("the member `{member}` stands twice"))
                .chinese(format!("“{member}”一项重复出现"))
                .help_both("leave one of them out", "请去掉其中一项")
        }
    })?;
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
        if let Some(failure) = no_value(members) {
            return Err(failure);
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
        .map_err(|e| of_members(session, &e))?;
    let mut answer = crate::story::payload(&answer, &session.zones());
    if let Json::Object(members) = &mut answer {
        members.insert("schema".to_owned(), json!("redress/do-answer@1"));
    }
    Ok(answer)
}

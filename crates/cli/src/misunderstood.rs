//! What is wrong with a command line, in the reader's language: the parser itself speaks English only.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::failure::Failure;

/// How a month is written.
const MONTH: (&str, &str) = (
    "write a month such as `2026-03`, from 01 to 12",
    "月份写作 `2026-03`，月为 01 至 12",
);

/// How the values of an argument are written, by the name of the value.
const WRITTEN: &[(&str, &str, &str)] = &[
    ("YYYY-MM", MONTH.0, MONTH.1),
    ("MONTH", MONTH.0, MONTH.1),
    (
        "DATE",
        "write a day such as `2026-03-01`",
        "日期写作 `2026-03-01`",
    ),
    (
        "WHEN",
        "write a moment such as `2026-03-02 09:00`, by the company's clocks, or with an offset",
        "时间写作 `2026-03-02 09:00`（按公司时间），或带时差",
    ),
    (
        "EMPLOYEE",
        "write the id of an employee; `redress organisation list` names who works here",
        "请写员工号；用 `redress organisation list` 查看员工",
    ),
    (
        "UUID",
        "write a UUID such as `0b9f7b1e-4d0c-4a57-9c5b-0e6f3f1d2a3b`",
        "请写 UUID，如 `0b9f7b1e-4d0c-4a57-9c5b-0e6f3f1d2a3b`",
    ),
];

/// The parser's error as a failure.
pub(crate) fn failure(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let english = text.lines().next().unwrap_or_default();
    let failure = Failure::usage("usage", english.trim_start_matches("error: "));
    let failure = match chinese(error) {
        Some(chinese) => failure.chinese(chinese),
        None => failure,
    };
    match written(error) {
        Some((english, chinese)) => failure.help_both(english, chinese),
        None => failure.help_both(
            "`redress help` and `redress COMMAND --help` say what can be said",
            "用 `redress help`、`redress 命令 --help` 查看写法",
        ),
    }
}

fn written(error: &clap::Error) -> Option<(&'static str, &'static str)> {
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let argument = said(error, ContextKind::InvalidArg)?;
    let (_, english, chinese) = WRITTEN
        .iter()
        .find(|(name, ..)| argument.contains(&format!("<{name}>")))?;
    Some((english, chinese))
}

fn chinese(error: &clap::Error) -> Option<String> {
    let argument = || said(error, ContextKind::InvalidArg);
    let value = || said(error, ContextKind::InvalidValue);
    Some(match error.kind() {
        ErrorKind::ValueValidation => format!("“{}”不能作为 {} 的值", value()?, argument()?),
        ErrorKind::InvalidValue => {
            let valid = said(error, ContextKind::ValidValue).unwrap_or_default();
            match value()?.as_str() {
                "" => format!("{} 须有值：{valid}", argument()?),
                value => format!("“{value}”不能作为 {} 的值，可写 {valid}", argument()?),
            }
        }
        ErrorKind::MissingRequiredArgument => format!("缺少 {}", argument()?),
        ErrorKind::UnknownArgument => format!("不认识参数“{}”", argument()?),
        ErrorKind::ArgumentConflict => {
            let other = said(error, ContextKind::PriorArg)?;
            format!("{} 不能与 {other} 同用", argument()?)
        }
        ErrorKind::InvalidSubcommand => {
            let name = said(error, ContextKind::InvalidSubcommand)?;
            match said(error, ContextKind::SuggestedSubcommand) {
                Some(near) => format!("没有子命令“{name}”，相近的有 {near}"),
                None => format!("没有子命令“{name}”"),
            }
        }
        ErrorKind::MissingSubcommand => {
            let valid = said(error, ContextKind::ValidSubcommand)?;
            format!("须写明子命令：{valid}")
        }
        _ => return None,
    })
}

fn said(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join("、")),
        _ => None,
    }
}

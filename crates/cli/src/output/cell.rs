//! One value of an answer, written in each of the formats.

use redress_kernel::money::Money;
use redress_kernel::text;
use redress_kernel::time::{Date, Instant, Month};
use serde_json::{Value as Json, json};

use super::Zones;
use crate::settings::Lang;

/// One value.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    /// Nothing is known.
    Empty,
    Text(String),
    Integer(i64),
    Boolean(bool),
    Instant(Instant),
    Date(Date),
    Month(Month),
    Money(Money),
    /// Whole seconds; shown in days, hours, minutes.
    Seconds(i64),
    /// A stable word and its title.
    Word {
        id: String,
        title: String,
    },
    List(Vec<String>),
    /// Stable words and their titles.
    Words {
        ids: Vec<String>,
        shown: String,
    },
    /// Something with parts, and how people read it.
    Parts {
        json: Json,
        shown: String,
    },
    /// A cell that asks for attention.
    Alarm(Box<Cell>),
}

impl Cell {
    /// A text, if there is one.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Something or nothing.
    pub(crate) fn of<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Empty, cell)
    }

    /// A count.
    pub(crate) fn count(count: impl TryInto<i64>) -> Self {
        Self::Integer(count.try_into().unwrap_or(i64::MAX))
    }

    /// A stable word whose title is shown to people.
    pub(crate) fn word(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self::Word {
            id: id.into(),
            title: title.into(),
        }
    }

    /// Several stable words: a list of them as data, of their titles to people.
    pub(crate) fn words(words: impl IntoIterator<Item = Self>, lang: Lang) -> Self {
        let (mut ids, mut titles) = (Vec::new(), Vec::new());
        for word in words {
            if let Self::Word { id, title } = word {
                ids.push(id);
                titles.push(title);
            }
        }
        Self::Words {
            ids,
            shown: titles.join(lang.pick("、", ", ")),
        }
    }

    /// Whether it stands at the right of its column.
    pub(crate) fn is_number(&self) -> bool {
        match self {
            Self::Integer(_) | Self::Money(_) | Self::Seconds(_) => true,
            Self::Alarm(cell) => cell.is_number(),
            _ => false,
        }
    }

    /// As JSON: amounts as decimal strings with their currency, instants with the company's offset.
    pub(crate) fn json(&self, zones: &Zones) -> Json {
        match self {
            Self::Empty => Json::Null,
            Self::Text(text) => json!(text),
            Self::Integer(number) | Self::Seconds(number) => json!(number),
            Self::Boolean(yes) => json!(yes),
            Self::Instant(instant) => json!(zones.company.rfc3339(*instant)),
            Self::Date(date) => json!(date.to_string()),
            Self::Month(month) => json!(month.to_string()),
            Self::Money(money) => money_json(*money),
            Self::Word { id, .. } => json!(id),
            Self::List(list) => json!(list),
            Self::Words { ids, .. } => json!(ids),
            Self::Parts { json, .. } => json.clone(),
            Self::Alarm(cell) => cell.json(zones),
        }
    }

    /// As a spreadsheet's cell, plain.
    pub(crate) fn plain(&self, zones: &Zones) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::List(list) | Self::Words { ids: list, .. } => list.join("; "),
            Self::Money(money) => format!("{} {}", money.decimal(), money.currency().code()),
            Self::Alarm(cell) => cell.plain(zones),
            other => match other.json(zones) {
                Json::Null => String::new(),
                Json::String(text) => text,
                json => json.to_string(),
            },
        }
    }

    /// As people read it. Characters that steer a terminal or turn the direction of writing are made visible.
    pub(crate) fn shown(&self, lang: Lang, zones: &Zones) -> String {
        match self {
            Self::Empty => "–".to_owned(),
            Self::Text(text) => harmless(text),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(yes) => match yes {
                true => lang.pick("是", "yes").to_owned(),
                false => lang.pick("否", "no").to_owned(),
            },
            Self::Instant(instant) => zones.shown.short(*instant),
            Self::Date(date) => date.to_string(),
            Self::Month(month) => month.to_string(),
            Self::Money(money) => money.to_string(),
            Self::Seconds(seconds) => duration(*seconds, lang),
            Self::Word { title, .. } => harmless(title),
            Self::List(list) if list.is_empty() => "–".to_owned(),
            Self::List(list) => harmless(&list.join(lang.pick("、", ", "))),
            Self::Parts { shown, .. } | Self::Words { shown, .. } if shown.is_empty() => {
                "–".to_owned()
            }
            Self::Parts { shown, .. } | Self::Words { shown, .. } => harmless(shown),
            Self::Alarm(cell) => cell.shown(lang, zones),
        }
    }
}

/// An amount as JSON.
pub(crate) fn money_json(money: Money) -> Json {
    json!({ "amount": money.decimal(), "currency": money.currency().code() })
}

/// Without characters that steer a terminal or turn the direction of writing.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => c,
            _ if text::is_forbidden(c) => '\u{fffd}',
            _ => c,
        })
        .collect()
}

/// A length of time in its two largest units that are not zero, smaller ones kept to the second.
pub(crate) fn duration(seconds: i64, lang: Lang) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let rest = seconds.unsigned_abs();
    let parts = [
        (rest / 86_400, lang.pick("天", "d")),
        (rest / 3600 % 24, lang.pick("小时", "h")),
        (rest / 60 % 60, lang.pick("分", "min")),
        (rest % 60, lang.pick("秒", "s")),
    ];
    let words: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if words.is_empty() {
        return format!("0 {}", lang.pick("秒", "s"));
    }
    format!("{sign}{}", words.join(" "))
}

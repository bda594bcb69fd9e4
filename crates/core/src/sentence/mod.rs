//! The one table of sentences: what a refusal says to whoever must act, in both languages.
//!
//! Rules refuse with `{code, clause, args}`; prose stands here and nowhere else. A sentence is lower case, sets
//! the user's words apart, and its hint says what to do.

mod any_case;
mod complaint;
mod improvement;
mod money;
#[cfg(test)]
mod tests;

use redress_kernel::refusal::{Code, Refusal};
use redress_kernel::time::{Instant, Zone};

/// A language in which redress speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    #[default]
    En,
}

impl Lang {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];
}

/// A refusal as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What is refused and by which clause: `refused, M9-11: …`, `不予办理（M9-11）：…`.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// One row of the table. `{name}` stands for an argument of the refusal.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) code: Code,
    pub(crate) en: &'static str,
    pub(crate) en_hint: &'static str,
    pub(crate) zh: &'static str,
    pub(crate) zh_hint: &'static str,
}

/// The refusal in words; instants in UTC.
///
/// An argument that the refusal lacks shows as its name in braces; an unknown code shows as itself.
pub fn say(refusal: &Refusal, lang: Lang) -> Sentence {
    say_with(refusal, lang, &|arg| arg.to_owned())
}

/// The refusal in words, instants as the clocks of a zone show them.
pub fn say_in(refusal: &Refusal, lang: Lang, zone: &Zone) -> Sentence {
    say_with(refusal, lang, &|arg| match Instant::parse_rfc3339(arg) {
        Ok(instant) => zone.short(instant),
        Err(_) => arg.to_owned(),
    })
}

fn say_with(refusal: &Refusal, lang: Lang, show: &dyn Fn(&str) -> String) -> Sentence {
    let (text, hint) = match (row(refusal.code), lang) {
        (Some(row), Lang::En) => (row.en, row.en_hint),
        (Some(row), Lang::Zh) => (row.zh, row.zh_hint),
        (None, _) => (refusal.code.0, ""),
    };
    let text = fill(text, refusal, show);
    let clause = &refusal.clause;
    Sentence {
        message: match lang {
            Lang::En => format!("refused, {clause}: {text}"),
            Lang::Zh => format!("不予办理（{clause}）：{text}"),
        },
        hint: fill(hint, refusal, show),
    }
}

fn row(code: Code) -> Option<&'static Row> {
    any_case::ROWS
        .iter()
        .chain(complaint::ROWS)
        .chain(money::ROWS)
        .chain(improvement::ROWS)
        .find(|row| row.code == code)
}

/// Replaces each `{name}` by the argument of that name, once: what an argument holds is never read again.
fn fill(text: &str, refusal: &Refusal, show: &dyn Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((before, (name, after))) = rest
        .split_once('{')
        .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        filled.push_str(before);
        match refusal.args.get(name) {
            Some(arg) => filled.push_str(&show(arg)),
            None => {
                filled.push('{');
                filled.push_str(name);
                filled.push('}');
            }
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The names of the arguments that the sentences of a code use, in both languages; empty for an unknown code.
pub fn placeholders(code: Code) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = row(code)
        .into_iter()
        .flat_map(|row| [row.en, row.en_hint, row.zh, row.zh_hint])
        .flat_map(|text| text.split('{').skip(1))
        .filter_map(|tail| tail.split_once('}').map(|(name, _)| name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

//! Sentences about money: losses, responsibility, discipline, units, bonuses, months.

use redress_core::command::ComplaintCommand;
use redress_core::loss::Resold;
use redress_core::month::MonthCommand;
use redress_core::person::PersonCommand;
use redress_core::tables::UnitKind;
use redress_kernel::id::{DepartmentId, EmployeeId, FieldId};
use redress_kernel::money::Money;
use redress_kernel::time::Month;

use super::Deed;
use super::words::Words;
use crate::fault::{Wrong, wrong};

/// What is done about money.
#[derive(Debug, Clone)]
pub(crate) enum MoneyDeed {
    /// On a case.
    Case { case: String, deed: CaseDeed },
    /// A unit is formed.
    Form {
        unit: FieldId,
        kind: UnitKind,
        department: DepartmentId,
    },
    /// Somebody has base points in a unit; hundredths.
    Points {
        employee: EmployeeId,
        points: u32,
        unit: FieldId,
    },
    /// Somebody has base units; hundredths.
    Units { employee: EmployeeId, units: u32 },
    /// Somebody's ledger.
    Person {
        employee: EmployeeId,
        command: PersonCommand,
    },
    /// A month.
    Month(MonthCommand),
    /// A month goes its ordinary way, with or without its closing.
    MonthAsUsual { month: Month, closes: bool },
}

/// What is done about the money of a case, or about its improvement.
#[derive(Debug, Clone)]
pub(crate) enum CaseDeed {
    StateLoss {
        reason: Option<String>,
    },
    Propose,
    Determine {
        reason: Option<String>,
    },
    TakeBack {
        quantity: i64,
    },
    Resell(Resold),
    SettleResale,
    ProposeDiscipline {
        employee: EmployeeId,
    },
    DecideDiscipline {
        employee: EmployeeId,
        reason: Option<String>,
    },
    AnnounceDiscipline {
        employee: EmployeeId,
    },
    DraftImprovement,
    Improve(ComplaintCommand),
}

impl MoneyDeed {
    /// Whether lines may stand below it.
    pub(super) fn takes_lines(&self) -> bool {
        let Self::Case { deed, .. } = self else {
            return false;
        };
        matches!(
            deed,
            CaseDeed::StateLoss { .. }
                | CaseDeed::Propose
                | CaseDeed::Determine { .. }
                | CaseDeed::TakeBack { .. }
                | CaseDeed::DecideDiscipline { .. }
                | CaseDeed::DraftImprovement
        )
    }
}

/// `month 2026-03 goes as usual`.
pub(super) fn impersonal(words: &mut Words<'_>) -> Result<Option<Deed>, Wrong> {
    if (words.peek(0), words.peek(2)) != (Some("month"), Some("goes")) {
        return Ok(None);
    }
    let month = month_of(words)?;
    words.expect(&["goes", "as", "usual"])?;
    let closes = words.peek(0).is_none();
    if !closes {
        words.expect(&["until", "its", "closing"])?;
    }
    Ok(Some(Deed::Money(MoneyDeed::MonthAsUsual { month, closes })))
}

/// A sentence about money by its verb; none if it is about something else.
pub(super) fn personal(verb: &str, words: &mut Words<'_>) -> Result<Option<Deed>, Wrong> {
    let deed = match (verb, words.peek(0), words.peek(1)) {
        ("states", _, _) => {
            words.expect(&["the", "loss", "of"])?;
            let case = words.case()?;
            let reason = words.tail_if_any();
            on(case, CaseDeed::StateLoss { reason })
        }
        ("proposes" | "determines", Some("responsibility"), _) => {
            words.expect(&["responsibility", "for"])?;
            let case = words.case()?;
            if verb == "proposes" {
                on(case, CaseDeed::Propose)
            } else {
                let reason = words.tail_if_any();
                on(case, CaseDeed::Determine { reason })
            }
        }
        ("takes", Some("back"), _) => {
            words.skip(1);
            let quantity = pieces(words)?;
            words.expect(&["of"])?;
            on(words.case()?, CaseDeed::TakeBack { quantity })
        }
        ("resells", _, _) => {
            let quantity = pieces(words)?;
            words.expect(&["of"])?;
            let case = words.case()?;
            words.expect(&["for"])?;
            let proceeds = amount(words)?;
            on(case, CaseDeed::Resell(Resold { quantity, proceeds }))
        }
        ("settles", Some("the"), Some("resale")) => {
            words.expect(&["the", "resale", "of"])?;
            on(words.case()?, CaseDeed::SettleResale)
        }
        ("proposes" | "decides" | "announces", Some("discipline"), _) => discipline(verb, words)?,
        ("forms", _, _) => {
            let unit = words.id("a unit")?;
            words.expect(&["as"])?;
            let kind = kind(words.word("a kind of unit")?)?;
            words.expect(&["of"])?;
            MoneyDeed::Form {
                unit,
                kind,
                department: words.id("a department")?,
            }
        }
        ("gives", _, _) => gives(words)?,
        ("records", Some("the"), Some("bonus")) => {
            let (employee, month, amount) = bonus(words)?;
            paid(employee, month, amount, None)
        }
        ("corrects", Some("the"), Some("bonus")) => {
            let (employee, month, amount) = bonus(words)?;
            paid(employee, month, amount, Some(words.tail("the reason")))
        }
        ("opens" | "gathers" | "closes" | "confirms", Some("month"), _) => {
            let month = month_of(words)?;
            MoneyDeed::Month(match verb {
                "opens" => MonthCommand::OpenMonth { month },
                "gathers" => MonthCommand::GatherMonth { month },
                "closes" => MonthCommand::CloseMonth { month },
                _ => {
                    words.expect(&["for"])?;
                    let department = words.id("a department")?;
                    MonthCommand::ConfirmMonth { month, department }
                }
            })
        }
        ("lists", _, _) => {
            words.expect(&["the", "discipline", "of"])?;
            let month = month_of(words)?;
            MoneyDeed::Month(MonthCommand::ListDiscipline { month })
        }
        ("issues" | "approves", _, _) => {
            words.expect(&["the", "notices", "of"])?;
            let month = month_of(words)?;
            MoneyDeed::Month(match verb {
                "issues" => MonthCommand::IssueNotices { month },
                _ => MonthCommand::ApproveNotices { month },
            })
        }
        _ => return Ok(None),
    };
    Ok(Some(Deed::Money(deed)))
}

fn on(case: String, deed: CaseDeed) -> MoneyDeed {
    MoneyDeed::Case { case, deed }
}

fn discipline(verb: &str, words: &mut Words<'_>) -> Result<MoneyDeed, Wrong> {
    words.expect(&["discipline", "of"])?;
    let employee = words.id("a person")?;
    words.expect(&["on"])?;
    let case = words.case()?;
    let deed = match verb {
        "proposes" => CaseDeed::ProposeDiscipline { employee },
        "decides" => CaseDeed::DecideDiscipline {
            employee,
            reason: words.tail_if_any(),
        },
        _ => CaseDeed::AnnounceDiscipline { employee },
    };
    Ok(on(case, deed))
}

fn gives(words: &mut Words<'_>) -> Result<MoneyDeed, Wrong> {
    let employee = words.id("a person")?;
    let figure = words.word("a figure")?;
    let hint = "write `gives marta 5.0 base points in group-3` or `gives marta 1.5 base units`, two decimals at most";
    let figure =
        hundredths(figure).ok_or_else(|| wrong(format!("`{figure}` is no such figure"), hint))?;
    words.expect(&["base"])?;
    if words.peek(0) == Some("units") {
        words.skip(1);
        return Ok(MoneyDeed::Units {
            employee,
            units: figure,
        });
    }
    words.expect(&["points", "in"])?;
    Ok(MoneyDeed::Points {
        employee,
        points: figure,
        unit: words.id("a unit")?,
    })
}

fn bonus(words: &mut Words<'_>) -> Result<(EmployeeId, Month, Money), Wrong> {
    words.expect(&["the", "bonus", "of"])?;
    let employee = words.id("a person")?;
    words.expect(&["for"])?;
    let month = month(words)?;
    words.expect(&["="])?;
    Ok((employee, month, amount(words)?))
}

fn paid(employee: EmployeeId, month: Month, amount: Money, reason: Option<String>) -> MoneyDeed {
    let command = PersonCommand::RecordBonus {
        month,
        amount,
        reason,
    };
    MoneyDeed::Person { employee, command }
}

/// `month 2026-03`.
fn month_of(words: &mut Words<'_>) -> Result<Month, Wrong> {
    words.expect(&["month"])?;
    month(words)
}

fn month(words: &mut Words<'_>) -> Result<Month, Wrong> {
    let word = words.word("a month")?;
    word.parse().map_err(|_| {
        wrong(
            format!("`{word}` is no month"),
            "write a month as `2026-03`",
        )
    })
}

/// `200 pieces`.
fn pieces(words: &mut Words<'_>) -> Result<i64, Wrong> {
    let word = words.word("a quantity")?;
    words.expect(&["pieces"])?;
    word.replace(',', "").parse().map_err(|_| {
        wrong(
            format!("`{word}` is no quantity"),
            "write a whole number: `200 pieces`",
        )
    })
}

fn amount(words: &mut Words<'_>) -> Result<Money, Wrong> {
    let text = format!("{} {}", words.word("an amount")?, words.word("a currency")?);
    money(&text)
}

/// An amount of money.
pub(crate) fn money(text: &str) -> Result<Money, Wrong> {
    text.parse()
        .map_err(|e: redress_kernel::money::MoneyError| {
            wrong(e.to_string(), "write an amount as `500.00 CNY`")
        })
}

fn kind(word: &str) -> Result<UnitKind, Wrong> {
    let all = UnitKind::ALL;
    all.into_iter()
        .find(|kind| kind.id() == word)
        .ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|kind| kind.id()).collect();
            wrong(
                format!("`{word}` is no kind of unit"),
                format!("the kinds are: {}", known.join(", ")),
            )
        })
}

/// A figure with two decimals at most, in hundredths.
pub(crate) fn hundredths(text: &str) -> Option<u32> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let rest = format!("{rest:0<2}");
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || rest.len() != 2 || !digits(whole) || !digits(&rest) {
        return None;
    }
    format!("{whole}{rest}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::hundredths;

    #[test]
    fn a_figure_is_kept_in_hundredths() {
        for (text, kept) in [
            ("5.0", Some(500)),
            ("1.5", Some(150)),
            ("0.05", Some(5)),
            ("45", Some(4500)),
            ("33.333", None),
            ("-1", None),
            (".5", None),
            ("", None),
        ] {
            assert_eq!(hundredths(text), kept, "{text}");
        }
    }
}

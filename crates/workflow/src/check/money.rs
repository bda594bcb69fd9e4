//! The tables about money: rows that are never reached, shares without a grade, units that cannot be charged.

use std::collections::BTreeSet;
use std::fmt::Display;

use redress_core::tables::{DisciplineTable, LossBasis, LossTable, MonthTable, PenaltyTable};
use redress_kernel::calendar::Unit;
use redress_kernel::money::{Currency, Money};

use super::Check;
use super::names::choices;
use crate::fault::FaultCode;
use crate::tree::{shown, suggestion};

impl<'a> Check<'a> {
    pub(super) fn money(&mut self) {
        let Some(regulation) = &self.workflow.regulation else {
            return;
        };
        let tables = &regulation.tables;
        if let Some(loss) = &tables.loss {
            self.loss(loss);
        }
        if let Some(penalty) = &tables.penalty {
            self.criteria(penalty);
            self.charged(penalty);
        }
        if let Some(discipline) = &tables.discipline {
            self.grades(discipline, regulation.currency);
            self.fines(discipline, regulation.currency);
            self.resale(discipline);
        }
        if let Some(month) = &tables.month {
            self.confirmed_by(month);
        }
    }

    fn loss(&mut self, table: &'a LossTable) {
        if table.rows.is_empty() {
            self.fault(
                "loss.rows",
                FaultCode::EmptyList,
                "no kind of loss is listed, so nothing is a loss",
                "list at least one, or take `loss` out",
            );
        }
        self.twice("loss.rows", table.rows.iter().map(|row| &row.kind));
        for row in &table.rows {
            let LossBasis::Parts(parts) = &row.basis else {
                continue;
            };
            let path = format!("loss.rows.{}.parts", row.kind);
            if parts.is_empty() {
                self.fault(
                    &path,
                    FaultCode::EmptyList,
                    format!("`{}` adds up no parts", row.kind),
                    "list at least one amount: `parts = [\"paid\"]`",
                );
            }
            self.once(&path, parts.iter());
        }
    }

    /// The first row that fits applies, so the last fits any cause, and no other does.
    fn criteria(&mut self, table: &'a PenaltyTable) {
        let (known, bound) = self.causes();
        let mut seen: Vec<Option<&str>> = Vec::new();
        for (row, number) in table.rows.iter().zip(1usize..) {
            let path = format!("penalty.rows.{number}");
            let cause = row.cause.as_deref();
            if seen.contains(&None) || seen.contains(&cause) {
                self.fault(
                    &path,
                    FaultCode::TableOverlap,
                    format!("row {number} is never reached: a row before it fits whenever it would"),
                    "the first row that fits applies; name each cause once and put the row without `cause` last",
                );
            }
            seen.push(cause);
            let Some(cause) = cause else {
                continue;
            };
            let path = format!("{path}.cause");
            if !bound {
                self.fault(
                    &path,
                    FaultCode::BadBinding,
                    "no form says the cause of a case, so this row is never reached",
                    "let a field say `binds = \"cause\"`",
                );
            } else if let Some(known) = &known
                && !known.contains(&cause)
            {
                self.fault(
                    &path,
                    FaultCode::UnknownWord,
                    format!("no case has the cause `{}`", shown(cause)),
                    suggestion(cause, known),
                );
            }
        }
        if !seen.contains(&None) {
            self.fault(
                "penalty.rows",
                FaultCode::TableGap,
                "no row for a cause that is not listed",
                "end with a row without `cause`",
            );
        }
    }

    /// The causes that a case can have, unless some field takes any text; and whether any field says the cause.
    fn causes(&self) -> (Option<Vec<&'a str>>, bool) {
        let forms = &self.definition.forms;
        let bound: Vec<_> = forms
            .iter()
            .flat_map(|form| &form.fields)
            .filter(|field| field.binds.as_deref() == Some("cause"))
            .collect();
        let all: Option<Vec<Vec<&str>>> = bound.iter().map(|field| choices(field)).collect();
        (all.map(|all| all.concat()), !bound.is_empty())
    }

    fn charged(&mut self, table: &'a PenaltyTable) {
        let mut seen = BTreeSet::new();
        for (row, number) in table.charged.iter().zip(1usize..) {
            let path = format!("penalty.charged.{number}");
            self.department(&format!("{path}.department"), &row.department);
            if !seen.insert(&row.department) {
                self.fault(
                    &format!("{path}.department"),
                    FaultCode::DuplicateId,
                    format!("`{}` is listed twice", row.department),
                    "say once at which unit a department is charged",
                );
            }
            if row.otherwise <= row.smallest {
                self.fault(
                    &format!("{path}.otherwise"),
                    FaultCode::Contradiction,
                    format!(
                        "where no {} can be named, a {} cannot be either",
                        row.smallest.id(),
                        row.otherwise.id()
                    ),
                    "`otherwise` is a larger unit than `smallest`: person, shift, group, section, department",
                );
            }
        }
    }

    fn grades(&mut self, table: &'a DisciplineTable, currency: Currency) {
        let Some(first) = table.rows.first() else {
            self.fault(
                "discipline.rows",
                FaultCode::EmptyList,
                "no share has a grade",
                "begin with a row from 0, or take `discipline` out",
            );
            return;
        };
        if !first.from.is_zero() {
            self.fault(
                "discipline.rows.1.from",
                FaultCode::TableGap,
                format!("what lies below {} has no grade", first.from),
                format!("let the first row begin at {}", Money::zero(currency)),
            );
        }
        for (row, number) in table.rows.iter().zip(1usize..) {
            let path = format!("discipline.rows.{number}.from");
            self.in_currency(&path, row.from, currency);
        }
        let pairs = table.rows.iter().zip(table.rows.iter().skip(1));
        for ((before, row), number) in pairs.zip(2usize..) {
            let path = format!("discipline.rows.{number}");
            let same_currency = before.from.currency() == row.from.currency();
            if same_currency && row.from.minor() <= before.from.minor() {
                self.fault(
                    &format!("{path}.from"),
                    FaultCode::TableOverlap,
                    format!("row {number} does not begin above row {}", number - 1),
                    "rows go from the lowest share to the highest",
                );
            }
            if row.grade <= before.grade {
                self.fault(
                    &format!("{path}.grade"),
                    FaultCode::TableOverlap,
                    format!(
                        "`{}` is no heavier than `{}` of the row before",
                        row.grade.id(),
                        before.grade.id()
                    ),
                    "grades go from the mildest to the heaviest, each once: none, warning, minor_demerit, major_demerit",
                );
            }
        }
    }

    fn fines(&mut self, table: &'a DisciplineTable, currency: Currency) {
        let fines = [
            ("discipline.fines.warning", table.warning),
            ("discipline.fines.minor_demerit", table.minor_demerit),
        ];
        for (path, fine) in fines {
            self.in_currency(path, fine, currency);
            if fine.minor() <= 0 {
                self.fault(
                    path,
                    FaultCode::OutOfRange,
                    "a fine that takes nothing",
                    "write an amount above 0",
                );
            }
        }
    }

    fn in_currency(&mut self, path: &str, money: Money, currency: Currency) {
        if money.currency() != currency {
            self.fault(
                path,
                FaultCode::BadCurrency,
                format!("the regulation is in {currency}"),
                "write every amount in the currency of the regulation",
            );
        }
    }

    /// A time to resell ends with a day (A5); hours and halves end within one.
    fn resale(&mut self, table: &'a DisciplineTable) {
        let by_days = match table.resale.unit() {
            Unit::Month | Unit::NaturalDay | Unit::WorkingDay | Unit::CivilDay => true,
            Unit::NaturalHour | Unit::WorkingHour => false,
        };
        if !by_days || table.resale.whole().is_none() {
            self.fault(
                "discipline.resale.span",
                FaultCode::BadDuration,
                format!("goods cannot be resold within `{}`", table.resale),
                "write whole months or days: `1 month`, `30 natural_day`",
            );
        }
    }

    fn confirmed_by(&mut self, table: &'a MonthTable) {
        self.departments("month.confirmed_by", &table.confirmed_by);
        self.once("month.confirmed_by", table.confirmed_by.iter());
        for (office, number) in table.without_head.iter().zip(1usize..) {
            self.office(&format!("month.without_head.{number}"), office);
        }
        self.once("month.without_head", table.without_head.iter());
    }

    /// A list of ids in which each stands once.
    fn once<T: Display + Ord>(&mut self, path: &str, ids: impl Iterator<Item = T>) {
        let mut seen = BTreeSet::new();
        for (id, number) in ids.zip(1usize..) {
            let sentence = format!("`{id}` is listed twice");
            if !seen.insert(id) {
                self.fault(
                    &format!("{path}.{number}"),
                    FaultCode::DuplicateId,
                    sentence,
                    "list each once",
                );
            }
        }
    }
}

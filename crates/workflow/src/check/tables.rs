//! Tables: limits, facts, authority, copies, reminders. What they leave out, and rows that are never reached.

use std::collections::BTreeSet;

use redress_core::regulation::{AuthorityTable, Regulation};
use redress_kernel::definition::{Fact, Limit};
use redress_kernel::form::Required;
use redress_kernel::guard::{Guard, Is};
use redress_kernel::value::{Path, Value};

use super::Check;
use super::guards::{Target, find, values_of, word};
use crate::fault::FaultCode;

impl<'a> Check<'a> {
    pub(super) fn tables(&mut self) {
        let definition = self.definition;
        for (stage, index) in definition.stages.iter().zip(0usize..) {
            let path = format!("stages.{}.limits", stage.id);
            self.limits(&path, &stage.limits, index);
        }
        if let Some(clock) = &definition.clock {
            let start = clock.starts_at_end_of.as_ref();
            let start = start.and_then(|s| definition.stage_index(s.as_str()));
            if clock.limits.is_empty() {
                self.fault(
                    "clock.limits",
                    FaultCode::EmptyList,
                    "the clock of the case has no limit",
                    "add one, or take the clock out",
                );
            }
            self.limits("clock.limits", &clock.limits, start.map_or(0, |s| s + 1));
        }
        for fact in &definition.facts {
            self.cases_of(fact);
        }
        self.levels();
        if let Some(regulation) = &self.workflow.regulation {
            self.copies(regulation);
            if let Some(table) = &regulation.authority {
                self.authority(regulation, table);
            }
        }
    }

    /// Limits: the first whose condition holds applies, so together they must leave nothing out. They are asked when
    /// `index` stages have been passed.
    fn limits(&mut self, path: &str, limits: &'a [Limit], index: usize) {
        let mut seen: Vec<Option<&Guard>> = Vec::new();
        for (limit, number) in limits.iter().zip(1usize..) {
            let when = limit.when.as_ref();
            if seen.contains(&None) || seen.contains(&when) {
                self.fault(
                    &format!("{path}.{number}"),
                    FaultCode::TableOverlap,
                    "this limit never applies: one before it holds whenever it would",
                    "the first limit whose condition holds applies; put the one without `when` last",
                );
            }
            seen.push(when);
        }
        if limits.is_empty() || seen.contains(&None) {
            return;
        }
        let asked: Option<Vec<(&Path, &Value)>> = seen
            .iter()
            .map(|guard| match guard {
                Some(Guard::Is(Is { path, is })) => Some((path, is)),
                _ => None,
            })
            .collect();
        let one = asked.filter(|asked| {
            let first = asked.first().map(|(path, _)| *path);
            asked.iter().all(|(path, _)| Some(*path) == first)
        });
        let on = one.as_ref().and_then(|asked| asked.first());
        let unfound = |path: &&Path| find(self.definition, path, None).is_err();
        let paths = seen.iter().flatten().flat_map(|guard| guard.paths());
        if paths.into_iter().any(|path| unfound(&path)) {
            return;
        }
        let covered = on.and_then(|(on, _)| Some((*on, values_of(self.definition, on)?)));
        let (Some(asked), Some((on, values))) = (one, covered) else {
            self.fault(
                path,
                FaultCode::TableGap,
                "it cannot be seen that these limits cover every case",
                "end with a limit without `when`",
            );
            return;
        };
        let missing: Vec<String> = values
            .iter()
            .filter(|value| !asked.iter().any(|(_, is)| is == value))
            .map(word)
            .collect();
        if !missing.is_empty() {
            self.fault(
                path,
                FaultCode::TableGap,
                format!("no limit for `{on}` = {}", missing.join(", ")),
                "add a limit for it, or end with one without `when`",
            );
        } else if !self.surely_known(on, index) {
            self.fault(
                path,
                FaultCode::TableGap,
                format!("no limit while `{on}` is unknown, and it may be when this is asked"),
                "make the field required, give the fact a `needed_at_end_of` before, or end with a limit without `when`",
            );
        }
    }

    /// Whether a value is known once so many stages have been passed.
    fn surely_known(&self, path: &Path, passed: usize) -> bool {
        match find(self.definition, path, None) {
            Ok(Target::Field(field)) => {
                matches!(field.required, Required::Always) && !field.deferrable
            }
            Ok(Target::Fact(fact)) => {
                let needed = fact.needed_at_end_of.as_ref();
                let needed = needed.and_then(|s| self.definition.stage_index(s.as_str()));
                let by_field = fact.derived_from.iter().chain(&fact.given_by).any(|path| {
                    matches!(find(self.definition, path, None), Ok(Target::Field(f)) if matches!(f.required, Required::Always) && !f.deferrable)
                });
                needed.is_some_and(|needed| needed < passed) || by_field
            }
            Err(_) => false,
        }
    }

    fn cases_of(&mut self, fact: &'a Fact) {
        let path = format!("facts.{}", fact.id);
        if fact.given_by.is_empty() && fact.derived_from.is_none() {
            self.fault(
                &path,
                FaultCode::TableGap,
                format!("nothing tells the fact `{}`", fact.id),
                "add `given_by` or `derived_from`",
            );
        }
        let Some(derived_from) = &fact.derived_from else {
            if !fact.cases.is_empty() || fact.otherwise.is_some() {
                self.fault(
                    &path,
                    FaultCode::Contradiction,
                    "`cases` and `otherwise` say nothing without `derived_from`",
                    "add `derived_from`, or take them out",
                );
            }
            return;
        };
        let mut seen: Vec<&Value> = Vec::new();
        for (case, number) in fact.cases.iter().zip(1usize..) {
            if seen.contains(&&case.from) {
                self.fault(
                    &format!("{path}.cases.{number}"),
                    FaultCode::TableOverlap,
                    format!("`{}` is told twice", word(&case.from)),
                    "keep one of the two rows",
                );
            }
            seen.push(&case.from);
        }
        if fact.otherwise.is_some() || find(self.definition, derived_from, None).is_err() {
            return;
        }
        let missing = values_of(self.definition, derived_from).map(|values| {
            let missing = values.iter().filter(|value| !seen.contains(value));
            missing.map(word).collect::<Vec<_>>()
        });
        let what = match missing {
            Some(missing) if missing.is_empty() => return,
            Some(missing) => missing.join(", "),
            None => "every value that is not listed".to_owned(),
        };
        self.fault(
            &path,
            FaultCode::TableGap,
            format!("the fact `{}` is left open for {what}", fact.id),
            "add `otherwise = …`",
        );
    }

    fn levels(&mut self) {
        let levels = &self.definition.reminders.levels;
        let mut before: Option<i64> = None;
        let mut unit = None;
        for (level, number) in levels.iter().zip(1usize..) {
            let after = level.after.map_or(0, |span| span.halves());
            let same_unit = match (unit, level.after.map(|span| span.unit())) {
                (Some(one), Some(other)) => one == other,
                _ => true,
            };
            if same_unit && before.is_some_and(|before| after <= before) {
                self.fault(
                    &format!("reminders.levels.{number}"),
                    FaultCode::TableOverlap,
                    format!("level {number} does not come after level {}", number - 1),
                    "each level needs a later `after` than the one before",
                );
            }
            before = Some(after);
            unit = level.after.map(|span| span.unit()).or(unit);
        }
        if levels.len() > 9 {
            self.fault(
                "reminders.levels",
                FaultCode::TooMany,
                format!("{} levels of reminders", levels.len()),
                "at most 9 are read",
            );
        }
    }

    fn copies(&mut self, regulation: &Regulation) {
        let mut seen = BTreeSet::new();
        for (copy, place) in regulation.copies.iter().zip(1usize..) {
            if !seen.insert(copy.number) {
                self.fault(
                    &format!("copies.{place}.number"),
                    FaultCode::TableOverlap,
                    format!("copy {} has two recipients", copy.number),
                    "number each copy once",
                );
            }
        }
        let gap = seen
            .iter()
            .zip(1u8..)
            .find(|(number, wanted)| *number != wanted);
        if let Some((_, wanted)) = gap {
            self.fault(
                "copies",
                FaultCode::TableGap,
                format!("copy {wanted} has no recipient"),
                "number the copies from 1 without a gap",
            );
        }
    }

    fn authority(&mut self, regulation: &'a Regulation, table: &'a AuthorityTable) {
        let definition = self.definition;
        let rank = |office: &redress_kernel::id::OfficeId| {
            definition.offices.iter().position(|o| o.id == *office)
        };
        let deciding = definition.stage(regulation.decision_stage.as_str());
        let mut bound = Some(0);
        let mut rank_before = None;
        for (row, number) in table.rows.iter().zip(1usize..) {
            let path = format!("authority.rows.{number}");
            let up_to = row.up_to.map(|money| money.minor());
            let known = rank(&row.office).is_some();
            let reached = match (bound, up_to) {
                (None, _) => false,
                (Some(before), Some(up_to)) => up_to > before,
                (Some(_), None) => true,
            };
            if up_to.is_some_and(|up_to| up_to <= 0) {
                self.fault(
                    &format!("{path}.up_to"),
                    FaultCode::OutOfRange,
                    "an office that may decide nothing",
                    "write an amount above 0",
                );
            } else if !reached {
                self.fault(
                    &path,
                    FaultCode::TableOverlap,
                    format!("row {number} is never reached: a row before it covers its amounts"),
                    "rows go from the lowest amount to the highest; the last has no `up_to`",
                );
            }
            if row
                .up_to
                .is_some_and(|m| m.currency() != regulation.currency)
            {
                self.fault(
                    &format!("{path}.up_to"),
                    FaultCode::BadCurrency,
                    format!("the table is in {}", regulation.currency),
                    "write every bound in the currency of the regulation",
                );
            }
            if known && rank_before.is_some() && rank(&row.office) <= rank_before {
                self.fault(
                    &format!("{path}.office"),
                    FaultCode::TableOverlap,
                    format!(
                        "`{}` does not rank above the office of the row before",
                        row.office
                    ),
                    "offices are listed from the lowest to the highest, in `offices` as here",
                );
            }
            if known && deciding.is_some_and(|stage| !stage.offices.contains(&row.office)) {
                self.fault(
                    &format!("{path}.office"),
                    FaultCode::UnknownOffice,
                    format!(
                        "`{}` may decide by this table, but not at the stage `{}`",
                        row.office, regulation.decision_stage
                    ),
                    "add it to the `offices` of that stage",
                );
            }
            bound = up_to;
            rank_before = rank(&row.office).or(rank_before);
        }
        if table.rows.last().is_none_or(|row| row.up_to.is_some()) {
            self.fault(
                "authority.rows",
                FaultCode::TableGap,
                "nobody decides what lies above the last row",
                "end with a row without `up_to`",
            );
        }
    }
}

//! The budget of the case clock: what the limits of its stages use of it, and what remains for those without.
//! It is shown, not corrected: the regulation's own sums are what they are.

use redress_core::sentence::Lang;
use redress_kernel::calendar::Unit;
use redress_kernel::definition::{Definition, Limit, Stage};
use redress_kernel::guard::Guard;
use redress_kernel::id::StageId;
use serde::Serialize;

use crate::words::condition;

/// The budget under one limit of the case clock. Amounts are halves of the unit: 17 for 8.5 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// When it holds, such as `fact.market = domestic`; none: always.
    pub when: Option<String>,
    /// The unit of the clock's limit, such as `natural_day`.
    pub unit: &'static str,
    /// The limit of the case.
    pub limit_halves: i64,
    /// The stages on the clock that have a limit of their own in this unit.
    pub stages: Vec<(StageId, i64)>,
    /// What they use together.
    pub used_halves: i64,
    /// What remains; below 0 the stages may take longer than the case.
    pub remaining_halves: i64,
    /// What remains if no stage that is only visited when called for is visited; none if there is no such stage.
    pub remaining_uncalled_halves: Option<i64>,
    /// Those stages.
    pub called_for: Vec<StageId>,
    /// Stages on the clock without a limit of their own.
    pub unlimited: Vec<StageId>,
    /// Stages on the clock whose limit is counted in another unit, which cannot be added up.
    pub other_units: Vec<StageId>,
}

/// The budgets of a definition, one for each limit of its case clock.
#[must_use]
pub fn budgets(definition: &Definition) -> Vec<Budget> {
    let Some(clock) = &definition.clock else {
        return Vec::new();
    };
    let index = |stage: &StageId| definition.stage_index(stage.as_str());
    let first = clock.starts_at_end_of.as_ref().and_then(index);
    let first = first.map_or(0, |start| start + 1);
    let last = index(&definition.closes_at_end_of).unwrap_or(first);
    let on_the_clock: Vec<&Stage> = definition
        .stages
        .iter()
        .skip(first)
        .take((last + 1).saturating_sub(first))
        .collect();
    clock
        .limits
        .iter()
        .map(|limit| budget(limit, &on_the_clock))
        .collect()
}

fn budget(limit: &Limit, stages: &[&Stage]) -> Budget {
    let unit = limit.span.unit();
    let mut budget = Budget {
        when: limit.when.as_ref().map(condition),
        unit: unit.word(),
        limit_halves: limit.span.halves(),
        stages: Vec::new(),
        used_halves: 0,
        remaining_halves: 0,
        remaining_uncalled_halves: None,
        called_for: Vec::new(),
        unlimited: Vec::new(),
        other_units: Vec::new(),
    };
    let mut uncalled = 0;
    for stage in stages {
        let id = stage.id.clone();
        match applying(stage, limit.when.as_ref()) {
            None => budget.unlimited.push(id),
            Some(own) if own.span.unit() != unit => budget.other_units.push(id),
            Some(own) => {
                let halves = own.span.halves();
                budget.used_halves += halves;
                if stage.called_for.is_some() {
                    uncalled += halves;
                    budget.called_for.push(id.clone());
                }
                budget.stages.push((id, halves));
            }
        }
    }
    budget.remaining_halves = budget.limit_halves - budget.used_halves;
    if !budget.called_for.is_empty() {
        budget.remaining_uncalled_halves = Some(budget.remaining_halves + uncalled);
    }
    budget
}

/// The limit of a stage in the cases in which this condition holds.
fn applying<'a>(stage: &'a Stage, when: Option<&Guard>) -> Option<&'a Limit> {
    stage
        .limits
        .iter()
        .find(|limit| limit.when.is_none() || limit.when.as_ref() == when)
}

/// An amount in halves, as `8.5`.
fn decimal(halves: i64) -> String {
    let sign = if halves < 0 { "-" } else { "" };
    let halves = halves.unsigned_abs();
    let half = if halves.is_multiple_of(2) { "" } else { ".5" };
    format!("{sign}{}{half}", halves / 2)
}

fn joined(stages: &[StageId]) -> String {
    let ids: Vec<&str> = stages.iter().map(StageId::as_str).collect();
    ids.join(", ")
}

impl Budget {
    /// The sum in one sentence: `fact.market = domestic: stages use 8.5 of 13 natural_day; 4.5 remain …`.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let when = self.when.as_deref();
        let (limit, used) = (decimal(self.limit_halves), decimal(self.used_halves));
        let remaining = decimal(self.remaining_halves);
        let unit = Unit::ALL.into_iter().find(|u| u.word() == self.unit);
        let unit = unit.map_or(self.unit, |u| crate::words::unit(u, lang));
        let mut text = match lang {
            Lang::En => {
                let when = when.map_or_else(String::new, |w| format!("{w}: "));
                format!("{when}the stages use {used} of {limit} {unit}; {remaining} remain")
            }
            Lang::Zh => {
                let when = when.map_or_else(String::new, |w| format!("{w}："));
                format!("{when}各阶段共用 {used}，案件期限 {limit} {unit}，余 {remaining}")
            }
        };
        if !self.unlimited.is_empty() {
            let stages = joined(&self.unlimited);
            text.push_str(&match lang {
                Lang::En => format!(" for {stages}"),
                Lang::Zh => format!("，供 {stages}"),
            });
        }
        if let Some(uncalled) = self.remaining_uncalled_halves {
            let (uncalled, stages) = (decimal(uncalled), joined(&self.called_for));
            text.push_str(&match lang {
                Lang::En => format!("; {uncalled} without {stages}"),
                Lang::Zh => format!("；不含 {stages} 时余 {uncalled}"),
            });
        }
        if !self.other_units.is_empty() {
            let stages = joined(&self.other_units);
            text.push_str(&match lang {
                Lang::En => format!("; in another unit, not added: {stages}"),
                Lang::Zh => format!("；单位不同，未计入：{stages}"),
            });
        }
        text
    }
}

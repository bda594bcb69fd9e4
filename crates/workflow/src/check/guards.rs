//! Conditions: paths that name no field, values of another type, values that a field can never have.

use redress_kernel::definition::{Definition, Fact};
use redress_kernel::form::{Field, FieldKind, Form, Required};
use redress_kernel::guard::{All, Any, AtLeast, Guard, Is, Known, Not};
use redress_kernel::time::Date;
use redress_kernel::value::{Path, Scope, Value};

use super::Check;
use super::names::choices;
use crate::fault::FaultCode;
use crate::tree::{shown, suggestion};

/// What a path leads to.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    Field(&'a Field),
    Fact(&'a Fact),
}

/// Where a condition stands, hence what can be known when it is asked.
#[derive(Clone, Copy)]
enum Asked<'a> {
    /// When a stage opens: stages before this place have reported.
    Before(usize),
    /// After a stage's report: its own and those before it.
    After(usize),
    /// Whether a stage is visited at all: what is never known makes it unreachable, which is told elsewhere.
    Whenever,
    /// In a form: its own fields may be read.
    Within(&'a Form),
}

impl<'a> Check<'a> {
    pub(super) fn guards(&mut self) {
        let definition = self.definition;
        for (stage, index) in definition.stages.iter().zip(0usize..) {
            let path = format!("stages.{}", stage.id);
            for (limit, number) in stage.limits.iter().zip(1usize..) {
                if let Some(guard) = &limit.when {
                    let path = format!("{path}.limits.{number}.when");
                    self.guard(&path, guard, Asked::Before(index));
                }
            }
            if let Some(guard) = &stage.called_for {
                self.guard(&format!("{path}.called_for"), guard, Asked::Whenever);
            }
            if let Some(detour) = &stage.detour {
                let path = format!("{path}.detour.when");
                self.guard(&path, &detour.when, Asked::After(index));
            }
        }
        if let Some(clock) = &definition.clock {
            let start = clock.starts_at_end_of.as_ref();
            let start = start.and_then(|s| definition.stage_index(s.as_str()));
            let asked = start.map_or(Asked::Before(0), Asked::After);
            for (limit, number) in clock.limits.iter().zip(1usize..) {
                if let Some(guard) = &limit.when {
                    self.guard(&format!("clock.limits.{number}.when"), guard, asked);
                }
            }
        }
        for form in &definition.forms {
            for field in &form.fields {
                if let Required::When(guard) = &field.required {
                    let path = format!("forms.{}.fields.{}.required", form.id, field.id);
                    self.guard(&path, guard, Asked::Within(form));
                }
            }
        }
        for fact in &definition.facts {
            self.paths_of_fact(fact);
        }
    }

    fn paths_of_fact(&mut self, fact: &'a Fact) {
        let path = format!("facts.{}", fact.id);
        let given = fact.given_by.iter().zip(1usize..);
        let given = given.map(|(at, number)| (at, format!("{path}.given_by.{number}")));
        let derived = fact.derived_from.iter();
        let derived = derived.map(|at| (at, format!("{path}.derived_from")));
        let all: Vec<_> = given.chain(derived).collect();
        for (at, path) in all {
            if matches!(at.scope, Scope::Fact | Scope::Form) {
                self.fault(
                    &path,
                    FaultCode::BadPath,
                    format!("a fact is told from a form of the case, not from `{at}`"),
                    "write `opening.FIELD` or `STAGE.FIELD`",
                );
            } else if self.target(&path, at, Asked::Whenever).is_some()
                && path.ends_with(".derived_from")
            {
                for (case, number) in fact.cases.iter().zip(1usize..) {
                    let path = format!("facts.{}.cases.{number}.from", fact.id);
                    self.compare(&path, at, &case.from);
                }
            }
        }
    }

    fn guard(&mut self, path: &str, guard: &'a Guard, asked: Asked<'a>) {
        let at = format!("{path}.path");
        match guard {
            Guard::Is(Is { path: to, is }) => {
                if self.target(&at, to, asked).is_some() {
                    let form = match asked {
                        Asked::Within(form) => Some(form),
                        _ => None,
                    };
                    self.compare_within(&format!("{path}.is"), to, is, form);
                }
            }
            Guard::AtLeast(AtLeast { path: to, .. }) => {
                if let Some(Target::Field(field)) = self.target(&at, to, asked)
                    && !matches!(
                        field.kind,
                        FieldKind::Integer { .. } | FieldKind::Money { .. }
                    )
                {
                    self.fault(
                        &format!("{path}.at_least"),
                        FaultCode::GuardType,
                        format!("`{to}` is {} and has no size", a(field.kind.name())),
                        "`at_least` compares whole numbers and amounts of money; use `is`",
                    );
                }
            }
            Guard::Known(Known { path: to, .. }) => {
                self.target(&at, to, asked);
            }
            Guard::Any(Any { any: list }) => {
                for (guard, number) in list.iter().zip(1usize..) {
                    self.guard(&format!("{path}.any.{number}"), guard, asked);
                }
            }
            Guard::All(All { all: list }) => {
                for (guard, number) in list.iter().zip(1usize..) {
                    self.guard(&format!("{path}.all.{number}"), guard, asked);
                }
            }
            Guard::Not(Not { not }) => self.guard(&format!("{path}.not"), not, asked),
        }
    }

    /// What a path leads to; a fault if nothing, or if it cannot be known yet.
    fn target(&mut self, at: &str, to: &Path, asked: Asked<'a>) -> Option<Target<'a>> {
        let own = match asked {
            Asked::Within(form) => Some(form),
            _ => None,
        };
        match find(self.definition, to, own) {
            Ok(target) => {
                let latest = match asked {
                    Asked::Before(index) => index.checked_sub(1),
                    Asked::After(index) => Some(index),
                    Asked::Whenever | Asked::Within(_) => return Some(target),
                };
                if let Scope::Stage(stage) = &to.scope
                    && self.definition.stage_index(stage.as_str()) > latest
                {
                    self.fault(
                        at,
                        FaultCode::NotKnownYet,
                        format!("`{to}` is not known yet when this is asked"),
                        "read a form that has been reported by then",
                    );
                    return None;
                }
                Some(target)
            }
            Err(Unfound::Form) => None,
            Err(Unfound::Told(sentence, hint)) => {
                self.fault(at, FaultCode::UnknownField, sentence, hint);
                None
            }
        }
    }

    fn compare(&mut self, at: &str, to: &Path, value: &Value) {
        self.compare_within(at, to, value, None);
    }

    fn compare_within(&mut self, at: &str, to: &Path, value: &Value, own: Option<&'a Form>) {
        let (code, sentence, hint) = match find(self.definition, to, own) {
            Ok(Target::Field(field)) => match suits(field, value) {
                Ok(()) => return,
                Err(fault) => fault,
            },
            Ok(Target::Fact(fact)) => {
                let Some(values) = values_of_fact(self.definition, fact) else {
                    return;
                };
                if values.contains(value) {
                    return;
                }
                let known: Vec<String> = values.iter().map(word).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                (
                    FaultCode::GuardValue,
                    format!("`{to}` is never `{}`", word(value)),
                    suggestion(&word(value), &known),
                )
            }
            Err(_) => return,
        };
        self.fault(at, code, sentence, hint);
    }
}

/// Why a path leads nowhere.
pub(super) enum Unfound {
    /// Its form is not listed, which is told where the form is named.
    Form,
    /// A sentence and a hint.
    Told(String, String),
}

/// What a path leads to.
pub(super) fn find<'a>(
    definition: &'a Definition,
    to: &Path,
    own: Option<&'a Form>,
) -> Result<Target<'a>, Unfound> {
    let form = match &to.scope {
        Scope::Fact => {
            let fact = definition.facts.iter().find(|f| f.id == to.field);
            return fact.map(Target::Fact).ok_or_else(|| {
                let known: Vec<&str> = definition.facts.iter().map(|f| f.id.as_str()).collect();
                Unfound::Told(
                    format!("there is no fact `{}`", to.field),
                    suggestion(to.field.as_str(), &known),
                )
            });
        }
        Scope::Opening => definition.form(definition.opening.form.as_str()),
        Scope::Form => match own {
            Some(form) => Some(form),
            None => {
                return Err(Unfound::Told(
                    format!("`{to}` names the form that is being filled, and none is"),
                    "`form.` stands only in a field's own `required`".to_owned(),
                ));
            }
        },
        Scope::Stage(stage) => match definition.stage(stage.as_str()) {
            Some(stage) => definition.form(stage.form.as_str()),
            None => {
                let mut known: Vec<&str> =
                    definition.stages.iter().map(|s| s.id.as_str()).collect();
                known.extend(["opening", "fact"]);
                return Err(Unfound::Told(
                    format!("`{to}`: there is no stage `{stage}`"),
                    suggestion(stage.as_str(), &known),
                ));
            }
        },
    };
    let form = form.ok_or(Unfound::Form)?;
    let unknown = || {
        let known: Vec<&str> = form.fields.iter().map(|f| f.id.as_str()).collect();
        Unfound::Told(
            format!("`{to}` names no field"),
            suggestion(to.field.as_str(), &known),
        )
    };
    form.field(to.field.as_str())
        .map(Target::Field)
        .ok_or_else(unknown)
}

/// Every value that a fact can have; none if it can be any.
pub(super) fn values_of_fact(definition: &Definition, fact: &Fact) -> Option<Vec<Value>> {
    let mut values = Vec::new();
    for path in &fact.given_by {
        values.extend(values_of(definition, path)?);
    }
    values.extend(fact.cases.iter().map(|case| case.to.clone()));
    values.extend(fact.otherwise.clone());
    let mut distinct: Vec<Value> = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    Some(distinct)
}

/// Every value that can stand at a path; none if it can be any.
pub(super) fn values_of(definition: &Definition, path: &Path) -> Option<Vec<Value>> {
    match find(definition, path, None).ok()? {
        Target::Fact(fact) => values_of_fact(definition, fact),
        Target::Field(field) => match &field.kind {
            FieldKind::Boolean => Some(vec![Value::Boolean(true), Value::Boolean(false)]),
            FieldKind::Choice { choices } => {
                Some(choices.iter().map(|c| Value::text(&c.id)).collect())
            }
            _ => None,
        },
    }
}

fn suits(field: &Field, value: &Value) -> Result<(), (FaultCode, String, String)> {
    let wrong = |example: &str| {
        Err((
            FaultCode::GuardType,
            format!(
                "field `{}` is {}, compared with `{}`",
                field.id,
                a(field.kind.name()),
                word(value)
            ),
            format!("write `is = {example}`"),
        ))
    };
    match (&field.kind, value) {
        (FieldKind::Boolean, Value::Boolean(_))
        | (FieldKind::Text { .. } | FieldKind::Party | FieldKind::Parties, Value::Text(_)) => {
            Ok(())
        }
        (FieldKind::Integer { min, max }, Value::Integer(number)) => {
            if (min..=max).contains(&number) {
                Ok(())
            } else {
                Err((
                    FaultCode::GuardValue,
                    format!("field `{}` is never {number}", field.id),
                    format!("it lies between {min} and {max}"),
                ))
            }
        }
        (FieldKind::Choice { .. } | FieldKind::Choices { .. }, Value::Text(text)) => {
            let known = choices(field).unwrap_or_default();
            if known.contains(&text.as_str()) {
                Ok(())
            } else {
                Err((
                    FaultCode::GuardValue,
                    format!("field `{}` has no choice `{}`", field.id, shown(text)),
                    suggestion(text, &known),
                ))
            }
        }
        (FieldKind::Date, Value::Text(text)) if text.parse::<Date>().is_ok() => Ok(()),
        (FieldKind::Instant, Value::Text(text))
            if redress_kernel::time::Instant::parse_rfc3339(text).is_ok() =>
        {
            Ok(())
        }
        (FieldKind::Boolean, _) => wrong("true"),
        (FieldKind::Integer { .. }, _) => wrong("1"),
        (FieldKind::Date, _) => wrong("\"2026-03-02\""),
        (FieldKind::Instant, _) => wrong("\"2026-03-02T09:00:00+08:00\""),
        (FieldKind::Money { .. }, _) => Err((
            FaultCode::GuardType,
            format!("field `{}` is an amount of money", field.id),
            "compare it with `at_least = …` in minor units".to_owned(),
        )),
        (FieldKind::Shares, _) => Err((
            FaultCode::GuardType,
            format!("field `{}` holds shares and equals nothing", field.id),
            "ask only whether it is `known`".to_owned(),
        )),
        _ => wrong("\"…\""),
    }
}

fn a(kind: &str) -> String {
    match kind {
        "boolean" => "yes or no".to_owned(),
        "integer" => "a whole number".to_owned(),
        "instant" => "an instant".to_owned(),
        "money" => "an amount of money".to_owned(),
        "choices" => "several choices".to_owned(),
        "parties" | "shares" => kind.to_owned(),
        kind => format!("a {kind}"),
    }
}

/// A value as it may be shown.
pub(super) fn word(value: &Value) -> String {
    match value {
        Value::Boolean(yes) => yes.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => shown(text),
        Value::List(list) => shown(&list.join(", ")),
        Value::Money(money) => money.to_string(),
        Value::Shares(_) => "shares".to_owned(),
        Value::Pending(_) => "not yet determined".to_owned(),
    }
}

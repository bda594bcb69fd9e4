//! What the customer gets, read out of bound fields (A25).
//!
//! Fields of the proposal, the decision and the settlement bind: `concession` (an amount),
//! `concession_unit_price` and `concession_quantity` (multiplied), `exchange_rate`, `outcome`.

use redress_kernel::definition::Definition;
use redress_kernel::form::{Field, Form};
use redress_kernel::id::{FieldId, StageId};
use redress_kernel::money::{Currency, MAX_MINOR, Money, Rate};
use redress_kernel::refusal::{self as kernel_refusal, Refusal};
use redress_kernel::value::{Value, Values};

use crate::event::{Granted, Outcome};
use crate::refusal;

fn form<'d>(definition: &'d Definition, stage: &StageId) -> Option<&'d Form> {
    definition.form(definition.stage(stage.as_str())?.form.as_str())
}

pub(crate) fn bound<'f>(form: Option<&'f Form>, to: &'f str) -> impl Iterator<Item = &'f Field> {
    form.into_iter()
        .flat_map(|f| f.fields.iter())
        .filter(move |f| f.binds.as_deref() == Some(to))
}

/// The outcome that a decision states; granted if it states none.
pub fn outcome(definition: &Definition, stage: &StageId, report: &Values) -> Outcome {
    let not_established = bound(form(definition, stage), "outcome")
        .filter_map(|field| report.get(&field.id).and_then(Value::as_text))
        .any(|text| text == "not_established");
    if not_established {
        Outcome::NotEstablished
    } else {
        Outcome::Granted
    }
}

/// The exchange rate that a report records.
fn rate(definition: &Definition, stage: &StageId, report: &Values) -> Option<String> {
    bound(form(definition, stage), "exchange_rate")
        .find_map(|field| report.get(&field.id).and_then(Value::as_text))
        .map(ToOwned::to_owned)
}

/// What is granted: what the decision states, or what was proposed if it states no concession of its own.
///
/// # Errors
/// `amount_undetermined` for an amount that is still to be determined, for pieces without a price, and for a decision that
/// states nothing but that 0 pieces come back: what was proposed would be granted beside it. `out_of_range` for an amount
/// too large.
pub fn granted(
    definition: &Definition,
    proposal: (&StageId, &Values),
    decision: (&StageId, &Values),
) -> Result<Vec<Granted>, Refusal> {
    let own = stated(definition, decision.0, decision.1)?;
    if !own.is_empty() {
        return Ok(own);
    }
    let form = form(definition, decision.0);
    let clause = form.map_or("A25", |f| f.clause.as_str());
    let mut goods = goods(form);
    let unpriced = goods.find(|(_, pieces)| decision.1.contains_key(&pieces.id));
    match unpriced {
        Some((price, _)) => Err(undetermined(price, clause)),
        None => stated(definition, proposal.0, proposal.1),
    }
}

/// The fields of a price with those of its quantity: the n-th price goes with the n-th quantity.
fn goods(form: Option<&Form>) -> impl Iterator<Item = (&Field, &Field)> {
    bound(form, "concession_unit_price").zip(bound(form, "concession_quantity"))
}

/// What one report states on its own. 0 pieces without a price are nothing; of any other number nobody can tell what the
/// customer gets.
///
/// # Errors
/// `amount_undetermined`, `out_of_range`.
pub fn stated(
    definition: &Definition,
    stage: &StageId,
    report: &Values,
) -> Result<Vec<Granted>, Refusal> {
    let form = form(definition, stage);
    let clause = form.map_or("A25", |f| f.clause.as_str());
    let mut lines = Vec::new();
    for field in bound(form, "concession") {
        if let Some(value) = report.get(&field.id) {
            lines.push(Granted {
                field: field.id.clone(),
                amount: determined(value, field, clause)?,
            });
        }
    }
    for (field, pieces_field) in goods(form) {
        let (price, pieces) = match (report.get(&field.id), report.get(&pieces_field.id)) {
            (None, None | Some(Value::Integer(0))) => continue,
            (None, Some(_)) => return Err(undetermined(field, clause)),
            (Some(price), Some(Value::Integer(pieces))) => {
                (determined(price, field, clause)?, *pieces)
            }
            (Some(_), _) => return Err(undetermined(pieces_field, clause)),
        };
        let amount = price
            .checked_mul(pieces)
            .map_err(|_| too_large(field, clause))?;
        lines.push(Granted {
            field: field.id.clone(),
            amount,
        });
    }
    Ok(lines)
}

fn determined(value: &Value, field: &Field, clause: &str) -> Result<Money, Refusal> {
    value.as_money().ok_or_else(|| undetermined(field, clause))
}

fn undetermined(field: &Field, clause: &str) -> Refusal {
    let clause = field.clause.as_deref().unwrap_or(clause);
    Refusal::new(refusal::AMOUNT_UNDETERMINED, clause).with("field", &field.id)
}

fn too_large(field: &Field, clause: &str) -> Refusal {
    Refusal::new(kernel_refusal::OUT_OF_RANGE, clause)
        .with("field", &field.id)
        .with("form", "report")
        .with("min", 0)
        .with("max", MAX_MINOR)
}

/// An exchange rate with the currency that it converts from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRate {
    /// The currency that it converts from.
    pub from: Currency,
    /// Decimal text, as recorded in the proposal.
    pub rate: String,
}

/// The rate that a proposal records, for the other currency in which it proposes; none without both.
///
/// # Errors
/// `mixed_currencies` if it proposes in two other currencies.
pub fn recorded_rate(
    definition: &Definition,
    stage: &StageId,
    report: &Values,
    currency: Currency,
) -> Result<Option<RecordedRate>, Refusal> {
    let mut foreign: Option<Currency> = None;
    for line in stated(definition, stage, report)? {
        let of = line.amount.currency();
        match foreign {
            _ if of == currency => {}
            None => foreign = Some(of),
            Some(first) if first == of => {}
            Some(first) => {
                return Err(Refusal::new(refusal::MIXED_CURRENCIES, "A25")
                    .with("first", first)
                    .with("second", of));
            }
        }
    }
    Ok(foreign
        .zip(rate(definition, stage, report))
        .map(|(from, rate)| RecordedRate { from, rate }))
}

/// The sum of lines in the currency of the authority table, and the rate if one was needed. What is in another
/// currency is added up first and converted once, rounded half up.
///
/// # Errors
/// `rate_missing` for a currency for which the proposal records no rate, `mixed_currencies` for two others,
/// `out_of_range`.
pub fn sum(
    lines: &[Granted],
    currency: Currency,
    rate: Option<&RecordedRate>,
) -> Result<(Money, Option<RecordedRate>), Refusal> {
    let overflow = || {
        Refusal::new(kernel_refusal::OUT_OF_RANGE, "A25")
            .with("field", "concession")
            .with("form", "report")
            .with("min", 0)
            .with("max", MAX_MINOR)
    };
    let mut own = Money::zero(currency);
    let mut foreign: Option<Money> = None;
    for line in lines {
        if line.amount.currency() == currency {
            own = own.checked_add(line.amount).map_err(|_| overflow())?;
            continue;
        }
        foreign = Some(match foreign {
            None => line.amount,
            Some(sum) if sum.currency() == line.amount.currency() => {
                sum.checked_add(line.amount).map_err(|_| overflow())?
            }
            Some(sum) => {
                return Err(Refusal::new(refusal::MIXED_CURRENCIES, "A25")
                    .with("first", sum.currency())
                    .with("second", line.amount.currency()));
            }
        });
    }
    let Some(foreign) = foreign else {
        return Ok((own, None));
    };
    let missing =
        || Refusal::new(refusal::RATE_MISSING, "A25").with("currency", foreign.currency());
    let recorded = rate
        .filter(|rate| rate.from == foreign.currency())
        .ok_or_else(missing)?;
    let rate: Rate = recorded.rate.parse().map_err(|_| missing())?;
    let converted = rate
        .convert_half_up(foreign, currency)
        .map_err(|_| overflow())?;
    Ok((
        own.checked_add(converted).map_err(|_| overflow())?,
        Some(recorded.clone()),
    ))
}

/// Whether a field decides what the customer gets.
pub fn decides(definition: &Definition, stage: &StageId, field: &FieldId) -> bool {
    const BINDS: &[&str] = &[
        "concession",
        "concession_unit_price",
        "concession_quantity",
        "exchange_rate",
        "outcome",
    ];
    form(definition, stage)
        .and_then(|form| form.field(field.as_str()))
        .and_then(|field| field.binds.as_deref())
        .is_some_and(|binds| BINDS.contains(&binds))
}

/// The name under which an answer's concession is summed.
pub(crate) fn answer_field() -> Result<FieldId, Refusal> {
    FieldId::new("answer").map_err(|_| {
        Refusal::new(kernel_refusal::WRONG_TYPE, "M9-11")
            .with("field", "answer")
            .with("form", "command")
            .with("wanted", "text")
    })
}

//! The decision by authority: what the customer gets, and who had to decide it (M11, A25).

use redress_kernel::form::Form;
use redress_kernel::id::{FieldId, StageId};
use redress_kernel::money::Money;
use redress_kernel::value::Value;

use super::words::{self, Table};
use super::{Row, Source, Steps, loss};
use crate::event::{ComplaintEvent, Outcome};
use crate::sentence::Lang;

pub(super) fn all(source: &Source<'_>, steps: &mut Steps) {
    let lang = steps.lang;
    let Some((at, decided)) = &source.complaint.decision else {
        let text = say!(lang, "Nothing has been decided yet.", "尚未核决。");
        steps.push("M11", None, text);
        return;
    };
    let at = *at;
    steps.on(source.event(|event| matches!(event, ComplaintEvent::Decided(_))));
    if decided.outcome == Outcome::NotEstablished {
        let text = say!(
            lang,
            "The complaint is not established: the customer gets nothing, 0 counts for the authority.",
            "投诉不成立：客户未获任何给付，核决金额计 0。"
        );
        steps.push("M9-14", Some(at), text);
    }
    for line in &decided.granted {
        let (name, amount) = (title(source, &line.field), line.amount);
        let text = match pieces(source, &line.field) {
            Some((of, quantity, price)) => {
                let agrees = steps.agrees(amount, price.checked_mul(quantity).ok());
                say!(
                    lang,
                    "Granted, {of} × {name}: {quantity} × {price} = {amount}{agrees}",
                    "核准给付（{of} × {name}）：{quantity} × {price} = {amount}{agrees}"
                )
            }
            None => say!(
                lang,
                "Granted, {name}: {amount}",
                "核准给付（{name}）：{amount}"
            ),
        };
        steps.push("A25", Some(at), text);
    }
    let amounts: Vec<Money> = decided.granted.iter().map(|line| line.amount).collect();
    let name = words::pick(
        lang,
        "The sum by which authority goes",
        "据以确定权限的合计金额",
    );
    loss::sum(
        ("A25", name),
        &amounts,
        decided.amount,
        decided.rate.as_ref(),
        at,
        steps,
    );
    authority(source, steps);
    let office = office(source, decided.office.as_str(), lang);
    let text = say!(lang, "Decided by: {office}", "核决职务：{office}");
    steps.push("M11", Some(at), text);
    let authors: Vec<String> = decided
        .proposed_by
        .iter()
        .map(ToString::to_string)
        .collect();
    if !authors.is_empty() {
        let authors = words::listed(&authors, lang);
        let text = say!(
            lang,
            "Proposed by {authors}; whoever proposes does not decide.",
            "处理意见提出人：{authors}；提出人不核决本案。"
        );
        steps.push("M11", Some(at), text);
    }
}

fn authority(source: &Source<'_>, steps: &mut Steps) {
    let lang = steps.lang;
    let Some((at, decided)) = &source.complaint.decision else {
        return;
    };
    let applied = &decided.authority;
    let (amount, needed) = (
        decided.amount,
        office(source, applied.office.as_str(), lang),
    );
    let row = Row {
        table: Table::Authority,
        row: applied.row,
        version: &applied.version,
        mark: applied.mark,
    };
    let text = match applied.up_to {
        Some(up_to) => {
            let within = amount.compare(up_to).is_ok_and(std::cmp::Ordering::is_le);
            let told = match within {
                true => String::new(),
                false => words::pick(lang, "; not in agreement", "；不一致").to_owned(),
            };
            say!(
                lang,
                "{amount} lies within {up_to}, that figure included: {needed} or a higher office decides{told}",
                "{amount} 不超过 {up_to}（含本数）：由{needed}或更高职务核决{told}"
            )
        }
        None => say!(
            lang,
            "{amount} lies above every bound: {needed} decides",
            "{amount} 超出各级限额：由{needed}核决"
        ),
    };
    let authority = source.regulation().and_then(|r| r.authority.as_ref());
    let clause = authority.map_or("M11", |table| table.clause.as_str());
    steps.by_row(clause, Some(*at), &row, &text);
}

/// What an office is called.
fn office(source: &Source<'_>, id: &str, lang: Lang) -> String {
    let mut offices = source.workflow.definition.offices.iter();
    let office = offices.find(|office| office.id.as_str() == id);
    office.map_or_else(
        || id.to_owned(),
        |office| match lang {
            Lang::En => office.title.en.clone(),
            Lang::Zh => office.title.zh.clone(),
        },
    )
}

fn forms<'a>(source: &Source<'a>) -> impl Iterator<Item = (&'a StageId, &'a Form)> {
    let definition = &source.workflow.definition;
    let stages = source
        .regulation()
        .map(|regulation| [&regulation.decision_stage, &regulation.proposal_stage]);
    stages.into_iter().flatten().filter_map(move |id| {
        let stage = definition.stage(id.as_str())?;
        Some((id, definition.form(stage.form.as_str())?))
    })
}

fn title(source: &Source<'_>, field: &FieldId) -> String {
    let found = forms(source).find_map(|(_, form)| form.field(field.as_str()));
    found.map_or_else(
        || field.to_string(),
        |field| match source.lang {
            Lang::En => field.title.en.clone(),
            Lang::Zh => field.title.zh.clone(),
        },
    )
}

/// What the quantity is called, the quantity and the unit price of a line that is their product, as the report that granted
/// it states them.
fn pieces(source: &Source<'_>, field: &FieldId) -> Option<(String, i64, Money)> {
    forms(source).find_map(|(stage, form)| {
        let bound = |to: &'static str| {
            let fields = form.fields.iter();
            fields.filter(move |field| field.binds.as_deref() == Some(to))
        };
        let mut pairs = bound("concession_unit_price").zip(bound("concession_quantity"));
        let (price, pieces) = pairs.find(|(price, _)| price.id == *field)?;
        let report = source.complaint.case.reports.get(stage)?;
        match (report.get(&price.id)?.as_money(), report.get(&pieces.id)?) {
            (Some(price), Value::Integer(count)) => {
                Some((title(source, &pieces.id), *count, price))
            }
            _ => None,
        }
    })
}

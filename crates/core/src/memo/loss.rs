//! The loss by the loss basis, line by line (M9-7, A25).

use redress_kernel::money::{Currency, Money, Rate};
use redress_kernel::time::Instant;

use super::words::{self, Table, added};
use super::{Row, Source, Steps};
use crate::concession::RecordedRate;
use crate::event::ComplaintEvent;
use crate::event::money::LossStated;
use crate::loss::LossLine;
use crate::sentence::Lang;
use crate::tables::{LossBasis, LossTable};

/// All statements, or that there is none.
pub(super) fn all(source: &Source<'_>, steps: &mut Steps) {
    let losses = &source.complaint.losses;
    if losses.is_empty() {
        let text = say!(steps.lang, "No loss has been stated yet.", "尚未列明损失。");
        steps.push("M9-7", None, text);
    }
    for (at, stated) in losses {
        statement(source, *at, stated, steps);
    }
}

/// One statement: its lines, and their sum.
pub(super) fn statement(source: &Source<'_>, at: Instant, stated: &LossStated, steps: &mut Steps) {
    let lang = steps.lang;
    let number = stated.statement;
    steps.on(source
        .event(|event| matches!(event, ComplaintEvent::LossStated(e) if e.statement == number)));
    let table = source.tables().and_then(|tables| tables.loss.as_ref());
    let clause = table.map_or("M9-7", |table| table.clause.as_str());
    let text = match &stated.reason {
        Some(reason) if number > 1 => say!(
            lang,
            "Statement {number} replaces the one before: {reason}",
            "第 {number} 次列明损失，取代前次：{reason}"
        ),
        // Before the decision a loss is stated anew without a reason.
        None if number > 1 => say!(
            lang,
            "Statement {number} replaces the one before",
            "第 {number} 次列明损失，取代前次"
        ),
        Some(reason) => say!(
            lang,
            "Statement {number}: {reason}",
            "第 {number} 次列明损失：{reason}"
        ),
        None => String::new(),
    };
    if !text.is_empty() {
        steps.push(clause, Some(at), text);
    }
    for line in &stated.loss.lines {
        let row = Row {
            table: Table::Loss,
            row: line.row,
            version: &stated.loss.version,
            mark: line.mark,
        };
        let name = title(table, line, lang);
        let (figures, reckoned) = figures(table, line, lang);
        let (amount, agrees) = (line.amount, steps.agrees(line.amount, reckoned));
        let text = if figures.is_empty() {
            say!(lang, "{name}: {amount}{agrees}", "{name}：{amount}{agrees}")
        } else {
            say!(
                lang,
                "{name}: {figures} = {amount}{agrees}",
                "{name}：{figures} = {amount}{agrees}"
            )
        };
        steps.by_row(clause, Some(at), &row, &text);
    }
    let amounts: Vec<Money> = stated.loss.lines.iter().map(|line| line.amount).collect();
    let (amount, rate) = (stated.loss.amount, stated.loss.rate.as_ref());
    let name = words::pick(lang, "The loss", "损失合计");
    sum((clause, name), &amounts, amount, rate, at, steps);
}

fn title(table: Option<&LossTable>, line: &LossLine, lang: Lang) -> String {
    let row = table.and_then(|table| table.rows.iter().find(|row| row.kind == line.entry.kind));
    row.map_or_else(
        || line.entry.kind.to_string(),
        |row| match lang {
            Lang::En => row.title.en.clone(),
            Lang::Zh => row.title.zh.clone(),
        },
    )
}

/// The computation of a line with its numbers, and what it comes to; no numbers where there is one part alone.
fn figures(table: Option<&LossTable>, line: &LossLine, lang: Lang) -> (String, Option<Money>) {
    let entry = &line.entry;
    let zero = Money::zero(line.amount.currency());
    if let (Some(quantity), Some(price)) = (entry.quantity, entry.unit_price) {
        let proceeds = entry.proceeds.unwrap_or(zero);
        let value = price.checked_mul(quantity).ok();
        let rest = value.and_then(|value| value.checked_sub(proceeds).ok());
        let floored = rest.map(|rest| if rest.is_negative() { zero } else { rest });
        let (told, below) = (
            value.map_or_else(String::new, |value| value.to_string()),
            rest.is_some_and(Money::is_negative),
        );
        let text = if below {
            say!(
                lang,
                "{quantity} × {price} = {told}, less {proceeds} that the goods fetch or are worth, never below 0",
                "{quantity} × {price} = {told}，减变卖所得或残值 {proceeds}，不低于 0"
            )
        } else {
            say!(
                lang,
                "{quantity} × {price} = {told}, less {proceeds} that the goods fetch or are worth",
                "{quantity} × {price} = {told}，减变卖所得或残值 {proceeds}"
            )
        };
        return (text, floored);
    }
    // In the order of the loss basis, else of the event.
    let row = table.and_then(|table| table.rows.iter().find(|row| row.kind == entry.kind));
    let parts = match row.map(|row| &row.basis) {
        Some(LossBasis::Parts(parts)) => parts.clone(),
        _ => entry.amounts.keys().cloned().collect(),
    };
    let amounts: Vec<_> = parts
        .iter()
        .filter_map(|part| Some((part, *entry.amounts.get(part)?)))
        .collect();
    let total = amounts.iter().try_fold(None, |sum: Option<Money>, (_, a)| {
        sum.map_or(Ok(*a), |sum| sum.checked_add(*a)).map(Some)
    });
    let text: Vec<String> = match amounts.as_slice() {
        [_] => Vec::new(),
        amounts => amounts
            .iter()
            .map(|(id, amount)| format!("{} {amount}", words::part(id.as_str(), lang)))
            .collect(),
    };
    (text.join(" + "), total.ok().flatten())
}

/// The sum of lines in the company's currency, what is in another one converted once.
pub(super) fn sum(
    (clause, name): (&str, &str),
    amounts: &[Money],
    recorded: Money,
    rate: Option<&RecordedRate>,
    at: Instant,
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let home = recorded.currency();
    let (own, foreign): (Vec<Money>, Vec<Money>) = amounts
        .iter()
        .copied()
        .partition(|amount| amount.currency() == home);
    let mut terms = own;
    let mut whole = true;
    if let Some(first) = foreign.first() {
        let total = Money::sum(first.currency(), foreign.iter().copied()).ok();
        let converted = total.and_then(|total| {
            let rate: Rate = rate?.rate.parse().ok()?;
            Some((total, rate, rate.convert_half_up(total, home).ok()?))
        });
        match converted {
            Some((total, rate, to)) => {
                let exact = product(total, rate, home);
                let of = match foreign.as_slice() {
                    [_] => format!("{total}"),
                    _ => {
                        let then = words::pick(lang, "; ", "；");
                        format!("{} = {total}{then}{total}", added(foreign.iter().copied()))
                    }
                };
                let text = say!(
                    lang,
                    "At the rate recorded in the proposal, {rate}: {of} × {rate} = {exact}, rounded half up to {to}",
                    "按处理意见所登记的汇率 {rate}：{of} × {rate} = {exact}，四舍五入为 {to}"
                );
                steps.push("A25", Some(at), text);
                terms.push(to);
            }
            None => whole = false,
        }
    }
    let reckoned = Money::sum(home, terms.iter().copied()).ok();
    let agrees = steps.agrees(recorded, reckoned.filter(|_| whole));
    let told = match terms.len() {
        0 | 1 => format!("{recorded}"),
        _ => format!("{} = {recorded}", added(terms)),
    };
    let text = say!(lang, "{name}: {told}{agrees}", "{name}：{told}{agrees}");
    steps.push(clause, Some(at), text);
}

/// The exact product of a sum and a rate, with all its digits.
fn product(sum: Money, rate: Rate, to: Currency) -> String {
    let digits = u32::from(sum.currency().minor_digits()) + u32::from(rate.scale());
    let product = i128::from(sum.minor()) * i128::from(rate.mantissa());
    format!("{} {to}", words::decimal(product, digits))
}

//! Money given back: of what is owed no more (A16), of a bonus that turned out smaller (P3, A21).

use redress_kernel::money::Money;

use super::{debts, shown};
use crate::account::{Account, Item, ItemKind, Line};
use crate::memo::{Source, Steps, reckon, words};
use crate::person::PersonEvent;

pub(super) fn given_back(
    source: &Source<'_>,
    item: &Item,
    (line, again): (&Line, bool),
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let (month, charged, amount) = (line.settled, line.limit, line.amount);
    steps.on(source.settled(month));
    let owed = match item.key.kind {
        ItemKind::WholeBonus => Money::zero(item.owed.currency()),
        ItemKind::Fine | ItemKind::Deduction => {
            let mut until = item.amounts.range(..=month);
            until.next_back().map_or(item.owed, |(_, amount)| *amount)
        }
    };
    let agrees = steps.agrees(amount, charged.checked_sub(owed).ok());
    let text = if again {
        say!(
            lang,
            "Given back with {month}: {charged} taken and not given back until then − {owed} owed now = {amount}{agrees}",
            "{month} 退还：此前已扣且未退还 {charged} − 现应扣 {owed} = {amount}{agrees}"
        )
    } else {
        say!(
            lang,
            "Given back with {month}: {charged} taken until then − {owed} owed now = {amount}{agrees}",
            "{month} 退还：此前已扣 {charged} − 现应扣 {owed} = {amount}{agrees}"
        )
    };
    steps.push(&line.clause, source.closed_at(month), text);
    // Lifted by an earlier closing, the month was forfeited for others until they were lifted too.
    let mut lifts = debts(source, item).filter(|(_, debt)| debt.lifted);
    if lifts.any(|(lifted, _)| lifted == month) || item.key.kind != ItemKind::WholeBonus {
        return;
    }
    let settled = source.ledger.iter().filter_map(|(_, event)| match event {
        PersonEvent::Settled(settled) if settled.month == month => Some(settled),
        _ => None,
    });
    let lifted = settled.flat_map(|settled| &settled.debts);
    let numbers: Vec<String> = lifted
        .filter(|debt| debt.lifted && debt.key != item.key)
        .map(|debt| debt.number.clone())
        .collect();
    if numbers.is_empty() {
        return;
    }
    let numbers = words::listed(&numbers, lang);
    let text = say!(
        lang,
        "Until then the same month had stayed forfeited for {numbers}",
        "此前该月奖金仍因 {numbers} 全额罚扣"
    );
    steps.push("A21", source.closed_at(month), text);
}

/// What a bonus that turned out smaller had paid too much.
pub(super) fn corrected(source: &Source<'_>, account: &Account, line: &Line, steps: &mut Steps) {
    let lang = steps.lang;
    let (Some(month), Some(bonus)) = (line.corrected, line.bonus) else {
        return;
    };
    let (settled, taken, amount) = (line.settled, line.limit, line.amount);
    let at = source.closed_at(settled);
    steps.on(source.settled(settled));
    let text = say!(
        lang,
        "{month}: the bonus turned out to be {bonus}; what it paid beyond what that allows is given back with {settled}, the last item charged first",
        "{month}：效益奖金更正为 {bonus}；超出更正后可扣之数者，随 {settled} 退还，后扣者先退"
    );
    steps.push("A20", at, text);
    let kept = taken.checked_sub(amount).ok();
    let (allowed, agrees) = match line.key.kind {
        ItemKind::WholeBonus => (bonus, steps.agrees(bonus, kept)),
        ItemKind::Fine | ItemKind::Deduction => {
            (kept.unwrap_or(Money::zero(bonus.currency())), String::new())
        }
    };
    let applied = line.applied.as_ref();
    let ceiling = applied.and_then(|applied| Some((applied.ceiling?, &applied.version)));
    if let Some((basis_points, version)) = ceiling {
        let (part, most) = (
            words::percent(basis_points),
            shown(reckon::part(bonus, basis_points)),
        );
        let product = i128::from(bonus.minor()) * i128::from(basis_points);
        let rounded = words::rounded_down(product, 10_000, lang);
        let text = say!(
            lang,
            "Deductions of all cases together take at most {part} of it: {bonus} × {part} = {most}{rounded} [rules {version}], and no more than fines leave of it; of that {allowed} are left for this one, behind older decisions",
            "各案扣款合计不超过其 {part}：{bonus} × {part} = {most}{rounded} 〔规则版本 {version}〕，且不超过罚款后的余额；核决在先者优先，本项可扣 {allowed}"
        );
        steps.push(&line.clause, at, text);
    }
    let text = say!(
        lang,
        "{taken} taken of it − {allowed} that it may pay = {amount} given back{agrees}",
        "该月奖金已扣 {taken} − 可扣 {allowed} = {amount}，退还{agrees}"
    );
    steps.push(&line.clause, at, text);
    if line.key.kind == ItemKind::WholeBonus {
        return;
    }
    let (before, rest) = (line.owed_before, line.remaining);
    let agrees = steps.agrees(rest, before.checked_add(amount).ok());
    let text = if account.left().is_some_and(|left| left <= settled) {
        say!(
            lang,
            "It is owed again: {before} + {amount} = {rest} remain{agrees}; no bonus of a later month is there",
            "退还之数仍应扣：{before} + {amount} = {rest}{agrees}，为余额；其后月份已无奖金"
        )
    } else {
        say!(
            lang,
            "It is owed again: {before} + {amount} = {rest} remain{agrees}; it goes on with later bonuses",
            "退还之数仍应扣：{before} + {amount} = {rest}{agrees}，为余额，自其后奖金续扣"
        )
    };
    let clause = match line.key.kind {
        ItemKind::WholeBonus | ItemKind::Fine => "A21",
        ItemKind::Deduction => "P3",
    };
    steps.push(clause, at, text);
}

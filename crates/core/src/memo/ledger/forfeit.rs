//! A month's bonus is forfeited once, for however many cases (A21).

use redress_kernel::money::Money;
use redress_kernel::time::Month;

use super::debts;
use crate::account::{Account, Item, ItemKind};
use crate::memo::{Source, Steps, words};

/// The closing that entered a forfeiture: the last one, if it was lifted and decided once more.
pub(super) fn forfeiting(source: &Source<'_>, item: &Item) -> Month {
    let entered = debts(source, item).fold(None, |entered, (month, debt)| match debt.lifted {
        // What is lifted now is told by the forfeiture that it lifted.
        true if item.lifted => entered,
        true => None,
        false => entered.or(Some(month)),
    });
    entered.unwrap_or(item.entered)
}

/// A month's bonus is forfeited once, for however many cases (A21): what another case has to do with what was taken for
/// this one, or was not.
pub(super) fn forfeited_once(account: &Account, item: &Item, steps: &mut Steps) {
    if item.key.kind != ItemKind::WholeBonus {
        return;
    }
    let lang = steps.lang;
    let others = || {
        let items = account.items().iter();
        items.filter(|other| other.key.kind == ItemKind::WholeBonus && other.key != item.key)
    };
    let Some(month) = item.forfeited else {
        given_back_elsewhere(account, item, steps);
        return;
    };
    let same = || others().filter(|other| other.forfeited == Some(month));
    if item.lifted {
        let keep: Vec<String> = same()
            .filter(|other| !other.lifted)
            .map(|other| other.number.clone())
            .collect();
        if keep.is_empty() {
            return;
        }
        let keep = words::listed(&keep, lang);
        let text = say!(
            lang,
            "The bonus of {month} stays forfeited for {keep}: a month is forfeited once, for however many cases, and nothing of it is given back",
            "{month} 奖金仍因 {keep} 全额罚扣：同一月份不论几案只全额罚扣一次，故不退还"
        );
        steps.push("A21", None, text);
        return;
    }
    let holder = same().find(|other| other.lifted && !other.net_charged().is_zero());
    let Some(holder) = holder.filter(|_| item.net_charged().is_zero()) else {
        return;
    };
    let Some((settled, _)) = taken_of(account, holder, month) else {
        return;
    };
    let (number, amount) = (&holder.number, holder.net_charged());
    let text = say!(
        lang,
        "For {number} no bonus is forfeited any more; that of {month} stays forfeited for this case, and was taken already with the line of {number} in the closing of {settled}: {amount}",
        "{number} 已不再罚扣奖金全额；{month} 奖金仍因本案全额罚扣，已随 {settled} 月结列在 {number} 名下扣取：{amount}"
    );
    steps.push("A21", None, text);
}

/// Where the month that this case forfeited was taken, and given back, with the line of another case.
fn given_back_elsewhere(account: &Account, item: &Item, steps: &mut Steps) {
    let lang = steps.lang;
    let mut lines = account.lines().iter().rev();
    let last = lines.find(|line| line.key == item.key && !line.is_given_back());
    let Some(month) = last
        .filter(|l| l.amount.is_zero())
        .and_then(|l| l.bonus_month)
    else {
        return;
    };
    let others = account.items().iter();
    let mut others =
        others.filter(|other| other.key.kind == ItemKind::WholeBonus && other.key != item.key);
    let taken = others.find_map(|other| Some((other, taken_of(account, other, month)?)));
    let Some((holder, (_, amount))) = taken else {
        return;
    };
    let mut lines = account.lines().iter().rev();
    let back = lines.find(|line| line.key == holder.key && line.is_given_back());
    let Some(back) = back else {
        return;
    };
    let (number, returned, settled) = (&holder.number, back.amount, back.settled);
    let text = say!(
        lang,
        "The bonus of {month}, {amount}, had been taken with the line of {number}: {returned} are given back there, with the closing of {settled}",
        "{month} 奖金 {amount} 原列在 {number} 名下扣取：随 {settled} 月结在其名下退还 {returned}"
    );
    steps.push("A21", None, text);
}

/// What was taken of the whole bonus of a month for a case, and the closing that did so first; none if nothing was.
fn taken_of(account: &Account, item: &Item, month: Month) -> Option<(Month, Money)> {
    let lines = account.lines().iter();
    let mut lines = lines.filter(|line| {
        line.key == item.key && line.bonus_month == Some(month) && !line.amount.is_zero()
    });
    let first = lines.next()?;
    let sum = lines.try_fold(first.amount, |sum, line| sum.checked_add(line.amount));
    Some((first.settled, sum.ok()?))
}

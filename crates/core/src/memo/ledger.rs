//! The lines of a person's ledger that an item caused, each with what it followed from (P3, D5, A16, A20 to A24).

mod back;
mod charge;
mod forfeit;

use redress_kernel::money::Money;
use redress_kernel::time::Month;

use self::charge::Charge;
use super::words;
use super::{Source, Steps};
use crate::account::{Account, Debt, Item, ItemKey, ItemKind, Line};
use crate::person::PersonEvent;

/// The lines of the items that are asked for.
pub(super) fn lines(
    source: &Source<'_>,
    account: Option<&Account>,
    keys: &[ItemKey],
    steps: &mut Steps,
) {
    let lang = steps.lang;
    let items: Vec<(&Account, &Item)> = account
        .into_iter()
        .flat_map(|account| keys.iter().map(move |key| (account, account.item(key))))
        .filter_map(|(account, item)| Some((account, item?)))
        .collect();
    if items.is_empty() {
        let text = say!(
            lang,
            "Nothing of it stands on the ledger: no closed month has charged it",
            "奖金台账尚无此项：尚无月结扣过此款。"
        );
        steps.push("A20", None, text);
    }
    for (account, item) in items {
        owed(source, item, steps);
        away(account, item, steps);
        for (place, line) in account.lines().iter().enumerate() {
            if line.key != item.key {
                continue;
            }
            match line.bonus_month {
                None if line.corrected.is_some() => back::corrected(source, account, line, steps),
                None => {
                    let earlier = account.lines().iter().take(place);
                    let again = earlier
                        .filter(|l| l.key == item.key)
                        .any(Line::is_given_back);
                    back::given_back(source, item, (line, again), steps);
                }
                Some(month) => {
                    let earlier = account.lines().iter().take(place);
                    let before: Vec<&Line> = earlier
                        .filter(|before| before.bonus_month == Some(month))
                        .collect();
                    let charge = Charge {
                        source,
                        item,
                        line,
                        month,
                        account,
                        before,
                        after: account.lines().get(place + 1..).unwrap_or_default(),
                    };
                    charge.tell(steps);
                }
            }
        }
        waiting(source, account, item, steps);
        forfeit::forfeited_once(account, item, steps);
        balance(account, item, steps);
    }
}

/// What closings entered of an item, in order, each with its month.
fn debts<'a>(source: &'a Source<'_>, item: &'a Item) -> impl Iterator<Item = (Month, &'a Debt)> {
    let settled = source.ledger.iter().filter_map(|(_, event)| match event {
        PersonEvent::Settled(settled) => Some(settled),
        PersonEvent::BonusRecorded(_) => None,
    });
    settled.flat_map(move |settled| {
        let debts = settled.debts.iter();
        let its = debts.filter(move |debt| debt.key == item.key);
        its.map(move |debt| (settled.month, debt))
    })
}

/// What is owed, from which month on.
fn owed(source: &Source<'_>, item: &Item, steps: &mut Steps) {
    let lang = steps.lang;
    if item.key.kind == ItemKind::WholeBonus {
        let (month, entered) = (item.month, forfeit::forfeiting(source, item));
        steps.on(source.settled(entered));
        let late = match entered > month {
            false => String::new(),
            true => say!(
                lang,
                "It came on the ledger with {entered}, as {month} was closed. ",
                "核定时 {month} 已月结，随 {entered} 月结记入奖金台账。"
            ),
        };
        let text = say!(
            lang,
            "{late}Settles with {month}: the whole bonus of that month is forfeited; if it was charged already, that of the next",
            "{late}随 {month} 结算：该月效益奖金全额罚扣；该月奖金已扣款结算的，顺延至次月"
        );
        steps.push("A20", source.closed_at(entered), text);
    }
    if item.lifted {
        let text = say!(
            lang,
            "The decision was corrected since, or a new form decided otherwise: no bonus is forfeited for it any more",
            "其后已更正，或由新案另行核定：不再罚扣奖金全额"
        );
        steps.push("M9-12", None, text);
    }
    let mut before = None;
    for (month, amount) in &item.amounts {
        // A month that reckoned the same again changed nothing.
        if before == Some(amount) {
            continue;
        }
        before = Some(amount);
        let mut entering = debts(source, item);
        let with = entering.find(|(_, debt)| debt.month == *month && debt.amount == *amount);
        let entered = with.map_or(*month, |(closing, _)| closing);
        let text = if entered > *month {
            say!(
                lang,
                "It came on the ledger with {entered} and settles with {month}: every bonus from then on that was not charged yet pays for it; {amount} owed",
                "随 {entered} 月结记入奖金台账，按 {month} 结算：该月起尚未扣款结算的奖金均可扣；应扣 {amount}"
            )
        } else {
            say!(
                lang,
                "On the ledger from the settlement of {month} on: {amount} owed",
                "自 {month} 结算起记入奖金台账：应扣 {amount}"
            )
        };
        steps.on(source.settled(entered));
        steps.push("A20", source.closed_at(entered), text);
    }
}

/// The months from its settlement on that have no bonus, as the person did not work here, up to the last bonus that was
/// charged for it unless something is left to charge.
fn away(account: &Account, item: &Item, steps: &mut Steps) {
    let lang = steps.lang;
    let lines = account.lines().iter().filter(|line| line.key == item.key);
    let last = lines.filter_map(|line| line.bonus_month).max();
    let months: Vec<String> = account
        .away()
        .range(item.month..)
        .filter(|month| item.is_open() || last.is_some_and(|last| **month < last))
        .map(ToString::to_string)
        .collect();
    if months.is_empty() {
        return;
    }
    let months = words::listed(&months, lang);
    let text = say!(
        lang,
        "{months}: not employed here, so that there is no bonus and none is waited for; the next month that has one is taken",
        "{months}：不在职，无奖金，亦不待登记；顺延至其后有奖金的月份"
    );
    steps.push("A24", None, text);
}

/// Months that would have paid, were their bonus known.
fn waiting(source: &Source<'_>, account: &Account, item: &Item, steps: &mut Steps) {
    let lang = steps.lang;
    let mut forfeits = false;
    for (month, closed_at) in source.closings {
        let pays = match item.key.kind {
            // It takes the first of them, and one alone.
            ItemKind::WholeBonus => item.is_open() && item.month <= *month && !forfeits,
            ItemKind::Fine | ItemKind::Deduction => !item.payable(*month).is_zero(),
        };
        let here = account.is_here(*month);
        let known = account.is_charged(*month) || account.bonus(*month).is_some();
        if known || !pays || !here {
            continue;
        }
        forfeits = true;
        let text = say!(
            lang,
            "The bonus of {month} is not known yet: it is charged nothing, and reported; once it is known, it is charged",
            "{month} 奖金尚未登记：暂不扣款并列入月结报告；登记后再扣"
        );
        // What came late was reported with the closing that brought it.
        let reported = item.entered.max(*month);
        let at = source.closed_at(reported);
        steps.on(source.settled(reported));
        steps.push("A22", Some(at.unwrap_or(*closed_at)), text);
    }
}

fn balance(account: &Account, item: &Item, steps: &mut Steps) {
    let lang = steps.lang;
    let (owed, charged, back) = (item.owed, item.charged, item.given_back);
    if item.key.kind == ItemKind::WholeBonus {
        let agrees = steps.agrees(owed, charged.checked_sub(back).ok());
        let text = say!(
            lang,
            "In all: taken {charged} − given back {back} = {owed} forfeited{agrees}",
            "合计：已扣 {charged} − 已退还 {back} = {owed}{agrees}，为全额罚扣所扣"
        );
        if item.forfeited.is_some() || !charged.is_zero() {
            steps.push("D5", None, text);
        }
        return;
    }
    let rest = item.remaining();
    let reckoned = owed.checked_sub(charged).and_then(|r| r.checked_add(back));
    let agrees = steps.agrees(rest, reckoned.ok());
    let text = say!(
        lang,
        "In all: owed {owed} − taken {charged} + given back {back} = {rest} remaining{agrees}",
        "合计：应扣 {owed} − 已扣 {charged} + 已退还 {back} = {rest}{agrees}，为余额"
    );
    let clause = match item.key.kind {
        ItemKind::WholeBonus | ItemKind::Fine => "D5",
        ItemKind::Deduction => "P3",
    };
    steps.push(clause, None, text);
    if let Some(left) = account.left().filter(|_| !rest.is_zero()) {
        let text = say!(
            lang,
            "{left} was the last month with a bonus: {rest} remain as a claim, which passes to nobody else",
            "{left} 为最后有奖金的月份：余额 {rest} 列为离职者欠款，不转由他人承担"
        );
        steps.push("A24", None, text);
    }
}

fn shown(amount: Option<Money>) -> String {
    amount.map_or_else(|| "?".to_owned(), |amount| amount.to_string())
}

//! The lines of a person's ledger that an item caused, each with what it followed from (P3, D5, A16, A20 to A24).

use redress_kernel::money::Money;
use redress_kernel::time::Month;

use super::reckon;
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
                None if line.corrected.is_some() => corrected(source, account, line, steps),
                None => {
                    let earlier = account.lines().iter().take(place);
                    let again = earlier
                        .filter(|l| l.key == item.key)
                        .any(Line::is_given_back);
                    given_back(source, item, (line, again), steps);
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
        forfeited_once(account, item, steps);
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

/// The closing that entered a forfeiture: the last one, if it was lifted and decided once more.
fn forfeiting(source: &Source<'_>, item: &Item) -> Month {
    let entered = debts(source, item).fold(None, |entered, (month, debt)| match debt.lifted {
        // What is lifted now is told by the forfeiture that it lifted.
        true if item.lifted => entered,
        true => None,
        false => entered.or(Some(month)),
    });
    entered.unwrap_or(item.entered)
}

/// What is owed, from which month on.
fn owed(source: &Source<'_>, item: &Item, steps: &mut Steps) {
    let lang = steps.lang;
    if item.key.kind == ItemKind::WholeBonus {
        let (month, entered) = (item.month, forfeiting(source, item));
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

fn given_back(source: &Source<'_>, item: &Item, (line, again): (&Line, bool), steps: &mut Steps) {
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
fn corrected(source: &Source<'_>, account: &Account, line: &Line, steps: &mut Steps) {
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

/// One charging of a month's bonus.
struct Charge<'a> {
    source: &'a Source<'a>,
    item: &'a Item,
    line: &'a Line,
    month: Month,
    /// The ledger on which it happened.
    account: &'a Account,
    /// What the same bonus paid before, in order.
    before: Vec<&'a Line>,
    /// What happened on the ledger afterwards, in order.
    after: &'a [Line],
}

impl Charge<'_> {
    fn push(&self, clause: &str, text: String, steps: &mut Steps) {
        steps.on(self.source.settled(self.line.settled));
        steps.push(clause, self.source.closed_at(self.line.settled), text);
    }

    fn tell(&self, steps: &mut Steps) {
        let lang = steps.lang;
        let (month, settled) = (self.month, self.line.settled);
        let Some(bonus) = self.line.bonus else {
            return;
        };
        if self.before.iter().any(|line| line.key == self.item.key) {
            let amount = self.line.amount;
            let text = say!(
                lang,
                "{month}: the bonus turned out to be {bonus}, and all of it is forfeited; {amount} more are taken with {settled}",
                "{month}：效益奖金更正为 {bonus}，仍全额罚扣；随 {settled} 补扣 {amount}"
            );
            self.push("D5", text, steps);
            return;
        }
        // A month that nobody closed has no closing of its own that could have known it.
        let in_time = settled == month || self.source.closed_at(month).is_none();
        let text = if in_time {
            say!(
                lang,
                "{month}: the full bonus is {bonus}",
                "{month}：当月效益奖金全额 {bonus}"
            )
        } else {
            say!(
                lang,
                "{month}: the full bonus is {bonus}; it was not known with its own month, and is charged with the closing of {settled}",
                "{month}：当月效益奖金全额 {bonus}；当时未知，随 {settled} 月结扣款"
            )
        };
        let clause = match self.item.key.kind {
            _ if !in_time => "A22",
            ItemKind::WholeBonus | ItemKind::Fine => "D5",
            ItemKind::Deduction => "P3",
        };
        self.push(clause, text, steps);
        match self.item.key.kind {
            ItemKind::WholeBonus => self.whole(bonus, steps),
            ItemKind::Fine => {
                let limit = self.left(bonus, &[ItemKind::WholeBonus, ItemKind::Fine], steps);
                self.taken(limit, steps);
            }
            ItemKind::Deduction => {
                let left = self.left(bonus, &[ItemKind::WholeBonus, ItemKind::Fine], steps);
                let limit = self.ceiling(bonus, left, steps);
                self.taken(limit, steps);
            }
        }
    }

    fn took(&self, kinds: &[ItemKind]) -> Vec<&Line> {
        let before = self.before.iter().copied();
        before
            .filter(|line| kinds.contains(&line.key.kind) && !line.amount.is_zero())
            .collect()
    }

    fn told(&self, lines: &[&Line], steps: &Steps) -> String {
        let lang = steps.lang;
        let told: Vec<String> = lines
            .iter()
            .map(|line| {
                let kind = words::item(line.key.kind, lang);
                let (number, amount) = (&line.number, line.amount);
                say!(
                    lang,
                    "{kind} for {number} {amount}",
                    "{number} {kind} {amount}"
                )
            })
            .collect();
        words::listed(&told, lang)
    }

    fn whole(&self, bonus: Money, steps: &mut Steps) {
        let lang = steps.lang;
        let amount = self.line.amount;
        let before = self.took(&[ItemKind::WholeBonus]);
        let text = if before.is_empty() {
            let agrees = steps.agrees(amount, Some(bonus));
            say!(
                lang,
                "It is forfeited whole, before anything else: {amount}{agrees}",
                "先于其他各项，全额罚扣：{amount}{agrees}"
            )
        } else {
            let before = self.told(&before, steps);
            say!(
                lang,
                "It is forfeited once only, and was already: {before}; for this case {amount}",
                "当月奖金只全额罚扣一次，已罚扣：{before}；本案 {amount}"
            )
        };
        self.push("A21", text, steps);
    }

    /// What fines and forfeitures before this leave of the bonus.
    fn left(&self, bonus: Money, kinds: &[ItemKind], steps: &mut Steps) -> Option<Money> {
        let lang = steps.lang;
        let lines = self.took(kinds);
        let left = less(bonus, &lines);
        let is_fine = self.item.key.kind == ItemKind::Fine;
        let text = if lines.is_empty() && is_fine {
            say!(
                lang,
                "Fines come before deductions, and no older fine is there: {bonus} are left",
                "罚款先于扣款，本月无更早的罚款；余 {bonus}"
            )
        } else if lines.is_empty() {
            say!(
                lang,
                "The whole bonus and fines come first: none here; {bonus} are left",
                "奖金全额罚扣及罚款在先：本月无；余 {bonus}"
            )
        } else {
            let (told, left) = (self.told(&lines, steps), shown(left));
            let terms = subtracted(&lines);
            say!(
                lang,
                "The whole bonus and fines come first: {told}; {bonus} − {terms} = {left} are left",
                "奖金全额罚扣及罚款在先：{told}；{bonus} − {terms} = {left}，为余额"
            )
        };
        self.push("A21", text, steps);
        left
    }

    /// The most that this deduction may take: what the ceiling leaves, and what is left of the bonus.
    fn ceiling(&self, bonus: Money, left: Option<Money>, steps: &mut Steps) -> Option<Money> {
        let lang = steps.lang;
        // The line says by which rules it was taken; those in force today may be others.
        let applied = self.line.applied.as_ref()?;
        let basis_points = applied.ceiling?;
        let ceiling = reckon::part(bonus, basis_points)?;
        let (part, version) = (words::percent(basis_points), &applied.version);
        let product = i128::from(bonus.minor()) * i128::from(basis_points);
        let rounded = words::rounded_down(product, 10_000, lang);
        let text = say!(
            lang,
            "Deductions of all cases together take at most {part} of the full bonus: {bonus} × {part} = {ceiling}{rounded} [rules {version}]",
            "各案扣款合计不超过当月奖金全额的 {part}：{bonus} × {part} = {ceiling}{rounded} 〔规则版本 {version}〕"
        );
        self.push(&self.line.clause, text, steps);
        let others = self.took(&[ItemKind::Deduction]);
        let (under, left) = (less(ceiling, &others)?, less(left?, &others)?);
        if !others.is_empty() {
            let told = self.told(&others, steps);
            let terms = subtracted(&others);
            let text = say!(
                lang,
                "Older decisions took before it: {told}; {ceiling} − {terms} = {under} are left of the ceiling",
                "核决在先的案件已扣：{told}；{ceiling} − {terms} = {under}，为限额所余"
            );
            self.push("A22", text, steps);
        }
        if left.minor() < under.minor() {
            let text = say!(
                lang,
                "No more than {left} are left of the bonus itself",
                "奖金本身仅余 {left}，不得超过"
            );
            self.push("A21", text, steps);
            return Some(left);
        }
        Some(under)
    }

    fn taken(&self, limit: Option<Money>, steps: &mut Steps) {
        let lang = steps.lang;
        let line = self.line;
        let (owed, most, amount) = (line.owed_before, line.limit, line.amount);
        let bounds = steps.agrees(most, limit);
        let smaller = if owed.minor() <= most.minor() {
            owed
        } else {
            most
        };
        let agrees = steps.agrees(amount, Some(smaller));
        let text = say!(
            lang,
            "Owed {owed}, at most {most}{bounds}: taken {amount}{agrees}",
            "应扣 {owed}，至多 {most}{bounds}：实扣 {amount}{agrees}"
        );
        self.push(&line.clause, text, steps);
        let rest = line.remaining;
        let agrees = steps.agrees(rest, owed.checked_sub(amount).ok());
        if rest.is_zero() && agrees.is_empty() {
            return;
        }
        let text = match self.next() {
            Next::Bonus(next) => say!(
                lang,
                "{owed} − {amount} = {rest} remain{agrees}; it goes on with the bonus of {next}",
                "{owed} − {amount} = {rest}{agrees}，结转，自 {next} 奖金续扣"
            ),
            Next::Unknown => say!(
                lang,
                "{owed} − {amount} = {rest} remain{agrees}; it goes on with the next bonus that is not charged yet",
                "{owed} − {amount} = {rest}{agrees}，结转，自其后首笔尚未扣款结算的奖金续扣"
            ),
            Next::None => say!(
                lang,
                "{owed} − {amount} = {rest} remain{agrees}; no bonus that could still be charged is there",
                "{owed} − {amount} = {rest}{agrees}，为余额；已无可再扣的奖金"
            ),
        };
        let clause = match self.item.key.kind {
            ItemKind::WholeBonus | ItemKind::Fine => "A21",
            ItemKind::Deduction => "P3",
        };
        self.push(clause, text, steps);
    }
}

/// With which bonus it goes on.
enum Next {
    /// With that of this month.
    Bonus(Month),
    /// With the next that is charged, whichever becomes known first.
    Unknown,
    /// With none: the person has left.
    None,
}

impl Charge<'_> {
    /// The bonus that was charged for it next; where none was yet, the first that can be.
    fn next(&self) -> Next {
        let mut charged = self.after.iter().filter(|line| line.key == self.item.key);
        if let Some(month) = charged.find_map(|line| line.bonus_month) {
            return Next::Bonus(month);
        }
        let pays = |month: &Month| {
            let (account, item) = (self.account, self.item);
            account.is_here(*month)
                && !account.is_charged(*month)
                && !item.payable(*month).is_zero()
        };
        let last = self.source.closings.last_key_value().map(|(last, _)| *last);
        let from = self.item.month.min(self.month);
        let mut months = std::iter::successors(Some(from), |month| month.plus_months(1));
        // A bonus that its own month did not know waits, and a later one may come before it (A22).
        let end = last.max(Some(self.month));
        let mut closed = months.by_ref().take_while(|month| Some(*month) <= end);
        if closed.any(|month| pays(&month)) {
            return Next::Unknown;
        }
        if self.account.left().is_some() {
            return Next::None;
        }
        // What was corrected to nothing since is paid by no bonus any more.
        let open = end.filter(|_| !self.item.remaining().is_zero());
        let first = open.and_then(|end| end.plus_months(1));
        let mut later = std::iter::successors(first, |month| month.plus_months(1));
        later.find(pays).map_or(Next::Unknown, Next::Bonus)
    }
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

/// A month's bonus is forfeited once, for however many cases (A21): what another case has to do with what was taken for
/// this one, or was not.
fn forfeited_once(account: &Account, item: &Item, steps: &mut Steps) {
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

fn less(sum: Money, lines: &[&Line]) -> Option<Money> {
    let mut amounts = lines.iter().map(|line| line.amount);
    amounts
        .try_fold(sum, |left, amount| left.checked_sub(amount))
        .ok()
}

/// What lines took, one behind another: `1.00 CNY − 2.00 CNY`.
fn subtracted(lines: &[&Line]) -> String {
    let amounts: Vec<String> = lines.iter().map(|line| line.amount.to_string()).collect();
    amounts.join(" − ")
}

fn shown(amount: Option<Money>) -> String {
    amount.map_or_else(|| "?".to_owned(), |amount| amount.to_string())
}

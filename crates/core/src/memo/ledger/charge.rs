//! One charging of a month's bonus: what it paid, out of what, and what remains (P3, D5, A20 to A24).

use redress_kernel::money::Money;
use redress_kernel::time::Month;

use super::shown;
use crate::account::{Account, Item, ItemKind, Line};
use crate::memo::{Source, Steps, reckon, words};

/// One charging of a month's bonus.
pub(super) struct Charge<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) item: &'a Item,
    pub(super) line: &'a Line,
    pub(super) month: Month,
    /// The ledger on which it happened.
    pub(super) account: &'a Account,
    /// What the same bonus paid before, in order.
    pub(super) before: Vec<&'a Line>,
    /// What happened on the ledger afterwards, in order.
    pub(super) after: &'a [Line],
}

impl Charge<'_> {
    fn push(&self, clause: &str, text: String, steps: &mut Steps) {
        steps.on(self.source.settled(self.line.settled));
        steps.push(clause, self.source.closed_at(self.line.settled), text);
    }

    pub(super) fn tell(&self, steps: &mut Steps) {
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

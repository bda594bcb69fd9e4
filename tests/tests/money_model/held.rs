//! What must hold of every account behind every closing, whatever the scenario.

use redress_core::account::{Account, ItemKind, Terms};
use redress_core::employment::{away_in, left_in};
use redress_core::month::MonthState;
use redress_kernel::refusal::Refusal;
use redress_kernel::time::{Date, Month};

use super::Run;
use crate::inputs::id;
use crate::scenario;

impl Run<'_> {
    /// What holds behind every closing.
    pub(super) fn hold(&self, month: Month, state: &MonthState) -> Result<(), Refusal> {
        let penalty = self.regulation.tables.penalty.as_ref().unwrap();
        let terms = Terms::of(penalty, self.regulation.tables.discipline.as_ref(), "1");
        let (mut here, mut gone) = (0, 0);
        for (employee, account) in &self.accounts {
            // Whoever is gone with the first day of the next month has left with the end of this one.
            let (last, next) = (month.last_day(), month.next().first_day());
            let gone_then = |gone: &scenario::Gone| {
                let back = gone.until.as_deref().map(id::<Date>);
                id::<Date>(&gone.from) <= next && back.is_none_or(|back| last < back)
            };
            let spans = self.scenario.gone.get(employee.as_str());
            let is_gone = spans.is_some_and(|spans| spans.iter().any(gone_then));
            let owing = match is_gone {
                true => &mut gone,
                false => &mut here,
            };
            for item in account.items() {
                let (charged, back) = (item.charged.minor(), item.given_back.minor());
                let sum = charged - back + item.remaining().minor();
                assert_eq!(sum, item.owed.minor(), "{item:?}");
                *owing += item.remaining().minor();
            }
            // A bonus as it is known now, also where it was corrected: what it paid and was not given back.
            let mut of_all = 0;
            for (month, bonus) in account.bonuses() {
                let bonus = bonus.minor();
                let items = account.taken_of(month);
                let taken = |kind: Option<ItemKind>| -> i64 {
                    items
                        .iter()
                        .filter(|(line, _)| kind.is_none_or(|kind| line.key.kind == kind))
                        .map(|(_, sum)| sum.minor())
                        .sum()
                };
                let ceiling = bonus * i64::from(penalty.ceiling) / 10_000;
                let fits = taken(Some(ItemKind::Deduction)) <= ceiling && taken(None) <= bonus;
                assert!(fits, "{month}: {account:?}");
                of_all += taken(None);
                let mut forfeits = account.items().iter();
                if forfeits.any(|item| item.forfeited == Some(month) && !item.lifted) {
                    let forfeited = taken(Some(ItemKind::WholeBonus));
                    assert_eq!(forfeited, bonus, "{month}: {account:?}");
                }
            }
            let net = account
                .items()
                .iter()
                .map(|item| item.net_charged().minor());
            assert_eq!(of_all, net.sum::<i64>(), "{account:?}");
            let mut again = account.clone();
            let (organisation, zone) = (&self.organisation, &self.house.zone);
            again.put_left(left_in(organisation, zone, employee, month));
            again.put_away(away_in(organisation, zone, employee, month));
            let back = again.give_back(month, &terms)?;
            assert!(back.is_empty(), "given back twice: {back:?}");
            let again = again.settle(month, &terms)?;
            assert!(again.lines.is_empty(), "settled twice: {again:?}");
            if self.scenario.months.last() == Some(&month.to_string()) {
                let text = serde_json::to_string(account).unwrap();
                assert_eq!(&serde_json::from_str::<Account>(&text).unwrap(), account);
            }
        }
        let (_, closed) = state.closed.as_ref().unwrap();
        assert_eq!(
            closed.carried.minor(),
            here,
            "what is carried behind {month}"
        );
        // A claim is reported by the months that touch it.
        assert!(closed.claims.minor() <= gone, "the claims of {month}");
        Ok(())
    }
}

//! What the demo's company loses, charges, closes and gives back.

use std::collections::{BTreeMap, BTreeSet};

use redress::Redress;
use redress_core::account::{Account, ItemKind, Line};
use redress_core::month::{MonthClosed, MonthState};
use redress_core::tables::Grade;
use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::time::{Instant, Month};
use serde_json::Value as Json;

type Ledgers = BTreeMap<EmployeeId, Account>;

/// Everything about the money, on the directory that the demo left behind.
pub(crate) async fn check(desk: &Redress, said: &Json) {
    let mut ledgers = Ledgers::new();
    for employee in desk.organisation().await.unwrap().employees() {
        if let Some(account) = desk.account(employee).await.unwrap() {
            ledgers.insert(employee.clone(), account);
        }
    }
    let months = [2, 3].map(|month| Month::new(2024, month).unwrap());
    assert_eq!(desk.opened_months().await.unwrap(), months);
    let mut states = Vec::new();
    for (month, told) in months.into_iter().zip(said["months"].as_array().unwrap()) {
        let state = desk.month(month).await.unwrap().unwrap();
        adds_up(month, &state, &ledgers, told);
        states.push(state);
    }
    remainders(&states[1], &ledgers);
    late_bonuses(&states, &ledgers);
    all_parties(&states);
    let given_back = given_back(desk, &months, &states, &ledgers).await;
    memo(&ledgers, &given_back, said);
    all_deeds(desk, &states).await;
}

fn closed(state: &MonthState) -> (Instant, &MonthClosed) {
    let (at, closed) = state.closed.as_ref().unwrap();
    (*at, closed)
}

/// The sum of some lines, in minor units.
fn sum<'l>(lines: impl Iterator<Item = &'l Line>) -> i64 {
    lines.map(|line| line.amount.minor()).sum()
}

/// M9-10, A19: a month was closed in time, and its sums are those of the ledgers' lines and of the determinations.
fn adds_up(month: Month, state: &MonthState, ledgers: &Ledgers, told: &Json) {
    let (_, closed) = closed(state);
    assert!(!closed.late && closed.cases > 50, "{closed:?}");
    let lines = || {
        let lines = ledgers.values().flat_map(Account::lines);
        lines.filter(|line| line.settled == month)
    };
    let back = |line: &&Line| line.is_given_back();
    let taken = |line: &&Line| !line.is_given_back();
    let deduction = |line: &&Line| line.key.kind == ItemKind::Deduction;
    let fine = |line: &&Line| line.key.kind != ItemKind::Deduction;
    assert_eq!(
        closed.fined.minor(),
        sum(lines().filter(taken).filter(fine))
    );
    let deducted = sum(lines().filter(taken).filter(deduction));
    assert_eq!(closed.deducted.minor(), deducted);
    assert_eq!(closed.given_back.minor(), sum(lines().filter(back)));
    assert!(closed.fined.minor() > 0 && closed.deducted.minor() > closed.fined.minor());

    // The frozen lines are the ledgers' own.
    for person in state.figures.iter().flat_map(|page| &page.persons) {
        let theirs = ledgers[&person.employee].lines();
        let theirs: Vec<&Line> = theirs.iter().filter(|line| line.settled == month).collect();
        assert_eq!(theirs, person.lines.iter().collect::<Vec<_>>());
    }
    let cases = state.figures.iter().flat_map(|page| &page.cases);
    let first = cases.filter(|figures| !figures.case.again);
    let mut loss = 0;
    let mut charged = 0;
    for figures in first {
        let shares: i64 = figures.carried.iter().map(|c| c.amount.minor()).sum();
        assert_eq!(figures.loss.map_or(0, |loss| loss.minor()), shares);
        loss += shares;
        charged += figures
            .carried
            .iter()
            .map(|c| c.charged.minor())
            .sum::<i64>();
    }
    assert_eq!(
        (closed.loss.minor(), closed.charged.minor()),
        (loss, charged)
    );

    // What the demo says is what the month says.
    assert_eq!(told["month"], month.to_string());
    assert_eq!(told["case_count"], closed.cases);
    for (key, figure) in [
        ("loss", closed.loss),
        ("recovered", closed.recovered),
        ("charged", closed.charged),
        ("fined", closed.fined),
        ("deducted", closed.deducted),
        ("given_back", closed.given_back),
        ("carried", closed.carried),
        ("claims", closed.claims),
    ] {
        assert_eq!(told[key]["amount"], figure.decimal(), "{key} of {month}");
    }
}

/// P3, A24: what is still to be paid, and what somebody who left still owes.
fn remainders(last: &MonthState, ledgers: &Ledgers) {
    let (_, closed) = closed(last);
    let remaining: i64 = ledgers
        .values()
        .flat_map(Account::open_items)
        .map(|item| item.remaining().minor())
        .sum();
    assert_eq!(closed.carried.minor() + closed.claims.minor(), remaining);
    assert!(closed.claims.minor() > 0, "whoever left owes nothing");
}

/// A22: a bonus that was not known at the close was reported, and charged by the next.
fn late_bonuses(states: &[MonthState], ledgers: &Ledgers) {
    let february = Month::new(2024, 2).unwrap();
    let persons = states[0].figures.iter().flat_map(|page| &page.persons);
    let unknown: Vec<_> = persons
        .filter(|person| person.unknown.contains(&february))
        .collect();
    assert!(!unknown.is_empty());
    for person in unknown {
        let lines = ledgers[&person.employee].lines().iter();
        let charged: Vec<&Line> = lines
            .filter(|line| line.bonus_month == Some(february))
            .collect();
        assert!(!charged.is_empty(), "{}", person.employee);
        assert!(charged.iter().all(|line| line.settled == february.next()));
    }
}

/// P1, P2, M9-13: who carries losses is somebody of every kind.
fn all_parties(states: &[MonthState]) {
    let pages = states.iter().flat_map(|state| &state.figures);
    let cases = pages.flat_map(|page| &page.cases);
    let parties: BTreeSet<&str> = cases
        .flat_map(|figures| &figures.carried)
        .map(|carried| carried.party.trim_end_matches(|c: char| c.is_ascii_digit()))
        .map(|party| match party.split_once(':') {
            Some(("unit" | "department", _)) => party,
            Some((kind, _)) => kind,
            None => party,
        })
        .collect();
    for kind in [
        "unit:group-",
        "unit:assembly",
        "person",
        "department:service",
        "department:quality",
        "supplier",
        "customer",
    ] {
        assert!(parties.contains(kind), "{kind}: {parties:?}");
    }
}

/// M9-12, A16: a petition was upheld after a close; the next month gave back what was too much, under the same case, to
/// those from whom the earlier month had taken it. Gives the lines.
async fn given_back(
    desk: &Redress,
    months: &[Month; 2],
    states: &[MonthState],
    ledgers: &Ledgers,
) -> BTreeMap<EmployeeId, Line> {
    let mut found = BTreeMap::new();
    for (employee, account) in ledgers {
        let back = account.lines().iter().filter(|line| line.is_given_back());
        for line in back.filter(|line| line.settled == months[1]) {
            let before = account.lines().iter();
            let taken = sum(before.filter(|taken| {
                taken.key == line.key && taken.settled == months[0] && !taken.is_given_back()
            }));
            assert!(0 < line.amount.minor() && line.amount.minor() <= taken);
            let view = desk.case(line.number.as_str()).await.unwrap();
            if view.complaint.successor.is_some() {
                // Its customer's new form settles instead (A16).
                continue;
            }
            let frozen = closed(&states[0]).0;
            let objections = view.complaint.objections.iter();
            let upheld = objections
                .filter_map(|objection| objection.ruled.as_ref())
                .any(|(at, ruled)| ruled.upheld && *at > frozen);
            let (at, stands) = view.complaint.determinations.last().unwrap();
            assert!(upheld && *at > frozen && stands.determination > 1);
            assert!(stands.reason.is_some());
            let counted: Vec<Month> = view
                .complaint
                .counted
                .iter()
                .map(|(_, c)| c.month)
                .collect();
            assert_eq!(counted, months);
            found.insert(employee.clone(), line.clone());
        }
    }
    assert!(found.len() > 2, "{found:?}");
    found
}

/// The ledger that is told is the engine's, and the memo about it names each of its figures.
fn memo(ledgers: &Ledgers, given_back: &BTreeMap<EmployeeId, Line>, said: &Json) {
    let employee: EmployeeId = said["employee"].as_str().unwrap().parse().unwrap();
    let account = &ledgers[&employee];
    let told = said["ledger"].as_array().unwrap();
    assert_eq!(told.len(), account.lines().len());
    for (told, line) in told.iter().zip(account.lines()) {
        assert_eq!(told["number"], line.number);
        assert_eq!(told["amount"]["amount"], line.amount.decimal());
        assert_eq!(told["given_back"], line.is_given_back());
    }
    let back = &given_back[&employee];
    assert_eq!(said["explained"], back.number);
    let steps = said["memo"].as_array().unwrap();
    let steps: Vec<(&str, &str)> = steps
        .iter()
        .map(|step| {
            (
                step["clause"].as_str().unwrap(),
                step["text"].as_str().unwrap(),
            )
        })
        .collect();
    let says = |clause: &str, figures: &[String]| {
        steps.iter().any(|(of, text)| {
            *of == clause && figures.iter().all(|figure| text.contains(figure.as_str()))
        })
    };
    let theirs = account.lines().iter().filter(|line| line.key == back.key);
    for line in theirs {
        let figures = match line.is_given_back() {
            true => vec![line.limit.to_string(), line.amount.to_string()],
            false => vec![line.owed_before.to_string(), line.amount.to_string()],
        };
        assert!(says(&line.clause, &figures), "{line:?}: {steps:#?}");
    }
    let item = account.item(&back.key).unwrap();
    let last = [item.owed, item.charged, item.given_back, item.remaining()];
    let last = last.map(|figure| figure.to_string());
    assert!(says("P3", &last), "{last:?}: {steps:#?}");
}

/// M9-7, D1 to D6: losses of many kinds, goods sold and goods left when the month was over, discipline from the petition to
/// its announcement.
async fn all_deeds(desk: &Redress, states: &[MonthState]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let pages = states.iter().flat_map(|state| &state.figures);
    let carried = pages
        .flat_map(|page| &page.cases)
        .filter(|figures| figures.loss.is_some());
    let cases: BTreeSet<CaseId> = carried.map(|figures| figures.case.case).collect();
    for case in cases {
        let complaint = desk.case(case).await.unwrap().complaint;
        let mut see = |what: String| *seen.entry(what).or_default() += 1;
        let lines = complaint
            .losses
            .iter()
            .flat_map(|(_, stated)| &stated.loss.lines);
        for line in lines {
            see(format!("loss: {}", line.entry.kind));
        }
        if let Some((_, loss)) = &complaint.d_loss {
            see(if loss.unsold > 0 {
                "goods left"
            } else {
                "goods sold"
            }
            .to_owned());
        }
        for (_, sentence) in &complaint.sentences {
            if sentence.sentence.grade == Grade::None {
                continue;
            }
            see(format!("{:?}", sentence.sentence.grade));
            let announced = complaint.announcement_of(&sentence.employee).is_some();
            if complaint
                .counted
                .iter()
                .any(|(_, c)| c.disciplined.contains(&sentence.employee))
            {
                assert!(announced, "{case}: {sentence:?}");
                see("announced".to_owned());
            }
        }
        if complaint.notices.len() > 1 {
            see("noticed again".to_owned());
        }
    }
    for what in [
        "loss: allowance",
        "loss: return",
        "loss: rework",
        "loss: replacement",
        "loss: compensation",
        "loss: travel",
        "goods left",
        "goods sold",
        "Warning",
        "announced",
        "noticed again",
    ] {
        assert!(seen.contains_key(what), "{what}: {seen:?}");
    }
}

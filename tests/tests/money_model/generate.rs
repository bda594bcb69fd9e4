//! Scenarios that look like chance and are the same every day: small, and full of what is easily got wrong.

use std::collections::{BTreeMap, BTreeSet};

use redress_kernel::time::{Date, Month};

use crate::scenario::{
    Basis, Bonus, Case, Change, Corrected, Gone, GradeRow, Line, Member, Party, Rate, Resale, Sale,
    Scenario, Sentence, Tables, Unit,
};

/// Numbers that look like chance.
pub(crate) struct Chance(u64);

impl Chance {
    /// Each scenario has a number of its own, by which it can be had again alone.
    pub(crate) fn of(seed: u64, number: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xbf58_476d_1ce4_e5b9))
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap();
        usize::try_from(self.number() % bound).unwrap()
    }

    fn sum(&mut self, bound: i64) -> i64 {
        let bound = u64::try_from(bound.max(1)).unwrap();
        i64::try_from(self.number() % bound).unwrap()
    }

    fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    pub(crate) fn shuffle<T>(&mut self, of: &mut [T]) {
        for place in (1..of.len()).rev() {
            of.swap(place, self.below(place + 1));
        }
    }

    fn some<T: Clone>(&mut self, of: &[T], how_many: usize) -> Vec<T> {
        let mut all = of.to_vec();
        self.shuffle(&mut all);
        all.truncate(how_many);
        all
    }
}

/// Ids whose order by bytes is not that of their numbers.
const PEOPLE: [&str; 8] = ["E1", "E10", "E2", "E20", "E9", "e1", "e9", "F-3"];
const UNITS: [&str; 6] = ["g1", "g10", "g2", "G2", "s1", "shift-1"];
const DEPARTMENTS: [&str; 6] = [
    "manufacturing",
    "sales",
    "service",
    "rnd",
    "quality",
    "warehouse",
];
const FIRST_MONTHS: [&str; 7] = [
    "2026-03", "2026-01", "2025-11", "2025-12", "2024-01", "2026-02", "2026-07",
];

const AMOUNTS: [i64; 14] = [
    0, 1, 2, 3, 7, 99, 100, 101, 10_000, 49_999, 100_000, 123_457, 500_000, 2_000_000,
];

impl Chance {
    fn amount(&mut self) -> i64 {
        match self.below(4) {
            0 => self.one(&AMOUNTS),
            1 => self.sum(1_000),
            2 => self.sum(100_000),
            _ => self.sum(900_000),
        }
    }

    /// Shares that add up to the whole.
    fn ratios(&mut self, how_many: usize) -> Vec<u32> {
        let known: &[&[u32]] = match how_many {
            1 => &[&[10_000]],
            2 => &[
                &[5_000, 5_000],
                &[1, 9_999],
                &[3_333, 6_667],
                &[7_000, 3_000],
            ],
            3 => &[
                &[3_333, 3_333, 3_334],
                &[3_750, 3_750, 2_500],
                &[4_500, 3_300, 2_200],
                &[1, 1, 9_998],
            ],
            4 => &[&[2_500; 4], &[3_333, 3_333, 3_333, 1]],
            _ => &[&[2_000; 5]],
        };
        let mut ratios = self.one(known).to_vec();
        if self.percent(40) {
            let mut left = 10_000;
            for ratio in ratios.iter_mut().skip(1) {
                let part = u32::try_from(self.below(2_499)).unwrap() + 1;
                *ratio = part;
                left -= part;
            }
            ratios[0] = left;
        }
        self.shuffle(&mut ratios);
        ratios
    }
}

/// What is wrong with a scenario: one thing at most, so that it is the one that is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The ratios of a case do not add up.
    Ratios,
    /// A unit has nobody with base points.
    Nobody,
}

struct Company {
    fault: Fault,
    /// Each person's department.
    people: BTreeMap<String, String>,
    units: BTreeMap<String, Unit>,
    /// What can be named as a party, with the department of a person.
    parties: Vec<(String, Option<String>)>,
}

pub(crate) fn scenario(seed: u64, number: u64) -> Scenario {
    let mut chance = Chance::of(seed, number);
    let chance = &mut chance;
    let first: Month = chance.one(&FIRST_MONTHS).parse().unwrap();
    let months: Vec<Month> = (0..chance.between(2, 5))
        .map(|nth| first.plus_months(i64::try_from(nth).unwrap()).unwrap())
        .collect();
    let deducted = if chance.percent(85) {
        vec!["manufacturing", "sales", "service"]
    } else {
        vec![chance.one(&DEPARTMENTS)]
    };
    let company = company(chance, &deducted);
    let members = members(chance, &company, &months);
    let cases = cases(chance, &company, &months);
    let bonuses = bonuses(chance, &company, &months);
    // Each unit's first member mostly stays, so that few units have nobody.
    let mut firsts: BTreeMap<&String, &String> = BTreeMap::new();
    for member in &members {
        firsts.entry(&member.unit).or_insert(&member.employee);
    }
    let steady: BTreeSet<&String> = firsts.into_values().collect();
    let mut people: Vec<&String> = company.people.keys().collect();
    people.retain(|person| !steady.contains(person) || chance.percent(30));
    // Where the ratios are wrong nobody leaves: a unit that has nobody any more would be a second fault.
    people.retain(|_| company.fault != Fault::Ratios);
    let people = people.into_iter();
    let gone: BTreeMap<String, Vec<Gone>> = people
        .map(|person| (person.clone(), gone(chance, &months)))
        .filter(|(_, gone)| !gone.is_empty())
        .collect();
    Scenario {
        tables: tables(chance, &deducted),
        units: company.units,
        members,
        cases,
        bonuses,
        gone,
        months: months.iter().map(ToString::to_string).collect(),
    }
}

/// Most people stay; some leave, some come back, a few leave again.
fn gone(chance: &mut Chance, months: &[Month]) -> Vec<Gone> {
    let day = |chance: &mut Chance| {
        let month = chance.one(months);
        // The month's last day was worked, in every third case.
        match chance.below(3) {
            0 => month.next().first_day(),
            1 => month.first_day(),
            _ => month.day_or_last(chance.one(&[2, 11, 16, 28, 31])),
        }
    };
    let mut days: Vec<Date> = match chance.below(20) {
        0 | 1 => vec![day(chance)],
        2..5 => vec![day(chance), day(chance)],
        5 => vec![day(chance), day(chance), day(chance)],
        _ => Vec::new(),
    };
    days.sort_unstable();
    days.dedup();
    let spans = days.chunks(2);
    spans
        .map(|span| Gone {
            from: span[0].to_string(),
            until: span.get(1).map(ToString::to_string),
        })
        .collect()
}

fn tables(chance: &mut Chance, deducted: &[&str]) -> Tables {
    let bounds = chance.one(&[
        [100_000, 500_000, 2_000_000],
        [1, 2, 3],
        [100, 1_000, 10_000],
        [5_000, 5_001, 100_000],
    ]);
    let grades = ["warning", "minor", "major"];
    let rows = bounds.into_iter().zip(grades);
    let rows = rows.map(|(from, grade)| GradeRow { from, grade });
    let lowest = GradeRow {
        from: 0,
        grade: "none",
    };
    Tables {
        discipline: std::iter::once(lowest).chain(rows).collect(),
        warning: 40_000,
        minor: 80_000,
        ceiling_bp: chance.one(&[5_000, 5_000, 5_000, 5_000, 3_333, 10_000, 1, 0]),
        deducted_departments: deducted.iter().map(|id| (*id).to_owned()).collect(),
    }
}

fn company(chance: &mut Chance, deducted: &[&str]) -> Company {
    let how_many = chance.between(2, 6);
    let people: BTreeMap<String, String> = chance
        .some(&PEOPLE, how_many)
        .into_iter()
        .map(|person| (person.to_owned(), chance.one(&DEPARTMENTS).to_owned()))
        .collect();
    let mut units = BTreeMap::new();
    let how_many = chance.between(1, 4);
    for unit in chance.some(&UNITS, how_many) {
        let department = if chance.percent(60) {
            "manufacturing"
        } else {
            chance.one(&DEPARTMENTS)
        };
        let unit_of = Unit {
            kind: chance.one(&["group", "section", "shift"]),
            department: department.to_owned(),
        };
        units.insert(unit.to_owned(), unit_of);
    }
    // Units that stand for a whole department.
    for department in chance.some(&DEPARTMENTS, 2) {
        if chance.percent(40) {
            let whole = Unit {
                kind: "department",
                department: department.to_owned(),
            };
            units.insert(department.to_owned(), whole);
        }
    }
    let persons = people.iter().map(|(person, department)| {
        let department = Some(department.clone());
        (format!("person:{person}"), department)
    });
    let of_units = units.keys().map(|unit| (format!("unit:{unit}"), None));
    // A department whose people are charged has people.
    let departments = DEPARTMENTS.iter().filter(|department| {
        !deducted.contains(department) || units.values().any(|unit| unit.department == **department)
    });
    let departments = departments.map(|department| (format!("department:{department}"), None));
    let outside = [
        "supplier:S1",
        "supplier:S10",
        "supplier:S2",
        "customer:K1",
        "company:C1",
    ];
    let outside = outside.iter().map(|party| ((*party).to_owned(), None));
    let mut parties: Vec<_> = persons.collect();
    for _ in 0..2 {
        parties.extend(of_units.clone());
    }
    parties.extend(departments);
    parties.extend(outside);
    let fault = match chance.below(80) {
        0 => Fault::Ratios,
        1 | 2 => Fault::Nobody,
        _ => Fault::None,
    };
    Company {
        fault,
        people,
        units,
        parties,
    }
}

fn members(chance: &mut Chance, company: &Company, months: &[Month]) -> Vec<Member> {
    const POINTS: [u32; 10] = [100, 100, 100, 150, 200, 300, 500, 333, 1, 0];
    let people: Vec<&String> = company.people.keys().collect();
    let days = |chance: &mut Chance| {
        let month = chance.one(months);
        let day = chance.one(&[1, 11, 15, 28, 31]);
        month.day_or_last(day).to_string()
    };
    let mut members = Vec::new();
    for unit in company.units.keys() {
        let nobody = company.fault == Fault::Nobody && chance.percent(50);
        let how_many = chance.between(1, 5);
        for (nth, employee) in chance.some(&people, how_many).into_iter().enumerate() {
            let member = |points, from: &str, until: Option<&str>| Member {
                unit: unit.clone(),
                employee: employee.clone(),
                points: if nobody { 0 } else { points },
                from: from.to_owned(),
                until: until.map(ToOwned::to_owned),
            };
            let long_since = "2020-01-01";
            if nth == 0 {
                let points = chance.one(&POINTS[..9]);
                members.push(member(points, long_since, None));
                continue;
            }
            let (one, other) = (chance.one(&POINTS), chance.one(&POINTS));
            let mut turns = [days(chance), days(chance)];
            turns.sort();
            let [turn, later] = &turns;
            match chance.below(6) {
                0 => members.push(member(one, long_since, Some(turn))),
                1 => members.push(member(one, turn, None)),
                2 => {
                    members.push(member(one, long_since, Some(turn)));
                    members.push(member(other, turn, None));
                }
                3 if turn < later => {
                    members.push(member(one, long_since, Some(turn)));
                    members.push(member(other, later, None));
                }
                _ => members.push(member(one, long_since, None)),
            }
        }
    }
    members
}

fn instant(chance: &mut Chance, month: Month) -> String {
    let day = match chance.below(5) {
        0 => 31,
        1 => 1,
        2 => 28,
        _ => u32::try_from(chance.between(1, 31)).unwrap(),
    };
    let time = chance.one(&["10:00:00", "10:00:00", "00:00:00", "23:59:59", "15:30:01"]);
    format!("{}T{time}", month.day_or_last(day))
}

fn cases(chance: &mut Chance, company: &Company, months: &[Month]) -> Vec<Case> {
    const SERIALS: [u32; 10] = [1, 2, 3, 9, 10, 11, 98, 99, 100, 101];
    let mut cases: Vec<Case> = Vec::new();
    let mut numbers = BTreeSet::new();
    // Several decisions at one instant, some in a month that has a case already.
    for _ in 0..chance.between(1, 6) {
        let month = chance.one(months);
        let mut decided_at = instant(chance, month);
        if let Some(case) = cases.last()
            && chance.percent(25)
        {
            decided_at = case.decided_at.clone();
        }
        let mut month: Month = decided_at[..7].parse().unwrap();
        let mut chain = None;
        if !cases.is_empty() && chance.percent(45) {
            // The customer refused: a new form, decided later than the last of its chain.
            let before = chance.one(&cases).chain;
            let last = cases
                .iter()
                .filter(|case| case.chain == before)
                .max_by(|a, b| a.decided_at.cmp(&b.decided_at));
            let last = last.unwrap();
            let refiled = if chance.percent(40) {
                instant(chance, last.month.parse().unwrap())
            } else {
                let later: Vec<Month> = months
                    .iter()
                    .copied()
                    .filter(|month| month.to_string() > last.month)
                    .collect();
                if later.is_empty() {
                    String::new()
                } else {
                    let month = chance.one(&later);
                    instant(chance, month)
                }
            };
            if refiled > last.decided_at {
                month = refiled[..7].parse().unwrap();
                decided_at = refiled;
                chain = Some(before);
            }
        }
        let period = if chance.percent(25) {
            month.prev()
        } else {
            month
        };
        let serial = chance.one(&SERIALS);
        let number = format!(
            "{:02}-{:02}-{serial:02}",
            period.year() % 100,
            period.number()
        );
        if !numbers.insert(number.clone()) {
            continue;
        }
        let chain = chain.unwrap_or_else(|| number.clone());
        let case = case(chance, company, months, (number, chain, decided_at));
        cases.push(case);
    }
    cases
}

fn case(
    chance: &mut Chance,
    company: &Company,
    months: &[Month],
    (number, chain, decided_at): (String, String, String),
) -> Case {
    let month: Month = decided_at[..7].parse().unwrap();
    let production_date = chance.percent(50).then(|| {
        let of = [month, month.prev(), months[0], months[0].prev()];
        let of = chance.one(&of);
        let day = chance.one(&[1, 10, 11, 15, 27, 28, 31]);
        of.day_or_last(day).to_string()
    });
    let lines = (0..chance.between(1, 4))
        .map(|_| line(chance))
        .collect::<Vec<_>>();
    let rate = lines.iter().any(|line| line.foreign).then(|| {
        let (mantissa, scale) = chance.one(&[
            (71_234, 4),
            (5, 1),
            (15, 1),
            (1, 0),
            (1, 8),
            (100_000_005, 8),
            (25, 2),
            (999, 3),
        ]);
        Rate { mantissa, scale }
    });
    let how_many = chance.between(1, 5);
    let mut known = company.parties.clone();
    chance.shuffle(&mut known);
    let mut seen = BTreeSet::new();
    known.retain(|(party, _)| seen.insert(party.clone()));
    known.truncate(how_many);
    let mut ratios = chance.ratios(known.len());
    if company.fault == Fault::Ratios && chance.percent(50) {
        ratios[0] += 1;
    }
    let parties = known
        .into_iter()
        .zip(ratios)
        .map(|((party, department), bp)| Party {
            party,
            bp,
            department,
        })
        .collect();
    let mut changed: Vec<Month> = months.iter().copied().filter(|m| *m >= month).collect();
    chance.shuffle(&mut changed);
    changed.truncate(chance.one(&[0, 0, 0, 1, 1, 2]));
    let changes = changed
        .into_iter()
        .map(|month| Change {
            month: month.to_string(),
            charged_bp: chance.one(&[0, 0, 2_500, 5_000, 10_000, 3_333]),
        })
        .collect();
    let resale = chance.percent(25).then(|| resale(chance, &decided_at));
    Case {
        number,
        chain,
        month: month.to_string(),
        production_date,
        lines,
        rate,
        parties,
        charged_bp: chance.one(&[10_000, 10_000, 10_000, 10_000, 5_000, 3_333, 9_999, 1, 0]),
        discipline: discipline(chance, company, month),
        resale,
        changes,
        decided_at,
    }
}

fn line(chance: &mut Chance) -> Line {
    let basis = match chance.below(4) {
        0 => Basis::Returned {
            quantity: chance.sum(200),
            unit_price: chance.sum(5_000),
            proceeds: chance.amount(),
        },
        1 => Basis::Sum {
            parts: (0..chance.between(1, 3)).map(|_| chance.amount()).collect(),
        },
        _ => Basis::Amount {
            amount: chance.amount(),
        },
    };
    Line {
        basis,
        foreign: chance.percent(20),
    }
}

/// One decision a person and case; it settles with the case's month, or with a later one (A17), and may be known later
/// still.
fn discipline(chance: &mut Chance, company: &Company, month: Month) -> Vec<Sentence> {
    let people: Vec<&String> = company.people.keys().collect();
    let how_many = chance.one(&[0, 0, 1, 1, 2]);
    chance
        .some(&people, how_many)
        .into_iter()
        .map(|employee| {
            let grade = chance.one(&[
                "warning", "warning", "minor", "minor", "major", "major", "none",
            ]);
            let (count, rate) = match grade {
                "warning" => (
                    chance.between(1, 3),
                    chance.one(&[40_000, 40_000, 40_001, 55_555]),
                ),
                "minor" => (
                    chance.between(1, 3),
                    chance.one(&[80_000, 80_000, 80_001, 99_999]),
                ),
                "major" => (1, 0),
                _ => (0, 0),
            };
            let later = chance.one(&[0, 0, 0, 1, 1, 2]);
            let settles = month.plus_months(later).unwrap();
            let late = chance.one(&[0, 0, 0, 0, 1, 1, 2]);
            Sentence {
                employee: employee.clone(),
                grade,
                count: u32::try_from(count).unwrap(),
                rate,
                base_units: chance.one(&[100, 100, 150, 133, 33, 1, 250]),
                month: settles.to_string(),
                known: settles.plus_months(late).unwrap().to_string(),
            }
        })
        .collect()
}

fn resale(chance: &mut Chance, decided_at: &str) -> Resale {
    let decided: Month = decided_at[..7].parse().unwrap();
    let day: u32 = decided_at[8..10].parse().unwrap();
    let end = decided.next().day_or_last(day);
    let quantity = chance.sum(200) + 1;
    let mut left = quantity;
    let mut sales = Vec::new();
    for _ in 0..chance.one(&[0, 1, 1, 2, 3]) {
        let sold = match chance.below(3) {
            0 => left,
            _ => chance.sum(left) + 1,
        };
        if left == 0 {
            break;
        }
        left -= sold.min(left);
        let at = match chance.below(6) {
            0 => decided_at.to_owned(),
            1 => format!("{end}T23:59:59"),
            2 => format!("{}T00:00:00", end.plus_days(1).unwrap()),
            3 => format!("{end}T00:00:00"),
            4 => format!("{}T09:00:00", end.plus_days(-1).unwrap()),
            _ => format!("{}T12:00:00", decided.next().first_day()),
        };
        if *at < *decided_at {
            continue;
        }
        sales.push(Sale {
            at,
            quantity: sold,
            proceeds: chance.sum(sold * 6_000),
        });
    }
    Resale {
        decided_at: decided_at.to_owned(),
        quantity,
        grade_a: chance.one(&[5_000, 0, 1, 3_333]),
        actual_loss: chance.one(&[4_000, 0, 6_000, 1]),
        sales,
    }
}

fn bonus(chance: &mut Chance) -> i64 {
    const BONUSES: [i64; 10] = [
        200_001, 160_000, 150_001, 100_000, 90_000, 3, 1, 0, 40_001, 1_000_000,
    ];
    if chance.percent(50) {
        chance.one(&BONUSES)
    } else {
        chance.sum(400_000)
    }
}

fn bonuses(chance: &mut Chance, company: &Company, months: &[Month]) -> Vec<Bonus> {
    let mut bonuses = Vec::new();
    for person in company.people.keys() {
        let before = chance.percent(20).then(|| months[0].prev());
        for month in before.into_iter().chain(months.iter().copied()) {
            if chance.percent(15) {
                continue;
            }
            let minor = bonus(chance);
            let later = chance.one(&[0, 0, 0, 0, 0, 1, 1, 2]);
            let known = month.plus_months(later).unwrap();
            let mut corrected: Vec<Month> = months.to_vec();
            corrected.retain(|month| *month >= known);
            chance.shuffle(&mut corrected);
            corrected.truncate(chance.one(&[0, 0, 0, 0, 1, 1, 2]));
            let corrected = corrected.into_iter().map(|month| Corrected {
                minor: match chance.below(3) {
                    0 => minor / 10,
                    1 => minor + 1,
                    _ => bonus(chance),
                },
                known: month.to_string(),
            });
            bonuses.push(Bonus {
                employee: person.clone(),
                month: month.to_string(),
                minor,
                corrected: corrected.collect(),
                known: known.to_string(),
            });
        }
    }
    bonuses
}

/// The same scenario, told in another order.
pub(crate) fn shuffled(scenario: &Scenario, number: u64) -> Scenario {
    let mut chance = Chance::of(7, number);
    let mut told = scenario.clone();
    chance.shuffle(&mut told.cases);
    for case in &mut told.cases {
        chance.shuffle(&mut case.lines);
        chance.shuffle(&mut case.parties);
        chance.shuffle(&mut case.discipline);
        chance.shuffle(&mut case.changes);
        if let Some(resale) = &mut case.resale {
            chance.shuffle(&mut resale.sales);
        }
    }
    chance.shuffle(&mut told.members);
    chance.shuffle(&mut told.bonuses);
    for bonus in &mut told.bonuses {
        chance.shuffle(&mut bonus.corrected);
    }
    told
}

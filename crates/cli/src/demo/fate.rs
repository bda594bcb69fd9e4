//! What befalls a complaint, drawn once from the seed before anything happens to it.

use redress_kernel::money::{Currency, Money, Rate};
use redress_kernel::time::Date;

use crate::demo::company::staff;
use crate::demo::dice::Dice;
use crate::demo::source::Received;
use crate::demo::staff::{SECTIONS, SHIFT};
use crate::demo::words::{self, Finding};

/// What sales and the customer agree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handling {
    /// Part of the price is let off.
    Allowance,
    /// What the customer lost is paid.
    Compensation,
    /// Goods come back.
    Return,
    /// Goods are sent anew.
    Replacement,
    /// The customer mends them at our cost.
    Rework,
}

impl Handling {
    /// As the forms name it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Allowance => "allowance",
            Self::Compensation => "compensation",
            Self::Return => "return",
            Self::Replacement => "replacement",
            Self::Rework => "rework",
        }
    }
}

/// Who has the case on the desk in each department.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desks {
    /// Sales.
    pub(crate) sales: &'static str,
    /// GM office.
    pub(crate) office: &'static str,
    /// Quality.
    pub(crate) quality: &'static str,
    /// Manufacturing.
    pub(crate) plant: &'static str,
    /// R&D.
    pub(crate) rnd: &'static str,
}

/// Everything that is drawn about a complaint.
#[derive(Debug, Clone)]
pub(crate) struct Fate {
    /// The customer as a party.
    pub(crate) customer: String,
    /// The customer's country.
    pub(crate) country: &'static str,
    /// Whether sales enters the wrong country, to be corrected after acceptance (A8).
    pub(crate) wrong_country: bool,
    /// Who works on it.
    pub(crate) desks: Desks,
    /// The order.
    pub(crate) order_no: String,
    /// The item.
    pub(crate) item_no: String,
    /// Pieces delivered.
    pub(crate) quantity: i64,
    /// Pieces that are bad.
    pub(crate) defects: i64,
    /// Whether the quantities are known only later (M9-1).
    pub(crate) quantities_pending: bool,
    /// When it was shipped.
    pub(crate) shipped: Date,
    /// When it was made.
    pub(crate) made: Date,
    /// The unit that made it: a group, the shift, or a section where no group can be named (P1).
    pub(crate) unit: &'static str,
    /// The fault is ours: the loss is carried by somebody (M9-7).
    pub(crate) our_fault: bool,
    /// The cause of the catalogue, if people caused it.
    pub(crate) slip: Option<&'static str>,
    /// What is found.
    pub(crate) finding: Finding,
    /// What the customer gets.
    pub(crate) handling: Handling,
    /// How much, in the customer's currency; for a return the price of one piece.
    pub(crate) amount: Money,
    /// The exchange rate, if it is not CNY.
    pub(crate) rate: Option<String>,
    /// No loss was caused: an abnormality notice instead of a complaint (M3).
    pub(crate) notice: bool,
    /// The notice is raised to a complaint after all.
    pub(crate) raised: bool,
    /// A joint inspection goes before it (M9-2).
    pub(crate) inspected: bool,
    /// Quality cannot come in time: the general manager appoints somebody.
    pub(crate) quality_absent: bool,
    /// The stage that calls for R&D's opinion (A11).
    pub(crate) opinion_called_at: Option<&'static str>,
    /// From which stage to which it is sent back (A12).
    pub(crate) sent_back: Option<(&'static str, &'static str)>,
    /// At which stage the customer withdraws it.
    pub(crate) withdrawn_at: Option<&'static str>,
    /// It is found to be not established (M9-14).
    pub(crate) not_established: bool,
    /// The customer objects to that, or does not accept what was decided (M9-9).
    pub(crate) customer_refuses: bool,
    /// A department petitions against the resolution (M9-12).
    pub(crate) petition: bool,
    /// A supplier may be responsible (M9-13).
    pub(crate) supplier: Option<String>,
    /// The stage at which it lies in a drawer, and how many minutes.
    pub(crate) forgotten: Option<(&'static str, i64)>,
    /// Whether GM office inquires into late visits (M14).
    pub(crate) inquired: bool,
}

const COUNTRIES: &[(i64, &str)] = &[
    (58, "CN"),
    (14, "US"),
    (8, "DE"),
    (6, "JP"),
    (5, "AE"),
    (5, "BR"),
    (4, "AU"),
];

const SLIPS: &[&str] = &[
    "wrong-documents",
    "requirement-not-passed-on",
    "order-entered-wrongly",
    "storage-or-transport",
    "misdelivery",
    "marking-off-specification",
    "inspection-data-disagree",
];

impl Fate {
    /// Draws what befalls a complaint; `again` counts how often its customer has filed it before.
    pub(crate) fn draw(seed: u64, complaint: &Received, again: u32) -> Self {
        // Customer and order stay the same when it is filed anew.
        let mut once = Dice::new(seed, &format!("customer of {}", complaint.complaint_id));
        let country = once.weighted(COUNTRIES).unwrap_or("CN");
        let customer = format!("customer:{country}-{:02}", once.between(1, 24));
        let order_no = format!("PO-{}", once.between(10_000, 99_999));
        let item_no = format!("{:03}-{:04}", once.between(1, 999), once.between(1, 9_999));
        let quantity = once.between(4, 120) * 10;
        let shipped = complaint
            .incident_date
            .plus_days(-once.between(20, 400))
            .unwrap_or(complaint.incident_date);
        let made = shipped.plus_days(-once.between(4, 30)).unwrap_or(shipped);

        let mut dice = Dice::new(seed, &format!("{} filed {again}", complaint.complaint_id));
        let dice = &mut dice;
        let desks = Desks {
            sales: once.text(staff("sales")),
            office: dice.text(staff("gm-office")),
            quality: dice.text(staff("quality")),
            plant: dice.text(staff("manufacturing")),
            rnd: dice.text(staff("rnd")),
        };
        let defects = dice.between(1, (quantity / 8).max(1));
        let handling = dice
            .weighted(&[
                (40, Handling::Allowance),
                (15, Handling::Compensation),
                (18, Handling::Return),
                (17, Handling::Replacement),
                (10, Handling::Rework),
            ])
            .unwrap_or(Handling::Allowance);
        let whole_minor = dice
            .weighted(&[
                (68, (40_000, 990_000)),
                (25, (1_000_000, 4_900_000)),
                (7, (5_100_000, 18_000_000)),
            ])
            .map_or(100_000, |(least, most)| dice.between(least, most));
        let overseas = country != "CN";
        // In dollars the figure is about a seventh.
        let in_currency = if overseas {
            whole_minor / 7
        } else {
            whole_minor
        };
        let minor = match handling {
            Handling::Return => (in_currency / defects).max(100),
            _ => in_currency,
        };
        let currency = if overseas { usd() } else { Currency::CNY };
        let grave = complaint.is_grave();
        let notice = again == 0 && !grave && dice.chance(30);
        let not_established = again == 0 && dice.chance(60);
        let dear = whole_minor >= 1_000_000;
        // Most of what is granted is goodwill, or nobody's fault: wear, use, age.
        let comes_back = handling == Handling::Return && !overseas;
        let faulty = once.chance(match (dear, comes_back) {
            (true, _) => 18,
            (false, false) => 60,
            (false, true) => 150,
        });
        let slip = dice.chance(30).then(|| dice.text(SLIPS)).filter(|_| !dear);
        Self {
            customer,
            country,
            wrong_country: dice.chance(12),
            desks,
            order_no,
            item_no,
            quantity,
            defects,
            quantities_pending: dice.chance(60),
            shipped,
            made,
            unit: unit(dice),
            our_fault: faulty || slip.is_some(),
            slip,
            finding: dice
                .one(words::findings(&complaint.component))
                .copied()
                .unwrap_or(words::NOTHING_FOUND),
            handling,
            amount: Money::new(minor, currency).unwrap_or(Money::zero(currency)),
            rate: overseas.then(|| format!("7.{:04}", dice.between(950, 1_350))),
            notice,
            raised: notice && dice.chance(200),
            inspected: again == 0 && grave && !notice && dice.chance(650),
            quality_absent: dice.chance(200),
            opinion_called_at: dice
                .weighted(&[
                    (88, None),
                    (6, Some("investigation")),
                    (4, Some("countermeasure")),
                    (2, Some("review")),
                ])
                .flatten(),
            sent_back: dice
                .weighted(&[
                    (92, None),
                    (3, Some(("countermeasure", "investigation"))),
                    (3, Some(("review", "countermeasure"))),
                    (1, Some(("consolidation", "handling-proposal"))),
                    (1, Some(("review", "investigation"))),
                ])
                .flatten(),
            withdrawn_at: dice
                .weighted(&[
                    (980, None),
                    (8, Some("investigation")),
                    (4, Some("countermeasure")),
                    (8, Some("handling-proposal")),
                ])
                .flatten(),
            not_established,
            customer_refuses: again == 0 && dice.chance(if not_established { 250 } else { 45 }),
            petition: dice.chance(15),
            supplier: dice
                .chance(50)
                .then(|| format!("supplier:S{:02}", dice.between(1, 12))),
            forgotten: dice.chance(30).then(|| {
                let stage = dice.text(&[
                    "investigation",
                    "countermeasure",
                    "review",
                    "handling-proposal",
                    "approval",
                ]);
                (stage, dice.between(1_900, 6_500))
            }),
            inquired: dice.chance(550),
        }
    }

    /// Whether the customer is abroad.
    pub(crate) fn overseas(&self) -> bool {
        self.country != "CN"
    }

    /// What the customer gets, in CNY.
    pub(crate) fn cost(&self) -> Option<Money> {
        if self.not_established {
            return Some(Money::zero(Currency::CNY));
        }
        let whole = match self.handling {
            Handling::Return => self.amount.checked_mul(self.defects).ok()?,
            _ => self.amount,
        };
        match &self.rate {
            Some(rate) => rate
                .parse::<Rate>()
                .ok()?
                .convert_half_up(whole, Currency::CNY)
                .ok(),
            None => Some(whole),
        }
    }

    /// How many working minutes somebody needs at a stage before it is reported, and before it is endorsed.
    pub(crate) fn minutes(&self, dice: &mut Dice, stage: &str, endorsing: bool) -> i64 {
        let (usual, slow_in_a_thousand, slow) = match (stage, endorsing) {
            ("countermeasure" | "handling-proposal", true) => ((15, 200), 50, (480, 900)),
            ("acceptance", _) => ((10, 130), 40, (330, 700)),
            ("investigation", _) => ((90, 400), 110, (500, 1_200)),
            ("countermeasure", _) => ((90, 360), 100, (500, 1_100)),
            ("technical-opinion", _) => ((120, 420), 150, (600, 1_400)),
            ("review", _) => ((30, 240), 50, (480, 960)),
            ("handling-proposal", _) if self.overseas() => ((700, 3_300), 80, (4_200, 5_800)),
            ("handling-proposal", _) => ((380, 1_500), 130, (2_300, 4_100)),
            ("consolidation", _) => ((20, 180), 80, (400, 900)),
            ("approval", _) => ((45, 480), 70, (960, 2_400)),
            ("settlement", _) => ((480, 3_000), 50, (3_000, 6_000)),
            ("attendance" | "appointment", _) => ((10, 60), 50, (120, 300)),
            ("inspection", _) => ((180, 600), 100, (600, 1_200)),
            ("report", _) => ((200, 900), 180, (1_500, 2_600)),
            _ => ((30, 400), 50, (480, 1_500)),
        };
        let (least, most) = if dice.chance(slow_in_a_thousand) {
            slow
        } else {
            usual
        };
        let drawer = self
            .forgotten
            .filter(|(at, _)| *at == stage && !endorsing)
            .map_or(0, |(_, minutes)| minutes);
        dice.between(least, most) + drawer
    }
}

/// Where it was made: nearly always the group is known.
fn unit(dice: &mut Dice) -> &'static str {
    let (section, groups) = dice.one(SECTIONS).copied().unwrap_or_default();
    let group = dice.text(groups);
    dice.weighted(&[(84, group), (9, section), (7, SHIFT)])
        .unwrap_or(group)
}

fn usd() -> Currency {
    "USD".parse().unwrap_or(Currency::CNY)
}

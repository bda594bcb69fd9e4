//! From a sentence about money to a command on a case.

use redress_core::command::{Command, ComplaintCommand};
use redress_core::discipline::Sentence as Discipline;
use redress_core::improvement::ItemDraft;
use redress_core::loss::{LossEntry, Returned};
use redress_core::responsibility::ResponsibleShare;
use redress_core::tables::{Grade, LossBasis, LossTable};
use redress_kernel::id::EmployeeId;

use super::Play;
use crate::entry;
use crate::fault::{Wrong, wrong};
use crate::sentence::{CaseDeed, Entry, money};

impl Play<'_> {
    /// The command of a deed about the money of a case.
    pub(super) fn money_command(
        &self,
        case: &str,
        deed: &CaseDeed,
        entries: &[Entry],
    ) -> Result<Command, Wrong> {
        Ok(match deed {
            CaseDeed::StateLoss { reason } => {
                let regulation = self.told(case)?.workflow.regulation.as_ref();
                let table = regulation.and_then(|r| r.tables.loss.as_ref());
                ComplaintCommand::StateLoss {
                    lines: losses(table, entries)?,
                    reason: reason.clone(),
                }
            }
            CaseDeed::Propose => ComplaintCommand::ProposeResponsibility {
                shares: shares(entries)?,
            },
            CaseDeed::Determine { reason } => {
                let (charged, parties): (Vec<Entry>, Vec<Entry>) =
                    entries.iter().cloned().partition(|e| e.name == "charged");
                let charged = charged.first().map(percent).transpose()?;
                ComplaintCommand::DetermineResponsibility {
                    shares: shares(&parties)?,
                    charged,
                    reason: reason.clone(),
                }
            }
            CaseDeed::TakeBack { quantity } => {
                let known = Lines::of(entries, &["grade_a", "actual_loss"])?;
                ComplaintCommand::TakeBackGoods {
                    returned: Returned {
                        quantity: *quantity,
                        grade_a: money(known.needed("grade_a")?)?,
                        actual_loss: money(known.needed("actual_loss")?)?,
                    },
                }
            }
            CaseDeed::Resell(resold) => ComplaintCommand::ResellGoods {
                resold: resold.clone(),
            },
            CaseDeed::SettleResale => ComplaintCommand::SettleResale {},
            CaseDeed::ProposeDiscipline { employee } => ComplaintCommand::ProposeDiscipline {
                employee: employee.clone(),
            },
            CaseDeed::DecideDiscipline { employee, reason } => ComplaintCommand::DecideDiscipline {
                employee: employee.clone(),
                sentence: self.sentence_on(case, employee, entries)?,
                reason: reason.clone(),
            },
            CaseDeed::AnnounceDiscipline { employee } => ComplaintCommand::AnnounceDiscipline {
                employee: employee.clone(),
            },
            CaseDeed::DraftImprovement => ComplaintCommand::DraftImprovement {
                items: items(entries)?,
            },
            CaseDeed::Improve(command) => command.clone(),
        }
        .into())
    }

    /// What is decided: where no line says otherwise, the proposed grade, once.
    fn sentence_on(
        &self,
        case: &str,
        employee: &EmployeeId,
        entries: &[Entry],
    ) -> Result<Discipline, Wrong> {
        let known = Lines::of(entries, &["grade", "count", "rate"])?;
        let grade = match known.get("grade") {
            Some(word) => grade(word)?,
            None => {
                let petition = self.told(case)?.complaint.petition_of(employee);
                petition.map_or(Grade::None, |petition| petition.applied.grade)
            }
        };
        let count = match known.get("count") {
            Some(word) => word
                .parse()
                .map_err(|_| wrong(format!("`{word}` is no count"), "write a whole number"))?,
            None => u32::from(grade != Grade::None),
        };
        Ok(Discipline {
            grade,
            count,
            rate: known.get("rate").map(money).transpose()?,
        })
    }
}

/// The lines below a sentence that knows which there can be.
struct Lines<'e>(&'e [Entry]);

impl<'e> Lines<'e> {
    fn of(entries: &'e [Entry], known: &[&str]) -> Result<Self, Wrong> {
        for (entry, place) in entries.iter().zip(0..) {
            let before = entries.iter().take(place);
            if !known.contains(&entry.name.as_str())
                || before.into_iter().any(|other| other.name == entry.name)
            {
                return Err(wrong(
                    format!("`{}` (line {}) is not asked for", entry.name, entry.line),
                    format!("the lines are, each once: {}", known.join(", ")),
                ));
            }
        }
        Ok(Self(entries))
    }

    fn get(&self, name: &str) -> Option<&'e str> {
        let entry = self.0.iter().find(|entry| entry.name == name);
        entry.map(|entry| entry.value.as_str())
    }

    fn needed(&self, name: &str) -> Result<&'e str, Wrong> {
        self.get(name).ok_or_else(|| {
            wrong(
                format!("the line `{name}` is missing"),
                format!("write `{name} = 50.00 CNY` below the sentence"),
            )
        })
    }
}

fn grade(word: &str) -> Result<Grade, Wrong> {
    let all = Grade::ALL;
    let word = word.replace(' ', "_");
    all.into_iter()
        .find(|grade| grade.id() == word)
        .ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|grade| grade.id()).collect();
            wrong(
                format!("`{word}` is no grade"),
                format!("the grades are: {}", known.join(", ")),
            )
        })
}

fn percent(entry: &Entry) -> Result<u32, Wrong> {
    entry::percent_of(&entry.value).ok_or_else(|| {
        wrong(
            format!("`{}` (line {}) is no part", entry.value, entry.line),
            "write `45 %`, two decimals at most",
        )
    })
}

/// `unit:group-3 = 45 %`, `unit:section-1 = 100 % because no group can be named`.
fn shares(entries: &[Entry]) -> Result<Vec<ResponsibleShare>, Wrong> {
    let share = |entry: &Entry| {
        let (part, why) = match entry.value.split_once(" because ") {
            Some((part, why)) => (part, Some(why.to_owned())),
            None => (entry.value.as_str(), None),
        };
        Ok(ResponsibleShare {
            party: entry.name.clone(),
            basis_points: percent(&Entry {
                value: part.to_owned(),
                ..entry.clone()
            })?,
            why_not_smaller: why,
            department: None,
            kind: None,
        })
    };
    entries.iter().map(share).collect()
}

/// `manufacturing = analyse the bath each shift until 2026-04-30`.
fn items(entries: &[Entry]) -> Result<Vec<ItemDraft>, Wrong> {
    let item = |entry: &Entry| {
        let wrong = || {
            wrong(
                format!("`{}` (line {}) is no item", entry.value, entry.line),
                "write `DEPARTMENT = WHAT until 2026-04-30`",
            )
        };
        let (what, until) = entry.value.rsplit_once("until ").ok_or_else(wrong)?;
        Ok(ItemDraft {
            what: what.trim().to_owned(),
            department: entry.name.parse().map_err(|_| wrong())?,
            until: until.trim().parse().map_err(|_| wrong())?,
        })
    };
    entries.iter().map(item).collect()
}

/// `allowance = 500.00 CNY`, `rework.labour = 80.00 CNY`, `return = 10 × 50.00 CNY less 120.00 CNY`. Parts of one kind are
/// one line of the loss, until a part comes again.
fn losses(table: Option<&LossTable>, entries: &[Entry]) -> Result<Vec<LossEntry>, Wrong> {
    let mut lines: Vec<LossEntry> = Vec::new();
    for entry in entries {
        let (kind, part) = match entry.name.split_once('.') {
            Some((kind, part)) => (kind, Some(part)),
            None => (entry.name.as_str(), None),
        };
        let id = |text: &str| {
            text.parse().map_err(|_| {
                wrong(
                    format!("`{}` (line {}) is no kind of loss", entry.name, entry.line),
                    "write `KIND = 500.00 CNY` or `KIND.PART = 500.00 CNY`",
                )
            })
        };
        let new = LossEntry {
            kind: id(kind)?,
            amounts: std::collections::BTreeMap::new(),
            quantity: None,
            unit_price: None,
            proceeds: None,
        };
        if let Some((pieces, price)) = entry.value.split_once('×') {
            let (price, proceeds) = match price.split_once(" less ") {
                Some((price, proceeds)) => (price, Some(money(proceeds.trim())?)),
                None => (price, None),
            };
            let quantity = pieces.trim().replace(',', "").parse().map_err(|_| {
                wrong(
                    format!("`{}` is no quantity", pieces.trim()),
                    "write `return = 10 × 50.00 CNY less 120.00 CNY`",
                )
            })?;
            lines.push(LossEntry {
                quantity: Some(quantity),
                unit_price: Some(money(price.trim())?),
                proceeds,
                ..new
            });
            continue;
        }
        let part = id(part.or_else(|| only_part(table, kind)).unwrap_or("amount"))?;
        let amount = money(&entry.value)?;
        let goes_on = lines.last_mut().filter(|line| {
            line.kind == new.kind && line.quantity.is_none() && !line.amounts.contains_key(&part)
        });
        if let Some(line) = goes_on {
            line.amounts.insert(part, amount);
        } else {
            let amounts = [(part, amount)].into();
            lines.push(LossEntry { amounts, ..new });
        }
    }
    Ok(lines)
}

/// The part of a kind that has one alone: it need not be named.
fn only_part<'t>(table: Option<&'t LossTable>, kind: &str) -> Option<&'t str> {
    let row = table?.rows.iter().find(|row| row.kind == *kind)?;
    match &row.basis {
        LossBasis::Parts(parts) => match parts.as_slice() {
            [part] => Some(part.as_str()),
            _ => None,
        },
        LossBasis::Returned => None,
    }
}

//! Improvements: what the decision wants tracked is opened, drafted, confirmed, carried out and judged, a step at a time.

use redress::CaseView;
use redress_core::command::ComplaintCommand;
use redress_core::improvement::{Improvement, ItemDraft, Standing};
use redress_kernel::id::DepartmentId;
use redress_kernel::time::Instant;

use super::beside::colleague;
use super::task::{Deed, Planned, Task, Then};
use super::{Play, Stumble, lost};
use crate::demo::company;
use crate::demo::fate::Fate;

impl Play<'_> {
    /// The next step of a case's improvement, and when the one after it is taken; none once it is done.
    pub(super) fn improve(
        &mut self,
        at: Instant,
        place: usize,
        view: &CaseView,
    ) -> Result<Option<Planned>, Stumble> {
        let Some(improvement) = &view.complaint.improvement else {
            return Ok(None);
        };
        let running = self.cases.get(place).ok_or_else(|| lost(place))?;
        let fate = running.fate.clone();
        let mut dice = running.dice.clone();
        let half_hearted = dice.chance(150);
        let in_vain = dice.chance(120);
        let minutes = dice.between(700, 4_300);
        let (standing, _) = improvement.standing();
        let (who, command) = match standing {
            Standing::Tracked => (fate.desks.office, ComplaintCommand::OpenImprovement {}),
            Standing::Opened | Standing::Returned | Standing::Ineffective => {
                // Half a draft comes back, and is made whole.
                let whole = !half_hearted || standing == Standing::Returned;
                let items = self.items(at, &fate, whole)?;
                let command = ComplaintCommand::DraftImprovement { items };
                (fate.desks.plant, command)
            }
            Standing::Drafted if improvement.items().len() == 1 => {
                let reason = "who checks it, and on how many parts, is not said".to_owned();
                let command = ComplaintCommand::ReturnImprovement { reason };
                (fate.desks.office, command)
            }
            Standing::Drafted => (fate.desks.office, ComplaintCommand::ConfirmImprovement {}),
            Standing::UnderWay => match carried_out(improvement, &fate) {
                Some(step) => step,
                None => return Ok(None),
            },
            Standing::CarriedOut => {
                let effective = !in_vain || improvement.round() > 1;
                let command = ComplaintCommand::JudgeImprovement {
                    effective,
                    finding: finding(effective).to_owned(),
                };
                (fate.desks.office, command)
            }
            Standing::Done => return Ok(None),
        };
        self.later(at, minutes, Task::Beside(place, Deed::Improve));
        let by = company::by(who)?;
        self.on(at, place, (by, command), Then::Nothing)
    }

    fn items(&self, at: Instant, fate: &Fate, whole: bool) -> Result<Vec<ItemDraft>, Stumble> {
        let today = self.hours.zone().date_of(at);
        let item = |department: &str, what: &str, days: i64| {
            Ok::<_, Stumble>(ItemDraft {
                what: what.to_owned(),
                department: department.parse::<DepartmentId>()?,
                until: today.plus_days(days).unwrap_or(today),
            })
        };
        let mut items = vec![item("manufacturing", fate.finding.countermeasure, 10)?];
        if whole {
            items.push(item("quality", "five parts of each lot are checked", 21)?);
        }
        Ok(items)
    }
}

/// The first item that is open, by somebody of its department.
fn carried_out(improvement: &Improvement, fate: &Fate) -> Option<(&'static str, ComplaintCommand)> {
    let open = improvement.open_items().next()?;
    let command = ComplaintCommand::CarryOutImprovement {
        item: open.item.item,
        done: "done as drafted; the record is filed with the form".to_owned(),
    };
    Some((colleague(open.item.department.as_str(), fate), command))
}

fn finding(effective: bool) -> &'static str {
    match effective {
        true => "no part of the lots since shows it",
        false => "one lot since shows it again",
    }
}

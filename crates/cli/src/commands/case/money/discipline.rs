//! `redress case propose-discipline|decide-discipline|announce CASE EMPLOYEE …`: discipline by petition, decided by the
//! general manager, announced by personnel (D3 to D6, M12).

use redress_core::command::ComplaintCommand;
use redress_core::discipline::Sentence;
use redress_core::tables::Grade;
use redress_kernel::id::EmployeeId;
use redress_kernel::money::Currency;

use super::{Case, money};
use crate::deed::Deed;
use crate::failure::Failure;

/// A petition.
#[derive(Debug, clap::Args)]
pub(crate) struct Proposal {
    #[command(flatten)]
    pub(super) case: Case,
    /// Whose
    employee: EmployeeId,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// The decision on it.
#[derive(Debug, clap::Args)]
pub(crate) struct Decision {
    #[command(flatten)]
    pub(super) case: Case,
    /// Whose
    employee: EmployeeId,
    /// What
    #[arg(value_enum)]
    grade: Graded,
    /// How often: several warnings or minor demerits add up
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u32,
    /// The fine of each [default: the least that the regulation allows]
    #[arg(long, value_name = "AMOUNT")]
    rate: Option<String>,
    /// Why another grade than the proposed one
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// Its announcement.
#[derive(Debug, clap::Args)]
pub(crate) struct Announcement {
    #[command(flatten)]
    pub(super) case: Case,
    /// Whose
    employee: EmployeeId,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// What can be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Graded {
    None,
    Warning,
    MinorDemerit,
    MajorDemerit,
}

impl Proposal {
    pub(super) fn command(&self) -> ComplaintCommand {
        ComplaintCommand::ProposeDiscipline {
            employee: self.employee.clone(),
        }
    }
}

impl Decision {
    pub(super) fn command(&self, currency: Currency) -> Result<ComplaintCommand, Failure> {
        let grade = match self.grade {
            Graded::None => Grade::None,
            Graded::Warning => Grade::Warning,
            Graded::MinorDemerit => Grade::MinorDemerit,
            Graded::MajorDemerit => Grade::MajorDemerit,
        };
        let rate = self.rate.as_deref();
        Ok(ComplaintCommand::DecideDiscipline {
            employee: self.employee.clone(),
            sentence: Sentence {
                grade,
                // Nothing is decided no times.
                count: if grade == Grade::None { 0 } else { self.count },
                rate: rate.map(|rate| money(rate, currency)).transpose()?,
            },
            reason: self.reason.clone(),
        })
    }
}

impl Announcement {
    pub(super) fn command(&self) -> ComplaintCommand {
        ComplaintCommand::AnnounceDiscipline {
            employee: self.employee.clone(),
        }
    }
}

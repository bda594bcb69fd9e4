//! `redress case take-back|resell|settle-resale CASE …`: goods that came back may be resold for a month (D1, A17).

use redress_core::command::ComplaintCommand;
use redress_core::loss::{Resold, Returned};
use redress_kernel::money::Currency;

use super::{Case, money};
use crate::deed::Deed;
use crate::failure::Failure;

/// Goods came back.
#[derive(Debug, clap::Args)]
pub(crate) struct TakeBack {
    #[command(flatten)]
    pub(super) case: Case,
    /// How many pieces
    #[arg(long, value_name = "PIECES")]
    quantity: i64,
    /// What one is worth as grade A
    #[arg(long, value_name = "AMOUNT")]
    grade_a: String,
    /// What is lost on one that is not sold
    #[arg(long, value_name = "AMOUNT")]
    actual_loss: String,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// Some were sold.
#[derive(Debug, clap::Args)]
pub(crate) struct Resell {
    #[command(flatten)]
    pub(super) case: Case,
    /// How many pieces
    #[arg(long, value_name = "PIECES")]
    quantity: i64,
    /// For how much, all together
    #[arg(long, value_name = "AMOUNT")]
    proceeds: String,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// The month to resell them is over.
#[derive(Debug, clap::Args)]
pub(crate) struct Settle {
    #[command(flatten)]
    pub(super) case: Case,
    #[command(flatten)]
    pub(super) deed: Deed,
}

impl TakeBack {
    pub(super) fn command(&self, currency: Currency) -> Result<ComplaintCommand, Failure> {
        Ok(ComplaintCommand::TakeBackGoods {
            returned: Returned {
                quantity: self.quantity,
                grade_a: money(&self.grade_a, currency)?,
                actual_loss: money(&self.actual_loss, currency)?,
            },
        })
    }
}

impl Resell {
    pub(super) fn command(&self, currency: Currency) -> Result<ComplaintCommand, Failure> {
        Ok(ComplaintCommand::ResellGoods {
            resold: Resold {
                quantity: self.quantity,
                proceeds: money(&self.proceeds, currency)?,
            },
        })
    }
}

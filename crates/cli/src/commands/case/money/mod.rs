//! What a case costs and whom: `redress case loss|propose-responsibility|determine|take-back|resell|settle-resale|
//! propose-discipline|decide-discipline|announce` (M9-7, D, P).

mod discipline;
mod goods;
mod loss;
mod responsibility;

use redress::Redress;
use redress_core::command::ComplaintCommand;
use redress_kernel::money::{Currency, Money};

use super::Case;
use crate::amount;
use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::session::Session;

/// What can be done about the money of a case.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// State the loss by the loss basis; behind the decision, correct it (M9-7)
    Loss(loss::Args),
    /// Propose who is responsible, before the decision (M9-4)
    ProposeResponsibility(responsibility::Proposal),
    /// Determine who carries the loss, behind the decision, or correct it (M12)
    Determine(responsibility::Determination),
    /// Record that goods came back (D1)
    TakeBack(goods::TakeBack),
    /// Record that some of them were sold (D1)
    Resell(goods::Resell),
    /// Settle the loss on them once the resale month has ended (A17)
    SettleResale(goods::Settle),
    /// Propose discipline by petition (D6)
    ProposeDiscipline(discipline::Proposal),
    /// Decide discipline, as the general manager (D4, D5)
    DecideDiscipline(discipline::Decision),
    /// Announce discipline, as personnel (M12)
    Announce(discipline::Announcement),
}

impl Verb {
    /// When, under which id, at which version.
    pub(super) fn deed(&self) -> &Deed {
        match self {
            Self::Loss(args) => &args.deed,
            Self::ProposeResponsibility(args) => &args.deed,
            Self::Determine(args) => &args.deed,
            Self::TakeBack(args) => &args.deed,
            Self::Resell(args) => &args.deed,
            Self::SettleResale(args) => &args.deed,
            Self::ProposeDiscipline(args) => &args.deed,
            Self::DecideDiscipline(args) => &args.deed,
            Self::Announce(args) => &args.deed,
        }
    }

    fn case(&self) -> &Case {
        match self {
            Self::Loss(args) => &args.case,
            Self::ProposeResponsibility(args) => &args.case,
            Self::Determine(args) => &args.case,
            Self::TakeBack(args) => &args.case,
            Self::Resell(args) => &args.case,
            Self::SettleResale(args) => &args.case,
            Self::ProposeDiscipline(args) => &args.case,
            Self::DecideDiscipline(args) => &args.case,
            Self::Announce(args) => &args.case,
        }
    }

    /// The command that is meant.
    pub(super) async fn asked(&self, session: &Session, desk: &Redress) -> Result<Asked, Failure> {
        let currency = amount::currency(session, desk).await?;
        let command = match self {
            Self::Loss(args) => args.command(currency)?,
            Self::ProposeResponsibility(args) => args.command()?,
            Self::Determine(args) => args.command()?,
            Self::TakeBack(args) => args.command(currency)?,
            Self::Resell(args) => args.command(currency)?,
            Self::SettleResale(_) => ComplaintCommand::SettleResale {},
            Self::ProposeDiscipline(args) => args.command(),
            Self::DecideDiscipline(args) => args.command(currency)?,
            Self::Announce(args) => args.command(),
        };
        let case = session.find(desk, &self.case().case).await?;
        Ok(Asked::on(case, command, self.deed()))
    }
}

/// An amount; the company's currency where none is named.
fn money(text: &str, currency: Currency) -> Result<Money, Failure> {
    amount::read(text, currency).map_err(|reason| amount::wrong(text, reason))
}

//! `redress case answer CASE --means letter|telephone --text TEXT [--concedes AMOUNT]`: the answer to the customer (M9-11, A15).

use redress::Redress;
use redress_core::command::ComplaintCommand;
use redress_core::event::Means;
use redress_kernel::money::Money;

use super::Case;
use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::session::Session;

/// How the customer is answered.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum By {
    /// By letter.
    Letter,
    /// By telephone.
    Telephone,
}

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    case: Case,
    /// letter or telephone
    #[arg(long, value_enum)]
    means: By,
    /// What is said
    #[arg(long)]
    text: String,
    /// What is promised or conceded, such as `1250.00 CNY`
    #[arg(long, value_name = "AMOUNT")]
    concedes: Option<Money>,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// The command.
pub(crate) async fn asked(
    session: &Session,
    desk: &Redress,
    args: &Args,
) -> Result<Asked, Failure> {
    let case = session.find(desk, &args.case.case).await?;
    let command = ComplaintCommand::Answer {
        means: match args.means {
            By::Letter => Means::Letter,
            By::Telephone => Means::Telephone,
        },
        text: args.text.clone(),
        concedes: args.concedes,
    };
    Ok(Asked::on(case, command, &args.deed))
}

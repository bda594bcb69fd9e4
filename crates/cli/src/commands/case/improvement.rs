//! `redress case improvement open|draft|confirm|return|carry-out|effect CASE …`: what the decision wants tracked is opened,
//! drafted, confirmed, carried out, and judged by its effect (M9-7).

use redress::Redress;
use redress_core::command::ComplaintCommand;
use redress_core::improvement::ItemDraft;

use super::Case;
use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::session::Session;

/// What can be done about the improvement of a case.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// Open the improvement form, as the general manager's office
    Open(Plain),
    /// Draft its items, as manufacturing; again after a return or a round without effect
    Draft(Draft),
    /// Confirm the draft, as the general manager's office
    Confirm(Plain),
    /// Return the draft
    Return(Return),
    /// Record that an item was carried out, as its department
    CarryOut(CarryOut),
    /// Confirm the effect of what was carried out, or find none (M9-10)
    Effect(Effect),
}

/// Nothing but the case.
#[derive(Debug, clap::Args)]
pub(crate) struct Plain {
    #[command(flatten)]
    case: Case,
    #[command(flatten)]
    deed: Deed,
}

/// A draft.
#[derive(Debug, clap::Args)]
pub(crate) struct Draft {
    #[command(flatten)]
    case: Case,
    /// What is to be done, by which department, until which day; once for each item
    #[arg(long = "item", value_name = "DEPARTMENT:DATE:WHAT", required = true, value_parser = item)]
    items: Vec<ItemDraft>,
    #[command(flatten)]
    deed: Deed,
}

/// Why a draft is returned.
#[derive(Debug, clap::Args)]
pub(crate) struct Return {
    #[command(flatten)]
    case: Case,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    deed: Deed,
}

/// What was done.
#[derive(Debug, clap::Args)]
pub(crate) struct CarryOut {
    #[command(flatten)]
    case: Case,
    /// The number of the item
    item: u32,
    /// What was done
    #[arg(long, value_name = "TEXT")]
    done: String,
    #[command(flatten)]
    deed: Deed,
}

/// What was found.
#[derive(Debug, clap::Args)]
pub(crate) struct Effect {
    #[command(flatten)]
    case: Case,
    /// What was found
    #[arg(long, value_name = "TEXT")]
    finding: String,
    /// It had no effect: it is drafted again
    #[arg(long)]
    none: bool,
    #[command(flatten)]
    deed: Deed,
}

/// `manufacturing:2026-04-30:analyse the bath each shift`.
fn item(text: &str) -> Result<ItemDraft, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(department), Some(until), Some(what)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err("write DEPARTMENT:DATE:WHAT".to_owned());
    };
    Ok(ItemDraft {
        department: department.trim().parse().map_err(|e| format!("{e}"))?,
        until: until
            .trim()
            .parse()
            .map_err(|e: redress_kernel::time::TimeError| e.to_string())?,
        what: what.trim().to_owned(),
    })
}

impl Verb {
    /// When, under which id, at which version.
    pub(super) fn deed(&self) -> &Deed {
        match self {
            Self::Open(args) | Self::Confirm(args) => &args.deed,
            Self::Draft(args) => &args.deed,
            Self::Return(args) => &args.deed,
            Self::CarryOut(args) => &args.deed,
            Self::Effect(args) => &args.deed,
        }
    }

    fn case(&self) -> &Case {
        match self {
            Self::Open(args) | Self::Confirm(args) => &args.case,
            Self::Draft(args) => &args.case,
            Self::Return(args) => &args.case,
            Self::CarryOut(args) => &args.case,
            Self::Effect(args) => &args.case,
        }
    }

    fn command(&self) -> ComplaintCommand {
        match self {
            Self::Open(_) => ComplaintCommand::OpenImprovement {},
            Self::Draft(args) => ComplaintCommand::DraftImprovement {
                items: args.items.clone(),
            },
            Self::Confirm(_) => ComplaintCommand::ConfirmImprovement {},
            Self::Return(args) => ComplaintCommand::ReturnImprovement {
                reason: args.reason.clone(),
            },
            Self::CarryOut(args) => ComplaintCommand::CarryOutImprovement {
                item: args.item,
                done: args.done.clone(),
            },
            Self::Effect(args) => ComplaintCommand::JudgeImprovement {
                effective: !args.none,
                finding: args.finding.clone(),
            },
        }
    }

    /// The command that is meant.
    pub(super) async fn asked(&self, session: &Session, desk: &Redress) -> Result<Asked, Failure> {
        let case = session.find(desk, &self.case().case).await?;
        Ok(Asked::on(case, self.command(), self.deed()))
    }
}

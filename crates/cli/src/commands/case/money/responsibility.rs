//! `redress case propose-responsibility|determine CASE --share PARTY=PERCENT …`: who carries the loss (M9-4, M12, A23).
//!
//! `--share unit:group-3=45% --share supplier:S4=55%`. A unit larger than the smallest that the clause names needs
//! `--why-not-smaller PARTY=REASON` (P1, P2).

use redress_core::command::ComplaintCommand;
use redress_core::responsibility::ResponsibleShare;

use super::Case;
use crate::deed::Deed;
use crate::failure::Failure;
use crate::hundredths;

/// What can be said of shares.
#[derive(Debug, clap::Args)]
pub(crate) struct Shares {
    /// A party's share (repeatable), such as `unit:group-3=45%` or `supplier:S4=55%`; together 100 %
    #[arg(long, value_name = "PARTY=PERCENT", required = true)]
    share: Vec<String>,
    /// Why no smaller unit than this party can be named (repeatable)
    #[arg(long, value_name = "PARTY=REASON")]
    why_not_smaller: Vec<String>,
}

/// A proposal.
#[derive(Debug, clap::Args)]
pub(crate) struct Proposal {
    #[command(flatten)]
    pub(super) case: Case,
    #[command(flatten)]
    shares: Shares,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// A determination.
#[derive(Debug, clap::Args)]
pub(crate) struct Determination {
    #[command(flatten)]
    pub(super) case: Case,
    #[command(flatten)]
    shares: Shares,
    /// What part is charged to people, where it is to be less than the criteria say; with a reason
    #[arg(long, value_name = "PERCENT", value_parser = basis_points)]
    charged: Option<u32>,
    /// Why it is corrected, or less is charged
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    pub(super) deed: Deed,
}

impl Proposal {
    pub(super) fn command(&self) -> Result<ComplaintCommand, Failure> {
        let shares = self.shares.read()?;
        Ok(ComplaintCommand::ProposeResponsibility { shares })
    }
}

impl Determination {
    pub(super) fn command(&self) -> Result<ComplaintCommand, Failure> {
        Ok(ComplaintCommand::DetermineResponsibility {
            shares: self.shares.read()?,
            charged: self.charged,
            reason: self.reason.clone(),
        })
    }
}

impl Shares {
    fn read(&self) -> Result<Vec<ResponsibleShare>, Failure> {
        let mut shares = Vec::new();
        for text in &self.share {
            let (party, percent) = text
                .rsplit_once('=')
                .ok_or_else(|| wrong("--share", text, "it has no `=`"))?;
            shares.push(ResponsibleShare {
                party: party.trim().to_owned(),
                basis_points: basis_points(percent).map_err(|e| wrong("--share", text, &e))?,
                why_not_smaller: None,
                department: None,
                kind: None,
            });
        }
        for text in &self.why_not_smaller {
            let option = "--why-not-smaller";
            let (party, reason) = text
                .split_once('=')
                .ok_or_else(|| wrong(option, text, "it has no `=`"))?;
            let share = shares.iter_mut().find(|share| share.party == party.trim());
            let share = share.ok_or_else(|| wrong(option, text, "the party has no share"))?;
            share.why_not_smaller = Some(reason.to_owned());
        }
        Ok(shares)
    }
}

fn wrong(option: &str, text: &str, why: &str) -> Failure {
    Failure::usage("share", format!("`{option} {text}`: {why}"))
        .chinese(format!("`{option} {text}` 有误（{why}）"))
        .help_both(
            "write `--share unit:group-3=45%`, `--why-not-smaller department:sales=REASON`",
            "请写 `--share unit:group-3=45%`、`--why-not-smaller department:sales=理由`",
        )
}

/// A percentage with at most two decimals, in basis points.
fn basis_points(text: &str) -> Result<u32, String> {
    let text = text.trim();
    let figure = text.strip_suffix(['%', '％']).map(str::trim_end);
    hundredths::read(figure.ok_or_else(|| format!("`{text}` is no percentage such as 45%"))?)
}

#[cfg(test)]
mod tests {
    use super::basis_points;

    #[test]
    fn a_percentage_is_read_exactly_and_never_taken_for_basis_points() {
        assert_eq!(basis_points("45%"), Ok(4500));
        assert_eq!(basis_points("33.34 %"), Ok(3334));
        for text in ["45", "4500", "33.333%", "%", "-1%"] {
            assert!(basis_points(text).is_err(), "{text}");
        }
    }
}

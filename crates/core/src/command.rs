//! Commands that only a complaint understands, and all commands together.

use redress_kernel::command::CaseCommand;
use redress_kernel::id::{CaseId, EmployeeId};
use redress_kernel::money::Money;
use serde::{Deserialize, Serialize};

use crate::discipline::Sentence;
use crate::event::Means;
use crate::improvement::ItemDraft;
use crate::loss::{LossEntry, Resold, Returned};
use crate::responsibility::ResponsibleShare;

/// A command on a case: the kernel's or the complaint's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Any case understands it.
    Case(CaseCommand),
    /// Only a complaint understands it.
    Complaint(ComplaintCommand),
}

/// What somebody wants to happen to a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum ComplaintCommand {
    /// Answer the customer (M9-11).
    Answer {
        /// How.
        means: Means,
        /// What is said.
        text: String,
        /// What is promised or conceded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        concedes: Option<Money>,
    },
    /// Record that the customer does not accept the conclusion: the new form with this one attached (M9-9).
    CustomerRefuses {
        /// The new case.
        successor: CaseId,
    },
    /// File a petition against the resolution (M9-12), or the customer's objection (M9-14).
    Object {
        /// The petition.
        petition: String,
        /// Whether it is the customer's.
        #[serde(default)]
        from_customer: bool,
    },
    /// Rule on a petition.
    Rule {
        /// Which.
        objection: u32,
        /// Whether it is upheld.
        upheld: bool,
        /// The ruling.
        ruling: String,
    },
    /// Name a third party that may be responsible (M9-13).
    NameThirdParty {
        /// Who: `supplier:S4`, `company:X`.
        party: String,
        /// Why.
        reason: String,
    },
    /// State the loss by the loss basis (M9-7); behind the decision, correct it.
    StateLoss {
        /// The lines.
        lines: Vec<LossEntry>,
        /// Why it is corrected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Propose who is responsible, before the decision (M9-4).
    ProposeResponsibility {
        /// Shares that add up to the whole.
        shares: Vec<ResponsibleShare>,
    },
    /// Determine who carries the loss, behind the decision, or correct it (M12).
    DetermineResponsibility {
        /// Shares that add up to the whole.
        shares: Vec<ResponsibleShare>,
        /// What part is charged, in basis points, where it is to be less than the criteria say; with a reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charged: Option<u32>,
        /// Why it is corrected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Record that goods came back (D1).
    TakeBackGoods {
        /// How many, and what they are worth.
        returned: Returned,
    },
    /// Record that some of them were sold (D1).
    ResellGoods {
        /// How many, for how much.
        resold: Resold,
    },
    /// Settle the loss on them once the resale month has ended (A17).
    SettleResale {},
    /// Propose discipline by petition (D6).
    ProposeDiscipline {
        /// Whose.
        employee: EmployeeId,
    },
    /// Decide discipline (D4, D5).
    DecideDiscipline {
        /// Whose.
        employee: EmployeeId,
        /// What.
        sentence: Sentence,
        /// Why another grade than the proposed one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Announce it (M12).
    AnnounceDiscipline {
        /// Whose.
        employee: EmployeeId,
    },
    /// Open the improvement form (M9-7).
    OpenImprovement {},
    /// Draft its items; again, after a draft was returned or what was done had no effect.
    DraftImprovement {
        /// What is to be done, by which department, until when.
        items: Vec<ItemDraft>,
    },
    /// Return the draft.
    ReturnImprovement {
        /// Why.
        reason: String,
    },
    /// Confirm the draft.
    ConfirmImprovement {},
    /// Record that an item was carried out.
    CarryOutImprovement {
        /// Which.
        item: u32,
        /// What was done.
        done: String,
    },
    /// Confirm the effect of what was carried out, or find none.
    JudgeImprovement {
        /// Whether it had the effect.
        effective: bool,
        /// What was found.
        finding: String,
    },
}

impl ComplaintCommand {
    /// The names of all of them, as the member `command` gives them.
    pub const NAMES: &'static [&'static str] = &[
        "answer",
        "customer_refuses",
        "object",
        "rule",
        "name_third_party",
        "state_loss",
        "propose_responsibility",
        "determine_responsibility",
        "take_back_goods",
        "resell_goods",
        "settle_resale",
        "propose_discipline",
        "decide_discipline",
        "announce_discipline",
        "open_improvement",
        "draft_improvement",
        "return_improvement",
        "confirm_improvement",
        "carry_out_improvement",
        "judge_improvement",
    ];
}

impl Command {
    /// Reads a command from JSON; the member `command` names it.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn from_json(value: serde_json::Value) -> Result<Self, serde_json::Error> {
        let name = value
            .get("command")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        if ComplaintCommand::NAMES.contains(&name) {
            serde_json::from_value(value).map(Self::Complaint)
        } else {
            serde_json::from_value(value).map(Self::Case)
        }
    }

    /// The command as JSON.
    ///
    /// # Errors
    /// If a value has no JSON form; none of this crate is such.
    pub fn to_json(&self) -> Result<serde_json::Value, serde_json::Error> {
        match self {
            Self::Case(command) => serde_json::to_value(command),
            Self::Complaint(command) => serde_json::to_value(command),
        }
    }
}

impl From<CaseCommand> for Command {
    fn from(command: CaseCommand) -> Self {
        Self::Case(command)
    }
}

impl From<ComplaintCommand> for Command {
    fn from(command: ComplaintCommand) -> Self {
        Self::Complaint(command)
    }
}

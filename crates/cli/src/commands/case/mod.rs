//! `redress case VERB`: what happens to a case, and what is known of it.

mod accept;
mod answer;
mod answer_inquiry;
mod complete;
mod correct;
mod decide;
mod diff;
mod endorse;
mod improvement;
mod link;
mod link_inspection;
mod list;
mod lodge;
mod money;
mod object;
mod refile;
mod replay;
mod report;
mod resume;
mod rule;
mod send_back;
mod settle;
mod show;
mod suspend;
mod third_party;
mod timeline;
mod why_not;
mod withdraw;

use redress::Redress;
use redress_core::regulation::Workflow;
use redress_kernel::command::CaseCommand;
use redress_kernel::id::StageId;

use crate::deed::{self, Asked, Deed};
use crate::failure::Failure;
use crate::fill::Fill;
use crate::moment::Moment;
use crate::session::Session;

/// Which case is meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Case {
    /// The case: its number (26-03-07, 260307), its id or the beginning of it
    pub(crate) case: String,
}

/// What can be done to a case or asked about it.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Verb(Box<Verb>),
    /// List cases: the register
    List(list::Args),
    /// Show a case as it stands, or as it stood
    Show(show::Args),
    /// Show the events of a case
    Timeline(timeline::Args),
    /// Replay a case, event by event, with its state behind each
    Replay(replay::Args),
    /// Show what changed between two moments
    Diff(diff::Args),
    /// Ask whether a command would be refused, and why
    WhyNot(why_not::Args),
}

/// What can be done to a case.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Verb {
    /// File a complaint form, an abnormality notice or a joint inspection (M7, M9-1, M3, M9-2)
    Lodge(lodge::Args),
    /// Number, register and route a complaint (M8)
    Accept(accept::Args),
    /// Enter the report of the stage at which a case stands (M9-4)
    Report(report::Args),
    /// Endorse a report as an office (A16a)
    Endorse(endorse::Args),
    /// Send a case back to an earlier stage (A12)
    SendBack(send_back::Args),
    /// Decide by authority; the decision closes the case (M9-8, M11)
    Decide(decide::Args),
    /// Carry the decision out, after the closing (M13)
    Settle(settle::Args),
    /// File a petition against the resolution (M9-12, M9-14)
    Object(object::Args),
    /// Rule on a petition (M9-12, M9-14)
    Rule(rule::Args),
    /// Answer the customer (M9-11)
    Answer(answer::Args),
    /// Record that the customer withdraws
    Withdraw(withdraw::Args),
    /// Let the clocks stand still, where the workflow provides for it
    Suspend(suspend::Args),
    /// Let the clocks go on
    Resume(resume::Args),
    /// Enter a value that was "not yet determined" (M9-1)
    Complete(complete::Args),
    /// Correct a value (A8)
    Correct(correct::Args),
    /// File a new form because the customer does not accept the conclusion (M9-9)
    Refile(refile::Args),
    /// Name a third party that may be responsible (M9-13)
    ThirdParty(third_party::Args),
    /// Link the joint inspection that belongs to a complaint (M9-2)
    LinkInspection(link_inspection::Args),
    /// Link a case with another
    Link(link::Args),
    /// Answer an inquiry with the reason of the delay (M14)
    AnswerInquiry(answer_inquiry::Args),
    #[command(flatten)]
    Money(money::Verb),
    /// The improvement that a decision wants tracked (M9-7)
    #[command(subcommand)]
    Improvement(improvement::Verb),
}

/// Runs it.
pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Verb(verb) => act(session, &verb).await,
        Command::List(args) => list::run(session, &args).await,
        Command::Show(args) => show::run(session, &args).await,
        Command::Timeline(args) => timeline::run(session, &args).await,
        Command::Replay(args) => replay::run(session, &args).await,
        Command::Diff(args) => diff::run(session, &args).await,
        Command::WhyNot(args) => why_not::run(session, &args).await,
    }
}

async fn act(session: &Session, verb: &Verb) -> Result<(), Failure> {
    // Who acts is asked before the directory is locked.
    session.by()?;
    let desk = session.desk(verb.deed().occurred_at).await?;
    let asked = verb.asked(session, &desk).await?;
    let request = asked.request(session, &desk)?;
    let outcome = desk.execute(request).await.map_err(|e| session.failed(&e));
    session.close(&desk).await?;
    deed::answer(session, &outcome?)
}

impl Verb {
    /// When, under which id, at which version.
    fn deed(&self) -> &Deed {
        match self {
            Self::Lodge(args) => &args.deed,
            Self::Accept(args) => &args.deed,
            Self::Report(args) => &args.deed,
            Self::Endorse(args) => &args.deed,
            Self::SendBack(args) => &args.deed,
            Self::Decide(args) => &args.deed,
            Self::Settle(args) => &args.deed,
            Self::Object(args) => &args.deed,
            Self::Rule(args) => &args.deed,
            Self::Answer(args) => &args.deed,
            Self::Withdraw(args) => &args.deed,
            Self::Suspend(args) => &args.deed,
            Self::Resume(args) => &args.deed,
            Self::Complete(args) => &args.deed,
            Self::Correct(args) => &args.deed,
            Self::Refile(args) => &args.deed,
            Self::ThirdParty(args) => &args.deed,
            Self::LinkInspection(args) => &args.deed,
            Self::Link(args) => &args.deed,
            Self::AnswerInquiry(args) => &args.deed,
            Self::Money(verb) => verb.deed(),
            Self::Improvement(verb) => verb.deed(),
        }
    }

    /// The command that is meant.
    pub(crate) async fn asked(&self, session: &Session, desk: &Redress) -> Result<Asked, Failure> {
        match self {
            Self::Lodge(args) => lodge::asked(session, desk, args).await,
            Self::Accept(args) => accept::asked(session, desk, args).await,
            Self::Report(args) => report::asked(session, desk, args).await,
            Self::Endorse(args) => endorse::asked(session, desk, args).await,
            Self::SendBack(args) => send_back::asked(session, desk, args).await,
            Self::Decide(args) => decide::asked(session, desk, args).await,
            Self::Settle(args) => settle::asked(session, desk, args).await,
            Self::Object(args) => object::asked(session, desk, args).await,
            Self::Rule(args) => rule::asked(session, desk, args).await,
            Self::Answer(args) => answer::asked(session, desk, args).await,
            Self::Withdraw(args) => withdraw::asked(session, desk, args).await,
            Self::Suspend(args) => suspend::asked(session, desk, args).await,
            Self::Resume(args) => resume::asked(session, desk, args).await,
            Self::Complete(args) => complete::asked(session, desk, args).await,
            Self::Correct(args) => correct::asked(session, desk, args).await,
            Self::Refile(args) => refile::asked(session, desk, args).await,
            Self::ThirdParty(args) => third_party::asked(session, desk, args).await,
            Self::LinkInspection(args) => link_inspection::asked(session, desk, args).await,
            Self::Link(args) => link::asked(session, desk, args).await,
            Self::AnswerInquiry(args) => answer_inquiry::asked(session, desk, args).await,
            Self::Money(verb) => verb.asked(session, desk).await,
            Self::Improvement(verb) => verb.asked(session, desk).await,
        }
    }
}

/// Which stage is reported on.
enum At<'a> {
    /// The one named; none: the one at which the case stands.
    Named(Option<&'a str>),
    /// The one at whose end the case gets its number.
    Acceptance,
    /// The one whose report is the decision.
    Decision,
    /// The one whose report is the settlement.
    Settlement,
}

impl At<'_> {
    /// The stage by the workflow's own names.
    fn of(&self, workflow: &Workflow) -> Result<Option<StageId>, Failure> {
        let regulation = workflow.regulation.as_ref();
        let known = match self {
            Self::Named(None) => return Ok(None),
            Self::Named(Some(name)) => {
                let id =
                    StageId::new(*name).map_err(|e| Failure::usage("stage_name", e.to_string()))?;
                return Ok(Some(id));
            }
            Self::Acceptance => workflow
                .definition
                .numbering
                .as_ref()
                .and_then(|n| n.at_end_of.clone()),
            Self::Decision => regulation.map(|r| r.decision_stage.clone()),
            Self::Settlement => regulation.map(|r| r.settlement_stage.clone()),
        };
        known.map(Some).ok_or_else(|| {
            Failure::usage(
                "no_such_stage",
                format!(
                    "the workflow `{}` has no such stage",
                    workflow.definition.id
                ),
            )
            .help("`redress case report CASE --stage STAGE` reports on any stage")
        })
    }
}

/// The report of a stage, as several verbs enter it.
struct StageReport<'a> {
    case: &'a Case,
    stage: At<'a>,
    visit: Option<u32>,
    fill: &'a Fill,
    deed: &'a Deed,
}

impl StageReport<'_> {
    async fn asked(self, session: &Session, desk: &Redress) -> Result<Asked, Failure> {
        let case = session.find(desk, &self.case.case).await?;
        let view = desk.case(case).await.map_err(|e| session.failed(&e))?;
        let stage = match self.stage.of(&view.workflow)? {
            Some(stage) => stage,
            None => session.stage_of(desk, case, None).await?,
        };
        let definition = &view.workflow.definition;
        let form = definition
            .stage(stage.as_str())
            .and_then(|stage| definition.form(stage.form.as_str()));
        let command = CaseCommand::Report {
            values: self.fill.values(form, &desk.zone())?,
            stage,
            visit: self.visit,
        };
        Ok(Asked::on(case, command, self.deed))
    }
}

/// The moments by which a case can be told.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct Told {
    /// As the case stood then [default: now]
    #[arg(long, value_name = "WHEN")]
    pub(crate) at: Option<Moment>,
    /// By what was recorded until then
    #[arg(long, value_name = "WHEN")]
    pub(crate) known: Option<Moment>,
}

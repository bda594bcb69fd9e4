//! `redress case lodge --set FIELD=VALUE …`: sales files the complaint form (M7, M9-1).
//!
//! `--definition abnormality-notice` files a notice instead (M3), `--definition joint-inspection` calls one (M9-2).
//! `--raised-from` raises a notice to a complaint, `--joint-inspection` links the inspection that came before.

use redress::Redress;
use redress_kernel::command::CaseCommand;
use redress_kernel::event::Link;
use redress_kernel::id::DefinitionId;

use crate::deed::{Asked, Deed};
use crate::failure::Failure;
use crate::fill::Fill;
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The workflow
    #[arg(long, default_value = "customer-complaint")]
    definition: DefinitionId,
    /// The joint inspection that came before (M9-2)
    #[arg(long, value_name = "CASE")]
    joint_inspection: Option<String>,
    /// The abnormality notice that is raised to a complaint (M3)
    #[arg(long, value_name = "CASE")]
    raised_from: Option<String>,
    #[command(flatten)]
    fill: Fill,
    #[command(flatten)]
    pub(super) deed: Deed,
}

/// The command.
pub(crate) async fn asked(
    session: &Session,
    desk: &Redress,
    args: &Args,
) -> Result<Asked, Failure> {
    let related = [
        (redress::JOINT_INSPECTION, args.joint_inspection.as_deref()),
        (redress::RAISED_FROM, args.raised_from.as_deref()),
    ];
    open(
        session,
        desk,
        &args.definition,
        &related,
        &args.fill,
        &args.deed,
    )
    .await
}

/// A case to be opened, with the cases that it is linked with from the beginning.
pub(crate) async fn open(
    session: &Session,
    desk: &Redress,
    definition: &DefinitionId,
    related: &[(&str, Option<&str>)],
    fill: &Fill,
    deed: &Deed,
) -> Result<Asked, Failure> {
    let workflow = desk
        .workflow(definition, None)
        .await
        .map_err(|e| session.failed(&e))?;
    let definition_text = &workflow.workflow.definition;
    let form = definition_text.form(definition_text.opening.form.as_str());
    let values = fill.values(form, &desk.zone())?;
    let mut links = Vec::new();
    for (relation, case) in related {
        if let Some(case) = case {
            links.push(Link {
                relation: (*relation).to_owned(),
                case: session.find(desk, case).await?,
            });
        }
    }
    Ok(Asked {
        case: None,
        definition: Some(definition.clone()),
        command: CaseCommand::Open { values, links }.into(),
        deed: deed.clone(),
    })
}

//! `redress workflow diff A B`: in which values two versions differ, each with its clause.

use super::Source;
use crate::failure::Failure;
use crate::output::{Cell, Listing, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A directory, the id of a built-in workflow, or `adopted:ID[@VERSION]`
    #[arg(value_name = "BEFORE")]
    before: Source,
    /// The same
    #[arg(value_name = "AFTER")]
    after: Source,
}

/// Prints the differences.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let before = args.before.study(session).await?;
    let after = args.after.study(session).await?;
    let columns = vec![
        column("path", "项目", "Value"),
        column("before", "之前", "Before"),
        column("after", "之后", "After"),
        column("clause", "条款", "Clause"),
        column("file", "文件", "File"),
        column("line", "行", "Line"),
    ];
    let mut listing = Listing::new("redress/workflow-diff@1", "changes", columns);
    let mut paths: Vec<&String> = before.leaves.keys().chain(after.leaves.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        let (old, new) = (before.leaves.get(path), after.leaves.get(path));
        if old.map(|leaf| &leaf.value) == new.map(|leaf| &leaf.value) {
            continue;
        }
        let Some(leaf) = new.or(old) else { continue };
        listing.row(vec![
            Cell::text(path.clone()),
            Cell::of(old, |leaf| Cell::text(leaf.value.clone())),
            Cell::of(new, |leaf| Cell::text(leaf.value.clone())),
            Cell::of(leaf.clause.clone(), Cell::Text),
            Cell::text(leaf.file.clone()),
            Cell::count(leaf.line),
        ]);
    }
    let version = |reading: &redress_workflow::Reading| {
        let definition = &reading.workflow.definition;
        Cell::text(format!("{} {}", definition.id, definition.version))
    };
    listing.member(
        column("before_version", "之前版本", "Before"),
        version(&before),
    );
    listing.member(
        column("after_version", "之后版本", "After"),
        version(&after),
    );
    listing.member(
        column("count", "处数", "Differences"),
        Cell::count(listing.rows.len()),
    );
    session.output.listing(&listing, &session.zones())
}

//! `redress case diff CASE --from WHEN [--to WHEN]`: what changed on a case between two moments.

use std::collections::BTreeMap;

use super::{Case, show};
use crate::failure::Failure;
use crate::moment::Moment;
use crate::output::{Cell, Listing, Record, Zones, column};
use crate::session::Session;

/// What can be said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    case: Case,
    /// The earlier moment
    #[arg(long, value_name = "WHEN")]
    from: Moment,
    /// The later moment [default: now]
    #[arg(long, value_name = "WHEN")]
    to: Option<Moment>,
}

/// Prints it.
pub(crate) async fn run(session: &Session, args: &Args) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let id = session.find(&desk, &args.case.case).await?;
    let zones = session.zones();
    let from = args.from.instant(&desk.zone());
    let to = session.at(&desk, args.to).await?;
    let mut sides = Vec::new();
    for at in [from, to] {
        // Before it was opened there was nothing.
        let side = match desk.case(id).as_of(at).await {
            Ok(view) => flat(&show::record(session, &view, at), session, &zones),
            Err(redress::Error::NotFound { .. }) => BTreeMap::new(),
            Err(e) => return Err(session.failed(&e)),
        };
        sides.push(side);
    }
    let columns = vec![
        column("what", "项目", "What"),
        column("before", "之前", "Before"),
        column("after", "之后", "After"),
    ];
    let mut listing = Listing::new("redress/diff@1", "changes", columns);
    listing.member(column("case", "案件", "Case"), Cell::text(id.to_string()));
    listing.member(column("from", "自", "From"), Cell::Instant(from));
    listing.member(column("to", "至", "To"), Cell::Instant(to));
    if let [before, after] = sides.as_slice() {
        let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let (old, new) = (before.get(key), after.get(key));
            // What is not there and what is empty look the same.
            let text = |side: Option<&Side>| side.map_or("–", |(text, _)| text).to_owned();
            if text(old) != text(new) {
                let cell = |side: Option<&Side>| Cell::of(side, |(_, cell)| cell.clone());
                listing.row(vec![Cell::text(key.clone()), cell(old), cell(new)]);
            }
        }
    }
    session.output.listing(&listing, &zones)
}

/// Members that change by the passing of time alone.
const MOVING: &[&str] = &[
    "as_of",
    "version",
    "late_seconds",
    "held_seconds",
    "corrected_later",
];

/// A value as it is compared, and as it is told.
type Side = (String, Cell);

/// A case as lines that can be compared: a member each, a row's cells by the row's name.
fn flat(record: &Record, session: &Session, zones: &Zones) -> BTreeMap<String, Side> {
    let lang = session.output.lang;
    let side = |cell: &Cell| (cell.shown(lang, zones), cell.clone());
    let mut lines = BTreeMap::new();
    for (column, cell) in &record.members {
        if !MOVING.contains(&column.key) {
            lines.insert(column.key.to_owned(), side(cell));
        }
    }
    for (part, listing) in &record.parts {
        for (index, row) in listing.rows.iter().enumerate() {
            let cells = || listing.columns.iter().zip(row);
            if let Some((_, path)) = cells().find(|(c, _)| c.key == "path") {
                if let Some((_, value)) = cells().find(|(c, _)| c.key == "value") {
                    lines.insert(path.plain(zones), side(value));
                }
                continue;
            }
            for (column, cell) in cells().filter(|(c, _)| !MOVING.contains(&c.key)) {
                let name = format!("{part}[{}].{}", index + 1, column.key);
                lines.insert(name, side(cell));
            }
        }
    }
    lines
}

//! What a change of the organisation, or of units and members, came to.

use redress::Organising;

use crate::failure::Failure;
use crate::output::{Cell, Column, Record, column};
use crate::session::Session;

/// Says it; `from` is since when it is so.
pub(crate) fn say(
    session: &Session,
    schema: &'static str,
    done: &Organising,
    from: Cell,
) -> Result<(), Failure> {
    let mut record = Record::new(schema);
    record.member(
        column("command", "命令号", "Command"),
        Cell::text(done.command.to_string()),
    );
    record.member(
        column("version", "版本", "Version"),
        Cell::count(done.version),
    );
    record.member(column("from", "自", "From"), from);
    record.member(
        column("repeated", "重复提交", "Done before"),
        Cell::Boolean(done.repeated),
    );
    record.member(tried(session), Cell::Boolean(session.settings.dry_run));
    session.output.record(&record, &session.zones())
}

/// Whether a command was only tried out: people are told where it was.
pub(crate) fn tried(session: &Session) -> Column {
    let column = column("dry_run", "试运行", "Dry run");
    match session.settings.dry_run {
        true => column,
        false => column.data_only(),
    }
}

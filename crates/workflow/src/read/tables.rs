//! The tables about money: loss basis, penalty criteria, discipline, and the day by which a month is settled.

use std::collections::BTreeSet;

use redress_core::tables::{
    ChargedDepartment, DisciplineRow, DisciplineTable, Grade, LossBasis, LossRow, LossTable,
    MonthTable, PenaltyRow, PenaltyTable, Tables, UnitKind,
};
use redress_kernel::definition::Mark;

use super::regulation::money;
use super::{Root, route};
use crate::fault::FaultCode;
use crate::tree::{Node, Table};

/// The whole, in basis points.
const WHOLE: i64 = 10_000;
/// The last day that every month has.
const LAST_DAY: i64 = 28;

/// Reads the tables; one that no file sets is none.
pub(crate) fn tables(root: &mut Root<'_>, has_domain: Option<bool>) -> Option<Tables> {
    // A regulation without a domain is one fault, told where the regulation is read.
    let astray = has_domain == Some(false) && !root.topics.contains_key("regulation");
    let loss = table(root, "loss", astray, loss);
    let penalty = table(root, "penalty", astray, penalty);
    let discipline = table(root, "discipline", astray, discipline);
    let month = table(root, "month", astray, month);
    Some(Tables {
        loss: loss?,
        penalty: penalty?,
        discipline: discipline?,
        month: month?,
    })
}

fn table<'a, T>(
    root: &mut Root<'a>,
    topic: &'static str,
    astray: bool,
    read: impl Fn(&Node<'a>) -> Option<T>,
) -> Option<Option<T>> {
    let Some(node) = root.take(topic) else {
        return Some(None);
    };
    if astray {
        node.fault(
            FaultCode::Contradiction,
            format!("`{topic}` stands in a workflow without a domain"),
            format!("add `domain = \"complaint\"`, or take `{topic}` out"),
        );
    }
    read(&node).map(Some)
}

/// The rows of a table; it must say them.
fn rows<'a, T>(
    table: &mut Table<'a>,
    key: &'static str,
    read: impl FnMut(&Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let rows: Vec<_> = table.need(key)?.list()?.iter().map(read).collect();
    rows.into_iter().collect()
}

fn basis_points(table: &mut Table<'_>, key: &'static str) -> Option<u32> {
    let bp = table.need(key)?.integer(0, WHOLE)?;
    u32::try_from(bp).ok()
}

fn loss(node: &Node<'_>) -> Option<LossTable> {
    let mut table = node.table()?;
    let (clause, mark) = (table.clause(), table.mark_of("rows"));
    let around = mark.unwrap_or_default();
    let rows = rows(&mut table, "rows", |node| loss_row(node, around));
    table.finish();
    Some(LossTable {
        clause: clause?,
        mark: mark?,
        rows: rows?,
    })
}

fn loss_row(node: &Node<'_>, around: Mark) -> Option<LossRow> {
    let mut table = node.table()?;
    let (kind, title) = (table.id("id"), table.title());
    let mark = table.mark_within(around);
    let parts = route::optional(&mut table, "parts", Node::ids);
    let returned = route::optional(&mut table, "returned", Node::boolean);
    table.finish();
    let basis = match (parts?, returned?) {
        (Some(parts), None) => LossBasis::Parts(parts),
        (None, Some(true)) => LossBasis::Returned,
        _ => {
            node.fault(
                FaultCode::Contradiction,
                "it is not said how this loss is reckoned, or it is said twice",
                "write the parts that add up, `parts = [\"labour\", \"material\"]`, or `returned = true` for quantity × unit price − worth",
            );
            return None;
        }
    };
    Some(LossRow {
        kind: kind?,
        title: title?,
        basis,
        mark: mark?,
    })
}

fn penalty(node: &Node<'_>) -> Option<PenaltyTable> {
    let mut table = node.table()?;
    let (clause, mark) = (table.clause(), table.mark_of("rows"));
    let criteria = rows(&mut table, "rows", penalty_row);
    let charged = rows(&mut table, "charged", charged_department);
    let ceiling = table.need("ceiling").and_then(|n| ceiling(&n));
    table.finish();
    let (ceiling, ceiling_clause) = ceiling?;
    Some(PenaltyTable {
        clause: clause?,
        mark: mark?,
        rows: criteria?,
        charged: charged?,
        ceiling,
        ceiling_clause,
    })
}

fn penalty_row(node: &Node<'_>) -> Option<PenaltyRow> {
    let mut table = node.table()?;
    let cause = route::optional(&mut table, "cause", Node::text);
    let carried_by = match table.take("carried_by") {
        Some(node) => carried_by(&node),
        None => Some(BTreeSet::new()),
    };
    let charged = basis_points(&mut table, "charged_bp");
    table.finish();
    Some(PenaltyRow {
        cause: cause?,
        carried_by: carried_by?,
        charged: charged?,
    })
}

/// Kinds of unit, each once. None at all is written by leaving the key out, so that an empty list is no riddle.
fn carried_by(node: &Node<'_>) -> Option<BTreeSet<UnitKind>> {
    let items = node.list()?;
    if items.is_empty() {
        node.fault(
            FaultCode::EmptyList,
            "no kind of unit carries the loss",
            "list at least one, or leave `carried_by` out if every kind may",
        );
        return None;
    }
    let mut kinds = BTreeSet::new();
    let mut all = Some(());
    for item in items {
        match unit_kind(&item) {
            None => all = None,
            Some(kind) if kinds.insert(kind) => {}
            Some(kind) => {
                item.fault(
                    FaultCode::DuplicateId,
                    format!("`{}` is listed twice", kind.id()),
                    "list each kind of unit once",
                );
                all = None;
            }
        }
    }
    all.map(|()| kinds)
}

fn unit_kind(node: &Node<'_>) -> Option<UnitKind> {
    node.word(&UnitKind::ALL.map(|kind| (kind.id(), kind)))
}

fn charged_department(node: &Node<'_>) -> Option<ChargedDepartment> {
    let mut table = node.table()?;
    let department = table.id("department");
    let smallest = table.need("smallest").and_then(|n| unit_kind(&n));
    let otherwise = table.need("otherwise").and_then(|n| unit_kind(&n));
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    mark?;
    Some(ChargedDepartment {
        department: department?,
        smallest: smallest?,
        otherwise: otherwise?,
        clause: clause?,
    })
}

fn ceiling(node: &Node<'_>) -> Option<(u32, String)> {
    let mut table = node.table()?;
    let bp = basis_points(&mut table, "bonus_bp");
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    mark?;
    bp.zip(clause)
}

fn discipline(node: &Node<'_>) -> Option<DisciplineTable> {
    let mut table = node.table()?;
    let (clause, mark) = (table.clause(), table.mark_of("rows"));
    let rows = rows(&mut table, "rows", discipline_row);
    let fines = table.need("fines").and_then(|n| {
        let mut table = n.table()?;
        let warning = table.need("warning").and_then(|n| money(&n));
        let minor_demerit = table.need("minor_demerit").and_then(|n| money(&n));
        let (clause, mark) = (table.clause(), table.mark());
        table.finish();
        mark?;
        Some((warning?, minor_demerit?, clause?))
    });
    let resale = table.need("resale").and_then(|n| {
        let mut table = n.table()?;
        let span = table.need("span").and_then(|n| n.span());
        let (clause, mark) = (table.clause(), table.mark());
        table.finish();
        mark.and(span.zip(clause))
    });
    table.finish();
    let (warning, minor_demerit, fines_clause) = fines?;
    let (resale, resale_clause) = resale?;
    Some(DisciplineTable {
        clause: clause?,
        mark: mark?,
        rows: rows?,
        warning,
        minor_demerit,
        fines_clause,
        resale,
        resale_clause,
    })
}

fn discipline_row(node: &Node<'_>) -> Option<DisciplineRow> {
    let mut table = node.table()?;
    let from = table.need("from").and_then(|n| money(&n));
    let grade = table.need("grade");
    let grade = grade.and_then(|n| n.word(&Grade::ALL.map(|grade| (grade.id(), grade))));
    table.finish();
    Some(DisciplineRow {
        from: from?,
        grade: grade?,
    })
}

fn month(node: &Node<'_>) -> Option<MonthTable> {
    let mut table = node.table()?;
    let due_day = table.need("due_day").and_then(|n| n.integer(1, LAST_DAY));
    let confirmed_by = table.need("confirmed_by").and_then(|n| n.ids());
    let without_head = super::route::optional(&mut table, "without_head", |n| n.ids());
    let (clause, mark) = (table.clause(), table.mark_of("due_day"));
    table.finish();
    Some(MonthTable {
        clause: clause?,
        mark: mark?,
        due_day: u32::try_from(due_day?).ok()?,
        confirmed_by: confirmed_by?,
        without_head: without_head?.unwrap_or_default(),
    })
}

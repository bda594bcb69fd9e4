//! Stages, limits, detours, endorsements; the clock of the case.

use redress_kernel::definition::{CaseClock, Detour, Endorsement, Limit, Stage};

use super::guards;
use crate::tree::{Node, Table};

/// Reads a stage.
pub(crate) fn stage(node: &Node<'_>) -> Option<Stage> {
    let mut table = node.table()?;
    let (id, title) = (table.id("id"), table.title());
    let (clause, mark) = (table.clause(), table.mark());
    let departments = table.need("departments").and_then(|n| n.ids());
    let offices = table.ids("offices");
    let form = table.id("form");
    let limits = table.each("limits", limit);
    let counts_from = optional(&mut table, "counts_from", Node::id);
    let called_for = guards::optional(&mut table, "called_for");
    let detour = optional(&mut table, "detour", detour);
    let endorsement = optional(&mut table, "endorsement", endorsement);
    let revisitable = yes_unless_said(&mut table, "revisitable");
    let sends_back = yes_unless_said(&mut table, "sends_back");
    table.finish();
    Some(Stage {
        id: id?,
        title: title?,
        clause: clause?,
        mark: mark?,
        departments: departments?,
        offices: offices?,
        form: form?,
        limits: limits?,
        counts_from: counts_from?,
        called_for: called_for?,
        detour: detour?,
        endorsement: endorsement?,
        revisitable: revisitable?,
        sends_back: sends_back?,
    })
}

fn yes_unless_said(table: &mut Table<'_>, key: &'static str) -> Option<bool> {
    match table.take(key) {
        Some(node) => node.boolean(),
        None => Some(true),
    }
}

/// Reads a table that may be left out.
pub(crate) fn optional<'a, T>(
    table: &mut Table<'a>,
    key: &'static str,
    read: impl Fn(&Node<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match table.take(key) {
        Some(node) => read(&node).map(Some),
        None => Some(None),
    }
}

fn limit(node: &Node<'_>) -> Option<Limit> {
    let mut table = node.table()?;
    let span = table.need("span").and_then(|n| n.span());
    let when = guards::optional(&mut table, "when");
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    Some(Limit {
        when: when?,
        span: span?,
        clause: clause?,
        mark: mark?,
    })
}

fn detour(node: &Node<'_>) -> Option<Detour> {
    let mut table = node.table()?;
    let when = table.need("when").and_then(|n| guards::guard(&n));
    let (to, clause, mark) = (table.id("to"), table.clause(), table.mark());
    table.finish();
    mark?;
    Some(Detour {
        when: when?,
        to: to?,
        clause: clause?,
    })
}

fn endorsement(node: &Node<'_>) -> Option<Endorsement> {
    let mut table = node.table()?;
    let offices = table.need("offices").and_then(|n| n.ids());
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    mark?;
    Some(Endorsement {
        offices: offices?,
        clause: clause?,
    })
}

/// Reads the clock of the case.
pub(crate) fn clock(node: &Node<'_>) -> Option<CaseClock> {
    let mut table = node.table()?;
    let starts_at_end_of = optional(&mut table, "starts_at_end_of", Node::id);
    let limits = table.need("limits").and_then(|n| {
        let limits: Vec<_> = n.list()?.iter().map(limit).collect();
        limits.into_iter().collect()
    });
    let (clause, mark) = (table.clause(), table.mark());
    table.finish();
    mark?;
    Some(CaseClock {
        starts_at_end_of: starts_at_end_of?,
        limits: limits?,
        clause: clause?,
    })
}

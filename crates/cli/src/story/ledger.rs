//! The lines of bonus ledgers: what was taken for which case, and by what it was bounded.

use redress_core::account::{ItemKind, Line};

use crate::output::{Cell, Column, column};
use crate::settings::Lang;

/// What takes money from a person, in words.
pub(crate) fn item_kind(kind: ItemKind, lang: Lang) -> Cell {
    let (id, zh, en) = match kind {
        ItemKind::WholeBonus => ("whole_bonus", "奖金全额", "whole bonus"),
        ItemKind::Fine => ("fine", "罚款", "fine"),
        ItemKind::Deduction => ("deduction", "扣款", "deduction"),
    };
    Cell::word(id, lang.pick(zh, en))
}

/// The columns of a ledger's lines.
pub(crate) fn columns() -> Vec<Column> {
    vec![
        column("month", "结算月份", "Month"),
        column("bonus_month", "奖金月份", "Bonus of"),
        column("bonus", "效益奖金", "Bonus"),
        column("case", "案件", "Case").data_only(),
        column("number", "编号", "Number"),
        column("kind", "事由", "What for"),
        column("owed_before", "原欠", "Owed before"),
        column("limit", "上限", "Limit"),
        column("amount", "金额", "Amount"),
        column("given_back", "退还", "Given back"),
        column("remaining", "余欠", "Remaining"),
        column("clause", "条款", "Clause"),
        column("ceiling_bp", "限额（万分点）", "Ceiling, basis points"),
        column("table", "表", "Table").data_only(),
        column("row", "行", "Row").data_only(),
        column("rules", "规则版本", "Rules").data_only(),
    ]
}

/// A line, in the order of the columns.
pub(crate) fn cells(line: &Line, lang: Lang) -> Vec<Cell> {
    let applied = line.applied.as_ref();
    vec![
        Cell::Month(line.settled),
        Cell::of(line.bonus_month.or(line.corrected), Cell::Month),
        Cell::of(line.bonus, Cell::Money),
        Cell::text(line.key.case.clone()),
        Cell::text(line.number.clone()),
        item_kind(line.key.kind, lang),
        Cell::Money(line.owed_before),
        Cell::Money(line.limit),
        Cell::Money(line.amount),
        Cell::Boolean(line.is_given_back()),
        Cell::Money(line.remaining),
        Cell::text(line.clause.clone()),
        Cell::of(applied.and_then(|applied| applied.ceiling), Cell::count),
        Cell::of(applied, |applied| Cell::text(applied.table.clone())),
        Cell::of(applied, |applied| Cell::text(applied.row.clone())),
        Cell::of(applied, |applied| Cell::text(applied.version.clone())),
    ]
}

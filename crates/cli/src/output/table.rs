//! Tables for people: columns stand under each other whatever the script, without lines that a font may widen.

use comfy_table::{
    Attribute, Cell as TableCell, CellAlignment, Color, ContentArrangement, LineStyle, Table,
    TableStyle,
};

use super::{Cell, Listing, Record, Zones};
use crate::settings::Lang;

/// Rows under columns.
pub(crate) fn listing(listing: &Listing, lang: Lang, zones: &Zones, styled: bool) -> String {
    let mut text = String::new();
    text.push_str(&rows(listing, lang, zones, styled));
    for (column, cell) in &listing.members {
        if !column.data_only {
            text.push_str(column.heading(lang));
            text.push_str(lang.pick("：", ": "));
            text.push_str(&cell.shown(lang, zones));
            text.push('\n');
        }
    }
    text
}

/// One thing with its parts.
pub(crate) fn record(record: &Record, lang: Lang, zones: &Zones, styled: bool) -> String {
    let mut text = String::new();
    let mut table = plain(styled);
    table.load_style(TableStyle::new());
    for (column, cell) in &record.members {
        if !column.data_only {
            table.add_row(vec![
                heading(column.heading(lang), styled),
                content(cell, lang, zones, styled).set_alignment(CellAlignment::Left),
            ]);
        }
    }
    spaced(&mut table);
    if !table.is_empty() {
        text.push_str(&trimmed(&table));
    }
    for (_, part) in &record.parts {
        if part.rows.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&listing(part, lang, zones, styled));
    }
    text
}

fn rows(listing: &Listing, lang: Lang, zones: &Zones, styled: bool) -> String {
    if listing.rows.is_empty() {
        return format!("{}\n", lang.pick("（无）", "(none)"));
    }
    let shown: Vec<bool> = listing.columns.iter().map(|c| !c.data_only).collect();
    let mut table = plain(styled);
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('-').junction(' ')));
    table.set_header(
        listing
            .columns
            .iter()
            .filter(|c| !c.data_only)
            .map(|c| heading(c.heading(lang), styled)),
    );
    for row in &listing.rows {
        table.add_row(
            row.iter()
                .zip(&shown)
                .filter(|(_, shown)| **shown)
                .map(|(cell, _)| content(cell, lang, zones, styled)),
        );
    }
    spaced(&mut table);
    trimmed(&table)
}

fn plain(styled: bool) -> Table {
    let mut table = Table::new();
    if styled {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// Two blanks between columns, none before the first.
fn spaced(table: &mut Table) {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
}

fn trimmed(table: &Table) -> String {
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn heading(text: &str, styled: bool) -> TableCell {
    let cell = TableCell::new(text);
    if styled {
        cell.add_attribute(Attribute::Bold)
    } else {
        cell
    }
}

fn content(cell: &Cell, lang: Lang, zones: &Zones, styled: bool) -> TableCell {
    let mut shown = TableCell::new(cell.shown(lang, zones));
    if cell.is_number() {
        shown = shown.set_alignment(CellAlignment::Right);
    }
    if styled && matches!(cell, Cell::Alarm(_)) {
        shown = shown.fg(Color::Red);
    }
    shown
}

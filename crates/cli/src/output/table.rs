//! Tables for people: columns stand under each other whatever the script, without lines that a font may widen.

use std::io::IsTerminal;

use comfy_table::{
    Attribute, Cell as TableCell, CellAlignment, Color, ColumnConstraint, ContentArrangement,
    LineStyle, Table, TableStyle,
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
                content(cell, lang, zones, styled),
            ]);
        }
    }
    spaced(&mut table, 2);
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
    // Numbers stand under each other where a column holds nothing else, and their heading over them.
    let of_numbers: Vec<bool> = (0..listing.columns.len())
        .map(|place| {
            let cells = || listing.rows.iter().filter_map(|row| row.get(place));
            let filled = || cells().filter(|cell| !matches!(cell, Cell::Empty));
            filled().next().is_some() && filled().all(Cell::is_number)
        })
        .collect();
    table.set_header(
        listing
            .columns
            .iter()
            .zip(&of_numbers)
            .filter(|(c, _)| !c.data_only)
            .map(|(c, number)| aligned(heading(c.heading(lang), styled), *number)),
    );
    for row in &listing.rows {
        table.add_row(
            row.iter()
                .zip(&shown)
                .zip(&of_numbers)
                .filter(|((_, shown), _)| **shown)
                .map(|((cell, _), number)| aligned(content(cell, lang, zones, styled), *number)),
        );
    }
    spaced(&mut table, 1);
    fit(&mut table, listing, &shown);
    trimmed(&table)
}

fn plain(styled: bool) -> Table {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Disabled);
    if styled {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table
}

/// The least width of a column of prose before its lines are broken.
const LEAST_PROSE: u16 = 24;

/// On a terminal, prose is broken into lines where that keeps the table within the terminal's width; columns of
/// numbers, words and instants are never broken. A file or a pipe gets each row on one line.
fn fit(table: &mut Table, listing: &Listing, shown: &[bool]) {
    let Some(width) = terminal_width() else {
        return;
    };
    let is_prose = |place: usize| {
        let mut cells = listing.rows.iter().filter_map(|row| row.get(place));
        cells.any(|cell| {
            matches!(
                cell,
                Cell::Text(_) | Cell::List(_) | Cell::Words { .. } | Cell::Parts { .. }
            )
        })
    };
    let prose: Vec<bool> = shown
        .iter()
        .enumerate()
        .filter(|(_, shown)| **shown)
        .map(|(place, _)| is_prose(place))
        .collect();
    let widths = table.column_max_content_widths();
    let least = widths
        .iter()
        .zip(&prose)
        .fold(0_u16, |sum, (width, prose)| {
            let width = if *prose {
                LEAST_PROSE.min(*width)
            } else {
                *width
            };
            sum.saturating_add(width).saturating_add(2)
        });
    if least > width {
        return;
    }
    table.set_width(width);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    for (column, prose) in table.column_iter_mut().zip(&prose) {
        if !prose {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
}

fn terminal_width() -> Option<u16> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    // Asked of a table of its own: the one that is written may have been told that there is no terminal.
    Table::new().width().filter(|width| *width >= 40)
}

/// Blanks behind each column, none before the first.
fn spaced(table: &mut Table, blanks: u16) {
    for column in table.column_iter_mut() {
        column.set_padding((0, blanks));
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

fn aligned(cell: TableCell, number: bool) -> TableCell {
    if number {
        cell.set_alignment(CellAlignment::Right)
    } else {
        cell
    }
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
    if styled && matches!(cell, Cell::Alarm(_)) {
        shown = shown.fg(Color::Red);
    }
    shown
}

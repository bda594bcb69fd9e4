//! Rows under columns, and one thing with its parts; both in every format from one description.

use serde_json::{Map, Value as Json, json};

use super::{Cell, Zones};
use crate::failure::{Exit, Failure};
use crate::settings::Lang;

/// A column, or a member of a record.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// The stable name: JSON member, CSV heading.
    pub(crate) key: &'static str,
    zh: &'static str,
    en: &'static str,
    /// Whether tables leave it out; data always has it.
    pub(crate) data_only: bool,
}

/// A column with its headings.
pub(crate) fn column(key: &'static str, zh: &'static str, en: &'static str) -> Column {
    Column {
        key,
        zh,
        en,
        data_only: false,
    }
}

impl Column {
    /// Left out of tables.
    pub(crate) fn data_only(mut self) -> Self {
        self.data_only = true;
        self
    }

    /// The heading.
    pub(crate) fn heading(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

/// Rows under columns.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    schema: &'static str,
    /// The JSON member that holds the rows.
    rows_key: &'static str,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// What the answer says besides its rows: the moment, a total. Shown beneath a table.
    pub(crate) members: Vec<(Column, Cell)>,
}

impl Listing {
    /// An empty listing. `schema` is `redress/NOUN@VERSION`.
    pub(crate) fn new(schema: &'static str, rows_key: &'static str, columns: Vec<Column>) -> Self {
        Self {
            schema,
            rows_key,
            columns,
            rows: Vec::new(),
            members: Vec::new(),
        }
    }

    /// Adds a row; its cells stand in the order of the columns.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Says something besides the rows.
    pub(crate) fn member(&mut self, column: Column, cell: Cell) {
        self.members.push((column, cell));
    }

    fn object(&self, row: &[Cell], zones: &Zones) -> Map<String, Json> {
        self.columns
            .iter()
            .zip(row)
            .map(|(column, cell)| (column.key.to_owned(), cell.json(zones)))
            .collect()
    }

    /// The rows alone, as they stand within another answer.
    pub(crate) fn json_array(&self, zones: &Zones) -> Json {
        self.rows
            .iter()
            .map(|row| Json::Object(self.object(row, zones)))
            .collect()
    }

    /// One JSON object.
    pub(crate) fn json(&self, zones: &Zones) -> Json {
        let mut object = Map::new();
        object.insert("schema".into(), json!(self.schema));
        for (column, cell) in &self.members {
            object.insert(column.key.into(), cell.json(zones));
        }
        object.insert(self.rows_key.into(), self.json_array(zones));
        Json::Object(object)
    }

    /// One JSON object a row.
    pub(crate) fn json_rows(&self, zones: &Zones) -> Vec<Json> {
        self.rows
            .iter()
            .map(|row| {
                let mut object = Map::new();
                object.insert("schema".into(), json!(self.schema));
                object.extend(self.object(row, zones));
                Json::Object(object)
            })
            .collect()
    }

    /// For spreadsheets.
    pub(crate) fn csv(&self, zones: &Zones) -> Result<String, Failure> {
        let header = self.columns.iter().map(|c| c.key.to_owned()).collect();
        let rows = self
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| csv_cell(cell, zones)).collect());
        csv(std::iter::once(header).chain(rows))
    }
}

/// One thing: its members, and listings that belong to it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    schema: &'static str,
    pub(crate) members: Vec<(Column, Cell)>,
    /// Listings that belong to it, by JSON member.
    pub(crate) parts: Vec<(&'static str, Listing)>,
}

impl Record {
    /// An empty record. `schema` is `redress/NOUN@VERSION`.
    pub(crate) fn new(schema: &'static str) -> Self {
        Self {
            schema,
            members: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Adds a member.
    pub(crate) fn member(&mut self, column: Column, cell: Cell) {
        self.members.push((column, cell));
    }

    /// Adds a listing under a JSON member.
    pub(crate) fn part(&mut self, key: &'static str, listing: Listing) {
        self.parts.push((key, listing));
    }

    /// One JSON object.
    pub(crate) fn json(&self, zones: &Zones) -> Json {
        let mut object = Map::new();
        object.insert("schema".into(), json!(self.schema));
        for (column, cell) in &self.members {
            object.insert(column.key.into(), cell.json(zones));
        }
        for (key, listing) in &self.parts {
            object.insert((*key).into(), listing.json_array(zones));
        }
        Json::Object(object)
    }

    /// For spreadsheets: a row a member, then each part behind an empty row.
    pub(crate) fn csv(&self, zones: &Zones) -> Result<String, Failure> {
        let mut rows = vec![vec!["member".to_owned(), "value".to_owned()]];
        for (column, cell) in &self.members {
            rows.push(vec![column.key.to_owned(), csv_cell(cell, zones)]);
        }
        for (key, listing) in &self.parts {
            rows.push(vec![String::new()]);
            rows.push(vec![(*key).to_owned()]);
            rows.push(listing.columns.iter().map(|c| c.key.to_owned()).collect());
            for row in &listing.rows {
                rows.push(row.iter().map(|cell| csv_cell(cell, zones)).collect());
            }
        }
        csv(rows)
    }
}

/// A cell that no spreadsheet takes for a formula. Numbers stay numbers.
fn csv_cell(cell: &Cell, zones: &Zones) -> String {
    let text = cell.plain(zones);
    if !cell.is_number() && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text
    }
}

/// The mark by which spreadsheets recognise UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> Result<String, Failure> {
    let failed = |e: &dyn std::fmt::Display| {
        Failure::new(
            Exit::Failure,
            "output_failed",
            format!("the CSV cannot be written: {e}"),
        )
    };
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|e| failed(&e))?;
    }
    let bytes = writer.into_inner().map_err(|e| failed(&e))?;
    let text = String::from_utf8(bytes).map_err(|e| failed(&e))?;
    Ok(format!("{BYTE_ORDER_MARK}{text}"))
}

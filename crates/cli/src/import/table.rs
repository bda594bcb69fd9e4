//! The table: a CSV file with a line of column names.

use std::path::Path;

/// A CSV file, read whole: it is imported twice over, once to look and once to store.
#[derive(Debug)]
pub(crate) struct Table {
    /// The names of the columns.
    pub(crate) columns: Vec<String>,
    /// The rows that can be split into cells, and those that cannot.
    pub(crate) rows: Vec<(u64, Result<Cells, String>)>,
}

/// The cells of a row, in the order of the columns.
#[derive(Debug, Clone)]
pub(crate) struct Cells(csv::StringRecord);

impl Cells {
    /// The trimmed text at a place; nothing for an empty cell.
    pub(crate) fn at(&self, place: usize) -> Option<&str> {
        self.0
            .get(place)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }
}

impl Table {
    /// Reads a file. A line with too few or too many cells, or that is no UTF-8, spoils itself alone.
    pub(crate) fn read(path: &Path) -> Result<Self, std::io::Error> {
        let bytes = std::fs::read(path)?;
        // Spreadsheets put a byte order mark before the first column's name.
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let columns: Vec<String> = reader
            .headers()
            .map_err(std::io::Error::other)?
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        let mut rows = Vec::new();
        let mut record = csv::ByteRecord::new();
        while reader
            .read_byte_record(&mut record)
            .map_err(std::io::Error::other)?
        {
            let line = record.position().map_or(0, csv::Position::line);
            let cells = if record.len() == columns.len() {
                csv::StringRecord::from_byte_record(record.clone())
                    .map(Cells)
                    .map_err(|e| format!("the row is no UTF-8 text: {}", e.utf8_error()))
            } else {
                Err(format!(
                    "the row has {} cells, the first line names {} columns",
                    record.len(),
                    columns.len()
                ))
            };
            rows.push((line, cells));
        }
        Ok(Self { columns, rows })
    }
}

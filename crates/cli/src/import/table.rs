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
        Self::of(&std::fs::read(path)?)
    }

    /// The first column that stands twice among those that are looked at: which of the two was meant, nobody knows.
    pub(crate) fn twice(&self, looked_at: impl Fn(&str) -> bool) -> Option<&str> {
        let columns = self.columns.iter().enumerate();
        let mut again = columns.filter(|(place, name)| {
            looked_at(name) && self.columns.iter().take(*place).any(|c| c == *name)
        });
        again.next().map(|(_, name)| name.as_str())
    }

    fn of(bytes: &[u8]) -> Result<Self, std::io::Error> {
        // Spreadsheets put a byte order mark before the first column's name.
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut lines = Lines {
            bytes,
            before: 0,
            line: 1,
        };
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
            let line = lines.of(record.position().map_or(0, csv::Position::byte));
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

/// Lines counted up to a byte. The parser's own count stands where the last row ended: before the second half of its line
/// break, and before empty lines.
struct Lines<'b> {
    bytes: &'b [u8],
    before: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line, from 1, of the row that begins at or behind a byte; rows are asked for in order.
    fn of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        let rest = self.bytes.get(byte..).unwrap_or_default();
        let breaks = rest.iter().take_while(|b| matches!(b, b'\r' | b'\n'));
        let start = byte.saturating_add(breaks.count());
        let passed = self.bytes.get(self.before..start).unwrap_or_default();
        let ends = passed.iter().enumerate().filter(|(place, byte)| {
            // A carriage return with a line feed behind it is one line break.
            **byte == b'\n' || (**byte == b'\r' && passed.get(place + 1) != Some(&b'\n'))
        });
        self.line += u64::try_from(ends.count()).unwrap_or(u64::MAX);
        self.before = start;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    fn lines(text: &str) -> Vec<u64> {
        let table = Table::of(text.as_bytes()).unwrap();
        table.rows.iter().map(|(line, _)| *line).collect()
    }

    #[test]
    fn rows_are_told_with_their_line_whatever_ends_it() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "1,2", "", "3", "\"4", "5\",6", "7,8", ""].join(end);
            assert_eq!(lines(&text), [2, 4, 5, 7], "{end:?}");
            assert_eq!(lines(&format!("\u{feff}{text}")), [2, 4, 5, 7], "{end:?}");
            assert_eq!(lines(text.trim_end()), [2, 4, 5, 7], "{end:?}");
        }
        assert_eq!(lines("a\r\n"), [0; 0]);
    }
}

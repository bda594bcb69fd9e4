//! A table of plain text whose columns line up, with Chinese text too.

/// A table with a title.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    title: String,
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>, heads: &[&'static str]) -> Self {
        Self {
            title: title.into(),
            heads: heads.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn is(&self, title: &str) -> bool {
        self.title == title
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as lines: title, heads, rows; `none` where there is no row.
    pub(crate) fn write(&self, out: &mut String) {
        out.push_str(&self.title);
        if self.rows.is_empty() {
            out.push_str(": none\n");
            return;
        }
        out.push('\n');
        let heads: Vec<String> = self.heads.iter().map(|h| (*h).to_owned()).collect();
        let mut widths: Vec<usize> = heads.iter().map(|h| width(h)).collect();
        for row in &self.rows {
            for (cell, widest) in row.iter().zip(widths.iter_mut()) {
                *widest = (*widest).max(width(cell));
            }
        }
        for row in std::iter::once(&heads).chain(&self.rows) {
            let mut line = String::from("  ");
            for (cell, widest) in row.iter().zip(&widths) {
                line.push_str(cell);
                let gap = widest.saturating_sub(width(cell)) + 2;
                line.extend(std::iter::repeat_n(' ', gap));
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
}

/// How many columns a text takes on a screen: Chinese characters take two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF => 2,
            0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x2_0000..=0x3_FFFD => 2,
            _ => 1,
        })
        .sum()
}

/// A number of seconds as people say it: `0`, `1 s`, `29 min 59 s`, `45 h`, `313 h 30 min`.
pub(crate) fn seconds(total: i64) -> String {
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60);
    let parts: Vec<String> = [(hours, "h"), (minutes, "min"), (rest, "s")]
        .iter()
        .filter(|(n, _)| *n != 0)
        .map(|(n, unit)| format!("{n} {unit}"))
        .collect();
    if parts.is_empty() {
        "0".to_owned()
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_chinese_text() {
        let mut table = Table::new("numbers", &["name", "n"]);
        table.row(vec!["元旦".into(), "1".into()]);
        table.row(vec!["abcdef".into(), "22".into()]);
        let mut out = String::new();
        table.write(&mut out);
        assert_eq!(out, "numbers\n  name    n\n  元旦    1\n  abcdef  22\n");
    }

    #[test]
    fn a_length_of_time_is_said_in_hours_minutes_and_seconds() {
        assert_eq!(seconds(0), "0");
        assert_eq!(seconds(1799), "29 min 59 s");
        assert_eq!(seconds(45 * 3600), "45 h");
    }
}

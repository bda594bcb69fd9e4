//! The complaints that are shipped: real, public, and without anybody's name (see `demo/README.md`).

use redress_kernel::time::Date;
use serde::Deserialize;

const COMPLAINTS: &str = include_str!("../../demo/complaints.csv");

/// A complaint as it was received.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Received {
    /// The authority's number.
    pub(crate) complaint_id: String,
    /// When it was received.
    pub(crate) received_date: Date,
    /// When it happened.
    pub(crate) incident_date: Date,
    /// Make.
    pub(crate) make: String,
    /// Model.
    pub(crate) model: String,
    /// Model year; 9999 where it is not known.
    pub(crate) model_year: String,
    /// The component complained of.
    pub(crate) component: String,
    /// Whether it crashed: Y or N.
    pub(crate) crash: String,
    /// Whether it burnt: Y or N.
    pub(crate) fire: String,
    /// How many were injured.
    pub(crate) injured: u32,
    /// What the sender says.
    pub(crate) text: String,
}

impl Received {
    /// The product in words: `Ford Escape 2018`.
    pub(crate) fn product(&self) -> String {
        let year = if self.model_year == "9999" {
            ""
        } else {
            self.model_year.as_str()
        };
        let text = format!("{} {} {year}", self.make, self.model);
        text.trim_end().to_owned()
    }

    /// Whether it is grave: somebody must go and look.
    pub(crate) fn is_grave(&self) -> bool {
        self.fire == "Y" || self.injured > 0 || self.crash == "Y"
    }
}

/// All of them, by the date of receipt.
pub(crate) fn complaints() -> Result<Vec<Received>, csv::Error> {
    csv::Reader::from_reader(COMPLAINTS.as_bytes())
        .deserialize()
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::complaints;

    #[test]
    fn each_complaint_is_there_once_and_none_says_how_to_reach_somebody() {
        let list = complaints().unwrap();
        assert_eq!(list.len(), 713);
        let ids: BTreeSet<_> = list.iter().map(|c| &c.complaint_id).collect();
        assert_eq!(ids.len(), list.len());
        for complaint in &list {
            let date = complaint.received_date.to_string();
            assert!(
                date.starts_with("2024-02-") || date.starts_with("2024-03-"),
                "{date}"
            );
            assert!(complaint.incident_date <= complaint.received_date);
            let text = &complaint.text;
            assert!(text.chars().count() <= 4000);
            assert!(
                text.chars().all(|c| !redress_kernel::text::is_forbidden(c)),
                "{text}"
            );
            for mark in ["@", "http", "[XXX]", "REDACTED", "My name", "my name"] {
                assert!(!text.contains(mark), "{}: {mark}", complaint.complaint_id);
            }
            let digits = text
                .split(|c: char| !c.is_ascii_digit())
                .map(str::len)
                .max();
            assert!(
                digits < Some(7),
                "{}: a long number",
                complaint.complaint_id
            );
        }
    }
}

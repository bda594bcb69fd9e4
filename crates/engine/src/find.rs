//! Finding a case by what people call it.

use redress_kernel::definition::Numbering;
use redress_kernel::event::Numbered;
use redress_kernel::id::CaseId;
use redress_kernel::numbering::{NumbersEvent, stream_name};
use redress_kernel::time::Month;
use redress_log::{Filter, Position, Version};

use crate::desk::{Redress, stream};
use crate::error::Error;
use crate::folded::PAGE;

/// The shortest beginning of an id that is looked for.
const SHORTEST: usize = 4;

impl Redress {
    pub(crate) async fn find_text(&self, text: &str) -> Result<CaseId, Error> {
        self.refresh()?;
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        if let Some(case) = self.by_number(text).await? {
            return Ok(case);
        }
        self.by_beginning(text).await
    }

    /// The number says which stream counted it and where: no search.
    async fn by_number(&self, text: &str) -> Result<Option<CaseId>, Error> {
        let rules = self.rules().await?;
        let mut tried: Vec<(String, Month, u64)> = Vec::new();
        for version in rules.state.versions() {
            let Some(numbering) = &version.workflow.definition.numbering else {
                continue;
            };
            for numbering in [numbering, &numbering.of_imports()] {
                let Some((period, serial)) = read_number(numbering, text) else {
                    continue;
                };
                let wanted = (numbering.series.clone(), period, serial);
                if tried.contains(&wanted) {
                    continue;
                }
                let name = stream_name(&numbering.series, period);
                let numbers = stream("numbers", &name)?;
                let page = self.inner.log.stream(&numbers, Version(serial), 1).await?;
                if let Some(recorded) = page.records.first() {
                    let payload = recorded.payload.as_str();
                    let NumbersEvent::Assigned(assigned) =
                        NumbersEvent::read(&recorded.kind, recorded.schema, payload)?;
                    return Ok(Some(assigned.case));
                }
                tried.push(wanted);
            }
        }
        Ok(None)
    }

    async fn by_beginning(&self, text: &str) -> Result<CaseId, Error> {
        let wanted = text.to_ascii_lowercase();
        let is_beginning =
            wanted.len() >= SHORTEST && wanted.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        if !is_beginning {
            return Err(Error::unknown_case(text));
        }
        let filter = Filter::everything().kinds(["case.opened"]);
        let (mut from, mut found) = (Position::FIRST, Vec::new());
        loop {
            let page = self.inner.log.all(from, &filter, PAGE).await?;
            for recorded in &page.records {
                let id = recorded.stream.id();
                if id.starts_with(&wanted)
                    && let Ok(id) = id.parse::<CaseId>()
                {
                    found.push(id);
                }
            }
            from = page.next;
            if page.end {
                break;
            }
        }
        match found.as_slice() {
            [] => Err(Error::unknown_case(text)),
            [one] => Ok(*one),
            more => Err(Error::Ambiguous {
                name: text.to_owned(),
                count: more.len(),
            }),
        }
    }
}

/// Reads `26-03-07` or `260307` behind the prefix of a numbering.
fn read_number(numbering: &Numbering, text: &str) -> Option<(Month, u64)> {
    let rest = text.strip_prefix(numbering.prefix.as_str())?;
    let digits: String = rest.chars().filter(|c| *c != '-').collect();
    if !digits.is_ascii() || digits.len() < 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year: i32 = digits.get(0..2)?.parse().ok()?;
    let month: u32 = digits.get(2..4)?.parse().ok()?;
    let serial: u64 = digits.get(4..)?.parse().ok().filter(|serial| *serial > 0)?;
    // Years are printed with two digits: those of this century.
    let period = Month::new(2000 + year, month).ok()?;
    let Numbered { print, key, .. } = numbering.number(period, serial);
    (print == text || key == text).then_some((period, serial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_print_and_as_key() {
        let numbering = Numbering {
            series: "complaint".into(),
            at_end_of: None,
            digits: 2,
            prefix: "N".into(),
            clause: "M8".into(),
        };
        let march = Month::new(2026, 3).unwrap();
        for text in ["N26-03-07", "N260307"] {
            assert_eq!(read_number(&numbering, text), Some((march, 7)), "{text}");
        }
        assert_eq!(read_number(&numbering, "N26-03-107"), Some((march, 107)));
        for text in [
            "26-03-07",
            "N26-03-00",
            "N26-13-01",
            "N26-03-7",
            "N26--0307",
        ] {
            assert_eq!(read_number(&numbering, text), None, "{text}");
        }
    }
}

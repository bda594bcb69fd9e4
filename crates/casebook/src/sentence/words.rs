//! The words of a sentence, taken one after the other.

use crate::fault::{Wrong, wrong};

/// An id, or what is to be named here.
pub(super) fn id<T>(text: &str, what: &str) -> Result<T, Wrong>
where
    T: std::str::FromStr<Err = redress_kernel::id::IdError>,
{
    text.parse()
        .map_err(|e: redress_kernel::id::IdError| wrong(e.to_string(), format!("name {what} here")))
}

/// The words of a sentence before its colon, and the text behind it.
pub(super) struct Words<'t> {
    pub(super) words: Vec<&'t str>,
    pub(super) next: usize,
    pub(super) tail: Option<&'t str>,
    pub(super) used_tail: bool,
    pub(super) whole: &'t str,
}

impl<'t> Words<'t> {
    pub(super) fn peek(&self, ahead: usize) -> Option<&'t str> {
        self.words.get(self.next + ahead).copied()
    }

    pub(super) fn skip(&mut self, n: usize) {
        self.next += n;
    }

    pub(super) fn finish(&mut self) {
        self.next = self.words.len();
        self.used_tail = true;
    }

    pub(super) fn word(&mut self, what: &str) -> Result<&'t str, Wrong> {
        let word = self.peek(0).ok_or_else(|| {
            wrong(
                format!("`{}` breaks off: {what} is missing", self.whole),
                format!("name {what}"),
            )
        })?;
        self.next += 1;
        Ok(word)
    }

    pub(super) fn id<T>(&mut self, what: &str) -> Result<T, Wrong>
    where
        T: std::str::FromStr<Err = redress_kernel::id::IdError>,
    {
        id(self.word(what)?, what)
    }

    /// The short name of a case: a capital letter first.
    pub(super) fn case(&mut self) -> Result<String, Wrong> {
        let word = self.word("a case")?;
        let capital = word.chars().next().is_some_and(|c| c.is_ascii_uppercase());
        if capital && word.chars().all(|c| c.is_ascii_alphanumeric()) {
            Ok(word.to_owned())
        } else {
            Err(wrong(
                format!("`{word}` is no short name of a case"),
                "call cases C1, C2 …, joint inspections J1, notices N1",
            ))
        }
    }

    pub(super) fn expect(&mut self, words: &[&str]) -> Result<(), Wrong> {
        for expected in words {
            if self.peek(0) != Some(expected) {
                return Err(wrong(
                    format!("`{}` is not understood", self.whole),
                    format!("`{}` is expected here", words.join(" ")),
                ));
            }
            self.next += 1;
        }
        Ok(())
    }

    pub(super) fn number(&mut self, what: &str) -> Result<u32, Wrong> {
        let word = self.word(what)?;
        word.parse().map_err(|_| {
            wrong(
                format!("`{word}` is not the number of {what}"),
                "write a whole number",
            )
        })
    }

    pub(super) fn number_after(&mut self, word: &str) -> Result<Option<u32>, Wrong> {
        if self.peek(0) != Some(word) {
            return Ok(None);
        }
        self.skip(1);
        self.number(word).map(Some)
    }

    pub(super) fn usual(&mut self) -> bool {
        let usual = self.peek(0) == Some("as") && self.peek(1) == Some("usual");
        if usual {
            self.skip(2);
        }
        usual
    }

    pub(super) fn tail_if_any(&mut self) -> Option<String> {
        self.used_tail = true;
        self.tail.map(ToOwned::to_owned)
    }

    /// The text behind the colon; an empty one is left to the rules to refuse.
    pub(super) fn tail(&mut self, _what: &str) -> String {
        self.tail_if_any().unwrap_or_default()
    }

    pub(super) fn end(&self) -> Result<(), Wrong> {
        if let Some(word) = self.peek(0) {
            return Err(wrong(
                format!("`{word}` is not understood here"),
                "the sentence was complete before it; see the manual of case files",
            ));
        }
        match self.tail {
            Some(tail) if !self.used_tail => Err(wrong(
                format!("`{tail}` stands behind the colon"),
                "write fields on lines of their own below the sentence, indented",
            )),
            _ => Ok(()),
        }
    }
}

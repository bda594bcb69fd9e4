//! Names of things: stages, departments, offices, employees, fields, cases.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text cannot serve as an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not {} {what}: 1 to 64 characters of a-z, A-Z, 0-9, `-`, `_`, `.`, and a letter or digit first",
    article(what)
)]
pub struct IdError {
    /// What the id would have named.
    pub what: &'static str,
    /// The text as given, shortened and without control characters.
    pub text: String,
}

fn article(what: &str) -> &'static str {
    if what.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

fn checked(text: &str, what: &'static str) -> Result<(), IdError> {
    let first = text
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphanumeric());
    let rest = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if first && rest && text.len() <= 64 {
        Ok(())
    } else {
        Err(IdError {
            what,
            text: text
                .chars()
                .filter(|c| !crate::text::is_forbidden(*c))
                .take(40)
                .collect(),
        })
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text and wraps it.
            ///
            /// # Errors
            /// [`IdError`] if the text is empty, too long or holds other characters.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                checked(&text, $what)?;
                Ok(Self(text))
            }
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }
        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }
        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    };
}

text_id!(
    /// A definition of a workflow, such as `customer-complaint`.
    DefinitionId, "definition id"
);
text_id!(
    /// A stage of a route, such as `investigation`.
    StageId, "stage id"
);
text_id!(
    /// A department, such as `quality`.
    DepartmentId, "department id"
);
text_id!(
    /// An office that decides or endorses, such as `general-manager`.
    OfficeId, "office id"
);
text_id!(
    /// An employee: a pseudonym that the host gives, never a name.
    EmployeeId, "employee id"
);
text_id!(
    /// A form of a definition.
    FormId, "form id"
);
text_id!(
    /// A field of a form.
    FieldId, "field id"
);

/// One case, of any definition. The id comes from the command that opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub Uuid);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for CaseId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        Uuid::parse_str(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_is_none_is_named_in_good_english() {
        let said = |e: IdError| e.to_string();
        assert!(
            said(EmployeeId::new("x y").unwrap_err()).starts_with("`x y` is not an employee id")
        );
        assert!(said(StageId::new("x y").unwrap_err()).starts_with("`x y` is not a stage id"));
    }
}

//! Who does something: a person, in an office perhaps, for somebody perhaps, or the engine itself.

use serde::{Deserialize, Serialize};

use crate::id::{DepartmentId, EmployeeId, OfficeId};

/// Who the host says is acting. The host vouches for the identity; the rules decide what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct By {
    /// The person.
    pub employee: EmployeeId,
    /// The office in which the person acts. Left out: the highest held of those that the command asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeId>,
    /// The principal, when the person acts as somebody's deputy.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub principal: Option<EmployeeId>,
}

impl By {
    /// A person in no particular office.
    pub fn employee(employee: EmployeeId) -> Self {
        Self {
            employee,
            office: None,
            principal: None,
        }
    }
}

/// The actor as the log records it, resolved against the organisation of that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Actor {
    /// A person.
    Person {
        /// Who acted.
        employee: EmployeeId,
        /// Department of the person, or of the principal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        department: Option<DepartmentId>,
        /// Office in which the person acted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        office: Option<OfficeId>,
        /// For whom, as a deputy.
        #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
        principal: Option<EmployeeId>,
    },
    /// The engine itself: a reminder, a deadline reissued.
    Engine,
    /// An import of what happened before the log began.
    Import,
}

impl Actor {
    /// The persons behind a deed: the one who did it, and the one in whose name.
    pub fn persons(&self) -> impl Iterator<Item = &EmployeeId> {
        let (first, second) = match self {
            Self::Person {
                employee,
                principal,
                ..
            } => (Some(employee), principal.as_ref()),
            Self::Engine | Self::Import => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// The department on whose behalf it was done.
    pub fn department(&self) -> Option<&DepartmentId> {
        match self {
            Self::Person { department, .. } => department.as_ref(),
            Self::Engine | Self::Import => None,
        }
    }

    /// The office in which it was done.
    pub fn office(&self) -> Option<&OfficeId> {
        match self {
            Self::Person { office, .. } => office.as_ref(),
            Self::Engine | Self::Import => None,
        }
    }

    /// Whether nothing may be entered before it: a person's deed, or what an import recorded, but not the engine's own.
    pub fn holds_back(&self) -> bool {
        !matches!(self, Self::Engine)
    }

    /// Whether a person did it.
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Person { .. })
    }
}

//! People and places by their ids, said briefly.

use redress_kernel::actor::By;
use redress_kernel::id::{DepartmentId, EmployeeId, IdError, OfficeId};
use redress_kernel::organisation::OrganisationCommand;

use crate::desk::Redress;
use crate::error::Error;

impl From<IdError> for Error {
    fn from(error: IdError) -> Self {
        Self::invalid(
            error.to_string(),
            "id",
            "use letters, digits, `-`, `_`, `.`",
        )
    }
}

impl Redress {
    /// Whether there is anything to tell of somebody: who never joined the organisation and has no ledger is a slip of the
    /// pen, of whom an empty answer would be wrong.
    ///
    /// # Errors
    /// `not_found`, or what the log meets.
    pub async fn must_be_known(&self, employee: &EmployeeId) -> Result<(), Error> {
        self.refresh()?;
        let organised = self.organised().await?;
        let joined = organised
            .state
            .organisation
            .employees()
            .any(|known| known == employee);
        if joined
            || self
                .look(|books| books.persons.contains_key(employee))
                .await?
        {
            return Ok(());
        }
        Err(Error::NotFound {
            what: "employee",
            name: employee.to_string(),
        })
    }
}

/// An employee by id: a pseudonym that the host gives, never a name.
///
/// # Errors
/// `invalid` if the text is no id.
pub fn employee(id: &str) -> Result<EmployeeId, Error> {
    Ok(EmployeeId::new(id)?)
}

/// Somebody acting for himself, in the highest office that he holds of those that a command asks for.
///
/// # Errors
/// `invalid` if the text is no id.
pub fn by(id: &str) -> Result<By, Error> {
    employee(id).map(By::employee)
}

/// Somebody works in a department from an instant on.
///
/// # Errors
/// `invalid` if a text is no id or no instant.
pub fn join(id: &str, department: &str, from: &str) -> Result<OrganisationCommand, Error> {
    Ok(OrganisationCommand::Join {
        employee: employee(id)?,
        department: DepartmentId::new(department)?,
        unit: None,
        from: instant(from)?,
    })
}

/// Somebody holds an office from an instant on.
///
/// # Errors
/// `invalid` if a text is no id or no instant.
pub fn hold_office(id: &str, office: &str, from: &str) -> Result<OrganisationCommand, Error> {
    Ok(OrganisationCommand::HoldOffice {
        employee: employee(id)?,
        office: OfficeId::new(office)?,
        from: instant(from)?,
    })
}

fn instant(text: &str) -> Result<redress_kernel::time::Instant, Error> {
    text.parse().map_err(|e: redress_kernel::time::TimeError| {
        Error::invalid(
            e.to_string(),
            "from",
            "write an instant such as 2026-03-02T09:00:00+08:00",
        )
    })
}

//! People and places by their ids, said briefly.

use redress_kernel::actor::By;
use redress_kernel::id::{DepartmentId, EmployeeId, IdError, OfficeId};
use redress_kernel::organisation::OrganisationCommand;

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

//! The company in which stories play: a few people in each department, its heads, its offices.
//!
//! A name begins as its department does, so that a reader knows where somebody works.

use redress_kernel::id::IdError;
use redress_kernel::organisation::{Changed, Organisation, OrganisationCommand, OrganisationEvent};
use redress_kernel::time::Instant;

/// Department, and who works there; the last heads it.
pub(crate) const DEPARTMENTS: &[(&str, &[&str])] = &[
    ("sales", &["sara", "sam", "sven"]),
    ("gm-office", &["gina", "greta", "gordon"]),
    ("quality", &["quentin", "quinn", "qiu"]),
    ("manufacturing", &["marta", "max", "mo"]),
    ("rnd", &["rita", "rolf"]),
    ("service", &["vera", "victor"]),
    ("accounting", &["alan", "ada"]),
    ("warehouse", &["wanda", "walt"]),
    ("hr", &["hana", "hugo"]),
];

/// Office, who holds it, and where that person works.
pub(crate) const OFFICES: &[(&str, &str, &str)] = &[
    ("sales-manager", "sven", "sales"),
    ("plant-manager", "mo", "manufacturing"),
    ("supervisor", "victor", "service"),
    ("deputy-general-manager", "dora", "gm-office"),
    ("general-manager", "gail", "gm-office"),
];

/// The company as it stands before a story begins.
///
/// # Errors
/// If a name above could not be an id; a test sees to it that all can.
pub(crate) fn company() -> Result<Organisation, IdError> {
    let from = Instant::MIN;
    let mut organisation = Organisation::default();
    let mut say = |change: OrganisationCommand| {
        organisation.evolve(&OrganisationEvent::Changed(Changed { change }));
    };
    for (department, people) in DEPARTMENTS {
        for person in *people {
            say(OrganisationCommand::Join {
                employee: person.parse()?,
                department: department.parse()?,
                unit: None,
                from,
            });
        }
        if let Some(head) = people.last() {
            say(OrganisationCommand::Head {
                department: department.parse()?,
                employee: head.parse()?,
                from,
            });
        }
    }
    for (office, holder, department) in OFFICES {
        if !DEPARTMENTS
            .iter()
            .any(|(_, people)| people.contains(holder))
        {
            say(OrganisationCommand::Join {
                employee: holder.parse()?,
                department: department.parse()?,
                unit: None,
                from,
            });
        }
        say(OrganisationCommand::HoldOffice {
            office: office.parse()?,
            employee: holder.parse()?,
            from,
        });
    }
    Ok(organisation)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_name_of_the_company_can_be_an_id() {
        assert!(super::company().is_ok());
    }
}

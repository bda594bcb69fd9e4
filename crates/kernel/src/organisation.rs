//! The organisation: dated facts about who works where, who holds an office, who heads a department, who is whose deputy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, By};
use crate::definition::Definition;
use crate::events;
use crate::id::{DepartmentId, EmployeeId, OfficeId};
use crate::refusal::{self, Refusal};
use crate::time::Instant;

/// A period; without an end it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First instant of the period.
    pub from: Instant,
    /// First instant after the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

impl Period {
    /// Whether the instant lies in the period.
    pub fn holds(&self, at: Instant) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// A change of the organisation. Commands and events are one: what is recorded is what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub enum OrganisationCommand {
    /// Somebody works in a department from an instant on; again, with another department: a transfer.
    Join {
        /// Who.
        employee: EmployeeId,
        /// Where.
        department: DepartmentId,
        /// Group, section or shift within it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
        /// From when.
        from: Instant,
    },
    /// Somebody leaves.
    Leave {
        /// Who.
        employee: EmployeeId,
        /// First instant at which the person no longer works here.
        from: Instant,
    },
    /// Somebody holds an office from an instant on, instead of whoever held it.
    HoldOffice {
        /// Office.
        office: OfficeId,
        /// Who.
        employee: EmployeeId,
        /// From when.
        from: Instant,
    },
    /// Somebody heads a department from an instant on, instead of whoever headed it.
    Head {
        /// Department.
        department: DepartmentId,
        /// Who.
        employee: EmployeeId,
        /// From when.
        from: Instant,
    },
    /// Somebody may act for somebody else during a period.
    Deputise {
        /// For whom.
        principal: EmployeeId,
        /// Who.
        deputy: EmployeeId,
        /// When.
        period: Period,
    },
}

impl OrganisationCommand {
    /// The names of all of them, as the member `command` gives them.
    pub const NAMES: &'static [&'static str] =
        &["join", "leave", "hold_office", "head", "deputise"];
}

/// One recorded change, as an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// What was said.
    pub change: OrganisationCommand,
}

events! {
    /// An event of the stream `organisation`.
    pub enum OrganisationEvent {
        /// A fact about the organisation.
        Changed(Changed) = "organisation.changed", 1;
    }
}

/// What is known of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organisation {
    memberships: BTreeMap<EmployeeId, Vec<Membership>>,
    holders: BTreeMap<OfficeId, Vec<(Instant, EmployeeId)>>,
    heads: BTreeMap<DepartmentId, Vec<(Instant, EmployeeId)>>,
    deputies: Vec<(EmployeeId, EmployeeId, Period)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Membership {
    from: Instant,
    /// None: works nowhere from then on.
    place: Option<(DepartmentId, Option<String>)>,
}

fn latest<T>(list: &[(Instant, T)], at: Instant) -> Option<&T> {
    list.iter()
        .filter(|(from, _)| *from <= at)
        .max_by_key(|(from, _)| *from)
        .map(|(_, t)| t)
}

impl Organisation {
    /// Copies an event into what is known.
    pub fn evolve(&mut self, event: &OrganisationEvent) {
        let OrganisationEvent::Changed(Changed { change }) = event;
        match change {
            OrganisationCommand::Join {
                employee,
                department,
                unit,
                from,
            } => {
                let place = Some((department.clone(), unit.clone()));
                self.memberships
                    .entry(employee.clone())
                    .or_default()
                    .push(Membership { from: *from, place });
            }
            OrganisationCommand::Leave { employee, from } => {
                let list = self.memberships.entry(employee.clone()).or_default();
                list.push(Membership {
                    from: *from,
                    place: None,
                });
            }
            OrganisationCommand::HoldOffice {
                office,
                employee,
                from,
            } => {
                self.holders
                    .entry(office.clone())
                    .or_default()
                    .push((*from, employee.clone()));
            }
            OrganisationCommand::Head {
                department,
                employee,
                from,
            } => {
                self.heads
                    .entry(department.clone())
                    .or_default()
                    .push((*from, employee.clone()));
            }
            OrganisationCommand::Deputise {
                principal,
                deputy,
                period,
            } => {
                self.deputies
                    .push((principal.clone(), deputy.clone(), *period));
            }
        }
    }

    /// Whether nothing is known yet.
    pub fn is_empty(&self) -> bool {
        self.memberships.is_empty()
    }

    /// Every employee known at any time.
    pub fn employees(&self) -> impl Iterator<Item = &EmployeeId> {
        self.memberships.keys()
    }

    /// The department in which somebody works at an instant.
    pub fn department_of(&self, employee: &EmployeeId, at: Instant) -> Option<&DepartmentId> {
        self.memberships
            .get(employee)?
            .iter()
            .filter(|m| m.from <= at)
            .max_by_key(|m| m.from)?
            .place
            .as_ref()
            .map(|(department, _)| department)
    }

    /// The department in which somebody worked last, at an instant or before it; also of whoever has left since.
    pub fn last_department_of(&self, employee: &EmployeeId, at: Instant) -> Option<&DepartmentId> {
        self.memberships
            .get(employee)?
            .iter()
            .filter(|m| m.from <= at)
            .filter_map(|m| Some((m.from, m.place.as_ref()?)))
            .max_by_key(|(from, _)| *from)
            .map(|(_, (department, _))| department)
    }

    /// The periods in which somebody works here, in order, as far as is known; a transfer interrupts none.
    pub fn employment(&self, employee: &EmployeeId) -> Vec<Period> {
        let said = self.memberships.get(employee).into_iter().flatten();
        // Of what was said of one instant the last counts.
        let known: BTreeMap<Instant, bool> =
            said.map(|said| (said.from, said.place.is_some())).collect();
        let mut periods = Vec::new();
        let mut since = None;
        for (at, works) in known {
            match (since, works) {
                (None, true) => since = Some(at),
                (Some(from), false) => {
                    periods.push(Period {
                        from,
                        until: Some(at),
                    });
                    since = None;
                }
                (None, false) | (Some(_), true) => {}
            }
        }
        periods.extend(since.map(|from| Period { from, until: None }));
        periods
    }

    /// Who holds an office at an instant, and works here.
    pub fn holder(&self, office: &OfficeId, at: Instant) -> Option<&EmployeeId> {
        let holder = latest(self.holders.get(office)?, at)?;
        self.department_of(holder, at).map(|_| holder)
    }

    /// Who heads a department at an instant, and works here.
    pub fn head(&self, department: &DepartmentId, at: Instant) -> Option<&EmployeeId> {
        let head = latest(self.heads.get(department)?, at)?;
        self.department_of(head, at).map(|_| head)
    }

    /// The offices that somebody holds at an instant.
    pub fn offices_of(&self, employee: &EmployeeId, at: Instant) -> Vec<&OfficeId> {
        self.holders
            .keys()
            .filter(|office| self.holder(office, at) == Some(employee))
            .collect()
    }

    /// The departments that somebody heads at an instant.
    pub fn heads_of(&self, employee: &EmployeeId, at: Instant) -> Vec<&DepartmentId> {
        self.heads
            .keys()
            .filter(|d| self.head(d, at) == Some(employee))
            .collect()
    }

    /// Whether somebody may act for somebody else at an instant.
    pub fn is_deputy(&self, deputy: &EmployeeId, principal: &EmployeeId, at: Instant) -> bool {
        self.deputies
            .iter()
            .any(|(p, d, period)| p == principal && d == deputy && period.holds(at))
    }

    /// Decides a change. The host vouches for who may change the organisation.
    ///
    /// # Errors
    /// `unknown_employee` for a change about somebody who has not joined, `employee_exists` for a repeated
    /// membership, `period_reversed`, `nothing_changed`.
    pub fn decide(&self, command: &OrganisationCommand) -> Result<Vec<OrganisationEvent>, Refusal> {
        let known = |employee: &EmployeeId, at: Instant| {
            if self.department_of(employee, at).is_some() {
                Ok(())
            } else {
                Err(Refusal::new(refusal::UNKNOWN_EMPLOYEE, "M7")
                    .with("employee", employee)
                    .with("at", at))
            }
        };
        match command {
            OrganisationCommand::Join {
                employee,
                department,
                unit,
                from,
            } => {
                let same = self
                    .memberships
                    .get(employee)
                    .into_iter()
                    .flatten()
                    .any(|m| {
                        m.from == *from
                            && m.place.as_ref() == Some(&(department.clone(), unit.clone()))
                    });
                if same {
                    return Err(
                        Refusal::new(refusal::EMPLOYEE_EXISTS, "M7").with("employee", employee)
                    );
                }
            }
            OrganisationCommand::Leave { employee, from } => known(employee, *from)?,
            OrganisationCommand::HoldOffice { employee, from, .. }
            | OrganisationCommand::Head { employee, from, .. } => known(employee, *from)?,
            OrganisationCommand::Deputise {
                principal,
                deputy,
                period,
            } => {
                known(principal, period.from)?;
                known(deputy, period.from)?;
                if period.until.is_some_and(|until| until <= period.from) {
                    return Err(
                        Refusal::new(refusal::PERIOD_REVERSED, "M7").with("from", period.from)
                    );
                }
                if principal == deputy {
                    return Err(Refusal::new(refusal::NOT_DEPUTY, "M7")
                        .with("employee", deputy)
                        .with("principal", principal));
                }
            }
        }
        Ok(vec![OrganisationEvent::Changed(Changed {
            change: command.clone(),
        })])
    }

    /// Checks that somebody joined, at any time: what is entered about a day or a month may concern whoever has left
    /// since or is yet to come. `at` is what it is entered about, for the refusal.
    ///
    /// # Errors
    /// `unknown_employee`.
    pub fn check_joined(
        &self,
        employee: &EmployeeId,
        at: impl std::fmt::Display,
    ) -> Result<(), Refusal> {
        if self.memberships.contains_key(employee) {
            return Ok(());
        }
        Err(Refusal::new(refusal::UNKNOWN_EMPLOYEE, "M7")
            .with("employee", employee)
            .with("at", at))
    }

    /// Checks that one of the definitions knows a department.
    ///
    /// # Errors
    /// `unknown_department`.
    pub fn check_department<'d>(
        department: &DepartmentId,
        definitions: impl IntoIterator<Item = &'d Definition>,
    ) -> Result<(), Refusal> {
        let mut definitions = definitions.into_iter();
        if definitions.any(|d| d.department(department.as_str()).is_some()) {
            return Ok(());
        }
        Err(Refusal::new(refusal::UNKNOWN_DEPARTMENT, "M7").with("department", department))
    }

    /// Checks that a change names a department or an office that one of the definitions knows.
    ///
    /// # Errors
    /// `unknown_department`, `unknown_office`.
    pub fn check_places<'d>(
        command: &OrganisationCommand,
        definitions: impl IntoIterator<Item = &'d Definition>,
    ) -> Result<(), Refusal> {
        match command {
            OrganisationCommand::Join { department, .. }
            | OrganisationCommand::Head { department, .. } => {
                Self::check_department(department, definitions)
            }
            OrganisationCommand::HoldOffice { office, .. } => {
                let mut definitions = definitions.into_iter();
                if definitions.any(|d| d.office(office.as_str()).is_some()) {
                    return Ok(());
                }
                Err(Refusal::new(refusal::UNKNOWN_OFFICE, "M7").with("office", office))
            }
            OrganisationCommand::Leave { .. } | OrganisationCommand::Deputise { .. } => Ok(()),
        }
    }

    /// Resolves who acts: the person must work here, be the principal's deputy, hold the office named.
    ///
    /// `offices` are those that the command asks for, the lowest first; where the person names none, the
    /// highest of them that he or the principal holds is taken.
    ///
    /// # Errors
    /// `unknown_employee`, `not_deputy`, `office_not_held`.
    pub fn resolve(&self, by: &By, offices: &[OfficeId], at: Instant) -> Result<Actor, Refusal> {
        let unknown = |employee: &EmployeeId| {
            Refusal::new(refusal::UNKNOWN_EMPLOYEE, "M7")
                .with("employee", employee)
                .with("at", at)
        };
        if self.department_of(&by.employee, at).is_none() {
            return Err(unknown(&by.employee));
        }
        let acting_for = match &by.principal {
            Some(principal) => {
                if !self.is_deputy(&by.employee, principal, at) {
                    return Err(Refusal::new(refusal::NOT_DEPUTY, "M7")
                        .with("employee", &by.employee)
                        .with("principal", principal));
                }
                principal
            }
            None => &by.employee,
        };
        let department = self
            .department_of(acting_for, at)
            .ok_or_else(|| unknown(acting_for))?;
        let office = match &by.office {
            Some(office) => {
                if self.holder(office, at) != Some(acting_for) {
                    return Err(Refusal::new(refusal::OFFICE_NOT_HELD, "M7")
                        .with("employee", acting_for)
                        .with("office", office));
                }
                Some(office.clone())
            }
            None => offices
                .iter()
                .rev()
                .find(|o| self.holder(o, at) == Some(acting_for))
                .cloned(),
        };
        Ok(Actor::Person {
            employee: by.employee.clone(),
            department: Some(department.clone()),
            office,
            principal: by.principal.clone(),
        })
    }
}

#[cfg(test)]
mod tests;

//! `redress organisation add|leave|office|head|deputy|list`: dated facts about who works where, who holds an office,
//! who heads a department, who is whose deputy (M7).

use redress_kernel::id::{DepartmentId, EmployeeId, OfficeId};
use redress_kernel::organisation::{OrganisationCommand, Period};
use uuid::Uuid;

use crate::changed;
use crate::failure::Failure;
use crate::moment::Moment;
use crate::output::{Cell, Listing, column};
use crate::session::Session;
use crate::story;

/// What can be said.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List who works where at a moment
    List {
        /// The moment [default: now]
        #[arg(long, value_name = "WHEN")]
        at: Option<Moment>,
    },
    /// Somebody works in a department from a moment on
    Add {
        /// Who
        employee: EmployeeId,
        /// Where
        department: DepartmentId,
        /// Group, section or shift
        #[arg(long)]
        unit: Option<String>,
        #[command(flatten)]
        when: When,
    },
    /// Somebody leaves
    Leave {
        /// Who
        employee: EmployeeId,
        #[command(flatten)]
        when: When,
    },
    /// Somebody holds an office from a moment on
    Office {
        /// The office
        office: OfficeId,
        /// Who
        employee: EmployeeId,
        #[command(flatten)]
        when: When,
    },
    /// Somebody heads a department from a moment on
    Head {
        /// The department
        department: DepartmentId,
        /// Who
        employee: EmployeeId,
        #[command(flatten)]
        when: When,
    },
    /// Somebody may act for somebody else during a period
    Deputy {
        /// For whom
        principal: EmployeeId,
        /// Who
        deputy: EmployeeId,
        /// Until when; without an end it lasts
        #[arg(long, value_name = "WHEN")]
        until: Option<Moment>,
        #[command(flatten)]
        when: When,
    },
}

/// From when, and under which id.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct When {
    /// From when on [default: now]
    #[arg(long, value_name = "WHEN")]
    from: Option<Moment>,
    /// The command's own id: sent again under the same id it is done once
    #[arg(long, value_name = "UUID")]
    id: Option<Uuid>,
}

/// Runs it.
pub(crate) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    let when = match &command {
        Command::List { at } => return list(session, *at).await,
        Command::Add { when, .. }
        | Command::Leave { when, .. }
        | Command::Office { when, .. }
        | Command::Head { when, .. }
        | Command::Deputy { when, .. } => when.clone(),
    };
    let by = session.by()?;
    let desk = session.desk(None).await?;
    let zone = desk.zone();
    let from = match when.from {
        Some(moment) => moment.beginning(&zone),
        None => desk
            .now()
            .await
            .map_err(|e| session.failed(&e))?
            .to_whole_second(),
    };
    let change = match command {
        Command::Add {
            employee,
            department,
            unit,
            ..
        } => OrganisationCommand::Join {
            employee,
            department,
            unit,
            from,
        },
        Command::Leave { employee, .. } => OrganisationCommand::Leave { employee, from },
        Command::Office {
            office, employee, ..
        } => OrganisationCommand::HoldOffice {
            office,
            employee,
            from,
        },
        Command::Head {
            department,
            employee,
            ..
        } => OrganisationCommand::Head {
            department,
            employee,
            from,
        },
        Command::Deputy {
            principal,
            deputy,
            until,
            ..
        } => OrganisationCommand::Deputise {
            principal,
            deputy,
            period: Period {
                from,
                until: until.map(|moment| moment.beginning(&zone)),
            },
        },
        Command::List { .. } => return Ok(()),
    };
    let outcome = desk
        .organise(&by, change, session.sending(when.id))
        .await
        .map_err(|e| session.failed(&e));
    session.close(&desk).await?;
    let from = Cell::Instant(from);
    changed::say(session, "redress/organisation-change@1", &outcome?, from)
}

async fn list(session: &Session, at: Option<Moment>) -> Result<(), Failure> {
    let desk = session.reading().await?;
    let at = session.at(&desk, at).await?;
    let organisation = desk.organisation().await.map_err(|e| session.failed(&e))?;
    let definitions = desk.workflows().await.map_err(|e| session.failed(&e))?;
    let lang = session.output.lang;
    let columns = vec![
        column("employee", "员工", "Employee"),
        column("department", "部门", "Department"),
        column("offices", "职务", "Offices"),
        column("heads", "主管", "Heads"),
        column("deputy_for", "可代理", "May act for"),
    ];
    let mut listing = Listing::new("redress/organisation@1", "employees", columns);
    listing.member(column("at", "截至", "At"), Cell::Instant(at));
    for employee in organisation.employees() {
        let Some(department) = organisation.department_of(employee, at) else {
            continue;
        };
        let known = definitions
            .iter()
            .map(|w| &w.workflow.definition)
            .find(|d| d.department(department.as_str()).is_some());
        let titled = |words: &mut dyn Iterator<Item = Cell>| Cell::words(words, lang);
        let principals = organisation
            .employees()
            .filter(|principal| organisation.is_deputy(employee, principal, at));
        listing.row(vec![
            Cell::text(employee.as_str()),
            story::department(department, known, lang),
            titled(&mut organisation.offices_of(employee, at).iter().map(|id| {
                let known = definitions
                    .iter()
                    .map(|w| &w.workflow.definition)
                    .find(|d| d.office(id.as_str()).is_some());
                story::office(id, known, lang)
            })),
            titled(&mut organisation.heads_of(employee, at).iter().map(|id| {
                let known = definitions
                    .iter()
                    .map(|w| &w.workflow.definition)
                    .find(|d| d.department(id.as_str()).is_some());
                story::department(id, known, lang)
            })),
            Cell::List(principals.map(ToString::to_string).collect()),
        ]);
    }
    session.output.listing(&listing, &session.zones())
}

//! What is wrong with a workflow although every file can be read: names, conditions, the route, tables, money, the domain.

mod domain;
mod guards;
mod held;
mod money;
mod names;
mod route;
mod tables;

use redress_core::regulation::Workflow;
use redress_kernel::definition::Definition;

use crate::fault::{Fault, FaultCode};
use crate::leaves::Spots;

pub use held::nobody_holds;

/// Every fault of a workflow.
pub(crate) fn faults(workflow: &Workflow, spots: &Spots) -> Vec<Fault> {
    let mut check = Check {
        workflow,
        definition: &workflow.definition,
        spots,
        faults: Vec::new(),
    };
    check.names();
    check.guards();
    check.route();
    check.tables();
    check.money();
    check.domain();
    check.faults
}

/// A check under way.
struct Check<'a> {
    workflow: &'a Workflow,
    definition: &'a Definition,
    spots: &'a Spots,
    faults: Vec<Fault>,
}

impl Check<'_> {
    /// Notes a fault at a path of the workflow, or at the nearest table around it.
    fn fault(
        &mut self,
        path: &str,
        code: FaultCode,
        sentence: impl Into<String>,
        hint: impl Into<String>,
    ) {
        if let Some(fault) = fault_at(self.spots, path, code, sentence.into(), hint.into()) {
            self.faults.push(fault);
        }
    }
}

/// A fault at a path, or at the nearest table around it.
fn fault_at(
    spots: &Spots,
    path: &str,
    code: FaultCode,
    sentence: String,
    hint: String,
) -> Option<Fault> {
    let mut path = path;
    loop {
        if let Some(spot) = spots.get(path) {
            return Some(spot.fault(code, sentence, hint));
        }
        if path.is_empty() {
            return None;
        }
        path = path.rsplit_once('.').map_or("", |(around, _)| around);
    }
}

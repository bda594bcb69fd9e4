//! What is wrong with a workflow although every file can be read.

use redress_core::regulation::Workflow;

use crate::fault::Fault;
use crate::leaves::Spots;

/// Every fault of a workflow.
pub(crate) fn faults(_workflow: &Workflow, _spots: &Spots) -> Vec<Fault> {
    Vec::new()
}

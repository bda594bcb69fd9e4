//! The workflows that are shipped, within the program.

use std::collections::BTreeMap;

use redress_core::regulation::Workflow;

use crate::fault::{FaultCode, Faults};
use crate::files::{Files, whole};
use crate::read::read;

macro_rules! shipped {
    ($($workflow:literal: [$($file:literal),+ $(,)?]),+ $(,)?) => {
        &[$(($workflow, &[$((
            $file,
            include_str!(concat!("../../../workflows/", $workflow, "/", $file)),
        )),+])),+]
    };
}

type Shipped = &'static [(&'static str, &'static [(&'static str, &'static str)])];

const SHIPPED: Shipped = shipped! {
    "customer-complaint": [
        "approval.toml", "authority.toml", "clock.toml", "departments.toml", "discipline.toml",
        "duties.toml", "forms/closing.toml", "forms/handling.toml", "forms/lodging.toml",
        "forms/plant.toml", "loss.toml", "market.toml", "month.toml", "numbering.toml",
        "penalty.toml", "regulation.toml", "reminders.toml", "route.toml", "workflow.toml",
    ],
    "joint-inspection": ["forms.toml", "route.toml", "workflow.toml"],
    "abnormality-notice": ["forms.toml", "route.toml", "workflow.toml"],
};

/// The files of the shipped workflows: id of the workflow → name → text.
#[must_use]
pub fn builtin_files() -> BTreeMap<String, Files> {
    SHIPPED
        .iter()
        .map(|(id, files)| {
            let files = files
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            ((*id).to_owned(), files.collect())
        })
        .collect()
}

/// The shipped workflows, customer complaint first.
///
/// # Errors
/// Never in a build whose tests passed.
pub fn builtin() -> Result<Vec<Workflow>, Faults> {
    SHIPPED.iter().map(|(id, _)| builtin_workflow(id)).collect()
}

/// A shipped workflow by its id.
///
/// # Errors
/// [`Faults`] if there is none of that name.
pub fn builtin_workflow(id: &str) -> Result<Workflow, Faults> {
    match builtin_files().get(id) {
        Some(files) => read(files),
        None => Err(Faults::new(vec![whole(
            "",
            FaultCode::NoFiles,
            format!("no workflow `{}` is shipped", crate::tree::shown(id)),
            "shipped are customer-complaint, joint-inspection, abnormality-notice",
        )])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_can_be_read() {
        for (id, files) in builtin_files() {
            match read(&files) {
                Ok(workflow) => assert_eq!(workflow.definition.id.as_str(), id),
                Err(faults) => panic!("{id}:\n{faults}"),
            }
        }
    }

    #[test]
    fn every_file_of_a_shipped_workflow_is_embedded() {
        let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../workflows");
        for (id, files) in builtin_files() {
            assert_eq!(crate::files_of_dir(&directory.join(id)).unwrap(), files);
        }
    }
}

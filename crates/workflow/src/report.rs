//! The outcome of `workflow check` on files without faults.

use redress_core::sentence::Lang;
use serde::Serialize;

use crate::budget::{Budget, budgets};
use crate::fault::Faults;
use crate::files::Files;
use crate::read::study;

/// What a check tells of a workflow without faults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The workflow.
    pub definition: String,
    /// Its version.
    pub version: String,
    /// SHA-256 over names and bytes of its files.
    pub hash: String,
    /// How many files it has.
    pub files: usize,
    /// How many stages.
    pub stages: usize,
    /// How many single values stand in its files.
    pub values: usize,
    /// What the stages use of the case clock.
    pub budgets: Vec<Budget>,
}

/// Checks a workflow.
///
/// # Errors
/// All [`Faults`] at once.
pub fn check(files: &Files) -> Result<Report, Faults> {
    let reading = study(files)?;
    let definition = &reading.workflow.definition;
    Ok(Report {
        definition: definition.id.to_string(),
        version: definition.version.clone(),
        hash: reading.workflow.hash.clone(),
        files: files.len(),
        stages: definition.stages.len(),
        values: reading.leaves.len(),
        budgets: budgets(definition),
    })
}

impl Report {
    /// The report in a few lines.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let Self {
            definition,
            version,
            hash,
            files,
            stages,
            values,
            ..
        } = self;
        let mut lines = vec![match lang {
            Lang::En => format!(
                "{definition} {version}: no faults; {files} files, {stages} stages, {values} values\nSHA-256 {hash}"
            ),
            Lang::Zh => format!(
                "{definition} {version}：无误；{files} 个文件，{stages} 个阶段，{values} 项\nSHA-256 {hash}"
            ),
        }];
        lines.extend(self.budgets.iter().map(|budget| budget.text(lang)));
        lines.join("\n")
    }
}

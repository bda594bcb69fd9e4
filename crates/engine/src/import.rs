//! Historic cases. The id comes from source and row: a second import of the same does nothing.

use std::collections::VecDeque;

use redress_core::command::Command;
use redress_kernel::command::CaseCommand;
use redress_kernel::event::Imported;
use redress_kernel::id::{CaseId, DefinitionId};
use uuid::Uuid;

use crate::desk::Redress;
use crate::error::Error;
use crate::execute::{Ask, Author, Begun, Waiting};
use crate::frame::Mark;
use crate::request::Answer;

/// The namespace of imports' ids.
const IMPORTS: Uuid = Uuid::from_u128(0x2b64_9f41_7a0e_4f0b_8f77_93c6_35a1_d2e8);

/// How many imports are on their way to the log at once: they share its syncs.
const ON_THEIR_WAY: usize = 256;

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Cases entered.
    pub imported: u64,
    /// Cases that had been entered before.
    pub repeated: u64,
    /// Rows that were refused, with the reason.
    pub refused: Vec<(String, Error)>,
}

/// An import that ended early, by what the log met: a full disk, say. What was entered before stays, and the same import
/// again goes on from there.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{error}")]
pub struct ImportStopped {
    /// What it had come to. Cases whose outcome the log does not know are not counted.
    pub report: ImportReport,
    /// Why.
    pub error: Error,
}

impl Redress {
    /// Enters a historic case.
    ///
    /// # Errors
    /// A refusal; `other_content` if the row was entered before with other values; what the log meets.
    pub async fn import(
        &self,
        record: Imported,
        definition: &DefinitionId,
    ) -> Result<Answer, Error> {
        self.writable().await?;
        self.perform(&ask(record, definition)?).await
    }

    /// Enters many historic cases. Rows that are refused are listed; the good ones are kept. `progress` is told
    /// how many rows are done.
    ///
    /// # Errors
    /// What the log meets, with what the import had come to.
    pub async fn import_all(
        &self,
        records: impl IntoIterator<Item = Imported>,
        definition: &DefinitionId,
        mut progress: impl FnMut(u64),
    ) -> Result<ImportReport, ImportStopped> {
        let mut report = ImportReport::default();
        let mut waiting = VecDeque::new();
        let entered = self.enter_all(
            records,
            definition,
            &mut progress,
            &mut waiting,
            &mut report,
        );
        let Err(error) = entered.await else {
            return Ok(report);
        };
        // Those that were on their way have been entered or not: no row that is stored goes untold.
        while !waiting.is_empty() {
            let _told = self.arrive(&mut waiting, &mut report).await;
        }
        Err(ImportStopped { report, error })
    }

    async fn enter_all(
        &self,
        records: impl IntoIterator<Item = Imported>,
        definition: &DefinitionId,
        progress: &mut impl FnMut(u64),
        waiting: &mut VecDeque<(Ask, Box<Waiting>)>,
        report: &mut ImportReport,
    ) -> Result<(), Error> {
        self.writable().await?;
        let mut done = 0;
        for record in records {
            let ask = ask(record, definition)?;
            match self.begin(&ask).await {
                Ok(Begun::Waiting(on_its_way)) => waiting.push_back((ask, on_its_way)),
                Ok(Begun::Answered(answer)) => report.take(&ask, Ok(answer))?,
                Err(error) => report.take(&ask, Err(error))?,
            }
            if waiting.len() >= ON_THEIR_WAY {
                // Half of them at once, so that the log always has some to sync together.
                while waiting.len() > ON_THEIR_WAY / 2 {
                    self.arrive(waiting, report).await?;
                }
            }
            done += 1;
            progress(done);
        }
        while !waiting.is_empty() {
            self.arrive(waiting, report).await?;
        }
        Ok(())
    }

    async fn arrive(
        &self,
        waiting: &mut VecDeque<(Ask, Box<Waiting>)>,
        report: &mut ImportReport,
    ) -> Result<(), Error> {
        let Some((ask, on_its_way)) = waiting.pop_front() else {
            return Ok(());
        };
        let answer = match self.finish(*on_its_way).await {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => self.perform(&ask).await,
            Err(error) => Err(error),
        };
        report.take(&ask, answer)
    }
}

impl ImportReport {
    /// Counts a row; an error that is not the row's ends the import.
    fn take(&mut self, ask: &Ask, answer: Result<Answer, Error>) -> Result<(), Error> {
        match answer {
            Ok(answer) if answer.repeated => self.repeated += 1,
            Ok(_) => self.imported += 1,
            Err(
                error @ (Error::Refused(_) | Error::Invalid { .. } | Error::OtherContent { .. }),
            ) => {
                let row = match &ask.command {
                    Command::Case(CaseCommand::Import { record }) => record.row.clone(),
                    _ => String::new(),
                };
                self.refused.push((row, error));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// The id of the case that a row of a source becomes.
#[must_use]
pub fn imported_case(source: &str, row: &str) -> CaseId {
    // Lengths stand before the texts, so that no two pairs give the same name.
    let name = format!("{}:{source}:{row}", source.len());
    CaseId(Uuid::new_v5(&IMPORTS, name.as_bytes()))
}

fn ask(record: Imported, definition: &DefinitionId) -> Result<Ask, Error> {
    let CaseId(id) = imported_case(&record.source, &record.row);
    let mark = Mark::of(Uuid::new_v5(&id, b"import"), &(definition, &record))?;
    Ok(Ask {
        mark,
        author: Author::Import,
        case: CaseId(id),
        opens: Some(definition.clone()),
        at: None,
        expect: None,
        dry_run: false,
        command: Command::Case(CaseCommand::Import {
            record: Box::new(record),
        }),
    })
}

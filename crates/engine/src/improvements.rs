//! The improvements that are tracked and not done (M9-7, M9-10): what the general manager's office presses.

use crate::desk::Redress;
use crate::error::Error;
use crate::view::CaseView;

impl Redress {
    /// The cases whose improvement is tracked and not done, by number, whatever month they closed in.
    ///
    /// # Errors
    /// What the log meets.
    pub async fn improvements(&self) -> Result<Vec<CaseView>, Error> {
        self.refresh()?;
        let mut all = Vec::new();
        for case in self.look(|books| books.improving()).await? {
            let view = self.case(case).await?;
            let improvement = view.complaint.improvement.as_ref();
            if improvement.is_some_and(|improvement| improvement.done.is_none()) {
                all.push(view);
            }
        }
        all.sort_by_key(|view| {
            let number = view.complaint.case.number.as_ref();
            number.map(|number| (number.period, number.serial))
        });
        Ok(all)
    }
}

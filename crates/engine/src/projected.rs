//! The views, brought up to date when they are asked.

use redress_kernel::time::Zone;

/// The views and the position up to which they tell.
pub(crate) struct Projected {
    pub(crate) position: u64,
}

impl Projected {
    pub(crate) fn new(_zone: Zone) -> Self {
        Self { position: 0 }
    }
}

impl crate::desk::Redress {
    pub(crate) async fn candidates(
        &self,
        _at: redress_kernel::time::Instant,
    ) -> Result<Vec<redress_kernel::id::CaseId>, crate::error::Error> {
        let filter = redress_log::Filter::everything().kinds(["case.opened"]);
        let page = self.events(1, &filter, usize::MAX).await?;
        Ok(page
            .records
            .iter()
            .filter_map(|r| r.stream.id().parse().ok())
            .collect())
    }
}

//! Subscriptions against a model: a plain vector of what was appended.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says so by failing"
)]

mod support;

use std::{num::NonZeroUsize, sync::Arc};

use proptest::prelude::*;
use redress_log::{
    ClockKind, EventLog, Expected, Filter, JournalOptions, MemoryLog, Position, ReadError,
    Subscription,
};
use support::{append, disk::TestDisk, founding, poll_once, write};

const CATEGORIES: [&str; 3] = ["case", "rules", "numbers"];
const KINDS: [&str; 3] = ["case.opened", "case.noted", "case.closed"];

/// What is known of an event: its position, category and type.
type Known = (u64, usize, usize);

#[derive(Clone, Debug)]
enum Deed {
    /// One event for each pair of category and type.
    Append(Vec<(usize, usize)>),
    /// Takes what is at hand: one event, or a page.
    Next,
    NextPage,
    /// Begins again at the stored position, with pages of so many.
    Resume(usize),
}

#[derive(Clone, Debug)]
struct Wanted {
    categories: Vec<usize>,
    kinds: Vec<usize>,
}

impl Wanted {
    fn filter(&self) -> Filter {
        Filter::everything()
            .categories(self.categories.iter().map(|at| CATEGORIES[*at]))
            .kinds(self.kinds.iter().map(|at| KINDS[*at]))
    }

    fn wants(&self, (_, category, kind): Known) -> bool {
        (self.categories.is_empty() || self.categories.contains(&category))
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
    }
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let appended = prop::collection::vec((0..3_usize, 0..3_usize), 1..6);
    let deed = prop_oneof![
        3 => appended.prop_map(Deed::Append),
        4 => Just(Deed::Next),
        2 => Just(Deed::NextPage),
        1 => (1..9_usize).prop_map(Deed::Resume),
    ];
    prop::collection::vec(deed, 1..60)
}

fn wanted() -> impl Strategy<Value = Wanted> {
    let some = || prop::collection::vec(0..3_usize, 0..3);
    (some(), some()).prop_map(|(categories, kinds)| Wanted { categories, kinds })
}

/// Does the deeds beside the model, then closes the log and takes what is left.
async fn compare(
    log: Arc<dyn EventLog>,
    after: u64,
    wanted: &Wanted,
    page: usize,
    deeds: &[Deed],
) -> Result<(), TestCaseError> {
    let begin = |after, page| {
        Subscription::new(log.clone(), after, wanted.filter())
            .pages_of(NonZeroUsize::new(page).unwrap())
    };
    let mut model: Vec<Known> = Vec::new();
    let mut page = page;
    let mut subscription = begin(Position(after), page);
    // Everything at or before it has been handed out, if it was wanted.
    let mut told = after;
    let due = |model: &[Known], told: u64| -> Vec<u64> {
        let behind = model.iter().filter(|known| known.0 > told);
        behind
            .filter(|known| wanted.wants(**known))
            .map(|known| known.0)
            .collect()
    };
    for deed in deeds {
        // A task that never yields would be kept waiting for ever.
        tokio::task::yield_now().await;
        let left = due(&model, told);
        match deed {
            Deed::Append(events) => {
                let mut writes = Vec::new();
                for (category, kind) in events {
                    let nth = model.len() as u64 + 1;
                    let name = format!("{}/{nth}", CATEGORIES[*category]);
                    let mut write = write(&name, Expected::Count(0), [nth]);
                    write.events[0].kind = KINDS[*kind].into();
                    writes.push(write);
                    model.push((nth, *category, *kind));
                }
                log.append(append(writes)).await.unwrap();
            }
            Deed::Next => match poll_once(subscription.next()) {
                Some(record) => {
                    told = record.unwrap().position.0;
                    prop_assert_eq!(Some(&told), left.first());
                }
                None => prop_assert!(left.is_empty(), "{left:?}"),
            },
            Deed::NextPage => match poll_once(subscription.next_page()) {
                Some(records) => {
                    let got: Vec<u64> = records.unwrap().iter().map(|r| r.position.0).collect();
                    prop_assert!((1..=page).contains(&got.len()));
                    prop_assert_eq!(Some(&got[..]), left.get(..got.len()));
                    told = *got.last().unwrap();
                }
                None => prop_assert!(left.is_empty(), "{left:?}"),
            },
            Deed::Resume(other) => {
                page = *other;
                subscription = begin(subscription.position(), page);
            }
        }
        let stored = subscription.position().0;
        prop_assert!(stored >= told);
        prop_assert_eq!(due(&model, stored), due(&model, told));
    }
    log.close().await.unwrap();
    let left = due(&model, told);
    let mut got = Vec::new();
    let error = loop {
        match subscription.next().await {
            Ok(record) => got.push(record.position.0),
            Err(error) => break error,
        }
    };
    prop_assert_eq!(error, ReadError::Closed);
    prop_assert_eq!(got, left);
    prop_assert_eq!(subscription.position().0, after.max(model.len() as u64));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn it_hands_out_what_the_model_does(
        after in prop_oneof![3 => Just(0_u64), 1 => 0..20_u64],
        wanted in wanted(),
        page in 1..9_usize,
        segment_bytes in 600..6_000_u64,
        deeds in deeds(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let memory = MemoryLog::new(founding().log_id, founding().zone, ClockKind::System);
        let journal = JournalOptions::new()
            .segment_bytes(segment_bytes)
            .create_on(TestDisk::new().shared(), &founding())
            .unwrap();
        for log in [Arc::new(memory) as Arc<dyn EventLog>, Arc::new(journal)] {
            runtime.block_on(compare(log, after, &wanted, page, &deeds))?;
        }
    }
}

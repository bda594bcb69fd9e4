//! A log that answers late, or not, or says that it does not know: commands that nobody waits for any more, and
//! outcomes that are unknown, are resolved by their ids and leave no number out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use redress::kernel::command::CaseCommand;
use redress::kernel::id::{CaseId, DefinitionId, StageId};
use redress::kernel::value::Values;
use redress::log::{
    Append, AppendError, Appended, BoxFuture, ClockKind, EventLog, Filter, LogInfo, MemoryLog,
    Page, Position, ReadError, StreamId, Version,
};
use redress::workflow::builtin_files;
use redress::{Redress, Request};
use support::{builder, by, founding, lodge};
use tokio::sync::oneshot;
use uuid::Uuid;

/// A log in memory that answers after a few turns of the runtime, and loses the answers of some appends.
struct Slow {
    log: Arc<MemoryLog>,
    /// The next append to a complaint waits for this before it takes its place, as behind another process's.
    gate: Mutex<Option<oneshot::Receiver<()>>>,
    appends: AtomicU64,
    /// Every so manieth answer is `Unknown`, though stored; 0: none.
    forgets: AtomicU64,
    /// How many more appends there is room for.
    room: AtomicU64,
}

impl Slow {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            log: Arc::new(MemoryLog::new(
                Uuid::from_u128(1),
                "Asia/Shanghai",
                ClockKind::Simulated,
            )),
            gate: Mutex::default(),
            appends: AtomicU64::new(0),
            forgets: AtomicU64::new(0),
            room: AtomicU64::new(u64::MAX),
        })
    }
}

impl EventLog for Slow {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let of_complaint = append.writes[0].stream.category() == "complaint";
        if of_complaint && let Some(gate) = self.gate.lock().unwrap().take() {
            let log = self.log.clone();
            return Box::pin(async move {
                gate.await.unwrap();
                log.append(append).await
            });
        }
        let stores = append.writes.iter().any(|write| !write.events.is_empty());
        let room = self.room.load(Ordering::SeqCst);
        if stores && room == 0 {
            return Box::pin(async { Err(AppendError::NoSpace) });
        }
        self.room.store(room - u64::from(stores), Ordering::SeqCst);
        let answer = self.log.append(append);
        let nth = self.appends.fetch_add(1, Ordering::SeqCst);
        let forgets = self.forgets.load(Ordering::SeqCst);
        let forgets = stores && forgets > 0 && nth.is_multiple_of(forgets);
        Box::pin(async move {
            for _ in 0..nth % 7 {
                tokio::task::yield_now().await;
            }
            let answer = answer.await;
            if forgets && answer.is_ok() {
                return Err(AppendError::Unknown {
                    reason: "the sync failed".into(),
                });
            }
            answer
        })
    }

    fn stream<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Version>, ReadError>> {
        self.log.stream(stream, from, limit)
    }

    fn all<'a>(
        &'a self,
        from: Position,
        filter: &'a Filter,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Position>, ReadError>> {
        self.log.all(from, filter, limit)
    }

    fn head(&self) -> Position {
        self.log.head()
    }

    fn beyond(&self, position: Position) -> BoxFuture<'_, Result<Position, ReadError>> {
        self.log.beyond(position)
    }

    fn info(&self) -> &LogInfo {
        self.log.info()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), AppendError>> {
        self.log.close()
    }
}

async fn desk() -> (Redress, Arc<Slow>) {
    let slow = Slow::new();
    let clock = support::clock();
    let desk = builder(&clock).log(slow.clone()).found(founding());
    (desk.await.unwrap(), slow)
}

fn acceptance(case: CaseId, id: u128) -> Request {
    let command = CaseCommand::Report {
        stage: StageId::new("acceptance").unwrap(),
        visit: None,
        values: Values::new(),
    };
    Request::new(by("E-office"), command)
        .on(case)
        .id(Uuid::from_u128(id))
}

async fn numbered(desk: &Redress, cases: &[CaseId]) {
    let mut serials = Vec::new();
    for case in cases {
        let number = desk.case(*case).await.unwrap().complaint.case.number;
        serials.push(number.unwrap().serial);
    }
    serials.sort_unstable();
    let expected: Vec<u64> = (1..=cases.len() as u64).collect();
    assert_eq!(serials, expected, "no gap, no double");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_that_are_dropped_on_their_way_leave_no_gap_and_are_done_once() {
    let (desk, _) = desk().await;
    let mut cases = Vec::new();
    for _ in 0..200 {
        cases.push(lodge(&desk).await);
    }
    let mut dropped = Vec::new();
    for (case, id) in cases.iter().zip(1_u128..) {
        let (desk, request) = (desk.clone(), acceptance(*case, id));
        dropped.push(tokio::spawn(async move { desk.execute(request).await }));
        for _ in 0..id % 4 {
            tokio::task::yield_now().await;
        }
        if id.is_multiple_of(3) {
            dropped.last().unwrap().abort();
        }
    }
    for task in dropped {
        if let Ok(answer) = task.await {
            answer.unwrap();
        }
    }
    for (case, id) in cases.iter().zip(1_u128..) {
        let first = desk.execute(acceptance(*case, id)).await.unwrap();
        let again = desk.execute(acceptance(*case, id)).await.unwrap();
        assert!(again.repeated);
        assert_eq!(first.number, again.number);
    }
    numbered(&desk, &cases).await;
}

#[tokio::test]
async fn an_unknown_outcome_is_resolved_by_the_command_s_id() {
    let (desk, slow) = desk().await;
    let mut cases = Vec::new();
    for _ in 0..30 {
        cases.push(lodge(&desk).await);
    }
    slow.forgets.store(3, Ordering::SeqCst);
    let mut unknown = 0;
    for (case, id) in cases.iter().zip(1_u128..) {
        if let Err(error) = desk.execute(acceptance(*case, id)).await {
            assert_eq!(error.code(), "unknown");
            unknown += 1;
            let again = desk.execute(acceptance(*case, id)).await.unwrap();
            assert!(again.repeated);
        }
    }
    assert!(unknown > 0);
    numbered(&desk, &cases).await;
}

#[tokio::test]
async fn an_import_that_a_full_disk_stops_tells_what_it_has_entered() {
    let (desk, slow) = desk().await;
    let definition = DefinitionId::new("customer-complaint").unwrap();
    let rows = || (0..400).map(support::historic);
    slow.room.store(300, Ordering::SeqCst);
    let stopped = desk.import_all(rows(), &definition, |_| ()).await;
    let stopped = stopped.unwrap_err();
    assert_eq!(stopped.error.code(), "unavailable");
    assert!(stopped.to_string().contains("no space"), "{stopped}");
    assert_eq!(stopped.report.imported, 300);
    slow.room.store(u64::MAX, Ordering::SeqCst);
    let report = desk.import_all(rows(), &definition, |_| ()).await.unwrap();
    assert_eq!((report.imported, report.repeated), (100, 300));
}

#[tokio::test]
async fn what_is_decided_while_a_version_is_adopted_is_decided_anew() {
    let (desk, slow) = desk().await;
    let case = lodge(&desk).await;
    let (open, gate) = oneshot::channel();
    *slow.gate.lock().unwrap() = Some(gate);
    let (other, request) = (desk.clone(), acceptance(case, 1));
    let accepting = tokio::spawn(async move { other.execute(request).await });
    while slow.gate.lock().unwrap().is_some() {
        tokio::task::yield_now().await;
    }
    let mut files = builtin_files().remove("customer-complaint").unwrap();
    for text in files.values_mut() {
        *text = text.replace("\"2026-1\"", "\"2026-2\"");
    }
    desk.adopt(files, &by("E-gm")).await.unwrap();
    open.send(()).unwrap();
    accepting.await.unwrap().unwrap();
    let kept = desk.case(case).await.unwrap().complaint.case.version;
    assert_eq!(kept, "2026-2");
    numbered(&desk, &[case]).await;
}

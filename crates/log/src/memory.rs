//! A log that lives as long as the process: for tests, for trying out, for what-if.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    admission::{Admission, Standing},
    error::{AppendError, ReadError},
    event_log::{BoxFuture, ClockKind, EventLog, Filter, LogInfo},
    line,
    position::{Position, Version},
    record::{Appended, Page, Part, Recorded},
    stream_id::StreamId,
    tree::{Tree, TreeHash, TreeHead},
    write::Append,
};

/// A log in memory. It decides as the journal does; nothing of it is durable.
#[derive(Debug)]
pub struct MemoryLog {
    info: LogInfo,
    state: Mutex<State>,
    head: watch::Sender<Head>,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    position: Position,
    open: bool,
}

#[derive(Debug, Default)]
struct State {
    records: Vec<Recorded>,
    streams: HashMap<StreamId, Vec<usize>>,
    /// The tree as far as somebody asked for its head.
    tree: Tree,
    closed: bool,
}

impl State {
    /// The tree over the lines as a journal would spell them.
    fn tree_head(&mut self) -> TreeHead {
        let known = usize::try_from(self.tree.size()).unwrap_or(usize::MAX);
        for record in self.records.iter().skip(known) {
            let line = line::spell(record);
            let line = line.strip_suffix(b"\n").unwrap_or(&line);
            self.tree.push(TreeHash::leaf(line));
        }
        self.tree.head()
    }
}

impl MemoryLog {
    /// An empty log of an id, a zone and a kind of clock.
    #[must_use]
    pub fn new(log_id: Uuid, zone: impl Into<String>, clock: ClockKind) -> MemoryLog {
        MemoryLog {
            info: LogInfo {
                log_id,
                epoch: 1,
                format: 0,
                zone: zone.into(),
                clock,
            },
            state: Mutex::default(),
            head: watch::Sender::new(Head {
                position: Position::NONE,
                open: true,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A poisoned lock would need a panic inside; the state is whole between two statements.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append_now(&self, append: Append) -> Result<Appended, AppendError> {
        append.check()?;
        let mut state = self.state();
        if state.closed {
            return Err(AppendError::Closed {
                reason: "it was closed".into(),
            });
        }
        let head = Position(state.records.len() as u64);
        let mut admission = Admission::new(head, state.records.last().map(|r| r.recorded_at));
        let appended = admission.admit(&append, &*state)?;
        let records: u32 = append
            .writes
            .iter()
            .map(|write| u32::try_from(write.events.len()).unwrap_or(u32::MAX))
            .sum();
        let of = NonZeroU32::new(records).unwrap_or(NonZeroU32::MIN);
        let mut number = NonZeroU32::MIN;
        let mut position = appended.first;
        for (nth, write) in append.writes.into_iter().enumerate() {
            let mut version = appended.first_version(nth, write.events.len());
            for event in write.events {
                let at = state.records.len();
                state
                    .streams
                    .entry(write.stream.clone())
                    .or_default()
                    .push(at);
                state.records.push(Recorded {
                    position,
                    turn: appended.first,
                    part: Part { number, of },
                    recorded_at: appended.recorded_at,
                    stream: write.stream.clone(),
                    version,
                    id: event.id,
                    kind: event.kind,
                    schema: event.schema,
                    occurred_at: event.occurred_at,
                    actor: event.actor,
                    command: event.command,
                    payload: event.payload,
                });
                position = position.next();
                version = version.next();
                number = number.saturating_add(1);
            }
        }
        self.head
            .send_modify(|head| head.position = Position(state.records.len() as u64));
        Ok(appended)
    }
}

impl Standing for State {
    fn count(&self, stream: &StreamId) -> Result<u64, ReadError> {
        Ok(self.streams.get(stream).map_or(0, |at| at.len() as u64))
    }

    fn ids(&self, stream: &StreamId, skip: u64, limit: usize) -> Result<Vec<Uuid>, ReadError> {
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let at = self
            .streams
            .get(stream)
            .map(Vec::as_slice)
            .unwrap_or_default();
        Ok(at
            .iter()
            .skip(skip)
            .take(limit)
            .filter_map(|i| Some(self.records.get(*i)?.id))
            .collect())
    }
}

impl EventLog for MemoryLog {
    fn append(&self, append: Append) -> BoxFuture<'static, Result<Appended, AppendError>> {
        let answer = self.append_now(append);
        Box::pin(async move { answer })
    }

    fn stream<'a>(
        &'a self,
        stream: &'a StreamId,
        from: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Version>, ReadError>> {
        Box::pin(async move {
            let state = self.state();
            let at = state
                .streams
                .get(stream)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let from = from.max(Version::FIRST);
            let skip = usize::try_from(from.0 - 1).unwrap_or(usize::MAX);
            let records: Vec<Recorded> = at
                .iter()
                .skip(skip)
                .take(limit)
                .filter_map(|i| state.records.get(*i).cloned())
                .collect();
            let next = Version(from.0.saturating_add(records.len() as u64));
            Ok(Page {
                records,
                next,
                end: next.0 > at.len() as u64,
            })
        })
    }

    fn all<'a>(
        &'a self,
        from: Position,
        filter: &'a Filter,
        limit: usize,
    ) -> BoxFuture<'a, Result<Page<Position>, ReadError>> {
        Box::pin(async move {
            let state = self.state();
            let mut next = from.max(Position::FIRST);
            let mut records = Vec::new();
            let skip = usize::try_from(next.0 - 1).unwrap_or(usize::MAX);
            for record in state.records.iter().skip(skip) {
                if records.len() == limit {
                    break;
                }
                if filter.passes(record.stream.category(), &record.kind) {
                    records.push(record.clone());
                }
                next = record.position.next();
            }
            Ok(Page {
                records,
                next,
                end: next.0 > state.records.len() as u64,
            })
        })
    }

    fn head(&self) -> Position {
        self.head.borrow().position
    }

    fn beyond(&self, position: Position) -> BoxFuture<'_, Result<Position, ReadError>> {
        Box::pin(async move {
            let mut head = self.head.subscribe();
            let seen = head.wait_for(|h| h.position > position || !h.open).await;
            match seen {
                Ok(head) if head.position > position => Ok(head.position),
                _ => Err(ReadError::Closed),
            }
        })
    }

    fn tree_head(&self) -> Option<TreeHead> {
        Some(self.state().tree_head())
    }

    fn info(&self) -> &LogInfo {
        &self.info
    }

    fn close(&self) -> BoxFuture<'_, Result<(), AppendError>> {
        self.state().closed = true;
        self.head.send_modify(|head| head.open = false);
        Box::pin(async { Ok(()) })
    }
}

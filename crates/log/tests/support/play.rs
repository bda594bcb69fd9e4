//! Driving a journal by hand, with appends drawn from a seed.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use redress_log::{
    Append, AppendError, Appended, EventLog, Expected, Journal, NewEvent, RawJson, StreamWrite,
};
use uuid::Uuid;

use super::{
    append,
    dice::Dice,
    model::{Due, Model},
    stamp, stream,
};

pub(crate) type Answer = Result<Appended, AppendError>;

/// What a future comes to that is ready.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it is not ready: nobody has driven the journal"),
    }
}

/// Closes a journal that is driven by hand.
pub(crate) fn close(log: &Journal) -> Result<(), AppendError> {
    let closed = log.close();
    log.drive();
    now(closed)
}

/// Has appends answered as one turn.
pub(crate) fn turn(log: &Journal, appends: impl IntoIterator<Item = Append>) -> Vec<Answer> {
    let answers: Vec<_> = appends.into_iter().map(|next| log.append(next)).collect();
    log.drive();
    answers.into_iter().map(now).collect()
}

/// An append, and what it must come to.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) append: Append,
    pub(crate) due: Due,
}

/// Draws appends: one to five records over one to three of five streams, a good half of them of one
/// record, some of them in conflict.
#[derive(Clone, Debug)]
pub(crate) struct Player {
    pub(crate) dice: Dice,
    /// The number of the next event; none is used twice.
    number: u64,
}

impl Player {
    pub(crate) fn new(seed: u64) -> Player {
        Player {
            dice: Dice::new(seed),
            number: 1,
        }
    }

    /// An event that is as short as one can be.
    fn event(&mut self) -> NewEvent {
        let number = self.number;
        self.number += 1;
        let nothing = || RawJson::new("0").unwrap();
        NewEvent {
            id: Uuid::from_u128(u128::from(number)),
            kind: "n".into(),
            schema: 1,
            occurred_at: stamp(0),
            actor: nothing(),
            command: nothing(),
            payload: RawJson::new(number.to_string()).unwrap(),
        }
    }

    fn append(&mut self, model: &Model) -> Append {
        let records = if self.dice.one_in(2) {
            1
        } else {
            1 + self.dice.choose(5)
        };
        let first = self.dice.below(5);
        let mut writes: Vec<StreamWrite> = Vec::new();
        for nth in 0..records {
            if nth == 0 || (writes.len() < 3 && self.dice.one_in(2)) {
                let name = format!("a/{}", (first + writes.len() as u64) % 5);
                let count = model.count(&name);
                let expected = match self.dice.below(12) {
                    0..6 => Expected::Any,
                    6..11 => Expected::Count(count),
                    _ => Expected::Count(count.saturating_sub(1)),
                };
                writes.push(StreamWrite {
                    stream: stream(&name),
                    expected,
                    events: Vec::new(),
                });
            }
            let event = self.event();
            writes.last_mut().unwrap().events.push(event);
        }
        append(writes)
    }

    /// So many appends that come after what the model holds.
    pub(crate) fn ask(&mut self, model: &Model, appends: usize) -> Vec<Asked> {
        let mut model = model.clone();
        let mut asked = Vec::with_capacity(appends);
        for _ in 0..appends {
            let append = self.append(&model);
            let due = model.due(&append);
            model.adopt(&due);
            asked.push(Asked { append, due });
        }
        asked
    }
}

/// The appends, to be handed in.
pub(crate) fn appends(asked: &[Asked]) -> Vec<Append> {
    asked.iter().map(|asked| asked.append.clone()).collect()
}

/// What the appends must come to.
pub(crate) fn due(asked: &[Asked]) -> Vec<Due> {
    asked.iter().map(|asked| asked.due.clone()).collect()
}

/// A turn in which nothing fails.
pub(crate) fn turn_well(log: &Journal, player: &mut Player, model: &mut Model, case: &str) {
    let asked = player.ask(model, 2);
    for (asked, answer) in asked.iter().zip(turn(log, appends(&asked))) {
        assert!(Model::agrees(&asked.due, &answer), "{case}: {answer:?}");
        model.adopt(&asked.due);
    }
}

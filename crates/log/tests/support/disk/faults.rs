//! When the disk does not do what it is asked.

use std::io;

/// What a disk, or a file on it, can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    List,
    CreateDir,
    OpenToRead,
    Open,
    Create,
    Rename,
    Remove,
    SyncDir,
    Lock,
    Size,
    ReadAt,
    WriteAt,
    Reserve,
    Truncate,
    SyncData,
}

impl Call {
    pub(crate) const ALL: [Call; 15] = [
        Call::List,
        Call::CreateDir,
        Call::OpenToRead,
        Call::Open,
        Call::Create,
        Call::Rename,
        Call::Remove,
        Call::SyncDir,
        Call::Lock,
        Call::Size,
        Call::ReadAt,
        Call::WriteAt,
        Call::Reserve,
        Call::Truncate,
        Call::SyncData,
    ];

    /// Whether it neither changes what is on the disk nor may be used for that.
    pub(crate) fn only_looks(self) -> bool {
        matches!(
            self,
            Call::List | Call::OpenToRead | Call::Size | Call::ReadAt
        )
    }

    /// The ways in which it can fail.
    pub(crate) fn ways(self) -> &'static [Way] {
        match self {
            Call::List | Call::OpenToRead | Call::Open | Call::Lock | Call::Size | Call::ReadAt => {
                &[Way::Error]
            }
            Call::Remove | Call::Truncate => &[Way::Error, Way::DoneAllTheSame],
            Call::CreateDir | Call::Create | Call::Rename | Call::SyncDir => {
                &[Way::Error, Way::DoneAllTheSame, Way::NoSpace]
            }
            Call::WriteAt => &[Way::Error, Way::DoneAllTheSame, Way::NoSpace, Way::Half],
            Call::Reserve => &[Way::Error, Way::NoSpace],
            Call::SyncData => &[Way::Error, Way::DoneAllTheSame, Way::NoSpace, Way::Forgets],
        }
    }
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nothing was done.
    Error,
    /// It was done, and an error comes back.
    DoneAllTheSame,
    /// There is no room; of a write, half of it is there.
    NoSpace,
    /// Half of a write is there, and an error comes back.
    Half,
    /// A sync fails, and what it was to sync counts as synced from then on.
    Forgets,
}

impl Way {
    pub(super) fn error(self) -> io::Error {
        match self {
            Way::NoSpace => io::ErrorKind::StorageFull.into(),
            _ => io::Error::other("an input or output error"),
        }
    }
}

/// The n-th call of a kind fails, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) call: Call,
    pub(crate) nth: u64,
    pub(crate) way: Way,
    /// Whether all of the kind fail from then on, or this one alone.
    pub(crate) lasting: bool,
}

/// When the disk does not do what it is asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    /// From this changing call on (counted from 1) every one fails.
    pub(crate) dies_at: Option<u64>,
    /// The next sync of a file fails, once.
    pub(crate) next_sync_fails: bool,
    /// The next write fails half way, once.
    pub(crate) next_write_fails: bool,
    /// The most bytes that all files hold, with what is reserved for them.
    pub(crate) room: Option<usize>,
    /// Whether a sync waits until this is taken back.
    pub(crate) syncs_held: bool,
    /// Whether the test fails when anything is to be changed.
    pub(crate) read_only: bool,
    pub(super) fault: Option<Fault>,
}

/// How often each call was made, and how many of them failed by order.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(super) calls: [u64; Call::ALL.len()],
    pub(crate) failed: u64,
}

impl Counts {
    pub(crate) fn of(&self, call: Call) -> u64 {
        self.calls[call as usize]
    }

    /// Counts a call, and says how it fails if it does.
    pub(super) fn count(&mut self, call: Call, rules: &Rules) -> Option<Way> {
        self.calls[call as usize] += 1;
        let count = self.of(call);
        let fault = rules.fault.filter(|fault| fault.call == call)?;
        let fails = count == fault.nth || (fault.lasting && count > fault.nth);
        self.failed += u64::from(fails);
        fails.then_some(fault.way)
    }
}

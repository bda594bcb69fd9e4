//! One bit of one file of a directory is flipped, then everything is asked: either it is found, or every answer is
//! what it was.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redress::kernel::id::CaseId;
use redress::{HandClock, Redress};

use super::questions::{Answered, ask, cases, company};
use super::{at, builder};

/// What came of so many flips.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// The directory was not opened, and the error says why.
    pub(crate) refused: u64,
    /// Opening found damage in the journal, or a torn end.
    pub(crate) damaged: u64,
    /// The store was not believed and built anew.
    pub(crate) rebuilt: u64,
    /// A question was answered by an error.
    pub(crate) failed: u64,
    /// Nothing noticed it, and nothing depends on it.
    pub(crate) same: u64,
    /// An answer was another one. There must be none.
    pub(crate) wrong: Vec<String>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            refused,
            damaged,
            rebuilt,
            failed,
            same,
            wrong,
        } = self;
        let all = refused + damaged + rebuilt + failed + same + wrong.len() as u64;
        write!(
            f,
            "{all} flips: {refused} refused, {damaged} damage found, {rebuilt} store rebuilt, {failed} found by a \
             question, {same} without effect, {} wrong",
            wrong.len()
        )
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.refused += other.refused;
        self.damaged += other.damaged;
        self.rebuilt += other.rebuilt;
        self.failed += other.failed;
        self.same += other.same;
        self.wrong.extend(other.wrong);
    }
}

/// Flips so many bits, one a copy of a directory, on as many threads as there are cores.
pub(crate) fn flip(count: u64) -> Tally {
    // No disk is asked to be durable thousands of times: what stands in the files is what matters.
    let memory = Path::new("/dev/shm");
    let below = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    let below = below.unwrap();
    let whole = alone(Whole::make(below.path()));
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let mut all = Tally::default();
    std::thread::scope(|scope| {
        let shares: Vec<_> = (0..threads)
            .map(|thread| {
                let (whole, below) = (&whole, below.path());
                let share = (count + thread) / threads;
                scope.spawn(move || {
                    let mut tally = Tally::default();
                    alone(whole.flip(below, thread, share, &mut tally));
                    tally
                })
            })
            .collect();
        for share in shares {
            all.add(share.join().unwrap());
        }
    });
    all
}

fn alone<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

/// A directory, closed, with what it answers.
struct Whole {
    /// Every file, by its path inside, with its bytes.
    files: Vec<(PathBuf, Vec<u8>)>,
    cases: Vec<CaseId>,
    answers: Vec<Answered>,
}

impl Whole {
    /// Makes one below a directory.
    async fn make(below: &Path) -> Self {
        let path = below.join("whole");
        let (desk, _) = company(&path).await;
        desk.close().await.unwrap();
        drop(desk);
        let copy = below.join("copy");
        let mut whole = Self {
            files: files(&path, &path),
            cases: Vec::new(),
            answers: Vec::new(),
        };
        assert!(
            whole
                .files
                .iter()
                .any(|(path, _)| path.ends_with("sled/db"))
        );
        whole.write(&copy);
        let desk = open(&copy).await.unwrap();
        assert_eq!(desk.recovery().index_rebuilt, None);
        whole.cases = cases(&desk).await;
        whole.answers = ask(&desk, &whole.cases).await;
        assert!(desk.views().await.unwrap().rows().is_store());
        drop(desk);
        fs::remove_dir_all(&copy).unwrap();
        for (question, answer) in &whole.answers {
            assert!(
                answer.is_ok() || question.starts_with("number"),
                "{question}: {answer:?}"
            );
        }
        whole
    }

    fn write(&self, to: &Path) {
        for (path, bytes) in &self.files {
            let path = to.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        fs::create_dir_all(to.join("index/sled/blobs")).unwrap();
    }

    async fn flip(&self, below: &Path, seed: u64, count: u64, tally: &mut Tally) {
        let mut dice = Dice(seed);
        for nth in 0..count {
            let file = dice.below(self.files.len() as u64) as usize;
            let (path, bytes) = &self.files[file];
            if bytes.is_empty() {
                tally.same += 1;
                continue;
            }
            let bit = dice.below(bytes.len() as u64 * 8);
            let copy = below.join(format!("flip-{seed}-{nth}"));
            self.write(&copy);
            let mut flipped = bytes.clone();
            flipped[(bit / 8) as usize] ^= 1 << (bit % 8);
            fs::write(copy.join(path), flipped).unwrap();
            let place = format!("{} bit {bit}", path.display());
            self.judge(&copy, &place, tally).await;
            fs::remove_dir_all(&copy).unwrap();
        }
    }

    async fn judge(&self, copy: &Path, place: &str, tally: &mut Tally) {
        let desk = match open(copy).await {
            Ok(desk) => desk,
            Err(error) => {
                assert!(!error.to_string().is_empty(), "{place}");
                tally.refused += 1;
                return;
            }
        };
        let answers = ask(&desk, &self.cases).await;
        let mut failed = false;
        for ((question, was), (_, is)) in self.answers.iter().zip(&answers) {
            match is {
                is if is == was => {}
                Err(_) => failed = true,
                Ok(is) => {
                    let was = was.clone();
                    // From shortly before the first difference on.
                    let before = was.as_deref().unwrap_or_default();
                    let same = is.chars().zip(before.chars()).take_while(|(a, b)| a == b);
                    let from = same.count().saturating_sub(40);
                    let short = |text: &str| text.chars().skip(from).take(200).collect::<String>();
                    tally.wrong.push(format!(
                        "{place}: {question}: {} was {:?}; {:?}",
                        short(is),
                        was.map(|was| short(&was)),
                        desk.recovery()
                    ));
                    return;
                }
            }
        }
        let recovery = desk.recovery();
        if !recovery.damage.is_empty() || recovery.cut.is_some() {
            tally.damaged += 1;
        } else if recovery.index_rebuilt.is_some() {
            tally.rebuilt += 1;
        } else if failed {
            tally.failed += 1;
        } else {
            tally.same += 1;
        }
    }
}

async fn open(path: &Path) -> Result<Redress, redress::Error> {
    let clock = Arc::new(HandClock::at(at("2026-03-25T12:00:00+08:00")));
    builder(&clock).directory(path).open().await
}

/// Every file below a directory, in order of the paths.
pub(crate) fn files(root: &Path, directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(root, &path));
        } else {
            let inside = path.strip_prefix(root).unwrap().to_owned();
            found.push((inside, fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// SplitMix64: the same flips on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

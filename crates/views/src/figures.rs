//! Figures of many cases: counts, the mean, the median, the 90th percentile. No floats.

use serde::Serialize;

/// How long something took, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Taken {
    /// How many of them there are.
    pub count: usize,
    /// Their sum.
    pub total_seconds: i64,
    /// Their mean, the fraction cut; none without any.
    pub mean_seconds: Option<i64>,
    /// The median by nearest rank: of an even number the lower one of the middle.
    pub median_seconds: Option<i64>,
    /// The 90th percentile by nearest rank: the least that is not below nine tenths of them.
    pub p90_seconds: Option<i64>,
}

impl Taken {
    /// The figures of these.
    pub(crate) fn of(mut seconds: Vec<i64>) -> Self {
        seconds.sort_unstable();
        let total_seconds = seconds.iter().fold(0i64, |sum, s| sum.saturating_add(*s));
        let mean_seconds = i64::try_from(seconds.len())
            .ok()
            .and_then(|count| total_seconds.checked_div_euclid(count));
        Self {
            count: seconds.len(),
            total_seconds,
            mean_seconds,
            median_seconds: nearest_rank(&seconds, 50),
            p90_seconds: nearest_rank(&seconds, 90),
        }
    }
}

/// The value at rank ⌈percent × count / 100⌉ of sorted values.
fn nearest_rank(sorted: &[i64], percent: usize) -> Option<i64> {
    let rank = sorted.len().saturating_mul(percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// How many cases closed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// Closed.
    pub closed: usize,
    /// Of these: on time, by the case's deadline.
    pub on_time: usize,
    /// Of these: late.
    pub late: usize,
    /// Of these: without a clock, neither on time nor late.
    pub without_clock: usize,
    /// How long they were on the clock of the case.
    pub taken: Taken,
}

/// Figures in the making.
#[derive(Debug, Clone, Default)]
pub(crate) struct Count {
    figures: Figures,
    taken: Vec<i64>,
}

impl Count {
    pub(crate) fn add(&mut self, late_seconds: Option<i64>, taken_seconds: Option<i64>) {
        self.figures.closed += 1;
        match late_seconds {
            Some(late) if late > 0 => self.figures.late += 1,
            Some(_) => self.figures.on_time += 1,
            None => self.figures.without_clock += 1,
        }
        self.taken.extend(taken_seconds);
    }

    pub(crate) fn figures(self) -> Figures {
        Figures {
            taken: Taken::of(self.taken),
            ..self.figures
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_list() {
        let of = |n: i64| Taken::of((1..=n).collect());
        assert_eq!(of(0).median_seconds, None);
        assert_eq!(of(0).mean_seconds, None);
        assert_eq!(of(1).p90_seconds, Some(1));
        assert_eq!(of(4).median_seconds, Some(2));
        assert_eq!(of(5).median_seconds, Some(3));
        assert_eq!(of(4).mean_seconds, Some(2));
        assert_eq!(of(10).p90_seconds, Some(9));
        assert_eq!(of(11).p90_seconds, Some(10));
    }
}

//! Chance that can be repeated: the same seed, the same throws, on every machine.

/// Throws of one run, for one purpose. Each complaint has dice of its own, so that one more throw for one of them
/// changes nothing for the others.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of a seed for a purpose.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a over the purpose, so that near names start far apart.
        let start = purpose
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        let mut dice = Self(start ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.throw();
        dice
    }

    /// SplitMix64.
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `least` to `most`, both included.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = most
            .saturating_sub(least)
            .saturating_add(1)
            .max(1)
            .unsigned_abs();
        let thrown = self.throw() % span;
        least.saturating_add(i64::try_from(thrown).unwrap_or_default())
    }

    /// Whether something happens that happens so many times in a thousand.
    pub(crate) fn chance(&mut self, in_a_thousand: i64) -> bool {
        self.between(0, 999) < in_a_thousand
    }

    /// One of a list; nothing of an empty one.
    pub(crate) fn one<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        let last = i64::try_from(list.len()).unwrap_or_default() - 1;
        let place = usize::try_from(self.between(0, last.max(0))).unwrap_or_default();
        list.get(place)
    }

    /// One of a list of texts; an empty text of an empty list.
    pub(crate) fn text<'l>(&mut self, list: &[&'l str]) -> &'l str {
        self.one(list).copied().unwrap_or_default()
    }

    /// One of a list by weight.
    pub(crate) fn weighted<T: Copy>(&mut self, list: &[(i64, T)]) -> Option<T> {
        let whole: i64 = list.iter().map(|(weight, _)| weight).sum();
        let mut left = self.between(1, whole.max(1));
        for (weight, item) in list {
            left -= weight;
            if left <= 0 {
                return Some(*item);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throws = |seed, purpose: &str| {
            let mut dice = Dice::new(seed, purpose);
            (0..20).map(|_| dice.between(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7, "a"), throws(7, "a"));
        assert_ne!(throws(7, "a"), throws(8, "a"));
        assert_ne!(throws(7, "a"), throws(7, "b"));
        assert!(throws(7, "a").iter().all(|n| (1..=6).contains(n)));
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(1, "weights");
        let heavy = (0..1000)
            .filter(|_| dice.weighted(&[(9, true), (1, false)]) == Some(true))
            .count();
        assert!((850..950).contains(&heavy), "{heavy}");
    }
}

//! The Merkle tree over the lines of the journal (RFC 6962, RFC 9162), kept as far as its head needs it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::position::Position;

/// A hash of the tree: of a leaf, of a node, or the head.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TreeHash([u8; 32]);

/// A text is no hash: 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is written as 64 lower-case hexadecimal digits")]
pub struct TreeHashFault;

impl TreeHash {
    /// The head of the tree over nothing.
    #[must_use]
    pub fn of_nothing() -> TreeHash {
        TreeHash(Sha256::digest([]).into())
    }

    /// The leaf of a record: its line, without the line break.
    #[must_use]
    pub fn leaf(line: &[u8]) -> TreeHash {
        let mut hash = Sha256::new_with_prefix([0]);
        hash.update(line);
        TreeHash(hash.finalize().into())
    }

    fn node(left: TreeHash, right: TreeHash) -> TreeHash {
        let mut bytes = [1; 65];
        let (_, both) = bytes.split_at_mut(1);
        let (first, second) = both.split_at_mut(32);
        first.copy_from_slice(&left.0);
        second.copy_from_slice(&right.0);
        TreeHash(Sha256::digest(bytes).into())
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for TreeHash {
    type Err = TreeHashFault;

    fn from_str(text: &str) -> Result<TreeHash, TreeHashFault> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        let mut hash = [0; 32];
        if text.len() != 64 {
            return Err(TreeHashFault);
        }
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = match pair {
                [high, low] => digit(*high).zip(digit(*low)).map(|(h, l)| h << 4 | l),
                _ => None,
            }
            .ok_or(TreeHashFault)?;
        }
        Ok(TreeHash(hash))
    }
}

impl TryFrom<String> for TreeHash {
    type Error = TreeHashFault;

    fn try_from(text: String) -> Result<TreeHash, TreeHashFault> {
        text.parse()
    }
}

impl From<TreeHash> for String {
    fn from(hash: TreeHash) -> String {
        hash.to_string()
    }
}

/// The head of the tree over all records up to a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// The last record in it; 0 when there is none.
    pub position: Position,
    /// The hash.
    pub hash: TreeHash,
}

/// The tree as far as it is needed to grow: the heads of its full subtrees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tree {
    size: u64,
    /// One for each bit that is set in `size`, the largest subtree first.
    peaks: Vec<TreeHash>,
}

impl Tree {
    /// Adds the next leaf.
    pub(crate) fn push(&mut self, leaf: TreeHash) {
        let mut grown = leaf;
        let mut rest = self.size;
        while rest & 1 == 1 {
            if let Some(left) = self.peaks.pop() {
                grown = TreeHash::node(left, grown);
            }
            rest >>= 1;
        }
        self.peaks.push(grown);
        self.size += 1;
    }

    /// The hash over all leaves.
    pub(crate) fn hash(&self) -> TreeHash {
        self.peaks
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| TreeHash::node(left, right))
            .unwrap_or_else(TreeHash::of_nothing)
    }

    /// How many leaves it has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn head(&self) -> TreeHead {
        TreeHead {
            position: Position(self.size),
            hash: self.hash(),
        }
    }

    /// Whether there are as many subtrees as the size says; a text that was read may not be.
    pub(crate) fn is_sound(&self) -> bool {
        self.peaks.len() as u64 == u64::from(self.size.count_ones())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 6962, section 2.1, as it stands there.
    fn by_definition(leaves: &[TreeHash]) -> TreeHash {
        match leaves {
            [] => TreeHash::of_nothing(),
            [one] => *one,
            _ => {
                let half = leaves.len().next_power_of_two() / 2;
                let (left, right) = leaves.split_at(half);
                TreeHash::node(by_definition(left), by_definition(right))
            }
        }
    }

    #[test]
    fn the_heads_of_the_known_vectors_come_out() {
        // The eight inputs and heads with which Certificate Transparency's own libraries test themselves.
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let heads = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Tree::default();
        assert_eq!(
            tree.hash().to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for (input, head) in inputs.into_iter().zip(heads) {
            tree.push(TreeHash::leaf(input));
            assert_eq!(tree.hash().to_string(), head);
        }
    }

    #[test]
    fn a_tree_that_grows_has_the_head_of_the_definition() {
        let leaves: Vec<TreeHash> = (0..300_u32)
            .map(|n| TreeHash::leaf(&n.to_be_bytes()))
            .collect();
        let mut tree = Tree::default();
        for (count, leaf) in leaves.iter().enumerate() {
            assert_eq!(tree.hash(), by_definition(&leaves[..count]));
            assert!(tree.is_sound());
            tree.push(*leaf);
        }
        assert_eq!(tree.head().position, Position(300));
    }

    #[test]
    fn only_the_one_spelling_is_read() {
        let hash = TreeHash::of_nothing();
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for bad in [
            "",
            "e3b0",
            &hash.to_string().to_uppercase(),
            &format!("{hash}0"),
        ] {
            assert_eq!(bad.parse::<TreeHash>(), Err(TreeHashFault));
        }
    }
}

//! The head of the Merkle tree, computed from the lines of the journal and from nothing else.

use redress_log::TreeHead;
use sha2::{Digest, Sha256};

use super::disk::TestDisk;

/// The lines of all records, in the order of the segments' names, without their line breaks.
pub(crate) fn record_lines(disk: &TestDisk) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    for name in disk.names() {
        if name.ends_with(".jsonl") {
            let bytes = disk.bytes(&name);
            let records = bytes.split(|byte| *byte == b'\n');
            let records = records.filter(|line| line.starts_with(b"{\"position\":"));
            lines.extend(records.map(<[u8]>::to_vec));
        }
    }
    lines
}

/// The definition of RFC 6962, section 2.1.
fn hash(lines: &[Vec<u8>]) -> Vec<u8> {
    match lines {
        [] => Sha256::digest([]).to_vec(),
        [line] => Sha256::digest([&[0], line.as_slice()].concat()).to_vec(),
        _ => {
            let (left, right) = lines.split_at(lines.len().next_power_of_two() / 2);
            Sha256::digest([vec![1], hash(left), hash(right)].concat()).to_vec()
        }
    }
}

/// A journal's tree head is the one of its lines.
pub(crate) fn assert_is_of(head: Option<TreeHead>, disk: &TestDisk, case: &str) {
    let head = head.unwrap();
    let lines = record_lines(disk);
    assert_eq!(head.position.0, lines.len() as u64, "{case}");
    assert_eq!(head.hash.as_bytes().as_slice(), hash(&lines), "{case}");
}

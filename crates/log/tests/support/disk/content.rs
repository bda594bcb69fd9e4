//! What a file holds, in the cache and on the platter.

use super::{Dice, Pick};

/// A file. What was written is cached page by page; on the platter it is only after a sync, or by chance.
#[derive(Clone, Debug)]
pub(super) struct Content {
    page_bytes: usize,
    /// What readers see.
    pub(super) now: Vec<u8>,
    /// Whole pages on the platter, and how much of them is the file.
    durable: Vec<u8>,
    durable_size: usize,
    /// The dirty pages: what each held after every change since it was last synced.
    dirty: Vec<(usize, Vec<Vec<u8>>)>,
    /// The file's sizes since the last sync.
    sizes: Vec<usize>,
    /// Up to where room is set apart for it.
    reserved: usize,
}

impl Content {
    pub(super) fn new(page_bytes: usize) -> Content {
        Content::whole(page_bytes, Vec::new())
    }

    /// A file that holds these bytes, durably.
    pub(super) fn whole(page_bytes: usize, bytes: Vec<u8>) -> Content {
        Content {
            page_bytes,
            durable: bytes.clone(),
            durable_size: bytes.len(),
            now: bytes,
            dirty: Vec::new(),
            sizes: Vec::new(),
            reserved: 0,
        }
    }

    /// How much room it takes.
    pub(super) fn taken(&self) -> usize {
        self.now.len().max(self.reserved)
    }

    pub(super) fn write(&mut self, bytes: &[u8], offset: usize) {
        if bytes.is_empty() {
            return;
        }
        let end = offset + bytes.len();
        if self.now.len() < end {
            self.now.resize(end, 0);
            self.sizes.push(end);
        }
        self.now[offset..end].copy_from_slice(bytes);
        self.soil(offset, end);
    }

    pub(super) fn truncate(&mut self, size: usize) {
        let before = self.now.len();
        self.reserved = size;
        self.now.resize(size, 0);
        if size != before {
            self.sizes.push(size);
        }
        // What is cut off is zero should the file grow over it again.
        self.soil(size, before);
    }

    pub(super) fn reserve(&mut self, size: usize) {
        self.reserved = self.reserved.max(size);
    }

    /// Marks the pages between two offsets as dirty.
    fn soil(&mut self, from: usize, to: usize) {
        for page in from / self.page_bytes..to.div_ceil(self.page_bytes) {
            let bytes = self.page(page);
            match self.dirty.iter_mut().find(|(dirty, _)| *dirty == page) {
                Some((_, versions)) => versions.push(bytes),
                None => self.dirty.push((page, vec![bytes])),
            }
        }
    }

    /// A page as it is in the cache.
    fn page(&self, page: usize) -> Vec<u8> {
        let start = (page * self.page_bytes).min(self.now.len());
        let end = (start + self.page_bytes).min(self.now.len());
        let mut bytes = self.now[start..end].to_vec();
        bytes.resize(self.page_bytes, 0);
        bytes
    }

    fn platter(&mut self, page: usize, bytes: &[u8]) {
        let start = page * self.page_bytes;
        if self.durable.len() < start + self.page_bytes {
            self.durable.resize(start + self.page_bytes, 0);
        }
        self.durable[start..start + self.page_bytes].copy_from_slice(bytes);
    }

    pub(super) fn sync(&mut self) {
        for (page, versions) in std::mem::take(&mut self.dirty) {
            self.platter(page, &versions[versions.len() - 1]);
        }
        self.durable_size = self.now.len();
        self.sizes.clear();
    }

    /// A sync that failed as it does on Linux: some pages reached the platter, some did not, and all are clean
    /// now. They can be read while the machine runs; no later sync writes them. The size is the file
    /// system's own business, and is still to be synced.
    pub(super) fn forget(&mut self, dice: &mut Dice) {
        for (page, versions) in std::mem::take(&mut self.dirty) {
            if dice.one_in(3) {
                self.platter(page, &versions[versions.len() - 1]);
            }
        }
    }

    /// Of each dirty page, and of the size, one of its states since the last sync stays.
    pub(super) fn cut(&mut self, pick: &mut Pick) {
        for (page, versions) in std::mem::take(&mut self.dirty) {
            if let Some(kept) = pick.of(versions.len()) {
                self.platter(page, &versions[kept]);
            }
        }
        let sizes = std::mem::take(&mut self.sizes);
        if let Some(kept) = pick.of(sizes.len()) {
            self.durable_size = sizes[kept];
        }
        self.durable.resize(self.durable_size, 0);
        self.now = self.durable.clone();
        self.reserved = self.reserved.max(self.now.len());
    }
}

//! The names in the directories, as they are now and as a power cut leaves them.

use std::collections::BTreeMap;

use super::Pick;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Dir,
    /// The number of its content.
    File(usize),
}

/// Every name by itself is durable once its directory is synced, and before that by chance.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) now: BTreeMap<String, Node>,
    durable: BTreeMap<String, Node>,
    /// What each name stood for after every change since its directory was synced.
    since: BTreeMap<String, Vec<Option<Node>>>,
}

pub(super) fn dir_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

fn put(names: &mut BTreeMap<String, Node>, path: &str, node: Option<Node>) {
    match node {
        Some(node) => names.insert(path.to_owned(), node),
        None => names.remove(path),
    };
}

impl Names {
    pub(super) fn set(&mut self, path: &str, node: Option<Node>) {
        put(&mut self.now, path, node);
        self.since.entry(path.to_owned()).or_default().push(node);
    }

    /// Gives a name, durably.
    pub(super) fn fix(&mut self, path: &str, node: Node) {
        put(&mut self.now, path, Some(node));
        put(&mut self.durable, path, Some(node));
        self.since.remove(path);
    }

    pub(super) fn has_dir(&self, dir: &str) -> bool {
        self.now.get(dir) == Some(&Node::Dir)
    }

    /// The names in a directory.
    pub(super) fn within(&self, dir: &str) -> Vec<String> {
        let paths = self.now.keys().filter(|path| !path.is_empty());
        paths
            .filter(|path| dir_of(path) == dir)
            .filter_map(|path| path.rsplit('/').next())
            .map(str::to_owned)
            .collect()
    }

    /// The content of a file.
    pub(super) fn file(&self, path: &str) -> Option<usize> {
        match self.now.get(path)? {
            Node::File(at) => Some(*at),
            Node::Dir => None,
        }
    }

    /// The contents that have a name, each once, though a cut rename may have left it two.
    pub(super) fn contents(&self) -> Vec<usize> {
        let mut contents: Vec<usize> = self.now.keys().filter_map(|path| self.file(path)).collect();
        contents.sort_unstable();
        contents.dedup();
        contents
    }

    pub(super) fn sync(&mut self, dir: &str) {
        let changed = self.since.extract_if(.., |path, _| dir_of(path) == dir);
        for (path, versions) in changed {
            put(&mut self.durable, &path, versions[versions.len() - 1]);
        }
    }

    /// Each name stands for what it last stood for durably, or for anything since.
    pub(super) fn cut(&mut self, pick: &mut Pick) {
        for (path, versions) in std::mem::take(&mut self.since) {
            if let Some(kept) = pick.of(versions.len()) {
                put(&mut self.durable, &path, versions[kept]);
            }
        }
        let dirs = self.durable.clone();
        self.durable
            .retain(|path, _| dirs.get(dir_of(path)) == Some(&Node::Dir));
        self.now = self.durable.clone();
    }
}

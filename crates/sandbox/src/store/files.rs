//! Files that were uploaded, as the CDN of an org serves them.

use std::collections::BTreeMap;

use axum::body::Bytes;

use crate::id::Id;

/// A file and its media type.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    pub(crate) kind: &'static str,
    pub(crate) bytes: Bytes,
}

/// Files by id (`fs0…`).
#[derive(Debug, Default)]
pub(crate) struct Files(BTreeMap<Id, StoredFile>);

impl Files {
    /// Where an org serves its files; the id follows.
    const PATH: &str = "/bc/image/fileStoreRecord?id=";

    /// Keeps a file; gives the path under which it is served.
    pub(crate) fn put(&mut self, id: Id, file: StoredFile) -> String {
        self.0.insert(id, file);
        format!("{}{id}", Self::PATH)
    }

    pub(crate) fn get(&self, id: &str) -> Option<&StoredFile> {
        self.0.get(&Id::parse(id)?)
    }

    /// Forgets the file that `path` leads to, if there is one.
    pub(crate) fn forget(&mut self, path: &str) {
        if let Some(id) = path.strip_prefix(Self::PATH).and_then(Id::parse) {
            self.0.remove(&id);
        }
    }
}

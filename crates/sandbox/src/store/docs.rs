//! A collection of resources kept as the JSON that Okta shows, without `_links`.

use std::{collections::BTreeMap, ops::Bound};

use serde_json::{Map, Value};

/// Resources by id, in the order of their ids: the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Docs(BTreeMap<String, Map<String, Value>>);

impl Docs {
    pub(crate) const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds or replaces.
    pub(crate) fn put(&mut self, id: impl Into<String>, doc: Map<String, Value>) {
        self.0.insert(id.into(), doc);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Map<String, Value>> {
        self.0.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Map<String, Value>> {
        self.0.get_mut(id)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Map<String, Value>> {
        self.0.remove(id)
    }

    /// All in id order, those after the cursor `after` only.
    pub(crate) fn after<'a>(
        &'a self,
        after: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a String, &'a Map<String, Value>)> {
        self.0.iter().filter(move |(id, _)| after.is_none_or(|after| id.as_str() > after))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Map<String, Value>)> {
        self.0.iter()
    }

    /// Those whose id starts with `prefix`, in id order.
    pub(crate) fn under<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a String, &'a Map<String, Value>)> {
        let from = self.0.range::<str, _>((Bound::Included(prefix), Bound::Unbounded));
        from.take_while(move |(id, _)| id.starts_with(prefix))
    }

    /// Removes all whose id starts with `prefix`.
    pub(crate) fn remove_under(&mut self, prefix: &str) {
        self.0.retain(|id, _| !id.starts_with(prefix));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

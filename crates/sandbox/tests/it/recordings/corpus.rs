//! What was recorded with real orgs.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead as _, BufReader},
};

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::support::shared;

/// One request and its answer.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) file: String,
    pub(super) index: u64,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) template: String,
    pub(super) request: Option<Value>,
    pub(super) status: u16,
    pub(super) reply: Option<Value>,
}

impl Exchange {
    pub(super) fn operation(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    fn parse(line: &str) -> Option<Self> {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| row[name].as_str().map(ToOwned::to_owned);
        let json = |name: &str| match &row[name] {
            Value::String(text) => serde_json::from_str(text).ok(),
            Value::Null => None,
            other => Some(other.clone()),
        };
        let pairs = row["query"].as_array().into_iter().flatten();
        Some(Self {
            file: format!("{}/{}", text("src")?, text("file")?),
            index: row["i"].as_u64().unwrap_or(0),
            method: text("method")?,
            path: text("path")?,
            query: pairs
                .map(|pair| (pair[0].as_str().unwrap().into(), pair[1].as_str().unwrap().into()))
                .collect(),
            template: text("template")?,
            request: json("req_body"),
            status: u16::try_from(row["status"].as_u64()?).ok()?,
            reply: json("body"),
        })
    }
}

/// All exchanges, by the recording they belong to and in its order; `None` where the shared folder is missing.
pub(super) fn load() -> Option<BTreeMap<String, Vec<Exchange>>> {
    let file = File::open(shared()?.join("okta/recordings/recordings.jsonl.gz")).ok()?;
    let mut files: BTreeMap<String, Vec<Exchange>> = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        if let Some(exchange) = Exchange::parse(&line.unwrap()) {
            files.entry(exchange.file.clone()).or_default().push(exchange);
        }
    }
    for exchanges in files.values_mut() {
        exchanges.sort_by_key(|exchange| exchange.index);
    }
    Some(files)
}

//! The table that is printed.

use std::{collections::HashMap, time::Duration};

use super::{
    runs::{Measured, Outcome},
    samples::Samples,
    tokens,
};

/// Both columns, as they are filled.
#[derive(Default)]
pub(crate) struct Report {
    ours: Vec<String>,
    official: Vec<String>,
    tokens: String,
    own_tools: Vec<(usize, String)>,
}

/// What is measured, and what is aimed for.
const ROWS: &[(&str, &str)] = &[
    ("start to tools/list, bare client, 2025-11-25", "≤ 10 ms"),
    ("start to tools/list, bare client, 2026-07-28", "≤ 10 ms"),
    ("start to tools/list, Python client", "≤ 45 ms"),
    ("resident memory, idle after tools/list", "≤ 15 MB"),
    ("resident memory, idle after a call", ""),
    ("get_user", ""),
    ("the same request, bare", ""),
    ("get_user above the bare request", "≤ 0.7 ms"),
    ("get_user, many at once", "≥ 3,000/s"),
    ("tools listed", ""),
    ("tokens of tools/list (o200k)", ""),
    ("tokens per tool", "≤ 90"),
    ("tokens of the tools that both have", ""),
];

impl Report {
    pub(crate) fn ours(&mut self, measured: &Measured) {
        self.own_tools = tokens::count(&measured.tools).unwrap_or_default();
        let costs = self.own_tools.clone();
        let lines: Vec<String> =
            costs.iter().map(|(cost, name)| format!("| {name} | {cost} |")).collect();
        self.tokens = lines.join("\n");
        self.ours = column(measured, &costs);
    }

    pub(crate) fn official(&mut self, measured: &Measured) {
        let costs = tokens::count(&measured.tools).unwrap_or_default();
        self.official = column(measured, &costs);
        self.official.push(both(&costs, &self.own_tools));
        self.ours.push(both(&self.own_tools, &costs));
    }

    /// There is nothing to compare with: why.
    pub(crate) fn without(&mut self, why: &str) {
        self.official = vec![why.to_owned()];
    }

    pub(crate) fn table(&self) -> String {
        let head =
            "| | okta-mcp-server 1.1.7 (Python 3.13) | okta-mcp | target |\n|---|---|---|---|";
        let mut lines = vec![head.to_owned()];
        for (index, (name, target)) in ROWS.iter().enumerate() {
            let cell = |column: &[String]| column.get(index).cloned().unwrap_or_default();
            lines.push(format!(
                "| {name} | {} | {} | {target} |",
                cell(&self.official),
                cell(&self.ours)
            ));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    pub(crate) fn tokens(&self) -> String {
        format!("| tool | tokens |\n|---|---|\n{}\n", self.tokens)
    }
}

fn column(measured: &Measured, costs: &[(usize, String)]) -> Vec<String> {
    let sum: usize = costs.iter().map(|(cost, _)| cost).sum();
    let median = |samples: &Outcome<Samples>| {
        text(samples, |samples| {
            let (median, most) = (samples.median(), samples.at(95));
            format!("{} (p95 {}, n {})", milliseconds(median), milliseconds(most), samples.len())
        })
    };
    let above = match (&measured.call, &measured.request) {
        (Ok(call), Ok(request)) => milliseconds(call.median().saturating_sub(request.median())),
        _ => "not measured".to_owned(),
    };
    vec![
        median(&measured.bare_start),
        median(&measured.modern_start),
        median(&measured.python_start),
        text(&measured.idle, |(listed, _)| megabytes(*listed)),
        text(&measured.idle, |(_, called)| called.map_or("the call failed".to_owned(), megabytes)),
        median(&measured.call),
        median(&measured.request),
        above,
        text(&measured.rate, |rate| {
            #[expect(clippy::cast_precision_loss, reason = "a count of calls")]
            let each = rate.calls as f64 / rate.elapsed.as_secs_f64();
            format!("{each:.0}/s (n {})", rate.calls)
        }),
        costs.len().to_string(),
        sum.to_string(),
        sum.checked_div(costs.len()).unwrap_or_default().to_string(),
    ]
}

/// What the tools cost that the others have too.
fn both(costs: &[(usize, String)], others: &[(usize, String)]) -> String {
    let others: HashMap<&str, usize> =
        others.iter().map(|(cost, name)| (name.as_str(), *cost)).collect();
    let shared: Vec<usize> = costs
        .iter()
        .filter(|(_, name)| others.contains_key(name.as_str()))
        .map(|(cost, _)| *cost)
        .collect();
    format!("{} ({} tools)", shared.iter().sum::<usize>(), shared.len())
}

fn text<T>(outcome: &Outcome<T>, show: impl FnOnce(&T) -> String) -> String {
    match outcome {
        Ok(value) => show(value),
        Err(why) => why.replace(['|', '\n'], " "),
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1_000.0)
}

/// Megabytes (10^6 bytes) with one digit behind the point.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

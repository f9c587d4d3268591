//! All users, as a file of comma-separated values (RFC 4180).

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::users;
use crate::{
    args::{Fields, Flag},
    desk::{Answer, Desk, Export, ExportFile, Failure, Prepared},
    label,
    pages::{self, Walk},
    tool::{Prepare, Tool, ToolDef, planned, tools},
};

tools![ExportUsersCsv];

/// The columns, unless the caller names others.
const COLUMNS: &[(&str, &str)] = &[
    ("id", "id"),
    ("status", "status"),
    ("login", "profile.login"),
    ("email", "profile.email"),
    ("firstName", "profile.firstName"),
    ("lastName", "profile.lastName"),
    ("displayName", "profile.displayName"),
    ("mobilePhone", "profile.mobilePhone"),
    ("primaryPhone", "profile.primaryPhone"),
    ("department", "profile.department"),
    ("title", "profile.title"),
    ("organization", "profile.organization"),
    ("userType", "profile.userType"),
    ("employeeNumber", "profile.employeeNumber"),
    ("costCenter", "profile.costCenter"),
    ("division", "profile.division"),
    ("manager", "profile.manager"),
];

/// Export users to a CSV file on the server's machine; answers with its path, not its content.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExportUsersCsv {
    /// New file in the export folder
    output_path: Option<String>,
    search: Option<String>,
    filter: Option<String>,
    q: Option<String>,
    /// Columns, such as `id,profile.login`
    fields: Option<Fields>,
    /// Go on with the file of an export that broke off
    resume: Option<Flag>,
}

impl Tool for ExportUsersCsv {
    const DEF: ToolDef =
        planned::<Self>("export_users_csv", users::LIST).title("Export users to CSV");
}

impl Prepare for ExportUsersCsv {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let resume = matches!(self.resume, Some(Flag(true)));
        if resume && self.output_path.is_none() {
            return Err(Failure::Arguments(
                "`resume` needs the `output_path` of the file".to_owned(),
            ));
        }
        let columns = self.columns();
        let mut request = users::LIST.request(&[])?;
        for (name, value) in [("search", &self.search), ("filter", &self.filter), ("q", &self.q)] {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                request = request.query(name, value);
            }
        }
        request = request.query("limit", "200");
        let asked = json!({
            "search": self.search, "filter": self.filter, "q": self.q, "columns": columns,
        });
        let mut file = desk.export(ExportFile {
            path: self.output_path,
            stem: "okta-users",
            ending: "csv",
            resume,
        })?;
        let mut rows = 0;
        if let Some(state) = file.resumed() {
            if state.get("asked") != Some(&asked) {
                return Err(Failure::Arguments(
                    "the file was begun with other arguments: repeat them, or begin a new file"
                        .to_owned(),
                ));
            }
            rows = state.get("rows").and_then(Value::as_u64).unwrap_or_default();
            if let Some(cursor) = label::text(&state, "/after") {
                request = request.query("after", cursor);
            }
        } else {
            let header: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            file.write(&record(header.into_iter().map(str::to_owned))?)?;
        }
        let mut walk = Walk::new(request, pages::by_link);
        loop {
            let page = match walk.page(desk).await {
                Ok(Some(page)) => page,
                Ok(None) => break,
                Err(error) => return Err(broken(error, file.as_ref(), rows)),
            };
            let mut text = Vec::new();
            for user in &page {
                text.extend(record(columns.iter().map(|(_, path)| cell(user, path)))?);
            }
            file.write(&text)?;
            rows += page.len() as u64;
            if walk.has_more() {
                file.checkpoint(&json!({ "asked": asked, "rows": rows, "after": walk.cursor() }))?;
                desk.progress(rows, format!("{rows} users written")).await;
            }
        }
        file.finish()?;
        let value = json!({
            "output_path": file.path(),
            "total_users": rows,
            "complete": true,
            "notes": ["A cell that a spreadsheet would run as a formula begins with an apostrophe."],
        });
        Ok(Answer { value, rows, links: false }.into())
    }
}

impl ExportUsersCsv {
    fn columns(&self) -> Vec<(String, String)> {
        match &self.fields {
            Some(Fields(paths)) if !paths.is_empty() => {
                paths.iter().map(|path| (path.clone(), path.clone())).collect()
            }
            _ => COLUMNS.iter().map(|(name, path)| ((*name).into(), (*path).into())).collect(),
        }
    }
}

fn broken(mut error: okta_client::Error, file: &dyn Export, rows: u64) -> Failure {
    error.message = format!(
        "{}. {rows} users are in {}: call again with the same arguments, this output_path and \
         resume",
        error.message,
        file.path()
    );
    Failure::Okta(error)
}

/// One line of the file.
fn record(cells: impl Iterator<Item = String>) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let wrong = |error: String| Failure::File(format!("a row could not be written: {error}"));
    writer.write_record(cells).map_err(|error| wrong(error.to_string()))?;
    writer.into_inner().map_err(|error| wrong(error.to_string()))
}

/// The text at a dotted path; a list's items separated by `; `.
fn cell(user: &Value, path: &str) -> String {
    let value = path.split('.').try_fold(user, |value, part| value.get(part));
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let texts = items.iter().map(|item| match item {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            texts.collect::<Vec<_>>().join("; ")
        }
        Some(other) => other.to_string(),
    };
    harmless(text)
}

/// Text that no spreadsheet runs: what begins as a formula does gets an apostrophe (OWASP, "CSV
/// Injection").
fn harmless(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RUN: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

    proptest! {
        #[test]
        fn a_row_is_read_back_as_it_was(texts in prop::collection::vec("[ -~\t\r\nÄ＝😀\"',;]{0,12}", 1..6)) {
            let cells: Vec<String> = texts.iter().map(|text| {
                cell(&json!({ "profile": { "x": text } }), "profile.x")
            }).collect();
            let bytes = record(cells.iter().cloned()).unwrap();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
            let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            prop_assert_eq!(rows.len(), 1);
            for (read, text) in rows[0].iter().zip(&texts) {
                let meant = if text.starts_with(RUN) { format!("'{text}") } else { text.clone() };
                prop_assert_eq!(read, meant);
                prop_assert!(!read.starts_with(RUN), "{:?}", read);
            }
            prop_assert_eq!(rows[0].len(), texts.len());
        }
    }

    #[test]
    fn cells_hold_what_is_at_the_path() {
        let user = json!({
            "id": "1", "n": 1.50, "gone": null, "flag": true, "tags": ["a", 2, null], "obj": { "k": [] },
        });
        for (path, text) in [
            ("id", "1"),
            ("n", "1.5"),
            ("gone", ""),
            ("missing.at.all", ""),
            ("flag", "true"),
            ("tags", "a; 2; null"),
            ("obj", "{\"k\":[]}"),
            ("obj.k", ""),
        ] {
            assert_eq!(cell(&user, path), text, "{path}");
        }
    }
}

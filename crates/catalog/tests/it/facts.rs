//! The table of Okta's operations (`facts/operations.tsv`), against the catalog.

use std::collections::BTreeSet;

use okta_catalog::{ToolDef, tools};

/// What the specification says of each operation. `cargo xtask gen` writes it.
const TABLE: &str = include_str!("../../../../facts/operations.tsv");

/// Reads of Okta's catalog of integrations: in no release of the specification.
const UNSPECIFIED: &[&str] = &["/api/v1/catalog/apps", "/api/v1/catalog/apps/{appName}"];

/// Operations that ask for another scope than the specification, and why.
const OTHER_SCOPE: &[(&str, &str)] = &[
    (
        "sendTestEmail",
        "a mail goes out, which is no read: the scope that changes templates is asked for",
    ),
    ("getUser", OWN),
    ("listAppLinks", OWN),
];

const OWN: &str = "about oneself it opens with okta.users.read.self too, which the specification \
                   names nowhere";

/// A line of the table.
struct Row {
    method: &'static str,
    path: &'static str,
    /// Okta's name for it; `-` where no specification has it.
    id: &'static str,
    scopes: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let mut lines = TABLE.lines();
    assert_eq!(lines.next(), Some("method\tpath\toperation\tscopes"));
    lines
        .map(|line| {
            let [method, path, id, scopes] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line:?} has not four columns");
            };
            Row { method, path, id, scopes: scopes.split(' ').collect() }
        })
        .collect()
}

#[test]
fn the_table_has_each_operation_of_the_catalog_and_no_other() {
    let declared: BTreeSet<_> = tools()
        .flat_map(ToolDef::operations)
        .map(|operation| (operation.path, operation.method.as_str()))
        .collect();
    let listed: Vec<_> = rows().iter().map(|row| (row.path, row.method)).collect();
    let declared: Vec<_> = declared.into_iter().collect();
    assert_eq!(listed, declared, "cargo xtask gen writes it, where Okta's specification is there");
}

#[test]
fn operations_ask_for_the_scope_that_okta_names() {
    let mut others = Vec::new();
    let mut unspecified = Vec::new();
    for row in rows() {
        if row.id == "-" {
            assert_eq!(row.scopes, ["-"], "{}", row.path);
            unspecified.push(row.path);
            continue;
        }
        let asked = tools().flat_map(ToolDef::operations).filter(|operation| {
            operation.method.as_str() == row.method && operation.path == row.path
        });
        for operation in asked {
            if !row.scopes.contains(&operation.scope.as_str()) {
                let reason = OTHER_SCOPE.iter().find(|(id, _)| *id == row.id);
                assert!(reason.is_some(), "{}: {}, not {:?}", row.id, operation.scope, row.scopes);
                others.push(row.id);
            }
        }
    }
    assert_eq!(unspecified, UNSPECIFIED);
    others.dedup();
    assert_eq!(others, OTHER_SCOPE.iter().map(|(id, _)| *id).collect::<Vec<_>>());
}

//! What Okta's specification says of the operations that the catalog uses, as a table of our own:
//! the tests that compare with it need nothing that lies outside the repository.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use fs_err as fs;
use okta_catalog::ToolDef;
use serde::Deserialize;

use crate::{Result, workspace};

/// A path and a method.
type Key<'a> = (&'a str, &'a str);

/// An operation of the specification, as far as the table tells of it.
#[derive(Deserialize)]
struct Specified<'a> {
    operation_id: &'a str,
    spec: &'a str,
    method: &'a str,
    path: &'a str,
    scopes: Vec<&'a str>,
}

/// The table as the specification has it; `None` where that is not there.
pub(crate) fn operations() -> Result<Option<String>> {
    let Some(specification) = workspace::shared("okta/operations.jsonl") else { return Ok(None) };
    let used = okta_catalog::tools()
        .flat_map(ToolDef::operations)
        .map(|operation| (operation.path, operation.method.as_str()));
    table(&fs::read_to_string(specification)?, used.collect()).map(Some)
}

/// A line for each operation that is used, by path and method; dashes for what the management API's
/// part of the specification (JSON lines) does not have.
fn table(specification: &str, used: BTreeSet<Key<'_>>) -> Result<String> {
    let mut specified = BTreeMap::new();
    for line in specification.lines() {
        let operation: Specified<'_> = serde_json::from_str(line)?;
        if operation.spec == "management" {
            specified.insert((operation.path, operation.method), operation);
        }
    }
    let mut table = "method\tpath\toperation\tscopes\n".to_owned();
    for key in used {
        let (id, scopes) = match specified.get_mut(&key) {
            Some(operation) => {
                operation.scopes.sort_unstable();
                (operation.operation_id, operation.scopes.join(" "))
            }
            None => ("-", "-".to_owned()),
        };
        let (path, method) = key;
        writeln!(table, "{method}\t{path}\t{id}\t{scopes}")?;
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECIFICATION: &str = r#"
{"operation_id":"replaceThing","spec":"management","method":"PUT","path":"/things/{id}","scopes":["z.manage","a.manage"]}
{"operation_id":"getThing","spec":"management","method":"GET","path":"/things/{id}","scopes":["a.read"],"lifecycle":"GA"}
{"operation_id":"other","spec":"governance","method":"GET","path":"/things","scopes":["b.read"]}
{"operation_id":"unused","spec":"management","method":"POST","path":"/things","scopes":["a.manage"]}
"#;

    #[test]
    fn the_table_tells_of_what_is_used_in_order() {
        let used = [("/things/{id}", "PUT"), ("/things/{id}", "GET"), ("/things", "GET")];
        let table = table(SPECIFICATION.trim(), used.into()).unwrap();
        assert_eq!(
            table,
            "method\tpath\toperation\tscopes\n\
             GET\t/things\t-\t-\n\
             GET\t/things/{id}\tgetThing\ta.read\n\
             PUT\t/things/{id}\treplaceThing\ta.manage z.manage\n"
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_left_out() {
        assert!(table("{}", BTreeSet::new()).is_err());
    }
}

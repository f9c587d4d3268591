//! Files that tools write: where they go, and what stays beside them.

use okta_gate::Called;
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

/// An Okta with two people, on a page each, or on one.
async fn rig(pages: usize) -> Rig {
    let rig = Rig::new().await;
    let origin = rig.okta.origin.clone();
    rig.okta.program(move |seen: &Seen| {
        let one = json!([{ "id": "1" }]);
        if pages == 1 || seen.query.iter().any(|(name, _)| name == "after") {
            return Answer::json(200, &one);
        }
        let next = format!("<{origin}/api/v1/users?after=two&limit=200>; rel=\"next\"");
        Answer::json(200, &one).header("link", next)
    });
    rig
}

async fn refused(rig: &Rig, args: Value) -> String {
    match rig.call("export_users_csv", args, &Person::agrees()).await {
        Called::Failed(error) => {
            assert_eq!(error.kind(), "file", "{error}");
            error.to_string()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_path_that_is_refused_says_why() {
    let rig = rig(1).await;
    let outside = std::env::temp_dir().join("x.csv").display().to_string();
    for (path, why) in [
        (outside.as_str(), "the path is outside the folder"),
        ("../x.csv", "the path is no plain name inside the folder"),
        ("a/../x.csv", "the path is no plain name inside the folder"),
        ("", "the path is no plain name inside the folder"),
        (".", "the path is no plain name inside the folder"),
    ] {
        let told = refused(&rig, json!({ "output_path": path })).await;
        assert!(told.starts_with(&format!("{path}: {why}; files go to ")), "{told}");
    }
    rig.done_text("export_users_csv", json!({ "output_path": "x.csv" })).await;
    let told = refused(&rig, json!({ "output_path": "x.csv" })).await;
    assert!(told.starts_with("x.csv: there is such a file already; "), "{told}");
}

#[tokio::test]
async fn an_export_that_is_complete_cannot_be_resumed() {
    let rig = rig(2).await;
    let told = rig.done("export_users_csv", json!({ "output_path": "people.csv" })).await;
    assert_eq!(told["total_users"], 2);
    let files = std::fs::read_dir(&rig.exports).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["people.csv"]);
    let again = json!({ "output_path": "people.csv", "resume": true });
    let told = refused(&rig, again).await;
    assert!(told.contains("no export that broke off is kept under this name"), "{told}");
}

/// Resumed later, it would go on from there.
#[tokio::test]
async fn what_is_kept_to_resume_and_cannot_be_dropped_is_told() {
    let rig = rig(1).await;
    std::fs::create_dir_all(rig.exports.join("people.csv.resume.json")).unwrap();
    let told = refused(&rig, json!({ "output_path": "people.csv" })).await;
    assert!(told.contains("people.csv cannot be written: "), "{told}");
}

#[tokio::test]
async fn a_file_without_a_name_is_called_by_the_time_of_the_call() {
    let rig = rig(1).await;
    let told = rig.done("export_users_csv", json!({})).await;
    let path = rig.exports.join("okta-users-20260102T030405Z-1.csv");
    assert_eq!(told["output_path"], path.display().to_string());
    assert!(path.exists());
}

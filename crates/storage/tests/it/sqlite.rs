//! The store in SQLite: the suite, and its files.

use std::{path::Path, sync::Arc};

use futures::future::join_all;
use okta_storage::{Error, Sqlite, Store, Undo, Which};
use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::conformance::{Place, conformance, noon};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Place for Folder {
    fn store(&self) -> Arc<dyn Store> {
        Arc::new(Sqlite::new(self.path()))
    }
}

conformance!(Folder::new());

async fn list(store: &Arc<dyn Store>) -> Result<(), Error> {
    store.approvals(Which::All, 1, noon(0)).await.map(drop)
}

#[tokio::test]
async fn nothing_is_made_before_it_is_needed() {
    let folder = Folder::new();
    let state = folder.path().join("state");
    let store: Arc<dyn Store> = Arc::new(Sqlite::new(&state));
    assert!(!state.exists());
    list(&store).await.unwrap();
    assert!(state.join("store.sqlite3").exists());
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_reads_any_of_its_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let state = folder.path().join("deep/state");
    let store: Arc<dyn Store> = Arc::new(Sqlite::new(&state));
    store.begin_try(noon(0)).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let mut names = Vec::new();
    for file in std::fs::read_dir(&state).unwrap().map(Result::unwrap) {
        names.push(file.file_name().into_string().unwrap());
        assert_eq!(mode(&file.path()), 0o600, "{names:?}");
    }
    names.sort();
    let expected = ["store.lock", "store.sqlite3", "store.sqlite3-shm", "store.sqlite3-wal"];
    assert_eq!(names, expected);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    list(&folder.store()).await.unwrap();
    let file = folder.path().join("store.sqlite3");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let store = folder.store();
    let error = list(&store).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} is open to other accounts: look why, then `chmod 600` it", file.display())
    );
    // Once that is done, the same store works.
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    list(&store).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_start_at_once_make_one_store() {
    let folder = Folder::new();
    for _ in 0..5 {
        let all = (0..16).map(|_| {
            let store = folder.store();
            tokio::spawn(async move { store.begin_try(noon(0)).await })
        });
        for tried in join_all(all).await {
            tried.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn a_file_that_is_no_store_is_named() {
    let folder = Folder::new();
    let file = folder.path().join("store.sqlite3");
    std::fs::write(&file, "This is no database, however long it may be. ".repeat(99)).unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let error = list(&folder.store()).await.unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
    assert!(error.to_string().starts_with(&file.display().to_string()), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let store: Arc<dyn Store> = Arc::new(Sqlite::new(&file.join("state")));
    let error = list(&store).await.unwrap_err();
    assert!(matches!(error, Error::File { .. }), "{error:?}");
    assert!(error.to_string().contains("file/state"), "{error}");
}

#[tokio::test]
async fn what_a_later_version_made_is_left_alone() {
    let folder = Folder::new();
    list(&folder.store()).await.unwrap();
    change(&folder, "INSERT INTO _sqlx_migrations VALUES (999, 'later', '', true, x'00', 0)").await;
    let error = list(&folder.store()).await.unwrap_err();
    assert!(matches!(error, Error::Later { .. }), "{error:?}");
}

#[tokio::test]
async fn a_store_from_before_approvers_goes_on() {
    let folder = Folder::new();
    list(&folder.store()).await.unwrap();
    // As the first version left it.
    for column in ["asker", "approvers", "approver_id", "approver_login", "signed_in", "acr", "amr"]
    {
        change(&folder, format!("ALTER TABLE approvals DROP COLUMN {column}")).await;
    }
    change(&folder, "DELETE FROM _sqlx_migrations WHERE version = 2").await;
    let row = "INSERT INTO approvals VALUES ('a', 'x', 'delete_group', 'destructive', 'desktop',
        's', 'q', '0oa1', 'acme.okta.com', 'default', 'Claude', '7-1', x'00', 'approved', 0,
        9000000000000000, 0, 'page', 'desktop')";
    change(&folder, row).await;
    let approval = folder.store().approval("a", noon(0)).await.unwrap().unwrap();
    assert_eq!((approval.state.as_str(), approval.asker), ("approved", None));
    assert_eq!(approval.decided.unwrap().approver, None);
}

#[tokio::test]
async fn a_row_that_was_not_written_so_is_damage() {
    let folder = Folder::new();
    let store = folder.store();
    store.keep(undo()).await.unwrap();
    change(&folder, "UPDATE undos SET created = 9223372036854775807").await;
    let error = store.undos(10, noon(0)).await.unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
}

/// Changes the file as another program would.
async fn change(folder: &Folder, sql: impl Into<String>) {
    let options = SqliteConnectOptions::new().filename(folder.path().join("store.sqlite3"));
    let mut connection = options.connect().await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(sql.into())).execute(&mut connection).await.unwrap();
}

fn undo() -> Undo {
    Undo {
        id: "u1".to_owned(),
        call_id: "7-0123456789abcdef".to_owned(),
        tool: "update_group".to_owned(),
        summary: "Change group \"Ops\"".to_owned(),
        principal: "0oa1".to_owned(),
        org: "acme.okta.com".to_owned(),
        created: noon(0),
        expires: noon(60),
        sealed: vec![1],
    }
}

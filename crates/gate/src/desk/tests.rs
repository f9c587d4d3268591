//! What stands between a tool and Okta while it prepares.

use std::time::Duration;

use okta_catalog::Caller;
use okta_client::{Grant, Method};
use tokio::sync::watch;

use super::*;
use crate::{
    Asker,
    access::{Configured, SwitchedOff},
};

/// All around a tool that is never to be reached.
struct Unreachable;

impl Wire for Unreachable {
    fn send<'a>(&'a self, request: &'a Request, _: &'a str) -> BoxFuture<'a, Result<Reply, Error>> {
        panic!("{} {} was sent", request.method(), request.path())
    }

    fn grant(&self) -> BoxFuture<'_, Result<Grant, Error>> {
        unreachable!()
    }

    fn grants(&self) -> watch::Receiver<Option<Grant>> {
        unreachable!()
    }
}

impl Clock for Unreachable {
    fn now(&self) -> Timestamp {
        unreachable!()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        unreachable!()
    }
}

impl Client for Unreachable {
    fn asker(&self) -> &dyn Asker {
        unreachable!()
    }

    fn progress(&self, _: u64, _: String) -> BoxFuture<'_, ()> {
        unreachable!()
    }
}

#[tokio::test]
async fn a_tool_reads_what_it_declares_where_the_scope_is_there_and_sends_nothing_else() {
    let sources = Sources { uploads: Vec::new(), keys: Vec::new(), key: None };
    let configured = Configured {
        scopes: vec!["okta.groups.manage".to_owned()],
        caller: Caller::App,
        off: SwitchedOff::default(),
    };
    let desk = CallDesk {
        tool: okta_catalog::find("add_user_to_group").unwrap(),
        rights: Rights::new(&configured, None),
        wire: &Unreachable,
        clock: &Unreachable,
        exports: &ExportFolder::new("exports"),
        sources: &sources,
        client: &Unreachable,
        call_id: "1-call",
        exchanges: &Exchanges::default(),
    };
    let member = "/api/v1/groups/{groupId}/users/{userId}";
    for (method, template, kind, why) in [
        (Method::Put, member, ErrorKind::NotSent, "can only read while it prepares"),
        (Method::Delete, member, ErrorKind::NotSent, "can only read while it prepares"),
        (Method::Get, "/api/v1/apps/{id}", ErrorKind::NotSent, "does not declare GET /api/v1/apps"),
        (Method::Get, "/api/v1/users/{id}", ErrorKind::MissingScope, "okta.users.read is not"),
    ] {
        let request = Request::new(method, template, |_| Some("x1")).unwrap();
        let error = desk.get(request).await.unwrap_err();
        assert_eq!(error.kind, kind, "{method} {template}: {error}");
        assert!(error.message.contains(why), "{method} {template}: {error}");
    }
}

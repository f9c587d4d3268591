//! Counts for limits.

use std::sync::Arc;

use futures::future::join_all;
use okta_storage::{Admitted, Check, Count, Sent};

use super::{Place, days, noon};

fn sent(at: i64, target: &str) -> Sent {
    Sent {
        at: noon(at),
        tool: "deactivate_user".to_owned(),
        toolset: "users".to_owned(),
        operation: "POST /api/v1/users/{userId}/lifecycle/deactivate".to_owned(),
        effect: "destructive".to_owned(),
        target: target.to_owned(),
        org: "acme.okta.com".to_owned(),
        principal: "0oa1".to_owned(),
    }
}

fn check(since: i64, at_most: u64, count: Count) -> Check {
    let matches = Box::new(|sent: &Sent| sent.tool == "deactivate_user");
    Check { since: noon(since), at_most, count, matches }
}

pub(crate) async fn what_was_sent_is_counted_by_org(place: &dyn Place) {
    let store = place.store();
    let other = Sent { org: "other.okta.com".to_owned(), ..sent(1, "/a") };
    for sent in [sent(0, "/a"), other.clone(), sent(2, "/b")] {
        assert_eq!(store.admit(sent, &[]).await.unwrap(), Admitted::Yes);
    }
    let store = place.store();
    let counted = store.counted("acme.okta.com", noon(0)).await.unwrap();
    assert_eq!(counted, [sent(0, "/a"), sent(2, "/b")]);
    assert_eq!(store.counted("acme.okta.com", noon(1)).await.unwrap(), [sent(2, "/b")]);
    let counted = store.counted("other.okta.com", noon(0)).await.unwrap();
    assert_eq!(counted, std::slice::from_ref(&other));
    // What was done in one org does not count in another.
    let check = [check(0, 1, Count::Calls)];
    assert!(matches!(store.admit(other, &check).await.unwrap(), Admitted::No { .. }));
    let third = Sent { org: "third.okta.com".to_owned(), ..sent(1, "/a") };
    assert_eq!(store.admit(third, &check).await.unwrap(), Admitted::Yes);
}

pub(crate) async fn what_does_not_fit_is_not_counted(place: &dyn Place) {
    let store = place.store();
    for at in 0..2 {
        store.admit(sent(at, "/a"), &[check(0, 2, Count::Targets)]).await.unwrap();
    }
    // The same object again is one object, and two calls.
    let calls = [check(0, 9, Count::Targets), check(0, 2, Count::Calls)];
    let admitted = store.admit(sent(2, "/a"), &calls).await.unwrap();
    assert_eq!(admitted, Admitted::No { check: 1, with_this: 3, at_most: 2 });
    let targets = [check(0, 1, Count::Targets)];
    let admitted = store.admit(sent(2, "/b"), &targets).await.unwrap();
    assert_eq!(admitted, Admitted::No { check: 0, with_this: 2, at_most: 1 });
    assert_eq!(store.counted("acme.okta.com", noon(0)).await.unwrap().len(), 2);
    // What the limit is not about passes, and what was before its window does not count.
    let other = Sent { tool: "delete_group".to_owned(), ..sent(2, "/g") };
    assert_eq!(store.admit(other, &targets).await.unwrap(), Admitted::Yes);
    let later = [check(2, 1, Count::Calls)];
    assert_eq!(store.admit(sent(3, "/b"), &later).await.unwrap(), Admitted::Yes);
}

pub(crate) async fn many_at_once_stay_within_the_limit(place: &dyn Place) {
    let stores = [place.store(), place.store()];
    let tries = (0..24_usize).map(|at| {
        let store = Arc::clone(&stores[at % 2]);
        tokio::spawn(async move {
            let checks = [check(0, 5, Count::Targets)];
            store.admit(sent(1, &format!("/{at}")), &checks).await.unwrap()
        })
    });
    let all = join_all(tries).await.into_iter().map(Result::unwrap);
    assert_eq!(all.filter(|admitted| *admitted == Admitted::Yes).count(), 5);
    assert_eq!(stores[0].counted("acme.okta.com", noon(0)).await.unwrap().len(), 5);
}

pub(crate) async fn old_ones_are_forgotten(place: &dyn Place) {
    let store = place.store();
    store.admit(sent(0, "/a"), &[]).await.unwrap();
    store.admit(sent(days(30), "/b"), &[]).await.unwrap();
    assert_eq!(store.counted("acme.okta.com", noon(0)).await.unwrap().len(), 2);
    store.admit(sent(days(30) + 1, "/c"), &[]).await.unwrap();
    let counted = store.counted("acme.okta.com", noon(0)).await.unwrap();
    assert_eq!(counted, [sent(days(30), "/b"), sent(days(30) + 1, "/c")]);
}

//! Counts for limits.

use std::sync::Arc;

use futures::future::join_all;
use okta_storage::{Admitted, Count, Sent, Store, Window};

use super::{Place, days, noon};

fn sent(at: i64, target: &str) -> Sent {
    Sent {
        at: noon(at),
        org: "acme.okta.com".to_owned(),
        target: target.to_owned(),
        principal: "0oa1".to_owned(),
        call_id: "7-0123456789abcdef".to_owned(),
    }
}

fn window(limit: &str, since: i64, at_most: u64, count: Count) -> Window {
    Window { limit: limit.to_owned(), since: noon(since), at_most, count }
}

async fn count(store: &dyn Store, target: Option<&str>, window: &Window) -> u64 {
    store.counted("acme.okta.com", target, window).await.unwrap()
}

pub(crate) async fn objects_and_calls_are_counted_by_org_and_limit(place: &dyn Place) {
    let store = place.store();
    let users = [window("users", 0, 9, Count::Targets)];
    let other = Sent { org: "other.okta.com".to_owned(), ..sent(1, "a") };
    for sent in [sent(0, "a"), sent(1, "a"), other, sent(2, "b")] {
        assert_eq!(store.admit(sent, &users, true).await.unwrap(), Admitted::Yes);
    }
    let store = place.store();
    let targets = |since| window("users", since, 9, Count::Targets);
    let calls = |since| window("users", since, 9, Count::Calls);
    assert_eq!(count(&*store, None, &targets(0)).await, 2);
    assert_eq!(count(&*store, Some("a"), &targets(0)).await, 2);
    assert_eq!(count(&*store, Some("c"), &targets(0)).await, 3);
    assert_eq!(count(&*store, None, &targets(2)).await, 1);
    assert_eq!(count(&*store, Some("a"), &targets(2)).await, 2);
    assert_eq!(count(&*store, None, &calls(0)).await, 3);
    assert_eq!(count(&*store, Some("a"), &calls(0)).await, 4);
    assert_eq!(count(&*store, None, &window("groups", 0, 9, Count::Calls)).await, 0);
    let elsewhere = store.counted("other.okta.com", None, &calls(0)).await.unwrap();
    assert_eq!(elsewhere, 1);
}

pub(crate) async fn what_passes_a_limit_is_not_counted(place: &dyn Place) {
    let store = place.store();
    let both = [window("objects", 0, 1, Count::Targets), window("calls", 0, 2, Count::Calls)];
    for at in 0..2 {
        assert_eq!(store.admit(sent(at, "a"), &both, true).await.unwrap(), Admitted::Yes);
    }
    let passed = |limit: &str| Admitted::No { limit: limit.to_owned() };
    // The same object again is one object, and a third call.
    assert_eq!(store.admit(sent(2, "a"), &both, true).await.unwrap(), passed("calls"));
    assert_eq!(store.admit(sent(2, "b"), &both, true).await.unwrap(), passed("objects"));
    assert_eq!(count(&*store, None, &both[1]).await, 2);
    // What a person agreed to counts, and is not held up.
    assert_eq!(store.admit(sent(2, "b"), &both, false).await.unwrap(), Admitted::Yes);
    assert_eq!(count(&*store, None, &both[0]).await, 2);
    // What was before the window does not count.
    let later = [window("calls", 3, 1, Count::Calls)];
    assert_eq!(store.admit(sent(3, "c"), &later, true).await.unwrap(), Admitted::Yes);
}

pub(crate) async fn many_at_once_stay_within_the_limit(place: &dyn Place) {
    let stores = [place.store(), place.store()];
    let tries = (0..24_usize).map(|at| {
        let store = Arc::clone(&stores[at % 2]);
        tokio::spawn(async move {
            let limit = [window("users", 0, 5, Count::Targets)];
            store.admit(sent(1, &at.to_string()), &limit, true).await.unwrap()
        })
    });
    let all = join_all(tries).await.into_iter().map(Result::unwrap);
    assert_eq!(all.filter(|admitted| *admitted == Admitted::Yes).count(), 5);
    assert_eq!(count(&*stores[0], None, &window("users", 0, 5, Count::Calls)).await, 5);
}

pub(crate) async fn old_ones_are_forgotten(place: &dyn Place) {
    let store = place.store();
    let all = [window("users", 0, 9, Count::Calls)];
    store.admit(sent(0, "a"), &all, true).await.unwrap();
    store.admit(sent(days(32), "b"), &all, true).await.unwrap();
    assert_eq!(count(&*store, None, &all[0]).await, 2);
    store.admit(sent(days(32) + 1, "c"), &all, true).await.unwrap();
    assert_eq!(count(&*store, None, &all[0]).await, 2);
}

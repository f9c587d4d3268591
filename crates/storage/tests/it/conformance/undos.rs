//! Undo.

use std::sync::Arc;

use futures::future::join_all;
use okta_storage::{Kept, Undo};

use super::{Place, days, noon};

fn undo(id: &str, at: i64) -> Undo {
    Undo {
        id: id.to_owned(),
        call_id: "7-0123456789abcdef".to_owned(),
        tool: "update_group".to_owned(),
        summary: "Name the group 'Night shift' again".to_owned(),
        principal: "0oa1".to_owned(),
        org: "acme.okta.com".to_owned(),
        created: noon(at),
        expires: noon(at + days(30)),
        sealed: b"\0sealed".to_vec(),
    }
}

pub(crate) async fn an_undo_is_taken_once(place: &dyn Place) {
    let store = place.store();
    store.keep(undo("a", 0)).await.unwrap();
    store.keep(undo("b", 1)).await.unwrap();
    drop(store);
    let store = place.store();
    assert_eq!(store.take("nobody", noon(2)).await.unwrap(), None);
    assert_eq!(store.take("a", noon(2)).await.unwrap(), Some(undo("a", 0)));
    assert_eq!(place.store().take("a", noon(3)).await.unwrap(), None);
    let taken = Kept { undo: undo("a", 0), taken: Some(noon(2)) };
    let kept = Kept { undo: undo("b", 1), taken: None };
    assert_eq!(store.undo("a", noon(3)).await.unwrap(), Some(taken.clone()));
    assert_eq!(store.undos(9, noon(3)).await.unwrap(), [kept.clone(), taken]);
    assert_eq!(store.undos(1, noon(3)).await.unwrap(), [kept]);
}

pub(crate) async fn exactly_one_taker_gets_it(place: &dyn Place) {
    let stores = [place.store(), place.store()];
    stores[0].keep(undo("a", 0)).await.unwrap();
    let tries = (0..30_usize).map(|at| {
        let store = Arc::clone(&stores[at % 2]);
        tokio::spawn(async move { store.take("a", noon(1)).await.unwrap() })
    });
    let got = join_all(tries).await.into_iter().filter_map(Result::unwrap);
    assert_eq!(got.count(), 1);
}

pub(crate) async fn what_was_given_back_can_be_taken(place: &dyn Place) {
    let store = place.store();
    store.keep(undo("a", 0)).await.unwrap();
    store.take("a", noon(1)).await.unwrap().unwrap();
    store.give_back("a").await.unwrap();
    assert_eq!(store.take("a", noon(2)).await.unwrap(), Some(undo("a", 0)));
}

pub(crate) async fn what_expired_is_gone(place: &dyn Place) {
    let store = place.store();
    store.keep(undo("a", 0)).await.unwrap();
    let late = noon(days(30));
    assert_eq!(store.undo("a", late).await.unwrap(), None);
    assert_eq!(store.undos(9, late).await.unwrap(), []);
    assert_eq!(store.take("a", late).await.unwrap(), None);
    // It is deleted with the next that is kept, however early one asks.
    assert!(store.undo("a", noon(1)).await.unwrap().is_some());
    store.keep(undo("b", days(30))).await.unwrap();
    assert_eq!(store.undo("a", noon(1)).await.unwrap(), None);
}

//! The approval passphrase, and the tries to give it.

use std::sync::Arc;

use futures::future::join_all;
use okta_storage::{PassphraseHash, Store, Try};

use super::{Place, noon};

/// A quarter of an hour.
const LOCKED: i64 = 15 * 60;

fn hash(text: &str) -> PassphraseHash {
    PassphraseHash::from_phc(text.to_owned())
}

async fn kept(store: &Arc<dyn Store>) -> Option<String> {
    store.passphrase().await.unwrap().map(|hash| hash.to_phc().to_owned())
}

/// Five tries, none of them right.
async fn five(store: &Arc<dyn Store>, at: i64) {
    for left in [4, 3, 2, 1] {
        let tried = store.begin_try(noon(at)).await.unwrap();
        assert_eq!(tried, Try::Allowed { left, else_locked: None });
    }
    let tried = store.begin_try(noon(at)).await.unwrap();
    assert_eq!(tried, Try::Allowed { left: 0, else_locked: Some(noon(at + LOCKED)) });
}

pub(crate) async fn the_passphrase_is_replaced_by_whoever_knows_the_old_one(place: &dyn Place) {
    let store = place.store();
    assert_eq!(kept(&store).await, None);
    assert!(!store.set_passphrase(&hash("one"), Some(&hash("none"))).await.unwrap());
    assert!(store.set_passphrase(&hash("one"), None).await.unwrap());
    let store = place.store();
    assert!(!store.set_passphrase(&hash("two"), None).await.unwrap());
    assert!(!store.set_passphrase(&hash("two"), Some(&hash("other"))).await.unwrap());
    assert_eq!(kept(&store).await.as_deref(), Some("one"));
    assert!(store.set_passphrase(&hash("two"), Some(&hash("one"))).await.unwrap());
    assert_eq!(kept(&store).await.as_deref(), Some("two"));
}

pub(crate) async fn five_wrong_ones_lock_for_a_quarter_of_an_hour(place: &dyn Place) {
    let store = place.store();
    five(&store, 0).await;
    // Also for other processes, and after a restart.
    drop(store);
    let store = place.store();
    let locked = Try::LockedUntil(noon(LOCKED));
    assert_eq!(store.begin_try(noon(1)).await.unwrap(), locked);
    assert_eq!(store.begin_try(noon(LOCKED - 1)).await.unwrap(), locked);
    // From then on each wrong one locks it again.
    let tried = store.begin_try(noon(LOCKED)).await.unwrap();
    assert_eq!(tried, Try::Allowed { left: 0, else_locked: Some(noon(2 * LOCKED)) });
    let tried = store.begin_try(noon(LOCKED + 1)).await.unwrap();
    assert_eq!(tried, Try::LockedUntil(noon(2 * LOCKED)));
}

pub(crate) async fn a_right_one_forgets_the_wrong_ones(place: &dyn Place) {
    let store = place.store();
    five(&store, 0).await;
    store.try_succeeded().await.unwrap();
    five(&store, 1).await;
    assert!(store.set_passphrase(&hash("one"), None).await.unwrap());
    five(&store, 2).await;
}

pub(crate) async fn guesses_at_once_are_limited_too(place: &dyn Place) {
    let stores = [place.store(), place.store()];
    let tries = (0..20_usize).map(|at| {
        let store = Arc::clone(&stores[at % 2]);
        tokio::spawn(async move { store.begin_try(noon(0)).await.unwrap() })
    });
    let all = join_all(tries).await.into_iter().map(Result::unwrap);
    assert_eq!(all.filter(|tried| matches!(tried, Try::Allowed { .. })).count(), 5);
}

//! One lock per object, and none for those that nobody holds.

use super::*;

fn known(locks: &Locks) -> Vec<String> {
    let mut names: Vec<String> = locks.0.lock().unwrap().keys().cloned().collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_object_is_waited_for_and_others_are_not() {
    let locks = Locks::default();
    let first = locks.lock("one".to_owned()).await;
    let mut again = Box::pin(locks.lock("one".to_owned()));
    assert!(futures::poll!(&mut again).is_pending());
    let other = locks.lock("other".to_owned()).await;
    assert!(futures::poll!(&mut again).is_pending());
    drop((first, other));
    drop(again.await);
}

#[tokio::test]
async fn an_object_that_nobody_holds_is_forgotten() {
    let locks = Locks::default();
    let held = locks.lock("held".to_owned()).await;
    for number in 0..3 {
        drop(locks.lock(format!("object {number}")).await);
    }
    assert_eq!(known(&locks), ["held", "object 2"]);
    drop(held);
    drop(locks.lock("last".to_owned()).await);
    assert_eq!(known(&locks), ["last"]);
}

//! Approvals.

use std::sync::Arc;

use futures::future::join_all;
use okta_storage::{Approval, Approver, Decided, Decision, NewApproval, State, Store, Which};

use super::{Place, days, noon};

/// Five minutes.
const OPEN: i64 = 300;

fn new(id: &str, binding: &str) -> NewApproval {
    NewApproval {
        id: id.to_owned(),
        binding: binding.to_owned(),
        tool: "deactivate_user".to_owned(),
        effect: "destructive".to_owned(),
        level: "desktop".to_owned(),
        summary: "Deactivate user Victor".to_owned(),
        question: "Deactivate user Victor?\nHe loses 'Salesforce'; \u{202e}\0\u{1f980}".to_owned(),
        principal: "0oa1".to_owned(),
        asker: None,
        approvers: None,
        org: "acme.okta.com".to_owned(),
        profile: "default".to_owned(),
        client: "Claude".to_owned(),
        call_id: "7-0123456789abcdef".to_owned(),
        sealed: vec![0, 1, 255],
        expires: noon(OPEN),
    }
}

/// One that a person approved.
async fn approved(store: &Arc<dyn Store>, id: &str, binding: &str) {
    store.open(new(id, binding), noon(0)).await.unwrap();
    let decided = store.decide(id, true, "desktop", "page", None, noon(10)).await.unwrap();
    assert_eq!(decided, Decided::Approved);
}

/// The id and state of what stands for a binding.
async fn standing(store: &Arc<dyn Store>, binding: &str, at: i64) -> Option<(String, State)> {
    let standing = store.standing(binding, noon(at)).await.unwrap();
    standing.map(|approval| (approval.id, approval.state))
}

async fn state(store: &Arc<dyn Store>, id: &str, seconds: i64) -> State {
    store.approval(id, noon(seconds)).await.unwrap().unwrap().state
}

pub(crate) async fn an_approval_is_kept_as_it_was_given(place: &dyn Place) {
    let given = NewApproval {
        asker: Some("00uAna".to_owned()),
        approvers: Some("another person".to_owned()),
        ..new("a", "x")
    };
    let opened = place.store().open(given.clone(), noon(0)).await.unwrap();
    assert_eq!(
        opened,
        Approval {
            id: given.id,
            binding: given.binding,
            tool: given.tool,
            effect: given.effect,
            level: given.level,
            summary: given.summary,
            question: given.question,
            principal: given.principal,
            asker: given.asker,
            approvers: given.approvers,
            org: given.org,
            profile: given.profile,
            client: given.client,
            call_id: given.call_id,
            sealed: given.sealed,
            state: State::Pending,
            created: noon(0),
            expires: given.expires,
            decided: None,
        }
    );
    let store = place.store();
    assert_eq!(store.approval("a", noon(1)).await.unwrap(), Some(opened));
    assert_eq!(store.approval("b", noon(1)).await.unwrap(), None);
}

pub(crate) async fn what_is_pending_is_asked_once(place: &dyn Place) {
    let stores = [place.store(), place.store()];
    let first = stores[0].open(new("a", "x"), noon(0)).await.unwrap();
    assert_eq!(stores[1].open(new("b", "x"), noon(1)).await.unwrap(), first);
    // Another binding, another level, or one that is no longer pending: asked anew.
    assert_eq!(stores[1].open(new("c", "y"), noon(1)).await.unwrap().id, "c");
    let person = NewApproval { level: "person".to_owned(), ..new("d", "x") };
    assert_eq!(stores[1].open(person, noon(1)).await.unwrap().id, "d");
    // Another who asked, or others who may approve.
    let asker = Some("00uAna".to_owned());
    let ana = NewApproval { asker, ..new("g", "x") };
    assert_eq!(stores[1].open(ana.clone(), noon(1)).await.unwrap().id, "g");
    assert_eq!(stores[0].open(ana.clone(), noon(1)).await.unwrap().id, "g");
    let approvers = Some("another person".to_owned());
    let other = NewApproval { approvers, id: "h".to_owned(), ..ana };
    assert_eq!(stores[1].open(other, noon(1)).await.unwrap().id, "h");
    stores[0].decide("a", false, "desktop", "page", None, noon(2)).await.unwrap();
    assert_eq!(stores[1].open(new("e", "x"), noon(3)).await.unwrap().id, "e");
    let late = NewApproval { expires: noon(2 * OPEN), ..new("f", "x") };
    assert_eq!(stores[0].open(late, noon(OPEN)).await.unwrap().id, "f");
}

pub(crate) async fn the_first_decision_counts(place: &dyn Place) {
    let store = place.store();
    store.open(new("a", "x"), noon(0)).await.unwrap();
    let decide =
        |id, approve, second| store.decide(id, approve, "desktop", "page", None, noon(second));
    assert_eq!(decide("a", true, 10).await.unwrap(), Decided::Approved);
    let approval = store.approval("a", noon(11)).await.unwrap().unwrap();
    let (by, level) = ("page".to_owned(), "desktop".to_owned());
    let decision = Decision { at: noon(10), by, level, approver: None };
    assert_eq!((approval.state, approval.decided), (State::Approved, Some(decision)));
    assert_eq!(decide("a", false, 12).await.unwrap(), Decided::NotPending(State::Approved));
    assert_eq!(decide("nobody", true, 12).await.unwrap(), Decided::Unknown);
    assert_eq!(state(&store, "a", 13).await, State::Approved);
}

pub(crate) async fn who_signed_in_to_decide_is_kept(place: &dyn Place) {
    let store = place.store();
    let ana = Approver {
        id: "00uAna".to_owned(),
        login: Some("ana@acme.example".to_owned()),
        signed_in: noon(9),
        acr: Some("urn:okta:loa:2fa:any".to_owned()),
        amr: vec!["mfa".to_owned(), "pwd".to_owned()],
    };
    let nameless = Approver { login: None, acr: None, amr: Vec::new(), ..ana.clone() };
    for (id, who) in [("a", ana), ("b", nameless)] {
        store.open(new(id, id), noon(0)).await.unwrap();
        let decided = store.decide(id, true, "person", "page", Some(&who), noon(10)).await;
        assert_eq!(decided.unwrap(), Decided::Approved);
        let late = store.decide(id, false, "desktop", "page", None, noon(11)).await.unwrap();
        assert_eq!(late, Decided::NotPending(State::Approved));
        let used = place.store().consume(id, id, noon(12)).await.unwrap().unwrap();
        assert_eq!(used.decided.and_then(|decision| decision.approver), Some(who));
    }
}

pub(crate) async fn what_was_declined_is_never_used(place: &dyn Place) {
    let store = place.store();
    store.open(new("a", "x"), noon(0)).await.unwrap();
    assert_eq!(store.consume("a", "x", noon(1)).await.unwrap(), None);
    let declined = store.decide("a", false, "desktop", "page", None, noon(2)).await.unwrap();
    assert_eq!(declined, Decided::Declined);
    assert_eq!(store.consume("a", "x", noon(3)).await.unwrap(), None);
    let again = store.decide("a", true, "desktop", "page", None, noon(4)).await.unwrap();
    assert_eq!(again, Decided::NotPending(State::Declined));
    assert_eq!(store.consume("a", "x", noon(5)).await.unwrap(), None);
}

pub(crate) async fn an_approval_holds_for_its_binding_alone(place: &dyn Place) {
    let store = place.store();
    approved(&store, "a", "x").await;
    assert_eq!(store.consume("a", "y", noon(20)).await.unwrap(), None);
    assert_eq!(store.consume("b", "x", noon(20)).await.unwrap(), None);
    let used = store.consume("a", "x", noon(20)).await.unwrap().unwrap();
    assert_eq!((used.state, used.sealed), (State::Consumed, vec![0, 1, 255]));
    assert_eq!(used.decided.unwrap().level, "desktop");
}

pub(crate) async fn the_newest_that_is_not_over_stands(place: &dyn Place) {
    let store = place.store();
    let stands = |id: &str, state| Some((id.to_owned(), state));
    assert_eq!(standing(&store, "x", 0).await, None);
    store.open(new("a", "x"), noon(0)).await.unwrap();
    assert_eq!(standing(&store, "x", 1).await, stands("a", State::Pending));
    assert_eq!(standing(&store, "y", 1).await, None);
    store.decide("a", false, "desktop", "page", None, noon(2)).await.unwrap();
    assert_eq!(standing(&store, "x", 3).await, stands("a", State::Declined));
    approved(&store, "b", "x").await;
    assert_eq!(standing(&store, "x", 20).await, stands("b", State::Approved));
    assert_eq!(standing(&store, "x", OPEN).await, None);
    // Used or taken back, it does not stand; what was before it still does.
    store.consume("b", "x", noon(20)).await.unwrap().unwrap();
    assert_eq!(standing(&store, "x", 21).await, stands("a", State::Declined));
    approved(&store, "c", "y").await;
    store.withdraw("c").await.unwrap();
    assert_eq!(standing(&store, "y", 21).await, None);
}

pub(crate) async fn exactly_one_consumer_gets_it(place: &dyn Place) {
    let stores = [place.store(), place.store(), place.store()];
    for round in 0..5 {
        let id = format!("a{round}");
        approved(&stores[0], &id, "x").await;
        let tries = (0..30_usize).map(|at| {
            let (store, id) = (Arc::clone(&stores[at % 3]), id.clone());
            tokio::spawn(async move { store.consume(&id, "x", noon(20)).await.unwrap() })
        });
        let got = join_all(tries).await.into_iter().filter_map(Result::unwrap);
        assert_eq!(got.map(|approval| approval.id).collect::<Vec<_>>(), [id]);
    }
}

pub(crate) async fn exactly_one_decision_counts_at_once(place: &dyn Place) {
    let stores = [place.store(), place.store()];
    stores[0].open(new("a", "x"), noon(0)).await.unwrap();
    let tries = (0..20_usize).map(|at| {
        let store = Arc::clone(&stores[at % 2]);
        tokio::spawn(async move {
            store.decide("a", at % 4 < 2, "desktop", &at.to_string(), None, noon(1)).await.unwrap()
        })
    });
    let all: Vec<Decided> = join_all(tries).await.into_iter().map(Result::unwrap).collect();
    let first: Vec<(usize, &Decided)> = all
        .iter()
        .enumerate()
        .filter(|(_, decided)| !matches!(decided, Decided::NotPending(_)))
        .collect();
    let [(at, decided)] = first[..] else { panic!("{all:?}") };
    let kept = stores[1].approval("a", noon(2)).await.unwrap().unwrap();
    let state = if *decided == Decided::Approved { State::Approved } else { State::Declined };
    assert_eq!((kept.state, kept.decided.unwrap().by), (state, at.to_string()));
}

pub(crate) async fn what_is_not_decided_in_time_has_expired(place: &dyn Place) {
    let store = place.store();
    store.open(new("a", "x"), noon(0)).await.unwrap();
    assert_eq!(state(&store, "a", OPEN - 1).await, State::Pending);
    assert_eq!(state(&store, "a", OPEN).await, State::Expired);
    assert_eq!(store.approvals(Which::Pending, 9, noon(OPEN)).await.unwrap(), []);
    let late = store.decide("a", true, "desktop", "page", None, noon(OPEN)).await.unwrap();
    assert_eq!(late, Decided::Expired);
    assert_eq!(store.consume("a", "x", noon(OPEN - 1)).await.unwrap(), None);
}

pub(crate) async fn what_is_not_used_in_time_has_expired(place: &dyn Place) {
    let store = place.store();
    approved(&store, "a", "x").await;
    assert_eq!(store.consume("a", "x", noon(OPEN)).await.unwrap(), None);
    assert_eq!(state(&store, "a", OPEN).await, State::Expired);
    let late = store.decide("a", true, "desktop", "page", None, noon(OPEN)).await.unwrap();
    assert_eq!(late, Decided::Expired);
    assert!(store.consume("a", "x", noon(OPEN - 1)).await.unwrap().is_some());
    // Used is used, however late it is read.
    assert_eq!(state(&store, "a", OPEN).await, State::Consumed);
}

pub(crate) async fn a_crash_between_loses_and_doubles_nothing(place: &dyn Place) {
    let store = place.store();
    store.open(new("a", "x"), noon(0)).await.unwrap();
    drop(store);
    let store = place.store();
    store.decide("a", true, "desktop", "page", None, noon(10)).await.unwrap();
    drop(store);
    assert!(place.store().consume("a", "x", noon(20)).await.unwrap().is_some());
    // The process that consumed it is gone before it sent anything: still nobody gets it again.
    let store = place.store();
    assert_eq!(store.consume("a", "x", noon(21)).await.unwrap(), None);
    assert_eq!(state(&store, "a", 22).await, State::Consumed);
}

pub(crate) async fn what_was_taken_back_cannot_be_used(place: &dyn Place) {
    let store = place.store();
    store.open(new("a", "x"), noon(0)).await.unwrap();
    assert!(store.withdraw("a").await.unwrap());
    assert!(!store.withdraw("a").await.unwrap());
    let decided = store.decide("a", true, "desktop", "page", None, noon(1)).await.unwrap();
    assert_eq!(decided, Decided::NotPending(State::Withdrawn));
    approved(&store, "b", "y").await;
    assert!(store.withdraw("b").await.unwrap());
    assert_eq!(store.consume("b", "y", noon(20)).await.unwrap(), None);
    approved(&store, "c", "z").await;
    store.consume("c", "z", noon(20)).await.unwrap();
    assert!(!store.withdraw("c").await.unwrap());
    assert_eq!(state(&store, "c", 21).await, State::Consumed);
}

pub(crate) async fn lists_are_newest_first(place: &dyn Place) {
    let store = place.store();
    for (at, id) in [(0, "a"), (1, "b"), (1, "c"), (2, "d")] {
        store.open(new(id, id), noon(at)).await.unwrap();
    }
    store.decide("c", true, "desktop", "page", None, noon(3)).await.unwrap();
    let list = |which, limit| {
        let store = Arc::clone(&store);
        async move {
            let list = store.approvals(which, limit, noon(4)).await.unwrap();
            list.into_iter().map(|approval| approval.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(list(Which::All, 9).await, ["d", "c", "b", "a"]);
    assert_eq!(list(Which::Pending, 9).await, ["d", "b", "a"]);
    assert_eq!(list(Which::Pending, 2).await, ["d", "b"]);
    assert!(list(Which::All, 0).await.is_empty());
}

pub(crate) async fn old_ones_are_deleted(place: &dyn Place) {
    let store = place.store();
    store.open(new("a", "x"), noon(0)).await.unwrap();
    store.open(new("b", "y"), noon(days(30))).await.unwrap();
    assert_eq!(state(&store, "a", days(30)).await, State::Expired);
    store.open(new("c", "z"), noon(days(30) + 1)).await.unwrap();
    assert_eq!(store.approval("a", noon(days(31))).await.unwrap(), None);
    assert_eq!(store.approvals(Which::All, 9, noon(days(31))).await.unwrap().len(), 2);
}

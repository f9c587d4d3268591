//! No path escapes its protection: whatever the operation, and however the object is named.

use std::{collections::BTreeSet, io::BufRead as _};

use okta_client::{Method, Request};
use okta_gate::protect::{Own, Protect, Protection};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    protect_org::{Org, only},
    schema::shared,
};

/// What a placeholder of a path stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    User,
    Group,
    App,
    Other,
}

/// What stands for what in a template, in its order, by the segment before and by its name.
fn names(template: &str) -> Vec<Names> {
    let parts: Vec<&str> = template.split('/').collect();
    parts
        .iter()
        .enumerate()
        .filter(|(_, part)| part.starts_with('{'))
        .map(|(at, part)| {
            let before = parts[at - 1];
            match part.trim_matches(['{', '}']) {
                "userId" | "userIdOrLogin" | "primaryUserId" | "targetPrincipalId" => Names::User,
                "groupId" | "targetGroupId" => Names::Group,
                "appId" | "clientId" | "allowedAppId" | "apiServiceId" | "identitySourceId" => {
                    Names::App
                }
                "id" if before == "users" => Names::User,
                _ => Names::Other,
            }
        })
        .collect()
}

/// Paths of which a part only looks like one of our objects.
const OTHERS: &[&str] = &[
    // The clients and tokens of an authorization server other than the org's own.
    "/api/v1/authorizationServers/",
    // A search in a directory: it reads.
    "/api/v1/directories/{appInstanceId}/groups/{groupId}/query",
];

type Operation = (Method, &'static str);

/// Every operation that writes: the catalog's, and Okta's whole specification where it is there.
fn operations() -> Vec<Operation> {
    let ours = okta_catalog::tools().filter_map(|tool| tool.operation);
    let mut all: BTreeSet<(String, &'static str)> = ours
        .filter(|operation| !operation.method.is_read())
        .map(|operation| (operation.method.to_string(), operation.path))
        .collect();
    match shared() {
        None => println!("skipped: Okta's specification is not there"),
        Some(folder) => {
            let file = std::fs::File::open(folder.join("okta/operations.jsonl")).unwrap();
            for line in std::io::BufReader::new(file).lines() {
                let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
                let (method, path) = (line["method"].as_str(), line["path"].as_str().unwrap());
                if !OTHERS.iter().any(|other| path.starts_with(other)) {
                    all.insert((method.unwrap().to_owned(), path.to_owned().leak()));
                }
            }
        }
    }
    let all = all.into_iter().map(|(method, path)| (Method::named(&method).unwrap(), path));
    all.filter(|(method, _)| !method.is_read()).collect()
}

/// Every operation with a place for such an object, and the place.
fn places(kind: Names) -> Vec<(Operation, usize)> {
    let mut places = Vec::new();
    for operation in operations() {
        let names = names(operation.1);
        places.extend((0..names.len()).filter(|at| names[*at] == kind).map(|at| (operation, at)));
    }
    assert!(places.len() >= 3, "{kind:?}");
    places
}

/// The request with `named` at that place, and `others` at the others.
fn fill((method, template): Operation, place: usize, named: &str, others: &str) -> Option<Request> {
    let keys: Vec<&str> =
        template.split('{').skip(1).map(|part| part.split_once('}').unwrap().0).collect();
    let key = keys[place];
    Request::new(method, template, |name| Some(if name == key { named } else { others })).ok()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// True if it was refused because the profile names it, and not because nothing could be read.
fn is_named(judged: &Protection) -> bool {
    matches!(judged, Protection::Refused { message, .. } if message.contains("names it"))
}

fn verdict(org: &Org, request: Request, protect: &Protect) -> Protection {
    run(org.judge(request, protect, &Own::default()))
}

#[test]
fn every_operation_with_a_place_for_it_is_refused() {
    let org = || {
        Org::new()
            .user("00uprotected", "ana@acme.example", json!([]))
            .group("00gprotected", "Break Glass", json!([]))
            .app("0oaprotected", "Payroll")
            .populous()
    };
    for (kind, id, protect) in [
        (Names::User, "00uprotected", only(&["ana@acme.example"], &[], &[])),
        (Names::Group, "00gprotected", only(&[], &["Break Glass"], &[])),
        (Names::App, "0oaprotected", only(&[], &[], &["Payroll"])),
    ] {
        for (operation, at) in places(kind) {
            let Some(request) = fill(operation, at, id, "x1") else { continue };
            let judged = verdict(&org(), request, &protect);
            assert!(is_named(&judged), "{operation:?} {at}: {judged:?}");
        }
    }
}

/// Text that Okta may use in an id or a login: letters of any script, and every sign that means
/// something in an address.
const ODD: &str = "[a-zA-Z0-9._~!$&'()*+,;=:@%#?\\[\\] ßÅéΣжİ雪-]{1,24}";

/// The same login as people and clients write it.
fn in_any_case(login: &str, upper: &[bool]) -> String {
    login
        .chars()
        .zip(upper.iter().chain(std::iter::repeat(&false)))
        .flat_map(|(c, upper)| {
            let mapped = c.to_uppercase().to_string();
            // What has no single capital is left as it is: it would be another login.
            let single =
                mapped.chars().count() == 1 && mapped.to_lowercase().chars().eq(c.to_lowercase());
            if *upper && single { mapped } else { c.to_string() }.chars().collect::<Vec<_>>()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_way_of_naming_a_person_escapes(
        place in prop::sample::select(places(Names::User)),
        id in ODD,
        local in ODD,
        upper in prop::collection::vec(any::<bool>(), 24),
        by_id in any::<bool>(),
        entry in 0..3_usize,
        other in ODD,
    ) {
        let login = format!("{local}@acme.example");
        let org = Org::new().user(&id, &login, json!([])).populous();
        let entry = [id.clone(), login.clone(), format!("{id}@mail.example")][entry].clone();
        // The profile's entries are trimmed: blanks around a name are no part of it.
        prop_assume!(entry.trim() == entry);
        let protect = only(&[&entry], &[], &[]);
        let named = if by_id { id } else { in_any_case(&login, &upper) };
        let Some(request) = fill(place.0, place.1, &named, &other) else { return Ok(()) };
        let path = request.path().to_owned();
        let judged = verdict(&org, request, &protect);
        prop_assert!(is_named(&judged), "{path}: {judged:?}");
    }

    #[test]
    fn no_way_of_naming_a_group_or_an_application_escapes(
        group in prop::sample::select(places(Names::Group)),
        app in prop::sample::select(places(Names::App)),
        id in ODD,
        name in ODD,
        by_id in any::<bool>(),
        other in ODD,
    ) {
        prop_assume!(name.trim() == name && id.trim() == id && !name.is_empty());
        let entry = if by_id { &id } else { &name };
        let org = Org::new().group(&id, &name, json!([])).app(&id, &name).populous();
        for ((operation, at), protect) in
            [(group, only(&[], &[entry], &[])), (app, only(&[], &[], &[entry]))]
        {
            let Some(request) = fill(operation, at, &id, &other) else { continue };
            let path = request.path().to_owned();
            let judged = verdict(&org, request, &protect);
            prop_assert!(is_named(&judged), "{path}: {judged:?}");
        }
    }

    #[test]
    fn another_person_is_free(
        place in prop::sample::select(places(Names::User)),
        id in "[a-zA-Z0-9]{5,20}",
    ) {
        let (operation, at) = place;
        prop_assume!(!operation.1.contains("identity-sources") && id != "rules");
        let org = Org::new()
            .user("00uprotected", "ana@acme.example", json!([]))
            .populous();
        let Some(request) = fill(operation, at, &id, &id) else { return Ok(()) };
        let path = request.path().to_owned();
        let judged = verdict(&org, request, &only(&["ana@acme.example"], &[], &[]));
        prop_assert_eq!(judged, Protection::Free, "{}", path);
    }

    #[test]
    fn a_slash_in_a_reference_leads_nowhere(
        place in prop::sample::select(places(Names::User)),
        before in "[a-z0-9./]{0,8}",
        after in "[a-z0-9./]{0,8}",
    ) {
        let named = format!("{before}/../00uprotected{after}");
        let org = Org::new().user("00uprotected", "ana@acme.example", json!([]));
        let Some(request) = fill(place.0, place.1, &named, "x1") else { return Ok(()) };
        let judged = verdict(&org, request, &only(&["ana@acme.example"], &[], &[]));
        prop_assert!(matches!(judged, Protection::Refused { .. }), "{judged:?}");
        prop_assert!(!org.asked().iter().any(|path| path.contains("..%2F")), "{:?}", org.asked());
    }
}

//! Device assurance policies.

use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, plan, snapshot};

const ALL: &str = "/api/v1/device-assurances";
const ONE: &str = "/api/v1/device-assurances/dae1";

fn policies() -> Value {
    json!([
        { "id": "dae1", "name": "Macs", "platform": "MACOS", "osVersion": { "minimum": "14.2.0" } },
        { "id": "dae2", "name": "New Macs", "platform": "MACOS", "osVersion": { "minimum": "14.10" } },
        { "id": "dae3", "name": "Same", "platform": "IOS", "osVersion": { "minimum": "14.2.1" } },
        { "id": "dae4", "name": "Phones", "platform": "ANDROID", "osVersion": { "minimum": "12" } },
        { "id": "dae5", "name": "Books", "platform": "CHROMEOS" },
        { "id": "dae6", "name": "Windows", "platform": "WINDOWS",
          "osVersionConstraints": [{ "majorVersionConstraint": "WINDOWS_11", "minimum": "10.0.22000" }] },
        { "id": "dae7", "name": "Odd", "platform": "FRIDGE", "osVersion": { "minimum": "latest" } },
        { "id": "dae8", "name": "Dynamic", "platform": "MACOS",
          "osVersion": { "dynamicVersionRequirement": { "type": "MINIMUM" } } },
    ])
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}

#[test]
fn a_threshold_is_compared_number_by_number() {
    let desk = Fake::new().on(ALL, policies());
    let args = json!({ "version_threshold": "14.2.1" });
    let answer = answer("list_device_assurance_policies", args, &desk).value;
    assert_eq!(answer["items"], policies(), "every policy as Okta sent it");
    let compared = &answer["version_comparison"];
    assert_eq!(compared["version_threshold"], "14.2.1");
    assert_eq!(ids(&compared["below"]), ["dae1", "dae4"]);
    assert_eq!(ids(&compared["at_or_above"]), ["dae2", "dae3"]);
    assert_eq!(ids(&compared["no_minimum"]), ["dae5", "dae6", "dae8"]);
    assert_eq!(ids(&compared["not_comparable"]), ["dae7"]);
    assert_eq!(compared["below"][0]["minimum"], "14.2.0");
    assert!(compared["no_minimum"][1]["osVersionConstraints"].is_array());
    assert!(compared["no_minimum"][2]["dynamicVersionRequirement"].is_object());
}

#[test]
fn one_number_is_androids() {
    let desk = Fake::new().on(ALL, policies());
    let args = json!({ "version_threshold": "13", "fields": "name" });
    let answer = answer("list_device_assurance_policies", args, &desk).value;
    let compared = &answer["version_comparison"];
    assert_eq!(ids(&compared["below"]), ["dae4"]);
    assert_eq!(ids(&compared["not_comparable"]), ["dae1", "dae2", "dae3", "dae7"]);
    assert_eq!(answer["items"][0], json!({ "name": "Macs" }));
}

#[test]
fn without_a_threshold_nothing_is_compared() {
    let desk = Fake::new().on(ALL, policies());
    let answer =
        answer("list_device_assurance_policies", json!({ "version_threshold": "" }), &desk);
    assert!(answer.value.get("version_comparison").is_none());
    assert_eq!(answer.rows, 8);
}

#[test]
fn versions_that_leave_something_open_are_refused() {
    let desk = Fake::new();
    for version in
        ["14.2", "14.x", "v14.2.1", "14..1", " 14.2.1", "1.2.3.4.5", "14.2.1-beta", "٣.١.٢"]
    {
        let args = json!({ "version_threshold": version });
        let failed = failure("list_device_assurance_policies", args, &desk);
        assert!(failed.to_string().starts_with("`version_threshold`: "), "{version}: {failed}");
        let args =
            json!({ "policy_data": { "platform": "IOS" }, "user_stated_os_version": version });
        let failed = failure("create_device_assurance_policy", args, &desk);
        assert!(failed.to_string().starts_with("`user_stated_os_version`: "), "{failed}");
    }
    assert!(desk.asked().is_empty(), "nothing is asked of Okta");
    let args = json!({ "policy_data": { "platform": "MACOS" }, "user_stated_os_version": "14" });
    let failed = failure("create_device_assurance_policy", args, &desk);
    assert!(failed.to_string().contains("Android"), "{failed}");
}

#[test]
fn the_stated_version_goes_out_character_for_character() {
    for (platform, version) in [
        ("MACOS", "14.02.010"),
        ("ANDROID", "012"),
        ("WINDOWS", "10.0.19045.0"),
        ("ANDROID", "12.0.0"),
    ] {
        let data = json!({ "name": "n", "platform": platform });
        let args = json!({ "policy_data": data, "user_stated_os_version": version });
        let plan = plan("create_device_assurance_policy", args, &Fake::new());
        let body = plan.requests[0].json().unwrap();
        assert_eq!(body["osVersion"], json!({ "minimum": version }));
    }
}

#[test]
fn a_version_in_the_policy_goes_out_as_received() {
    let data = json!({ "name": "n", "platform": "IOS", "osVersion": { "minimum": "15.0" } });
    let args = json!({ "policy_data": data });
    let sent = plan("create_device_assurance_policy", args, &Fake::new());
    assert_eq!(sent.requests[0].json().unwrap(), &data);
    let args = json!({ "policy_data": data, "user_stated_os_version": "15.0.1" });
    let failed = failure("create_device_assurance_policy", args, &Fake::new());
    assert!(failed.to_string().contains("differ"), "{failed}");
    let data = json!({ "platform": "IOS", "osVersion": { "minimum": "15.0.1" } });
    let args = json!({ "policy_data": data, "user_stated_os_version": "15.0.1" });
    plan("create_device_assurance_policy", args, &Fake::new());
}

/// A policy as Okta answers with it, properties included that no specification names.
fn mac() -> Value {
    json!({
        "name": "Macs", "platform": "MACOS", "id": "dae1",
        "osVersion": { "minimum": "14.2.0" },
        "diskEncryptionType": { "include": ["ALL_INTERNAL_VOLUMES"] },
        "createdDate": "2025-09-19T02:44:32.000Z", "createdBy": "00u1",
        "lastUpdate": "2025-09-19T02:44:34.000Z", "lastUpdatedBy": "00u1",
        "resourceType": "DeviceAssurancePolicyEntity", "resourceId": "dae1",
        "resourceDisplayName": { "value": "Macs", "sensitive": false },
        "_links": {},
    })
}

#[test]
fn creates_replaces_deletes() {
    let data = json!({ "name": "Macs", "platform": "MACOS", "screenLockType": { "include": [] } });
    let args = json!({ "policy_data": data, "user_stated_os_version": "14.2.1" });
    let name = "create_device_assurance_policy";
    snapshot(name, name, args, &Fake::new());
    let args = json!({
        "device_assurance_id": "dae1", "policy_data": {}, "user_stated_os_version": "14.2.1",
    });
    let name = "replace_device_assurance_policy";
    snapshot(name, name, args, &Fake::new().on(ONE, mac()));
    let name = "delete_device_assurance_policy";
    snapshot(name, name, json!({ "device_assurance_id": "dae1" }), &Fake::new().on(ONE, mac()));
}

#[test]
fn another_platform_is_another_policy() {
    let data = json!({ "name": "Phones", "platform": "ANDROID", "osVersion": { "minimum": "12" } });
    let args = json!({ "device_assurance_id": "dae1", "policy_data": data });
    let plan = plan("replace_device_assurance_policy", args, &Fake::new().on(ONE, mac()));
    assert_eq!(plan.requests[0].json().unwrap(), &data);
}

//! The device assurance policies of a new org.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{call::stamp, config::Config, resources::device_assurance::ASSURANCES, store::State};

/// Adds them. Those that rules ask for come first.
pub(crate) fn add(state: &mut State, _: &Config, now: Timestamp) {
    let policies = [
        json!({
            "name": "macOS, current and encrypted",
            "platform": "MACOS",
            "osVersion": { "minimum": "14.6" },
            "secureHardwarePresent": true,
            "diskEncryptionType": { "include": ["ALL_INTERNAL_VOLUMES"] },
        }),
        json!({
            "name": "Windows 11, encrypted",
            "platform": "WINDOWS",
            "osVersion": { "minimum": "10.0.22631" },
            "secureHardwarePresent": true,
            "diskEncryptionType": { "include": ["ALL_INTERNAL_VOLUMES"] },
            "screenLockType": { "include": ["BIOMETRIC"] },
        }),
        json!({
            "name": "iPhone and iPad",
            "platform": "IOS",
            "osVersion": { "minimum": "17.0" },
            "jailbreak": false,
            "screenLockType": { "include": ["BIOMETRIC", "PASSCODE"] },
        }),
        json!({
            "name": "Android",
            "platform": "ANDROID",
            "osVersion": { "minimum": "13" },
            "jailbreak": false,
        }),
        json!({
            "name": "Chromebooks of the company",
            "platform": "CHROMEOS",
            "thirdPartySignalProviders": { "dtc": {
                "managedDevice": true,
                "diskEncrypted": true,
                "screenLockSecured": true,
                "osVersion": { "minimum": "15474.84.0" },
            } },
        }),
        json!({
            "name": "Windows, any supported build",
            "platform": "WINDOWS",
            "osVersion": { "minimum": "10.0.19045" },
        }),
    ];
    for mut policy in policies {
        let Some(policy) = policy.as_object_mut() else { continue };
        let id = state.maker.id("dae");
        let mut kept = serde_json::Map::new();
        for (name, value) in std::mem::take(policy) {
            kept.insert(name.clone(), value);
            if name == "platform" {
                kept.insert("id".into(), id.into());
            }
        }
        let admin: Value = state.admin.into();
        kept.insert("displayRemediationMode".into(), "HIDE".into());
        kept.insert("createdDate".into(), stamp(now));
        kept.insert("createdBy".into(), admin.clone());
        kept.insert("lastUpdate".into(), stamp(now));
        kept.insert("lastUpdatedBy".into(), admin);
        state.docs_mut(ASSURANCES).put(id.as_str(), kept);
    }
}

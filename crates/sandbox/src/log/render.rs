//! Events as JSON.

use serde_json::{Map, Value, json};

use super::event::{Client, Event, Place, Target};

impl Event {
    /// The event as `/api/v1/logs` shows it.
    pub(crate) fn to_json(&self) -> Value {
        let actor = &self.actor;
        let client = &self.client;
        let outcome = self.outcome();
        let place = client.place.map_or(Value::Null, geography);
        let (os, browser, device) = software(&client.user_agent);
        let targets = self.targets();
        json!({
            "actor": {
                "id": actor.id,
                "type": actor.kind,
                "alternateId": actor.alternate_id,
                "displayName": actor.display_name,
                "detailEntry": null,
            },
            "client": {
                "userAgent": {
                    "rawUserAgent": client.user_agent,
                    "os": os,
                    "browser": browser,
                },
                "zone": client.zone,
                "device": device,
                "id": client.id,
                "ipAddress": client.ip,
                "geographicalContext": place.clone(),
            },
            "device": null,
            "authenticationContext": {
                "authenticationProvider": null,
                "credentialProvider": null,
                "credentialType": self.credential(),
                "issuer": null,
                "interface": null,
                "authenticationStep": 0,
                "externalSessionId": client.session.as_deref().unwrap_or("unknown"),
            },
            "displayMessage": self.kind().message,
            "eventType": self.kind().event_type,
            "outcome": { "result": outcome.result, "reason": outcome.reason },
            "published": format!("{:.3}", self.published),
            "securityContext": security(client),
            "severity": self.severity(),
            "debugContext": { "debugData": self.debug_json() },
            "legacyEventType": self.kind().legacy,
            "transaction": { "type": "WEB", "id": client.request_id, "detail": {} },
            "uuid": self.uuid,
            "version": "0",
            "request": {
                "ipChain": [{
                    "ip": client.ip,
                    "geographicalContext": place,
                    "version": if client.ip.contains(':') { "V6" } else { "V4" },
                    "source": null,
                }],
            },
            "target": targets.iter().map(target_json).collect::<Value>(),
        })
    }

    fn debug_json(&self) -> Value {
        let client = &self.client;
        let mut data = Map::new();
        data.insert("requestId".into(), json!(client.request_id));
        data.insert("requestUri".into(), json!(client.request_uri));
        data.insert("url".into(), json!(format!("{}?", client.request_uri)));
        for (name, value) in self.debug() {
            data.insert((*name).into(), json!(value));
        }
        Value::Object(data)
    }
}

fn target_json(target: &Target) -> Value {
    let details = if target.details.is_empty() {
        Value::Null
    } else {
        target.details.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
    };
    json!({
        "id": target.id,
        "type": target.kind,
        "alternateId": target.alternate_id,
        "displayName": target.display_name,
        "detailEntry": details,
    })
}

fn geography(place: &Place) -> Value {
    json!({
        "city": place.city,
        "state": place.state,
        "country": place.country,
        "postalCode": place.postal_code,
        "geolocation": { "lat": place.lat, "lon": place.lon },
    })
}

fn security(client: &Client) -> Value {
    let place = client.place;
    json!({
        "asNumber": place.map(|place| place.as_number),
        "asOrg": place.map(|place| place.as_org),
        "isp": place.map(|place| place.isp),
        "domain": place.map(|place| place.domain),
        "isProxy": place.map(|place| place.is_proxy),
    })
}

/// Operating system, browser and device, read off a User-Agent.
fn software(agent: &str) -> (&'static str, &'static str, &'static str) {
    let os = if agent.contains("Windows NT") {
        "Windows 10"
    } else if agent.contains("iPhone") {
        "iOS"
    } else if agent.contains("Android") {
        "Android"
    } else if agent.contains("Mac OS X") {
        "Mac OS X"
    } else if agent.contains("Linux") {
        "Linux"
    } else {
        "Unknown"
    };
    let browser = if agent.contains("Edg/") {
        "EDGE"
    } else if agent.contains("Chrome/") {
        "CHROME"
    } else if agent.contains("Firefox/") {
        "FIREFOX"
    } else if agent.contains("Safari/") {
        "SAFARI"
    } else {
        "UNKNOWN"
    };
    let device = match os {
        "iOS" | "Android" => "Mobile",
        "Unknown" => "Unknown",
        _ => "Computer",
    };
    (os, browser, device)
}

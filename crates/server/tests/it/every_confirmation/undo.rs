//! Taking back what takes something away again.

use serde_json::{Value, json};

use super::{
    brand::BRANDS,
    fixtures::{Aside, Case, renamed, tool_of},
    objects::{apps, bookmark, groups, id, member, turned},
    place::Place,
};
use crate::client::Client;

impl Case {
    /// Two changes that can be taken back, and that the client made.
    pub(super) async fn of_undo(fixture: &'static str, place: &Place, client: &mut Client) -> Self {
        let [one, other] =
            [undoable(fixture, place, client).await, undoable(fixture, place, client).await];
        place.sent();
        Self {
            tool: tool_of(fixture),
            args: json!({ "undo_id": one.0 }),
            other: json!({ "undo_id": other.0 }),
            sends: one.1,
            meanwhile: Some(one.2),
            back: Some(one.3),
        }
    }
}

/// A change that was made by the client, and can be taken back: its id, what is sent then, how the
/// object becomes another, and what makes the change again.
async fn undoable(
    fixture: &str,
    place: &Place,
    client: &mut Client,
) -> (Value, Vec<String>, Aside, Vec<Aside>) {
    let undo = |answer: &Value| answer["_undo"].clone();
    match fixture {
        "undo_change: new group" => {
            let profile = json!({ "profile": { "name": place.name() } });
            let group = client.done("create_group", profile).await;
            let sends = vec![format!("DELETE {}", groups(id(&group)))];
            (undo(&group), sends, renamed(place, &group), Vec::new())
        }
        "undo_change: new application" => {
            let app = json!({ "app_config": bookmark(&place.name()) });
            let app = client.done("create_application", app).await;
            let path = apps(id(&app));
            let sends =
                vec![format!("POST {}", turned(&path, "deactivate")), format!("DELETE {path}")];
            let changed = bookmark(&place.name());
            (undo(&app), sends, Aside("PUT", path, changed), Vec::new())
        }
        "undo_change: new membership" => {
            let (group, user) = (place.group().await, place.user().await);
            let args = json!({ "group_id": id(&group), "user_id": id(&user) });
            let added = client.done("add_user_to_group", args).await;
            let path = member(id(&group), id(&user));
            let sends = vec![format!("DELETE {path}")];
            let again = vec![Aside("PUT", path, Value::Null)];
            (undo(&added), sends, renamed(place, &group), again)
        }
        "undo_change: new brand" => {
            let brand = client.done("create_brand", json!({ "name": place.name() })).await;
            let path = format!("{BRANDS}/{}", id(&brand));
            let sends = vec![format!("DELETE {path}")];
            let changed = json!({ "name": place.name() });
            (undo(&brand), sends, Aside("PUT", path, changed), Vec::new())
        }
        name => panic!("{name}: there is no such fixture"),
    }
}

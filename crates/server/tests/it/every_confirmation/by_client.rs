//! Level `client`: the client's own person is asked, in both eras.

use std::time::Duration;

use serde_json::json;

use super::{
    ASKING, BOTH, Called, LEGACY, MODERN, Question, Scene, each, error, fixtures::fixtures,
    is_asked, is_done, place::Place, yes,
};
use crate::client::{ERAS, asks, text};

/// Longer than a question stays open.
const TOO_LONG: Duration = Duration::from_secs(301);

#[tokio::test]
async fn confirmed() {
    each(ASKING, asks(), async |scene| {
        let case = scene.case().await;
        let question = scene.ask(&case).await;
        let answer = scene.answer(&question, yes()).await;
        assert!(is_done(&answer), "{}: {answer}", scene.name);
        scene.once(&case);
    })
    .await;
}

#[tokio::test]
async fn declined_cancelled_or_answered_with_an_error() {
    each(ASKING, asks(), async |scene| {
        let case = scene.case().await;
        for no in [
            json!({ "action": "decline" }),
            json!({ "action": "cancel" }),
            json!({ "code": -32603, "message": "the form broke" }),
        ] {
            let question = scene.ask(&case).await;
            let answer = scene.answer(&question, no).await;
            assert_eq!(error(&answer), "not_confirmed", "{}", scene.name);
            scene.nothing("without a yes");
        }
    })
    .await;
}

#[tokio::test]
async fn client_without_elicitation() {
    each(ERAS, json!({}), async |scene| {
        let case = scene.case().await;
        let Called::Answered(answer) = scene.call(case.tool, &case.args).await else {
            panic!("{}: it is asked", scene.name);
        };
        assert_eq!(error(&answer), "confirmation_unavailable", "{}", scene.name);
        scene.nothing("nobody was asked");
    })
    .await;
}

#[tokio::test]
async fn time_out() {
    each(BOTH, asks(), async |scene| {
        let case = scene.case().await;
        let question = scene.ask(&case).await;
        match &question {
            Question::Trip { params, .. } => {
                // Nobody answers, and the client calls again some time.
                scene.place.sandbox.clock.forward(TOO_LONG);
                let again = scene.client.request("tools/call", params.clone()).await;
                assert!(is_asked(&again), "{}: {again}", scene.name);
            }
            Question::Live { call, id } => {
                // Five minutes pass while nothing else waits for time.
                tokio::time::pause();
                tokio::time::advance(TOO_LONG).await;
                tokio::time::resume();
                let answer = scene.client.answer(*call).await;
                assert_eq!(error(&answer), "not_confirmed", "{}", scene.name);
                let told = text(&answer)["error"]["message"].to_string();
                assert!(told.contains("nobody answered in time"), "{}: {told}", scene.name);
                scene.nothing("nobody answered");
                // Expired: a yes that comes too late.
                scene.reply(id, yes()).await;
                scene.client.request("ping", json!({})).await;
            }
        }
        scene.nothing("nobody answered in time");
    })
    .await;
}

#[tokio::test]
async fn expired() {
    each(&[MODERN], asks(), async |scene| {
        let case = scene.case().await;
        let question = scene.ask(&case).await;
        scene.place.sandbox.clock.forward(TOO_LONG);
        let answer = scene.answer(&question, yes()).await;
        assert!(is_asked(&answer), "{}: {answer}", scene.name);
        scene.nothing("the state is too old");
    })
    .await;
}

#[tokio::test]
async fn replayed() {
    each(BOTH, asks(), async |scene| {
        let case = scene.case().await;
        let question = scene.ask(&case).await;
        if let Question::Live { id, .. } = &question {
            // The yes arrives twice.
            scene.reply(id, yes()).await;
        }
        let answer = scene.answer(&question, yes()).await;
        assert!(is_done(&answer), "{}: {answer}", scene.name);
        scene.once(&case);
        // Where everything is again as it was, the yes that was used would fit.
        for aside in case.back.iter().flatten() {
            aside.happens(scene.place).await;
        }
        let answer = match &question {
            Question::Trip { .. } => scene.answer(&question, yes()).await,
            Question::Live { id, .. } => match scene.call(case.tool, &case.args).await {
                Called::Answered(answer) => answer,
                Called::Asks(anew) => {
                    scene.reply(id, yes()).await;
                    let no = scene.answer(&anew, json!({ "action": "decline" })).await;
                    assert_eq!(error(&no), "not_confirmed", "{}", scene.name);
                    no
                }
            },
        };
        assert!(!is_done(&answer), "{}: {answer}", scene.name);
        if case.back.is_some() && case.tool != "undo_change" && scene.client.era == MODERN {
            assert!(is_asked(&answer), "{}: {answer}", scene.name);
        }
        scene.nothing("the yes was used");
    })
    .await;
}

#[tokio::test]
async fn for_other_arguments() {
    each(BOTH, asks(), async |scene| {
        let case = scene.case().await;
        let other = scene.ask_with(&case, &case.other).await;
        let question = scene.ask(&case).await;
        if let Question::Trip { state, .. } = &question {
            // The yes to one call comes with another: other arguments, another tool.
            let group = json!({ "profile": { "name": scene.place.name() } });
            let group = scene.place.admin("POST", "/api/v1/groups", &group).await;
            for (tool, args) in [
                (case.tool, case.other.clone()),
                ("delete_group", json!({ "group_id": group["id"] })),
            ] {
                let params = json!({ "name": tool, "arguments": args });
                let answer = scene.client.again(params, yes(), state.clone()).await;
                assert!(is_asked(&answer), "{}: {answer}", scene.name);
            }
            scene.nothing("the yes was to another call");
        }
        // Two questions are open: the yes to one is none to the other.
        let answer = scene.answer(&question, yes()).await;
        assert!(is_done(&answer), "{}: {answer}", scene.name);
        scene.once(&case);
        let no = scene.answer(&other, json!({ "action": "decline" })).await;
        assert_eq!(error(&no), "not_confirmed", "{}", scene.name);
        scene.nothing("the yes was to the other call");
    })
    .await;
}

#[tokio::test]
async fn changed_meanwhile() {
    each(BOTH, asks(), async |scene| {
        let case = scene.case().await;
        let Some(meanwhile) = &case.meanwhile else {
            let new = ["create_policy", "create_application", "install_oin_app"];
            assert!(new.contains(&case.tool), "{}: nothing changes", scene.name);
            return;
        };
        let question = scene.ask(&case).await;
        meanwhile.happens(scene.place).await;
        let answer = scene.answer(&question, yes()).await;
        // What is there now is a question of its own, or nothing that can be asked about.
        let refused = [
            "delete_deactivated_user",
            "create_custom_domain",
            "create_email_domain",
            "undo_change",
        ];
        if refused.contains(&case.tool) {
            assert_eq!(error(&answer), "refused", "{}", scene.name);
        } else if scene.client.era == MODERN {
            assert!(is_asked(&answer), "{}: {answer}", scene.name);
        } else {
            assert_eq!(error(&answer), "conflict", "{}", scene.name);
        }
        scene.nothing("the yes was to something else");
    })
    .await;
}

#[tokio::test]
async fn two_at_once() {
    each(BOTH, asks(), async |scene| {
        let case = scene.case().await;
        let question = scene.ask(&case).await;
        let answers = match &question {
            Question::Trip { params, state } => {
                let mut params = params.clone();
                params["inputResponses"] = json!({ "confirm": yes() });
                params["requestState"] = state.clone();
                let mut ids = Vec::new();
                for _ in 0..2 {
                    ids.push(scene.client.start("tools/call", params.clone()).await);
                }
                [scene.client.answer(ids[0]).await, scene.client.answer(ids[1]).await]
            }
            Question::Live { .. } => {
                let second = scene.ask(&case).await;
                let (Question::Live { call, id }, Question::Live { call: other, id: no }) =
                    (&question, &second)
                else {
                    panic!("{}: another era", scene.name)
                };
                scene.reply(id, yes()).await;
                scene.reply(no, json!({ "action": "decline" })).await;
                [scene.client.answer(*call).await, scene.client.answer(*other).await]
            }
        };
        let done = answers.iter().filter(|answer| is_done(answer)).count();
        assert_eq!(done, 1, "{}: {answers:?}", scene.name);
        scene.once(&case);
    })
    .await;
}

#[tokio::test]
async fn disconnected() {
    // All questions are open when the client goes.
    let place = Place::new().await;
    let client = place.connect(&place.environment(), LEGACY, asks()).await;
    let mut scene = Scene { place: &place, client, name: String::new(), fixture: "" };
    for fixture in fixtures() {
        scene.name = fixture.to_owned();
        scene.fixture = fixture;
        let case = scene.case().await;
        scene.ask(&case).await;
    }
    // The server gives answers that are still under way some seconds.
    tokio::time::pause();
    scene.client.close().await;
    assert_eq!(place.sent(), [""; 0]);
}

//! Exchanges about brands and domains with invented data, in the shapes in which Okta answers: what
//! goes out and what comes back, also where there are no recordings.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{
    brands_shapes::{Shape, bare, brand_changes, domain_changes, read, reads, shape},
    plain,
};
use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

/// Answers with what the shape says to its request, and else with what there is to read; gives back
/// what of it went out.
async fn run(rig: &Rig, shape: &Shape) -> (Vec<Seen>, okta_gate::Called) {
    let (method, target) = shape.send.split_once(' ').unwrap();
    let path = target.split('?').next().unwrap().to_owned();
    let is_it = move |method: &str, seen: &Seen| seen.method == method && seen.path == path;
    let reply = match &shape.reply {
        Value::Null => Answer { status: shape.status, headers: Vec::new(), body: String::new() },
        reply => Answer::json(shape.status, reply),
    };
    let (named, fits) = (method.to_owned(), is_it.clone());
    rig.okta.program(move |seen: &Seen| {
        if fits(&named, seen) { reply.clone() } else { Answer::json(200, &read(&seen.path)) }
    });
    let called = rig.call(shape.tool, shape.args.clone(), &Person::agrees()).await;
    let seen = rig.okta.seen().into_iter().filter(|seen| is_it(method, seen)).collect();
    (seen, called)
}

/// What is told of a call that was done, less what is added to it; the code of one that failed.
fn told(called: &okta_gate::Called) -> Result<Value, Value> {
    match called {
        okta_gate::Called::Done(text) => {
            let mut told = serde_json::from_str(text).unwrap();
            plain(&mut told);
            Ok(told)
        }
        okta_gate::Called::Failed(error) => Err(error.envelope()["error"]["okta"]["code"].take()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn invented_exchanges_go_out_and_come_back_whole() {
    let rig = Rig::new().await;
    let changes = brand_changes().into_iter().chain(domain_changes()).chain(bare());
    for shape in reads().into_iter().chain(changes) {
        let (seen, called) = run(&rig, &shape).await;
        let [seen] = seen.as_slice() else { panic!("{}: {seen:?} {called:?}", shape.tool) };
        let query = shape.send.split_once('?').map_or("", |(_, query)| query);
        assert_eq!(seen.query, crate::okta::pairs(query), "{}", shape.tool);
        assert_eq!(seen.body.clone().unwrap_or_default(), shape.body, "{}", shape.tool);
        let mut wanted = shape.told.unwrap_or(shape.reply);
        plain(&mut wanted);
        match told(&called) {
            Err(code) => assert_eq!(code, wanted["errorCode"], "{}", shape.tool),
            Ok(told) if wanted.is_null() => assert!(told["done"].is_string(), "{told}"),
            Ok(told) => assert_eq!(told, wanted, "{}", shape.tool),
        }
    }
}

#[tokio::test]
async fn invented_uploads_go_out_as_forms() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x40\x08\x06\0\0\0".to_vec();
    png.extend((0..=255).cycle().take(5000));
    let rig = Rig::new().await;
    for (tool, send, name) in [
        ("upload_brand_theme_logo", "POST /api/v1/brands/bnd1/themes/thm1/logo", "logo.png"),
        (
            "upload_brand_theme_favicon",
            "POST /api/v1/brands/bnd1/themes/thm1/favicon",
            "favicon.png",
        ),
        (
            "upload_brand_theme_background_image",
            "POST /api/v1/brands/bnd1/themes/thm1/background-image",
            "background.png",
        ),
    ] {
        let args =
            json!({ "brand_id": "bnd1", "theme_id": "thm1", "file_path": STANDARD.encode(&png) });
        let reply = json!({ "url": "https://cdn.test/new.png" });
        let shape = shape(tool, args, send, Value::Null, 201, reply.clone());
        let (seen, called) = run(&rig, &shape).await;
        let [seen] = seen.as_slice() else { panic!("{tool}: {seen:?} {called:?}") };
        let kind = seen.headers["content-type"].to_str().unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let mut whole = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: image/png\r\n\r\n"
        )
        .into_bytes();
        whole.extend(&png);
        whole.extend(format!("\r\n--{boundary}--\r\n").as_bytes());
        assert_eq!(seen.raw, whole, "{tool}");
        assert_eq!(told(&called), Ok(reply), "{tool}");
    }
}

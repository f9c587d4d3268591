//! Files that go to Okta: read from the folders for uploads, shown by name, size and digest, kept
//! nowhere.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use okta_gate::{CallError, Called, Verdict};
use serde_json::{Value, json};

use crate::{
    meanwhile::Slow,
    okta::{Answer, Seen},
    setup::{Person, Rig, context},
};

const LOGO: &str = "upload_brand_theme_logo";

/// A PNG of that width, with something in it that no row may hold.
fn png(width: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(50_u32.to_be_bytes());
    bytes.extend(b"\x08\x06\0\0\0");
    bytes.extend(b"PIXELSPIXELSPIXELS");
    bytes
}

async fn rig() -> Rig {
    let rig = Rig::new().await;
    rig.okta.program(|seen: &Seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/api/v1/brands/bnd1") => {
            Answer::json(200, &json!({ "id": "bnd1", "name": "Acme" }))
        }
        ("GET", _) => Answer::json(200, &json!({ "id": "thm1", "logo": null })),
        ("POST", _) => Answer::json(201, &json!({ "url": "https://cdn.test/new.png" })),
        _ => Answer { status: 204, headers: Vec::new(), body: String::new() },
    });
    rig
}

fn put(rig: &Rig, name: &str, content: &[u8]) {
    std::fs::create_dir_all(rig.exports.join("uploads")).unwrap();
    std::fs::write(rig.exports.join("uploads").join(name), content).unwrap();
}

fn args(file_path: &str) -> Value {
    json!({ "brand_id": "bnd1", "theme_id": "thm1", "file_path": file_path })
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    okta_gate::hex(&sha2::Sha256::digest(bytes))
}

#[tokio::test]
async fn a_file_of_the_folder_goes_out_and_is_shown_by_its_digest() {
    let rig = rig().await;
    put(&rig, "acme.png", &png(300));
    let person = Person::agrees();
    let called = rig.call(LOGO, args("acme.png"), &person).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
    let sent = rig.okta.writes();
    assert!(sent[0].raw.windows(png(300).len()).any(|part| part == png(300)));
    let question = person.asked.into_inner().unwrap().pop().unwrap().text;
    let bytes = png(300).len();
    let lines: Vec<&str> = question.lines().collect();
    assert_eq!(
        lines[0],
        "Make a PNG of 300 x 50 pixels from acme.png the logo of the theme of brand \"Acme\"?"
    );
    let shown = format!("logo.png (image/png, {bytes} bytes, SHA-256 {})", digest(&png(300)));
    let line = format!("Sends POST /api/v1/brands/bnd1/themes/thm1/logo with {shown}");
    assert!(lines.contains(&line.as_str()), "{question}");
    let rows = rig.trail.rows.lock().unwrap();
    let intent = rows.iter().find(|(row, _)| row["kind"] == "intent").unwrap();
    let file = &intent.0["requests"][0]["file"];
    assert_eq!(file["sha256"], digest(&png(300)));
    assert_eq!(file["bytes"], bytes);
}

#[tokio::test]
async fn of_an_image_in_an_argument_nothing_is_kept_but_size_and_digest() {
    for prefix in ["", "data:image/png;base64,"] {
        let rig = rig().await;
        let encoded = STANDARD.encode(png(400));
        let person = Person::agrees();
        let called = rig.call(LOGO, args(&format!("{prefix}{encoded}")), &person).await;
        assert!(matches!(called, Called::Done(_)), "{called:?}");
        let told = format!("[file of {} bytes, SHA-256 {}]", png(400).len(), digest(&png(400)));
        assert_eq!(rig.trail.rows.lock().unwrap()[0].0["args"]["file_path"], told.as_str());
        let preview = json!({ "tool": LOGO, "arguments": args(&encoded) });
        let shown = rig.done_text("preview_change", preview).await;
        assert!(shown.contains(&digest(&png(400))), "{shown}");
        let question = person.asked.into_inner().unwrap().pop().unwrap().text;
        for text in [rig.trail.text(), shown, question] {
            assert!(!text.contains(&encoded[40..60]), "{text}");
            assert!(!text.contains("PIXELS"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_file_that_is_another_by_then_is_not_sent() {
    let rig = rig().await;
    put(&rig, "acme.png", &png(300));
    let folder = rig.exports.join("uploads/acme.png");
    let client = Slow(|| {
        let mut other = png(300);
        other.push(b'!');
        std::fs::write(&folder, other).unwrap();
    });
    let args = args("acme.png").as_object().unwrap().clone();
    let called = rig.gate.call(&context(), LOGO, args, &client).await;
    assert!(matches!(called, Called::Failed(CallError::Changed)), "{called:?}");
    assert_eq!(rig.okta.writes(), []);
}

#[tokio::test]
async fn two_files_are_two_questions() {
    let rig = rig().await;
    let mut bindings = Vec::new();
    for end in [b'a', b'b'] {
        let mut content = png(300);
        content.push(end);
        put(&rig, "acme.png", &content);
        let person = Person::who(Verdict::Later);
        rig.call(LOGO, args("acme.png"), &person).await;
        bindings.push(person.asked.into_inner().unwrap().remove(0).binding);
    }
    assert_ne!(bindings[0], bindings[1]);
}

#[tokio::test]
async fn nothing_outside_the_folders_is_read() {
    let rig = rig().await;
    put(&rig, "acme.png", &png(300));
    std::fs::write(rig.exports.join("outside.png"), png(300)).unwrap();
    let outside = rig.exports.join("outside.png").display().to_string();
    for path in ["../outside.png", outside.as_str(), "uploads/../../outside.png", "none.png"] {
        let called = rig.call(LOGO, args(path), &Person::agrees()).await;
        let Called::Failed(error @ CallError::File(_)) = &called else { panic!("{called:?}") };
        assert!(error.to_string().contains("cannot be read"), "{error}");
        assert_eq!(error.kind(), "file");
    }
    assert_eq!(rig.okta.seen(), [], "nothing is asked of Okta");
}

#[tokio::test]
async fn a_first_background_is_taken_back() {
    let rig = rig().await;
    let told =
        rig.done("upload_brand_theme_background_image", args(&STANDARD.encode(png(1000)))).await;
    let undo = json!({ "undo_id": told["_undo"] });
    let called = rig.call("undo_change", undo, &Person::agrees()).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
    let last = rig.okta.writes().pop().unwrap();
    assert_eq!(
        (last.method.as_str(), last.path.as_str()),
        ("DELETE", "/api/v1/brands/bnd1/themes/thm1/background-image")
    );
}

//! Brands that nothing else has, their pages and e-mails.

use serde_json::{Value, json};

use super::{
    fixtures::{Aside, Case},
    objects::{id, with},
    place::Place,
};

pub(super) const BRANDS: &str = "/api/v1/brands";

/// A page of a brand, by the path that the tool changes.
fn page(tool: &str) -> &'static str {
    match tool {
        "replace_customized_error_page" | "delete_customized_error_page" => "error/customized",
        "delete_preview_error_page" => "error/preview",
        "replace_customized_sign_in_page" | "delete_customized_sign_in_page" => {
            "sign-in/customized"
        }
        "delete_preview_sign_in_page" => "sign-in/preview",
        "replace_sign_out_page_settings" => "sign-out/customized",
        name => panic!("{name}: what a person must agree to needs a fixture"),
    }
}

impl Place {
    /// The id of a new brand, and its path.
    pub(super) async fn brand(&self) -> (String, String) {
        let brand = self.admin("POST", BRANDS, &json!({ "name": self.name() })).await;
        (id(&brand).to_owned(), format!("{BRANDS}/{}", id(&brand)))
    }
}

impl Case {
    pub(super) async fn of_brand(tool: &'static str, place: &Place) -> Self {
        let name = place.name();
        let brand = place.admin("POST", BRANDS, &json!({ "name": name })).await;
        let (other, _) = place.brand().await;
        let path = format!("{BRANDS}/{}", id(&brand));
        let named = |name: &str| Aside("PUT", path.clone(), json!({ "name": name }));
        let case = Self {
            args: json!({ "brand_id": id(&brand) }),
            other: json!({ "brand_id": other }),
            sends: vec![format!("DELETE {path}")],
            meanwhile: Some(named(&place.name())),
            back: None,
            tool,
        };
        match tool {
            "delete_brand" => case,
            "replace_brand" => Self {
                args: with(&case.args, "name", &place.name()),
                other: with(&case.args, "name", &place.name()),
                sends: vec![format!("PUT {path}")],
                back: Some(vec![named(&name)]),
                ..case
            },
            name => panic!("{name}: what a person must agree to needs a fixture"),
        }
    }

    pub(super) async fn of_page(tool: &'static str, place: &Place) -> Self {
        let ((brand, path), (other, other_path)) = (place.brand().await, place.brand().await);
        let (path, other_path) =
            (format!("{path}/pages/{}", page(tool)), format!("{other_path}/pages/{}", page(tool)));
        let html = |text: &str| json!({ "pageContent": format!("<p>\n{text}\n</p>\n") });
        let put = |path: &str, text: &str| Aside("PUT", path.to_owned(), html(text));
        for path in [&path, &other_path] {
            put(path, "as it was").happens(place).await;
        }
        let case = Self {
            args: json!({ "brand_id": brand }),
            other: json!({ "brand_id": other }),
            sends: vec![format!("DELETE {path}")],
            meanwhile: Some(put(&path, "changed meanwhile")),
            back: Some(vec![put(&path, "as it was")]),
            tool,
        };
        if tool.starts_with("delete_") {
            return case;
        }
        let args =
            |text: &str| json!({ "brand_id": brand, "page_content": html(text)["pageContent"] });
        Self { args: args("new"), other: args("newer"), sends: vec![format!("PUT {path}")], ..case }
    }

    pub(super) async fn of_sign_out(tool: &'static str, place: &Place) -> Self {
        let (brand, path) = place.brand().await;
        let path = format!("{path}/pages/{}", page(tool));
        let to = |url: &str| json!({ "type": "EXTERNALLY_HOSTED", "url": url });
        let args = |url: &str| with(&to(url), "brand_id", &brand);
        let okta = json!({ "type": "OKTA_DEFAULT" });
        Self {
            args: args("https://one.example"),
            other: args("https://two.example"),
            sends: vec![format!("PUT {path}")],
            meanwhile: Some(Aside("PUT", path.clone(), to("https://meanwhile.example"))),
            back: Some(vec![Aside("PUT", path, okta)]),
            tool,
        }
    }

    pub(super) async fn of_email_settings(tool: &'static str, place: &Place) -> Self {
        let (brand, path) = place.brand().await;
        let path = format!("{path}/templates/email/UserActivation/settings");
        let to = |recipients: &str| json!({ "recipients": recipients });
        let args = |recipients: &str| {
            json!({
                "brand_id": brand, "template_name": "UserActivation", "recipients": recipients,
            })
        };
        Self {
            args: args("NO_USERS"),
            other: args("ADMINS_ONLY"),
            sends: vec![format!("PUT {path}")],
            meanwhile: Some(Aside("PUT", path.clone(), to("ADMINS_ONLY"))),
            back: Some(vec![Aside("PUT", path, to("ALL_USERS"))]),
            tool,
        }
    }

    pub(super) async fn of_email(tool: &'static str, place: &Place) -> Self {
        let ((brand, path), (other, other_path)) = (place.brand().await, place.brand().await);
        let below = "templates/email/UserActivation/customizations";
        let (path, other_path) = (format!("{path}/{below}"), format!("{other_path}/{below}"));
        let text = |language: &str, subject: &str| json!({ "language": language, "subject": subject, "body": "<p>${activationLink}</p>" });
        let of = |brand: &str| json!({ "brand_id": brand, "template_name": "UserActivation" });
        let given = |language: &str, subject: &str| {
            let mut args = of(&brand);
            args.as_object_mut()
                .unwrap()
                .extend(text(language, subject).as_object().unwrap().clone());
            args
        };
        if tool == "create_email_customization" {
            return Self {
                args: given("fr", "New"),
                other: given("es", "New"),
                sends: vec![format!("POST {path}")],
                meanwhile: Some(Aside("POST", path.clone(), text("it", "Meanwhile"))),
                back: Some(vec![Aside("DELETE", path, Value::Null)]),
                tool,
            };
        }
        let one = place.admin("POST", &path, &text("en", "As it was")).await;
        let another = place.admin("POST", &other_path, &text("en", "As it was")).await;
        let one_path = format!("{path}/{}", id(&one));
        let put = |subject: &str| Aside("PUT", one_path.clone(), text("en", subject));
        let case = Self {
            args: with(&of(&brand), "customization_id", id(&one)),
            other: with(&of(&other), "customization_id", id(&another)),
            sends: vec![format!("DELETE {one_path}")],
            meanwhile: Some(put("Changed meanwhile")),
            back: None,
            tool,
        };
        match tool {
            "delete_email_customization" => case,
            "delete_all_email_customizations" => Self {
                args: of(&brand),
                other: of(&other),
                sends: vec![format!("DELETE {path}")],
                back: Some(vec![Aside("POST", path, text("en", "As it was"))]),
                ..case
            },
            "replace_email_customization" => {
                let args =
                    |subject: &str| with(&given("en", subject), "customization_id", id(&one));
                Self {
                    args: args("New"),
                    other: args("Newer"),
                    sends: vec![format!("PUT {one_path}")],
                    back: Some(vec![put("As it was")]),
                    ..case
                }
            }
            name => panic!("{name}: what a person must agree to needs a fixture"),
        }
    }
}

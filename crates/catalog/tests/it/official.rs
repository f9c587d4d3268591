//! What Okta's own server says, against the catalog.

use std::collections::HashMap;

use okta_catalog::{find, tools};
use serde_json::Value;

use crate::shared;

/// The tools of okta/okta-mcp-server 1.1.7 that are here, with the arguments they need and those
/// they take. The two `confirm_` tools are left out on purpose: a model can fill in the word.
#[rustfmt::skip]
const OFFICIAL: &[(&str, &[&str], &[&str])] = &[
    ("get_scope_status", &[], &[]),
    ("list_applications", &[], &["q", "after", "limit", "filter", "expand", "include_non_deleted", "fetch_all"]),
    ("get_application", &["app_id"], &["expand"]),
    ("create_application", &["app_config"], &["activate"]),
    ("update_application", &["app_id", "app_config"], &[]),
    ("delete_application", &["app_id"], &[]),
    ("activate_application", &["app_id"], &[]),
    ("deactivate_application", &["app_id"], &[]),
    ("list_catalog_apps", &[], &["q", "after", "limit", "fetch_all"]),
    ("get_catalog_app", &["app_name"], &[]),
    ("install_oin_app", &["name", "label", "sign_on_mode"], &["settings", "activate"]),
    ("list_device_assurance_policies", &[], &["version_threshold"]),
    ("get_device_assurance_policy", &["device_assurance_id"], &[]),
    ("create_device_assurance_policy", &["policy_data"], &["user_stated_os_version"]),
    ("replace_device_assurance_policy", &["device_assurance_id", "policy_data"], &["user_stated_os_version"]),
    ("delete_device_assurance_policy", &["device_assurance_id"], &[]),
    ("list_brands", &[], &["expand", "after", "limit", "q", "fetch_all"]),
    ("get_brand", &["brand_id"], &["expand"]),
    ("create_brand", &["name"], &[]),
    ("replace_brand", &["brand_id", "name"], &["agree_to_custom_privacy_policy", "custom_privacy_policy_url", "remove_powered_by_okta", "locale", "email_domain_id", "default_app"]),
    ("delete_brand", &["brand_id"], &[]),
    ("list_brand_domains", &["brand_id"], &[]),
    ("list_brand_themes", &["brand_id"], &[]),
    ("get_brand_theme", &["brand_id", "theme_id"], &[]),
    ("replace_brand_theme", &["brand_id", "theme_id", "primary_color_hex", "secondary_color_hex", "sign_in_page_touch_point_variant", "end_user_dashboard_touch_point_variant", "error_page_touch_point_variant", "email_template_touch_point_variant"], &["primary_color_contrast_hex", "secondary_color_contrast_hex", "loading_page_touch_point_variant"]),
    ("upload_brand_theme_logo", &["brand_id", "theme_id", "file_path"], &[]),
    ("delete_brand_theme_logo", &["brand_id", "theme_id"], &[]),
    ("upload_brand_theme_favicon", &["brand_id", "theme_id", "file_path"], &[]),
    ("delete_brand_theme_favicon", &["brand_id", "theme_id"], &[]),
    ("upload_brand_theme_background_image", &["brand_id", "theme_id", "file_path"], &[]),
    ("delete_brand_theme_background_image", &["brand_id", "theme_id"], &[]),
    ("list_custom_domains", &[], &[]),
    ("create_custom_domain", &["domain", "certificate_source_type"], &[]),
    ("get_custom_domain", &["domain_id"], &[]),
    ("replace_custom_domain", &["domain_id", "brand_id"], &[]),
    ("delete_custom_domain", &["domain_id"], &[]),
    ("upsert_custom_domain_certificate", &["domain_id", "certificate", "certificate_chain", "private_key_file_path"], &[]),
    ("verify_custom_domain", &["domain_id"], &[]),
    ("list_email_domains", &[], &["expand_brands"]),
    ("create_email_domain", &["brand_id", "domain", "display_name", "user_name"], &["validation_subdomain"]),
    ("get_email_domain", &["email_domain_id"], &["expand_brands"]),
    ("replace_email_domain", &["email_domain_id", "display_name", "user_name"], &[]),
    ("delete_email_domain", &["email_domain_id"], &[]),
    ("verify_email_domain", &["email_domain_id"], &[]),
    ("get_error_page_resources", &["brand_id"], &["expand"]),
    ("get_customized_error_page", &["brand_id"], &[]),
    ("replace_customized_error_page", &["brand_id"], &["page_content", "csp_mode", "csp_report_uri", "csp_src_list"]),
    ("delete_customized_error_page", &["brand_id"], &[]),
    ("get_default_error_page", &["brand_id"], &[]),
    ("get_preview_error_page", &["brand_id"], &[]),
    ("replace_preview_error_page", &["brand_id"], &["page_content", "csp_mode", "csp_report_uri", "csp_src_list"]),
    ("delete_preview_error_page", &["brand_id"], &[]),
    ("get_sign_in_page_resources", &["brand_id"], &["expand"]),
    ("get_customized_sign_in_page", &["brand_id"], &[]),
    ("replace_customized_sign_in_page", &["brand_id"], &["page_content", "widget_version", "widget_customizations", "csp_mode", "csp_report_uri", "csp_src_list"]),
    ("delete_customized_sign_in_page", &["brand_id"], &[]),
    ("get_default_sign_in_page", &["brand_id"], &[]),
    ("get_preview_sign_in_page", &["brand_id"], &[]),
    ("replace_preview_sign_in_page", &["brand_id"], &["page_content", "widget_version", "widget_customizations", "csp_mode", "csp_report_uri", "csp_src_list"]),
    ("delete_preview_sign_in_page", &["brand_id"], &[]),
    ("list_sign_in_widget_versions", &["brand_id"], &[]),
    ("get_sign_out_page_settings", &["brand_id"], &[]),
    ("replace_sign_out_page_settings", &["brand_id", "type"], &["url"]),
    ("list_email_templates", &["brand_id"], &["expand", "after", "fetch_all"]),
    ("get_email_template", &["brand_id", "template_name"], &["expand"]),
    ("list_email_customizations", &["brand_id", "template_name"], &["after", "fetch_all"]),
    ("create_email_customization", &["brand_id", "template_name", "language", "subject", "body"], &["is_default"]),
    ("get_email_customization", &["brand_id", "template_name", "customization_id"], &[]),
    ("replace_email_customization", &["brand_id", "template_name", "customization_id", "language", "subject", "body"], &["is_default"]),
    ("delete_email_customization", &["brand_id", "template_name", "customization_id"], &["language"]),
    ("delete_all_email_customizations", &["brand_id", "template_name"], &[]),
    ("get_email_customization_preview", &["brand_id", "template_name", "customization_id"], &[]),
    ("get_email_default_content", &["brand_id", "template_name"], &["language"]),
    ("get_email_default_content_preview", &["brand_id", "template_name"], &["language"]),
    ("get_email_settings", &["brand_id", "template_name"], &[]),
    ("replace_email_settings", &["brand_id", "template_name", "recipients"], &[]),
    ("send_test_email", &["brand_id", "template_name"], &["language"]),
    ("list_groups", &[], &["search", "filter", "q", "fetch_all", "after", "limit"]),
    ("get_group", &["group_id"], &[]),
    ("create_group", &["profile"], &[]),
    ("delete_group", &["group_id"], &[]),
    ("update_group", &["group_id", "profile"], &[]),
    ("list_group_users", &["group_id"], &["fetch_all", "after", "limit"]),
    ("list_group_apps", &["group_id"], &["after", "limit", "fetch_all"]),
    ("add_user_to_group", &["group_id", "user_id"], &[]),
    ("remove_user_from_group", &["group_id", "user_id"], &[]),
    ("list_policies", &["type"], &["status", "q", "limit", "after", "fetch_all"]),
    ("get_policy", &["policy_id"], &[]),
    ("create_policy", &["policy_data"], &[]),
    ("update_policy", &["policy_id", "policy_data"], &[]),
    ("delete_policy", &["policy_id"], &[]),
    ("activate_policy", &["policy_id"], &[]),
    ("deactivate_policy", &["policy_id"], &[]),
    ("list_policy_rules", &["policy_id"], &["after", "fetch_all"]),
    ("get_policy_rule", &["policy_id", "rule_id"], &[]),
    ("create_policy_rule", &["policy_id", "rule_data"], &[]),
    ("update_policy_rule", &["policy_id", "rule_id", "rule_data"], &[]),
    ("delete_policy_rule", &["policy_id", "rule_id"], &[]),
    ("activate_policy_rule", &["policy_id", "rule_id"], &[]),
    ("deactivate_policy_rule", &["policy_id", "rule_id"], &[]),
    ("get_logs", &[], &["fetch_all", "after", "limit", "since", "until", "filter", "q"]),
    ("get_login_failures", &[], &["since", "until", "user_id", "q"]),
    ("list_user_groups", &["user_id"], &[]),
    ("list_users", &[], &["search", "filter", "q", "fetch_all", "after", "limit"]),
    ("get_user_profile_attributes", &[], &[]),
    ("get_user", &["user_id"], &[]),
    ("create_user", &["profile"], &["activate"]),
    ("update_user", &["user_id", "profile"], &[]),
    ("deactivate_user", &["user_id"], &[]),
    ("delete_deactivated_user", &["user_id"], &[]),
    ("export_users_csv", &[], &["output_path", "search", "filter", "q"]),
];

/// The arguments of a tool: all, and those that are needed.
fn arguments(tool: &str) -> (Vec<String>, Vec<String>) {
    let (_, schema) = find(tool).unwrap_or_else(|| panic!("{tool} is missing")).describe();
    let all = schema["properties"].as_object().unwrap().keys().cloned().collect();
    let needed = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    (all, needed.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
}

#[test]
fn official_tools_are_there_with_their_arguments() {
    for (tool, required, optional) in OFFICIAL {
        let (all, mut needed) = arguments(tool);
        for name in required.iter().chain(*optional) {
            assert!(all.iter().any(|one| one == name), "{tool} takes no {name}");
        }
        let mut expected: Vec<String> = required.iter().map(|name| (*name).to_owned()).collect();
        needed.sort();
        expected.sort();
        assert_eq!(needed, expected, "{tool} needs other arguments");
    }
}

#[test]
fn the_table_is_what_the_official_server_has() {
    let Some(official) = shared::json("official_tools.json") else { return };
    let official: HashMap<&str, &Value> = official
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| (tool["tool"].as_str().unwrap(), tool))
        .collect();
    for tool in tools() {
        let Some(theirs) = official.get(tool.name) else { continue };
        let (_, required, optional) = OFFICIAL
            .iter()
            .find(|(name, ..)| *name == tool.name)
            .unwrap_or_else(|| panic!("{} is official, and not in the table", tool.name));
        let parameters = theirs.get("parameters").and_then(Value::as_object);
        for (name, parameter) in parameters.into_iter().flatten() {
            let list = if parameter["required"] == true { required } else { optional };
            assert!(list.contains(&name.as_str()), "{}.{name}", tool.name);
        }
        let Some(operation) = tool.operation.filter(|_| theirs.get("path").is_some()) else {
            continue;
        };
        if !["get_user_profile_attributes", "get_login_failures"].contains(&tool.name) {
            assert_eq!(theirs["path"], operation.path, "{}", tool.name);
            assert_eq!(theirs["method"], operation.method.as_str(), "{}", tool.name);
        }
    }
}

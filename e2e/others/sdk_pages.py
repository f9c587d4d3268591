"""The pages of a brand through the SDK: error, sign-in and sign-out."""

from __future__ import annotations

from sdk import Sdk
from sdk_brands import NO_BRAND, new_brand

POLICY = {
    "mode": "report_only",
    "reportUri": "https://acme.example/reports",
    "srcList": ["https://static.acme.example", "*.acme.example"],
}
ERROR_PAGE = {
    "pageContent": "<!DOCTYPE html>\n<html><body><h1>{{errorSummary}}</h1> ä&ö</body></html>",
    "contentSecurityPolicySetting": POLICY,
}
SIGN_IN_PAGE = {
    "pageContent": '<!DOCTYPE html>\n<html><body><div id="okta-login-container"></div>\n'
    "{{{SignInWidgetResources}}} {{{OktaUtil}}}</body></html>",
    "widgetVersion": "^7",
    "widgetCustomizations": {
        "signInLabel": "Welcome to Acme",
        "usernameLabel": "Your e-mail",
        "showPasswordVisibilityToggle": True,
        "showUserIdentifier": False,
        "helpUrl": "https://help.acme.example",
        "customLink1Label": "News",
        "customLink1Url": "https://acme.example/news",
    },
    "contentSecurityPolicySetting": POLICY,
}


async def run(sdk: Sdk) -> None:
    brand = await new_brand(sdk, "pages")
    for page, content in {"error": ERROR_PAGE, "sign_in": SIGN_IN_PAGE}.items():
        await a_page(sdk, brand, page, content)
    await sdk.ok("list_all_sign_in_widget_versions", brand, expect=lambda found: "*" in found)
    await signing_out(sdk, brand)
    await refusals(sdk, brand)
    await sdk.ok("delete_brand of pages", brand)


async def a_page(sdk: Sdk, brand: str, page: str, content: dict) -> None:
    await sdk.ok(f"get_{page}_page", brand, expand=None)
    await sdk.ok(f"get_default_{page}_page", brand, expect={"pageContent": bool})
    for version in ("customized", "preview"):
        await sdk.refused(f"get_{version}_{page}_page none", 404, "E0000007", brand)
        await sdk.ok(f"replace_{version}_{page}_page", brand, content)
        await sdk.ok(f"get_{version}_{page}_page", brand, expect=content)
        changed = {"pageContent": content["pageContent"].replace("html>\n", "html> ")}
        if page == "sign_in":
            changed["widgetVersion"] = "*"
        await sdk.ok(f"replace_{version}_{page}_page again", brand, changed)
        await sdk.ok(f"get_{version}_{page}_page again", brand, expect=changed)
    expand = ["default", "customized", "customizedUrl", "preview", "previewUrl"]
    await sdk.ok(
        f"get_{page}_page expanded",
        brand,
        expand=expand,
        expect={"_embedded": {"customized": {"pageContent": bool}}},
    )
    for version in ("customized", "preview"):
        await sdk.ok(f"delete_{version}_{page}_page", brand)
        await sdk.refused(f"get_{version}_{page}_page deleted", 404, "E0000007", brand)


async def signing_out(sdk: Sdk, brand: str) -> None:
    await sdk.ok("get_sign_out_page_settings", brand, expect={"type": "OKTA_DEFAULT"})
    hosted = {"type": "EXTERNALLY_HOSTED", "url": "https://acme.example/bye"}
    await sdk.ok("replace_sign_out_page_settings", brand, hosted)
    await sdk.ok("get_sign_out_page_settings replaced", brand, expect=hosted)
    await sdk.ok("replace_sign_out_page_settings default", brand, {"type": "OKTA_DEFAULT"})
    await sdk.refused(
        "replace_sign_out_page_settings no url",
        400,
        "E0000001",
        brand,
        {"type": "EXTERNALLY_HOSTED"},
    )


async def refusals(sdk: Sdk, brand: str) -> None:
    await sdk.refused("get_error_page nothing", 404, "E0000007", NO_BRAND)
    await sdk.refused("get_sign_in_page nothing", 404, "E0000007", NO_BRAND)
    await sdk.refused("get_sign_out_page_settings nothing", 404, "E0000007", NO_BRAND)
    await sdk.refused("list_all_sign_in_widget_versions nothing", 404, "E0000007", NO_BRAND)
    found = await sdk.ok("list_brands for pages")
    default = next(each["id"] for each in found if each["isDefault"])
    await sdk.refused("replace_customized_error_page default", 403, "E0000213", default, ERROR_PAGE)
    await sdk.refused(
        "replace_customized_sign_in_page default", 403, "E0000213", default, SIGN_IN_PAGE
    )
    await sdk.refused(
        "replace_customized_sign_in_page no version",
        400,
        "E0000001",
        brand,
        {**SIGN_IN_PAGE, "widgetVersion": "4.9"},
    )

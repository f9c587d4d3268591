"""The pages of a brand through the tools of Okta's own server."""

from __future__ import annotations

from sdk_brands import NO_BRAND
from sdk_pages import ERROR_PAGE, POLICY, SIGN_IN_PAGE
from server import Server
from server_brands import new_brand

CSP = {
    "csp_mode": POLICY["mode"],
    "csp_report_uri": POLICY["reportUri"],
    "csp_src_list": POLICY["srcList"],
}


async def run(server: Server) -> None:
    brand = await new_brand(server, "pages")
    error = {"page_content": ERROR_PAGE["pageContent"], **CSP}
    sign_in = {
        "page_content": SIGN_IN_PAGE["pageContent"],
        "widget_version": SIGN_IN_PAGE["widgetVersion"],
        "widget_customizations": SIGN_IN_PAGE["widgetCustomizations"],
        **CSP,
    }
    await a_page(server, brand, "error", error, ERROR_PAGE)
    await a_page(server, brand, "sign_in", sign_in, SIGN_IN_PAGE)
    await server.ok(
        "list_sign_in_widget_versions",
        brand_id=brand,
        expect={"versions": lambda found: "*" in found},
    )
    await signing_out(server, brand)
    await refusals(server, error, sign_in)
    await server.ok("delete_brand of pages", brand_id=brand, asks=1)


async def a_page(server: Server, brand: str, page: str, given: dict, content: dict) -> None:
    key = {"brand_id": brand}
    await server.ok(f"get_{page}_page_resources", **key)
    await server.ok(f"get_default_{page}_page", **key, expect={"pageContent": bool})
    for version in ("customized", "preview"):
        await server.refused(f"get_{version}_{page}_page none", 404, "E0000007", **key)
        await server.ok(
            f"replace_{version}_{page}_page", **key, **given, wire=content, expect=content
        )
        await server.ok(f"get_{version}_{page}_page", **key, expect=content)
    await server.ok(
        f"get_{page}_page_resources expanded",
        **key,
        expand=["default", "customized", "preview"],
        expect={"_embedded": {"customized": {"pageContent": content["pageContent"]}}},
    )
    for version in ("customized", "preview"):
        tool = f"delete_{version}_{page}_page"
        server.answer = "decline"
        await server.itself(f"{tool} declined", "cancelled", asks=1, **key)
        server.answer = "accept"
        await server.ok(tool, **key, asks=1)
        await server.refused(f"get_{version}_{page}_page deleted", 404, "E0000007", **key)


async def signing_out(server: Server, brand: str) -> None:
    await server.ok("get_sign_out_page_settings", brand_id=brand, expect={"type": "OKTA_DEFAULT"})
    hosted = {"type": "EXTERNALLY_HOSTED", "url": "https://acme.example/bye"}
    await server.ok(
        "replace_sign_out_page_settings", brand_id=brand, **hosted, wire=hosted, expect=hosted
    )
    await server.ok(
        "replace_sign_out_page_settings default",
        brand_id=brand,
        type="OKTA_DEFAULT",
        wire={"type": "OKTA_DEFAULT"},
    )


async def refusals(server: Server, error: dict, sign_in: dict) -> None:
    await server.refused("get_error_page_resources nothing", 404, "E0000007", brand_id=NO_BRAND)
    await server.refused("get_sign_in_page_resources nothing", 404, "E0000007", brand_id=NO_BRAND)
    await server.refused("list_sign_in_widget_versions nothing", 404, "E0000007", brand_id=NO_BRAND)
    found = await server.ok("list_brands for pages")
    default = next(each["id"] for each in found if each["isDefault"])
    await server.refused(
        "replace_customized_error_page default", 403, "E0000213", brand_id=default, **error
    )
    await server.refused(
        "replace_customized_sign_in_page default", 403, "E0000213", brand_id=default, **sign_in
    )

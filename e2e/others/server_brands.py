"""Brands and themes through the tools of Okta's own server."""

from __future__ import annotations

from material import png
from sdk_brands import IMAGES, NO_BRAND, NO_THEME, THEME
from server import Server

THEME_ARGUMENTS = {
    "primary_color_hex": THEME["primaryColorHex"],
    "primary_color_contrast_hex": THEME["primaryColorContrastHex"],
    "secondary_color_hex": THEME["secondaryColorHex"],
    "secondary_color_contrast_hex": THEME["secondaryColorContrastHex"],
    "sign_in_page_touch_point_variant": THEME["signInPageTouchPointVariant"],
    "end_user_dashboard_touch_point_variant": THEME["endUserDashboardTouchPointVariant"],
    "error_page_touch_point_variant": THEME["errorPageTouchPointVariant"],
    "email_template_touch_point_variant": THEME["emailTemplateTouchPointVariant"],
    "loading_page_touch_point_variant": THEME["loadingPageTouchPointVariant"],
}


async def run(server: Server) -> None:
    brand = await a_brand(server)
    await themes(server, brand)
    await lists(server, brand)
    server.answer = "decline"
    await server.itself("delete_brand declined", "was cancelled", asks=1, brand_id=brand)
    server.answer = "accept"
    await server.ok("delete_brand", brand_id=brand, asks=1)
    await server.refused("get_brand deleted", 404, "E0000007", brand_id=brand)
    await server.refused("delete_brand deleted", 404, "E0000007", asks=1, brand_id=brand)


async def new_brand(server: Server, what: str) -> str:
    """A brand for cases about something else."""
    made = await server.ok(f"create_brand for {what}", name=f"Acme {what} (server)")
    return made["id"]


async def a_brand(server: Server) -> str:
    name = "Acme Labs (server)"
    made = await server.ok(
        "create_brand", name=name, wire={"name": name}, expect={"name": name, "isDefault": False}
    )
    brand = made["id"]
    await server.itself("create_brand same name", "already exists", requests=1, name=name)
    await server.ok("get_brand", brand_id=brand, expect={"id": brand, "name": name})
    sent = {
        "name": f"{name}, renamed",
        "agreeToCustomPrivacyPolicy": True,
        "customPrivacyPolicyUrl": "https://acme.example/privacy",
        "removePoweredByOkta": True,
        "locale": "fr",
        "defaultApp": {"classicApplicationUri": "https://acme.example/start"},
    }
    await server.ok(
        "replace_brand",
        brand_id=brand,
        name=sent["name"],
        agree_to_custom_privacy_policy=True,
        custom_privacy_policy_url=sent["customPrivacyPolicyUrl"],
        remove_powered_by_okta=True,
        locale="fr",
        default_app=sent["defaultApp"],
        wire=sent,
        expect=sent,
    )
    await server.ok(
        "get_brand expanded", brand_id=brand, expand=["themes", "domains", "emailDomain"]
    )
    await server.ok("list_brand_domains", brand_id=brand, expect={"total_fetched": 0})
    return brand


async def themes(server: Server, brand: str) -> None:
    found = await server.ok("list_brand_themes", brand_id=brand, expect={"total_fetched": 1})
    key = {"brand_id": brand, "theme_id": found[0]["id"]}
    await server.ok("get_brand_theme", **key, expect={"id": found[0]["id"]})
    await server.ok("replace_brand_theme", **key, **THEME_ARGUMENTS, wire=THEME, expect=THEME)
    server.answer = "decline"
    await server.itself("delete_brand_theme_logo declined", "was cancelled", asks=1, **key)
    await server.itself("delete_brand_theme_favicon declined", "was cancelled", asks=1, **key)
    await server.itself(
        "delete_brand_theme_background_image declined", "was cancelled", asks=1, **key
    )
    server.answer = "accept"
    for what, size in IMAGES.items():
        path = server.log.parent / f"{what}.png"
        path.write_bytes(png(*size))
        await server.ok(
            f"upload_brand_theme_{what}",
            **key,
            file_path=str(path),
            expect={"url": lambda url: str(url).startswith("https://")},
        )
        await server.ok(f"delete_brand_theme_{what}", **key, asks=1)
    path = server.log.parent / "none.png"
    path.write_bytes(b"no image")
    await server.refused(
        "upload_brand_theme_logo no image", 400, "E0000001", **key, file_path=str(path)
    )
    await server.refused(
        "get_brand_theme nothing", 404, "E0000007", brand_id=brand, theme_id=NO_THEME
    )
    await server.refused(
        "replace_brand_theme no color",
        400,
        "E0000001",
        **key,
        **{**THEME_ARGUMENTS, "primary_color_hex": "green"},
    )


async def lists(server: Server, brand: str) -> None:
    found = await server.ok("list_brands", expect=lambda page: page["total_fetched"] >= 2)
    await server.ok("list_brands fetch_all", fetch_all=True, limit=1)
    await server.ok("list_brands q", q="Acme Labs (server)", expect={"total_fetched": 1})
    default = next(each for each in found if each["isDefault"])
    await server.refused("delete_brand default", 409, "E0000200", asks=1, brand_id=default["id"])
    await server.refused(
        "replace_brand same name", 409, "E0000202", brand_id=brand, name=default["name"]
    )
    await server.refused("get_brand nothing", 404, "E0000007", brand_id=NO_BRAND)
    await server.refused("list_brand_themes nothing", 404, "E0000007", brand_id=NO_BRAND)
    await server.refused("list_brand_domains nothing", 404, "E0000007", brand_id=NO_BRAND)

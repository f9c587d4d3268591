"""Brands and their themes through the SDK."""

from __future__ import annotations

from material import png
from sdk import Sdk

NO_BRAND = "bndnothing0000000000"
NO_THEME = "thenothing0000000000"
THEME = {
    "primaryColorHex": "#1f6f54",
    "primaryColorContrastHex": "#ffffff",
    "secondaryColorHex": "#e4efe9",
    "secondaryColorContrastHex": "#000000",
    "signInPageTouchPointVariant": "BACKGROUND_SECONDARY_COLOR",
    "endUserDashboardTouchPointVariant": "LOGO_ON_FULL_WHITE_BACKGROUND",
    "errorPageTouchPointVariant": "BACKGROUND_SECONDARY_COLOR",
    "emailTemplateTouchPointVariant": "FULL_THEME",
    "loadingPageTouchPointVariant": "NONE",
}
IMAGES = {"logo": (300, 50), "favicon": (64, 64), "background_image": (320, 200)}


async def run(sdk: Sdk) -> None:
    brand = await a_brand(sdk)
    await themes(sdk, brand)
    await lists(sdk)
    await refusals(sdk, brand)
    await sdk.ok("delete_brand", brand)
    await sdk.refused("get_brand deleted", 404, "E0000007", brand)
    await sdk.refused("delete_brand deleted", 404, "E0000007", brand)


async def new_brand(sdk: Sdk, what: str) -> str:
    """A brand for cases about something else."""
    made = await sdk.ok(f"create_brand for {what}", {"name": f"Acme {what} ({sdk.kind})"})
    return made["id"]


async def a_brand(sdk: Sdk) -> str:
    name = f"Acme Labs ({sdk.kind})"
    made = await sdk.ok("create_brand", {"name": name}, expect={"isDefault": False})
    brand = made["id"]
    await sdk.ok("get_brand", brand, expect={"id": brand, "name": name})
    sent = {
        "name": f"{name}, renamed",
        "agreeToCustomPrivacyPolicy": True,
        "customPrivacyPolicyUrl": "https://acme.example/privacy",
        "removePoweredByOkta": True,
        "locale": "fr",
        "defaultApp": {"classicApplicationUri": "https://acme.example/start"},
    }
    await sdk.ok("replace_brand", brand, sent)
    await sdk.ok("get_brand replaced", brand, expect=sent)
    await sdk.ok("get_brand expanded", brand, expand=["themes", "domains", "emailDomain"])
    await sdk.ok("list_brand_domains", brand, expect={"domains": []})
    await sdk.ok(
        "replace_brand name only",
        brand,
        {"name": f"{name}, again"},
        expect={"customPrivacyPolicyUrl": None, "locale": None},
    )
    return brand


async def themes(sdk: Sdk, brand: str) -> None:
    found = await sdk.ok("list_brand_themes", brand, expect=lambda found: len(found) == 1)
    theme = found[0]["id"]
    await sdk.ok("get_brand_theme", brand, theme, expect={"id": theme})
    await sdk.ok("replace_brand_theme", brand, theme, THEME)
    await sdk.ok("get_brand_theme replaced", brand, theme, expect=THEME)
    for what, size in IMAGES.items():
        await sdk.ok(f"upload_brand_theme_{what}", brand, theme, png(*size))
        field = {"background_image": "backgroundImage"}.get(what, what)
        await sdk.ok(
            f"get_brand_theme with {what}",
            brand,
            theme,
            expect={field: lambda url: str(url).startswith("https://")},
        )
        await sdk.ok(f"delete_brand_theme_{what}", brand, theme)
    await sdk.ok("get_brand_theme without", brand, theme, expect={"backgroundImage": None})
    await sdk.refused("upload_brand_theme_logo no image", 400, "E0000001", brand, theme, b"none")
    await sdk.refused("upload_brand_theme_favicon flat", 400, "E0000001", brand, theme, png(64, 8))
    await sdk.refused("get_brand_theme nothing", 404, "E0000007", brand, NO_THEME)
    wrong = {**THEME, "primaryColorHex": "green"}
    await sdk.refused("replace_brand_theme no color", 400, "E0000001", brand, theme, wrong)


async def lists(sdk: Sdk) -> None:
    await sdk.pages("list_brands pages", size=1, least=2)
    await sdk.ok("list_brands", expect=lambda found: any(each["isDefault"] for each in found))
    await sdk.ok("list_brands expanded", expand=["themes", "domains", "emailDomain"])
    await sdk.ok(
        "list_brands q",
        q=f"Acme Labs ({sdk.kind})",
        expect=lambda found: len(found) == 1,
    )


async def refusals(sdk: Sdk, brand: str) -> None:
    found = await sdk.ok("list_brands for the default")
    default = next(each for each in found if each["isDefault"])
    await sdk.refused("delete_brand default", 409, "E0000200", default["id"])
    await sdk.refused("create_brand same name", 409, "E0000202", {"name": default["name"]})
    await sdk.refused("replace_brand same name", 409, "E0000202", brand, {"name": default["name"]})
    await sdk.refused("get_brand nothing", 404, "E0000007", NO_BRAND)
    await sdk.refused("replace_brand nothing", 404, "E0000007", NO_BRAND, {"name": "Nothing"})
    await sdk.refused("list_brand_themes nothing", 404, "E0000007", NO_BRAND)
    await sdk.refused("list_brand_domains nothing", 404, "E0000007", NO_BRAND)
    privacy = {
        "name": f"Acme Labs, private ({sdk.kind})",
        "agreeToCustomPrivacyPolicy": False,
        "customPrivacyPolicyUrl": "https://acme.example/privacy",
    }
    await sdk.refused("replace_brand without agreeing", 400, "E0000001", brand, privacy)

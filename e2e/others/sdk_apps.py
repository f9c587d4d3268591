"""Applications through the SDK: one of each sign-on mode, whole lives, paging, refusals."""

from __future__ import annotations

from sdk import Sdk
from sdk_people import NO_APP

BOOKMARK = {
    "name": "bookmark",
    "signOnMode": "BOOKMARK",
    "settings": {"app": {"requestIntegration": False, "url": "https://wiki.acme.example/"}},
}
OIDC = {
    "name": "oidc_client",
    "signOnMode": "OPENID_CONNECT",
    "credentials": {
        "oauthClient": {
            "token_endpoint_auth_method": "client_secret_basic",
            "autoKeyRotation": True,
            "pkce_required": True,
        }
    },
    "settings": {
        "oauthClient": {
            "application_type": "web",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "redirect_uris": ["https://rota.acme.example/callback"],
            "post_logout_redirect_uris": ["https://rota.acme.example/bye"],
            "consent_method": "REQUIRED",
        }
    },
}
SAML = {
    "signOnMode": "SAML_2_0",
    "visibility": {"autoSubmitToolbar": False, "hide": {"iOS": False, "web": False}},
    "settings": {
        "signOn": {
            "ssoAcsUrl": "https://stock.acme.example/acs",
            "audience": "https://stock.acme.example",
            "recipient": "https://stock.acme.example/acs",
            "destination": "https://stock.acme.example/acs",
            "subjectNameIdTemplate": "${user.userName}",
            "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "responseSigned": True,
            "assertionSigned": True,
            "signatureAlgorithm": "RSA_SHA256",
            "digestAlgorithm": "SHA256",
            "honorForceAuthn": True,
            "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
        }
    },
}
STATEMENTS = [
    {
        "type": "EXPRESSION",
        "name": "mail",
        "namespace": "urn:oasis:names:tc:SAML:2.0:attrname-format:basic",
        "values": ["user.email"],
    }
]
SWA = {
    "name": "template_swa",
    "signOnMode": "BROWSER_PLUGIN",
    "settings": {
        "app": {
            "url": "https://lunch.acme.example/login",
            "buttonField": "go",
            "usernameField": "who",
            "passwordField": "what",
        }
    },
}
AUTO_LOGIN = {
    "signOnMode": "AUTO_LOGIN",
    "settings": {
        "signOn": {
            "loginUrl": "https://bus.acme.example/login",
            "redirectUrl": "https://bus.acme.example/start",
        }
    },
}
BASIC = {
    "name": "template_basic_auth",
    "signOnMode": "BASIC_AUTH",
    "settings": {
        "app": {"url": "https://old.acme.example", "authURL": "https://old.acme.example/auth"}
    },
}
KINDS = {
    "bookmark": BOOKMARK,
    "oidc": OIDC,
    "saml": SAML,
    "swa": SWA,
    "auto-login": AUTO_LOGIN,
    "basic": BASIC,
}


async def run(sdk: Sdk) -> None:
    for kind, config in KINDS.items():
        await a_life(sdk, kind, config)
    await saml(sdk)
    await lists(sdk)
    await refusals(sdk)


async def a_life(sdk: Sdk, kind: str, config: dict) -> None:
    label = f"Acme {kind} ({sdk.kind})"
    sent = {"label": label, **config}
    made = await sdk.ok(
        f"create_application {kind}",
        sent,
        activate=kind != "swa",
        expect={"status": "INACTIVE" if kind == "swa" else "ACTIVE"},
    )
    app = made["id"]
    await sdk.ok(f"get_application {kind}", app, expect={"id": app, **sent})
    changed = {**sent, "label": f"{label}, renamed"}
    await sdk.ok(f"replace_application {kind}", app, changed)
    await sdk.ok(f"get_application replaced {kind}", app, expect=changed)
    if kind == "swa":
        await sdk.ok("activate_application", app)
        await sdk.ok("get_application active", app, expect={"status": "ACTIVE"})
    await sdk.refused(f"delete_application active {kind}", 403, "E0000056", app)
    await sdk.ok(f"deactivate_application {kind}", app)
    await sdk.ok(f"get_application inactive {kind}", app, expect={"status": "INACTIVE"})
    await sdk.ok(f"delete_application {kind}", app)
    await sdk.refused(f"get_application deleted {kind}", 404, "E0000007", app)


async def lists(sdk: Sdk) -> None:
    await sdk.pages("list_applications pages", size=3, least=3)
    found = await sdk.ok("list_applications", limit=100)
    named = next((each for each in found if each["signOnMode"] == "SAML_2_0"), found[0])
    label = named["label"]
    await sdk.ok(
        "list_applications q",
        q=label[:4],
        expect=lambda found: label in [each["label"] for each in found],
    )
    await sdk.ok(
        "list_applications filter",
        filter='status eq "ACTIVE"',
        expect=lambda found: {each["status"] for each in found} == {"ACTIVE"},
    )
    await sdk.ok(
        "list_applications by name",
        filter=f'name eq "{named["name"]}"',
        expect=lambda found: {each["name"] for each in found} == {named["name"]},
    )
    person = (await sdk.ok("list_users for apps", limit=1))[0]["id"]
    await sdk.ok("get_application expanded", found[0]["id"], expand=f"user/{person}")
    await sdk.refused("list_applications bad expand", 400, "E0000001", expand="nonsense")
    await sdk.ok("list_applications non deleted", include_non_deleted=True, limit=20)


async def saml(sdk: Sdk) -> None:
    """What an app says in its assertions, and a string taken away by an empty one."""
    sent = {"label": f"Acme relay ({sdk.kind})", **SAML}
    app = (await sdk.ok("create_application saml anew", sent))["id"]
    signon = SAML["settings"]["signOn"]
    empty = {**signon, "defaultRelayState": ""}
    await sdk.ok("replace_application empty string", app, {**sent, "settings": {"signOn": empty}})
    stating = {**signon, "attributeStatements": STATEMENTS}
    await sdk.ok("replace_application statements", app, {**sent, "settings": {"signOn": stating}})
    await sdk.ok("deactivate_application saml anew", app)
    await sdk.ok("delete_application saml anew", app)


async def refusals(sdk: Sdk) -> None:
    await sdk.refused("get_application nothing", 404, "E0000007", NO_APP)
    await sdk.refused("activate_application nothing", 404, "E0000007", NO_APP)
    await sdk.refused("deactivate_application nothing", 404, "E0000007", NO_APP)
    await sdk.refused("delete_application nothing", 404, "E0000007", NO_APP)
    await sdk.refused(
        "replace_application nothing", 404, "E0000007", NO_APP, {"label": "Nothing", **BOOKMARK}
    )
    unnamed = {**BOOKMARK, "label": ""}
    await sdk.refused("create_application without label", 400, "E0000001", unnamed)
    await sdk.refused(
        "list_applications bad cursor", 400, "E0000029", after="no-such-cursor", limit=3
    )

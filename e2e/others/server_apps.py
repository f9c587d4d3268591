"""Applications and Okta's catalog of apps through the tools of Okta's own server."""

from __future__ import annotations

from sdk_apps import KINDS, SAML, STATEMENTS
from sdk_people import NO_APP
from server import Server


async def run(server: Server) -> None:
    for kind, config in KINDS.items():
        await a_life(server, kind, config)
    await lists(server)
    await the_catalog(server)


async def a_life(server: Server, kind: str, config: dict) -> None:
    sent = {"label": f"Acme {kind} (server)", **config}
    made = await server.ok(
        f"create_application {kind}", app_config=sent, wire=sent, expect={"status": "ACTIVE"}
    )
    app = made["id"]
    await server.ok(f"get_application {kind}", app_id=app, expect={"id": app, **sent})
    changed = {**sent, "label": f"Acme {kind} (server), renamed"}
    await server.ok(f"update_application {kind}", app_id=app, app_config=changed, wire=changed)
    if kind == "saml":
        signon = SAML["settings"]["signOn"]
        stating = {**sent, "settings": {"signOn": {**signon, "attributeStatements": STATEMENTS}}}
        await server.ok(
            "update_application statements", app_id=app, app_config=stating, wire=stating
        )
    if kind == "bookmark":
        await server.refused("delete_application active", 403, "E0000056", asks=1, app_id=app)
        server.answer = "decline"
        await server.itself("deactivate_application declined", "cancelled", asks=1, app_id=app)
        await server.itself("delete_application declined", "cancelled", asks=1, app_id=app)
        server.answer = "accept"
    await server.ok(f"deactivate_application {kind}", app_id=app, asks=1)
    if kind == "bookmark":
        await server.ok("activate_application", app_id=app)
        await server.ok("deactivate_application again", app_id=app, asks=1)
        await server.itself(
            "confirm_delete_application wrong word",
            "not provided correctly",
            app_id=app,
            confirmation="delete",
        )
        await server.ok("confirm_delete_application", app_id=app, confirmation="DELETE")
    else:
        await server.ok(f"delete_application {kind}", app_id=app, asks=1)
    await server.refused(f"get_application deleted {kind}", 404, "E0000007", app_id=app)


async def lists(server: Server) -> None:
    await server.ok("list_applications", limit=20)
    await server.ok("list_applications fetch_all", fetch_all=True)
    await server.ok("list_applications q", q="Okta")
    await server.ok("list_applications filter", filter='name eq "bookmark"')
    await server.refused("get_application nothing", 404, "E0000007", app_id=NO_APP)
    await server.refused("activate_application nothing", 404, "E0000007", app_id=NO_APP)
    await server.refused(
        "list_applications bad cursor", 400, "E0000029", after="no-such-cursor", limit=20
    )


async def the_catalog(server: Server) -> None:
    page = await server.ok(
        "list_catalog_apps", limit=20, expect=lambda page: page["total_fetched"] > 0
    )
    await server.ok(
        "list_catalog_apps fetch_all",
        fetch_all=True,
        expect=lambda found: not found["has_more"]
        and len({each["name"] for each in found["items"]}) == found["total_fetched"],
    )
    await server.ok("list_catalog_apps q", q="sales", expect=lambda page: page["items"])
    name = page[0]["name"]
    await server.ok("get_catalog_app", app_name=name, expect={"name": name})
    await server.refused("get_catalog_app nothing", 404, "E0000007", app_name="no_such_app")
    entry = next(
        each for each in page if {"SAML_2_0", "BROWSER_PLUGIN"} & set(each["signOnModes"])
    )
    mode = next(m for m in entry["signOnModes"] if m in ("SAML_2_0", "BROWSER_PLUGIN"))
    made = await server.ok(
        "install_oin_app",
        name=entry["name"],
        label="From the catalog (server)",
        sign_on_mode=mode,
        wire={"name": entry["name"], "label": "From the catalog (server)", "signOnMode": mode},
        expect={"name": entry["name"], "status": "ACTIVE"},
    )
    await server.refused(
        "install_oin_app nothing",
        400,
        "E0000001",
        name="no_such_app",
        label="Nothing",
        sign_on_mode="SAML_2_0",
    )
    await server.ok("deactivate_application of the catalog", app_id=made["id"], asks=1)
    await server.ok("delete_application of the catalog", app_id=made["id"], asks=1)

"""okta-sdk-python, with what it sends and gets written down."""

from __future__ import annotations

import inspect
import logging
from contextlib import asynccontextmanager
from datetime import datetime
from enum import Enum
from functools import partial
from importlib.metadata import version

from exchange import Exchange, read
from ledger import Ledger, Wrong, difference, without
from okta.client import Client
from okta.http_client import HTTPClient
from okta.pagination import paginate_all
from org import Org

VERSION = version("okta")


class Recorder(HTTPClient):
    """The SDK's own HTTP client, and a list of what went through it."""

    seen: list[Exchange] = []

    async def send_request(self, request):
        info, response, body, error = await super().send_request(request)
        if response is not None:
            sent = request["data"] or None
            Recorder.seen.append(
                Exchange(request["method"], request["url"], sent, response.status, read(body))
            )
        return info, response, body, error


class Sdk:
    """A client, and the ledger that its calls are entered in."""

    # The methods that were called, by all clients.
    called: set[str] = set()

    def __init__(self, client: Client, ledger: Ledger, kind: str) -> None:
        self.client = client
        self.ledger = ledger
        # "jwt", "dpop" or "token": how it signed in. The faults are the same for both.
        self.kind = kind

    async def ok(self, case: str, /, *args, expect=None, unechoed=(), **more):
        """Calls a method of the SDK that must succeed, and gives what the sandbox answered.

        Objects among the arguments become the SDK's models. `case` is the method's name, and
        after a blank what is special. The model that comes back must hold what was sent, and
        `expect`.
        """
        name = case.split()[0]
        begun = len(Recorder.seen)
        wrong = None
        try:
            model = await self._call(name, args, more)
            self._judge([*args, *more.values()], model, begun, expect, unechoed)
        except Wrong as error:
            wrong = str(error)
        made = [each for each in Recorder.seen[begun:] if not token_request(each)]
        self._enter(case, wrong, made)
        return made[-1].got if made else None

    async def refused(self, case: str, status: int, code: str, /, *args, **more):
        """Calls a method that Okta refuses in this way."""
        name = case.split()[0]
        begun = len(Recorder.seen)
        wrong = None
        try:
            await self._call(name, args, more)
            wrong = f"it was not refused with {code}"
        except Wrong as error:
            last = Recorder.seen[-1] if len(Recorder.seen) > begun else None
            if last is None or (last.status, last.code) != (status, code):
                wrong = f"wanted {status} {code}, got {last and last.line}: {last and last.got}"
            elif code not in str(error):
                wrong = f"the SDK does not tell {code}: {error}"
        self._enter(case, wrong, Recorder.seen[begun:], code)

    async def pages(self, case: str, /, *args, size: int, least: int, **more) -> list:
        """Reads a whole list by the SDK's own means of paging: `least` pages or more, nothing
        twice. Gives the models."""
        begun = len(Recorder.seen)
        found, wrong = [], None
        method = getattr(self.client, case.split()[0])
        try:
            async for each in paginate_all(partial(method, *args), limit=size, **more):
                found.append(each)
        except Exception as error:
            wrong = f"raised {type(error).__name__}: {error}"
        made = Recorder.seen[begun:]
        faults = [each.fault() for each in made if each.fault() is not None]
        came = [
            each.get("id") or each.get("uuid") or each["name"]
            for page in made
            if isinstance(page.got, list)
            for each in page.got
        ]
        if wrong is None and faults:
            wrong = faults[0]
        elif wrong is None and len(made) < least:
            wrong = f"{len(made)} pages, wanted {least} or more"
        elif wrong is None and len(set(came)) != len(came):
            twice = sorted({each for each in came if came.count(each) > 1})
            wrong = f"these came twice: {twice}"
        elif wrong is None and len(found) != len(came):
            wrong = f"{len(came)} came, the SDK gave {len(found)}"
        note = f"{len(made)} pages, {len(came)} in all"
        self.ledger.case("sdk", case, wrong, f"[{self.kind}] {note}")
        return found

    def check(self, case: str, holds: object, note: str) -> None:
        """A case of its own about what earlier ones gave."""
        wrong = None if holds else "it does not hold"
        self.ledger.case("sdk", case, wrong, f"[{self.kind}] {note}")

    def tokens(self) -> None:
        """The token requests of this client: one is enough, and a key is bound after a nonce."""
        made = [each for each in Recorder.seen if token_request(each)]
        Recorder.seen.clear()
        answers = [(each.status, each.got.get("error")) for each in made]
        wanted = {
            "jwt": [(200, None)],
            "dpop": [(400, "use_dpop_nonce"), (200, None)],
            "token": [],
        }[self.kind]
        self.check("token requests", answers == wanted, str(answers))

    def _enter(self, case: str, wrong: str | None, made: list[Exchange], code: str = "") -> None:
        note = ", ".join(each.line for each in made) + (f" {code}" if code else "")
        self.ledger.case("sdk", f"{case}", wrong, f"[{self.kind}] {note or 'no request'}")

    async def _call(self, name: str, args: tuple, more: dict):
        """What the method gives, or `Wrong` with its error."""
        Sdk.called.add(name)
        function = getattr(self.client, name)
        types = inspect.signature(inspect.unwrap(getattr(Client, name))).parameters
        names = [each for each in types if each != "self"]
        given = dict(zip(names, args)) | more
        try:
            arguments = {key: modelled(value, types[key]) for key, value in given.items()}
            result = await function(**arguments)
        except Exception as error:
            raise Wrong(f"raised {type(error).__name__}: {error}") from error
        if result[-1] is not None:
            raise Wrong(f"gave the error {result[-1]}")
        return result[0] if len(result) == 3 else None

    def _judge(self, given, model, begun, expect, unechoed) -> None:
        for each in Recorder.seen[begun:]:
            # A form with a token request is not an object that comes back.
            if (found := None if token_request(each) else each.fault(unechoed)) is not None:
                raise Wrong(found)
        last = Recorder.seen[-1]
        for value in given:
            if isinstance(value, dict):
                if (found := difference(value, last.sent)) is not None:
                    raise Wrong(f"the SDK did not send what it was given: {found}")
        if model is None:
            # Deletions and lifecycle operations have no answer; a read without one is lost.
            if last.got not in ("", None, {}):
                raise Wrong(f"the SDK gave nothing for {last.line} {str(last.got)[:200]}")
            return
        seen = plain(model)
        if isinstance(last.got, list):
            if len(seen) != len(last.got):
                raise Wrong(f"{len(last.got)} came, the SDK gave {len(seen)}")
            wanted = [named(each) for each in last.got]
            if (found := difference(wanted, seen)) is not None:
                raise Wrong(f"the SDK's models are others: {found}")
        elif isinstance(last.sent, dict):
            if (found := difference(without(last.sent, unechoed), seen)) is not None:
                raise Wrong(f"the SDK's model has lost what was sent: {found}")
        if expect is not None and (found := difference(expect, seen)) is not None:
            raise Wrong(f"the SDK's model: {found}")


def named(item: object) -> object:
    """What an item of a list must at least be in the SDK's model of it."""
    if not isinstance(item, dict):
        return item
    return {"id": item["id"]} if "id" in item else {}


def token_request(exchange: Exchange) -> bool:
    return exchange.url.endswith("/oauth2/v1/token")


def modelled(value, parameter: inspect.Parameter):
    """An object as the model that the method takes."""
    if not isinstance(value, dict):
        return value
    kind = parameter.annotation
    for each in (kind, *getattr(kind, "__args__", ())):
        for model in (each, *getattr(each, "__args__", ())):
            if hasattr(model, "from_dict"):
                return model.from_dict(value)
    raise TypeError(f"{parameter.name} takes no object")


def plain(model):
    """A model as JSON: every field by its name in JSON, the ones that only Okta sets too, which
    the SDK's own `to_dict` leaves out."""
    if isinstance(model, Enum):
        return model.value
    if isinstance(model, datetime):
        return model.isoformat()
    if isinstance(model, dict):
        return {key: plain(value) for key, value in model.items()}
    if isinstance(model, (list, tuple)):
        return [plain(each) for each in model]
    fields = getattr(type(model), "model_fields", None)
    if fields is None:
        return model
    if "actual_instance" in fields:
        return plain(model.actual_instance)
    named = {
        field.alias or name: plain(getattr(model, name))
        for name, field in fields.items()
        if name != "additional_properties"
    }
    return named | plain(getattr(model, "additional_properties", None) or {})


@asynccontextmanager
async def signed_in(org: Org, kind: str, ledger: Ledger, **more):
    """A client that signs in by private key JWT (`jwt`, `dpop` with tokens bound to a key of its
    own) or with an API token (`token`). `more` goes before that in its configuration."""
    logging.getLogger("okta-sdk-python").setLevel(logging.CRITICAL)
    config = {"orgUrl": org.url, "httpClient": Recorder}
    if kind == "token":
        config["token"] = org.api_token
    else:
        config |= {
            "authorizationMode": "PrivateKey",
            "clientId": org.env["OKTA_CLIENT_ID"],
            "kid": org.env["OKTA_KEY_ID"],
            "privateKey": org.key,
            "scopes": org.scopes,
            "dpopEnabled": kind == "dpop",
        }
    async with Client(config | more) as client:
        yield Sdk(client, ledger, kind)

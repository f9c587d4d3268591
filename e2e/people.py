"""A person with a browser: cookies, and the forms of the sandbox's pages."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener


class Visitor:
    """One person's browser."""

    def __init__(self, login: str, password: str) -> None:
        self.login, self.password = login, password
        # The sandbox is on this machine: no proxy stands in between.
        self.opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
        self.hidden: dict[str, str] = {}

    def activate(self, url: str) -> str:
        """Opens the link of a device, types its code, signs in, and says yes; the last page."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        (code,) = parse_qs(urlsplit(url).query)["user_code"]
        self.open(url)
        self.submit(f"{origin}/activate", user_code=code)
        self.submit(f"{origin}/signin/password", username=self.login, password=self.password)
        return self.submit(f"{origin}/activate/confirm", decision="allow")

    def open(self, url: str, form: dict[str, str] | None = None) -> str:
        body = urlencode(form).encode() if form is not None else None
        with self.opener.open(url, body, timeout=30) as reply:
            page = reply.read().decode()
        for tag in re.findall(r"<input[^>]*>", page):
            for name in ("visit", "csrf"):
                value = re.search(r'value="([^"]*)"', tag)
                if f'name="{name}"' in tag and value:
                    self.hidden[name] = value[1]
        return page

    def submit(self, url: str, **fields: str) -> str:
        return self.open(url, {**self.hidden, **fields})

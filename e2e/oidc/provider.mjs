// A second opinion on OAuth: npm oidc-provider on Okta's paths, with a list of users behind it that
// takes its tokens. Where it is not like Okta, and Okta's way is what counts here, it says "Okta:".

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { EmbeddedJWK, calculateJwkThumbprint, jwtVerify } from "jose";
import Provider from "oidc-provider";
import { Recorder } from "../recorder.mjs";

// It warns of all that is not meant for production; nothing here is.
console.info = () => {};
console.warn = () => {};

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
const API_SCOPES = ["okta.users.read", "okta.groups.read"];
export const SCOPES = ["openid", "profile", "offline_access", ...API_SCOPES];
// A scope that no app has.
export const ELSE = "okta.apps.read";

// A key pair: PEM for the program, JWK for the provider.
export function keyPair(alg, kid) {
  const [kind, options] = alg.startsWith("RS") ? ["rsa", { modulusLength: 2048 }] : ["ec", { namedCurve: "P-256" }];
  const { privateKey, publicKey } = generateKeyPairSync(kind, options);
  const about = { alg, kid, use: "sig" };
  return {
    alg,
    kid,
    pem: privateKey.export({ type: "pkcs8", format: "pem" }),
    jwk: { ...publicKey.export({ format: "jwk" }), ...about },
    secretJwk: { ...privateKey.export({ format: "jwk" }), ...about },
  };
}

// A service app with that key; `bound`: its tokens are bound to a key (DPoP).
export const serviceApp = (id, key, bound) => ({
  client_id: id,
  token_endpoint_auth_method: "private_key_jwt",
  token_endpoint_auth_signing_alg: key.alg,
  jwks: { keys: [key.jwk] },
  grant_types: ["client_credentials"],
  response_types: [],
  redirect_uris: [],
  scope: API_SCOPES.join(" "),
  dpop_bound_access_tokens: bound,
});

const personal = (id, port, more) => ({
  client_id: id,
  // The port of a native app's redirect URI is not compared (RFC 8252 section 7.3); Okta's is.
  application_type: "native",
  grant_types: ["authorization_code", "refresh_token", DEVICE],
  response_types: ["code"],
  redirect_uris: [`http://127.0.0.1:${port}/callback`],
  scope: SCOPES.join(" "),
  ...more,
});

export class Org {
  // Seconds that an access token, a device code is good for.
  lifetime = 3600;
  deviceLifetime = 600;
  // The API wants a nonce in the proof, which Okta's does not today (RFC 9449 section 9).
  apiNonce;
  apiNonceBody = false;
  // Scopes that the person does not grant.
  withheld = [];
  // What ID tokens are signed with.
  keys = [keyPair("RS256", "signs"), keyPair("ES256", "signs-too")];
  // Holds back the answers to renewals, and tells when there is one.
  hold;
  // Proofs that the API saw.
  #proofs = new Set();

  static async start({ services = [], port }) {
    const org = new Org();
    org.#server = createServer((request, response) => org.#answer(request, response));
    await new Promise((done) => org.#server.listen(0, "127.0.0.1", done));
    org.recorder = await Recorder.to(org.#server.address().port);
    org.url = org.recorder.url;
    const clients = [
      ...services,
      personal("native", port, { token_endpoint_auth_method: "none" }),
      personal("bound", port, {
        token_endpoint_auth_method: "none",
        dpop_bound_access_tokens: true,
        id_token_signed_response_alg: "ES256",
      }),
      personal("web", port, { client_secret: "s3cr3t/of+the:web=app" }),
      // Somebody else, who asks what tokens are good for.
      {
        client_id: "inspector",
        client_secret: "secret-of-the-inspector",
        grant_types: [],
        response_types: [],
        redirect_uris: [],
      },
    ];
    org.provider = new Provider(org.url, org.#settings(clients));
    org.provider.use((context, next) => org.#asOkta(context, next));
    org.provider.on("server_error", (_, error) => console.log("oidc-provider:", error));
    org.#oauth = org.provider.callback();
    return org;
  }

  #server;
  #oauth;

  #settings(clients) {
    const hour = () => 3600;
    return {
      clients,
      scopes: [...SCOPES, ELSE],
      claims: { openid: ["sub"], profile: ["name", "preferred_username"] },
      // Okta: the ID token holds them, whether there is an access token or not.
      conformIdTokenClaims: false,
      jwks: { keys: this.keys.map((key) => key.secretJwk) },
      cookies: { keys: ["keys of the cookies"] },
      routes: {
        authorization: "/oauth2/v1/authorize",
        token: "/oauth2/v1/token",
        device_authorization: "/oauth2/v1/device/authorize",
        code_verification: "/activate",
        jwks: "/oauth2/v1/keys",
        introspection: "/oauth2/v1/introspect",
        revocation: "/oauth2/v1/revoke",
        userinfo: "/oauth2/v1/userinfo",
      },
      features: {
        clientCredentials: { enabled: true },
        deviceFlow: { enabled: true },
        introspection: { enabled: true, allowedPolicy: () => true },
        revocation: { enabled: true, allowedPolicy: (_, client, token) => token.clientId === client.clientId },
        dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
      },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: `The ${id}`, preferred_username: `${id}@acme.example` }),
      }),
      issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
      rotateRefreshToken: true,
      // Also with the access token, whoever takes it back: so that a revoked refresh token is the end.
      revokeGrantPolicy: () => true,
      ttl: {
        AccessToken: () => this.lifetime,
        ClientCredentials: () => this.lifetime,
        DeviceCode: () => this.deviceLifetime,
        AuthorizationCode: () => 60,
        Grant: hour,
        IdToken: hour,
        Interaction: hour,
        RefreshToken: hour,
        Session: hour,
      },
    };
  }

  async #asOkta(context, next) {
    if (context.path === "/oauth2/v1/authorize" && context.method === "GET") {
      // Okta: offline_access needs no prompt=consent, as OpenID Connect Core section 11 wants it.
      const { scope = "", ...others } = context.query;
      const granted = scope.split(" ").filter((each) => !this.withheld.includes(each));
      context.query = { prompt: "consent", ...others, scope: granted.join(" ") };
    }
    await next();
    if (this.hold && context.oidc?.params?.grant_type === "refresh_token") await this.hold();
    // Okta: no proof is a bad proof (RFC 9449 names no error for it).
    const unproven = context.oidc?.client?.dpopBoundAccessTokens && !context.get("dpop");
    if (unproven && context.oidc.route === "token" && context.body.error === "invalid_grant") {
      context.body.error = "invalid_dpop_proof";
    }
  }

  async #answer(request, response) {
    const { pathname } = new URL(request.url, this.url);
    if (!pathname.startsWith("/api/v1/")) return this.#oauth(request, response);
    const [status, headers, body] = await this.#api(request, pathname);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  }

  async #api(request, pathname) {
    const invalid = { errorCode: "E0000011", errorSummary: "Invalid token provided", errorCauses: [] };
    const refuse = (challenge, headers = {}, body = invalid) => [401, { "www-authenticate": challenge, ...headers }, body];
    const [scheme, value] = (request.headers.authorization ?? "").split(" ");
    const token = await this.find(value ?? "");
    if (!token?.isValid) return refuse('Bearer error="invalid_token"');
    if (scheme !== (token.jkt ? "DPoP" : "Bearer")) return refuse(`${scheme} error="invalid_token", not that scheme`);
    if (token.jkt) {
      const wrong = await this.#unproven(request, pathname, value, token.jkt);
      // The specification's example of this answer has no body; Okta's answers have one.
      const body = this.apiNonceBody ? invalid : {};
      if (wrong === "use_dpop_nonce") return refuse(`DPoP error="${wrong}"`, { "dpop-nonce": this.apiNonce }, body);
      if (wrong) return refuse(`DPoP error="${wrong}"`);
    }
    if (!token.scopes.has("okta.users.read")) {
      return [403, {}, { errorCode: "E0000006", errorSummary: "You do not have permission", errorCauses: [] }];
    }
    const user = { id: "00u1", status: "ACTIVE", profile: { login: "ana@acme.example", firstName: "Ana" } };
    return [200, {}, pathname === "/api/v1/users" ? [user] : user];
  }

  // What is wrong with the proof of a request (RFC 9449 sections 4.3 and 7).
  async #unproven(request, pathname, token, thumbprint) {
    try {
      const algorithms = ["ES256", "RS256"];
      const proof = await jwtVerify(request.headers.dpop, EmbeddedJWK, { algorithms, typ: "dpop+jwt" });
      const { htm, htu, ath, jti, iat, nonce } = proof.payload;
      const hash = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(token))).toString("base64url");
      if (htm !== request.method || htu !== `${this.url}${pathname}`) return "invalid_dpop_proof: htm, htu";
      if (ath !== hash) return "invalid_dpop_proof: ath";
      if (!jti || this.#proofs.has(jti)) return "invalid_dpop_proof: jti";
      this.#proofs.add(jti);
      if (Math.abs(Date.now() / 1000 - iat) > 60) return "invalid_dpop_proof: iat";
      if ((await calculateJwkThumbprint(proof.protectedHeader.jwk)) !== thumbprint) return "invalid_token";
      return this.apiNonce && nonce !== this.apiNonce ? "use_dpop_nonce" : null;
    } catch (error) {
      return `invalid_dpop_proof: ${error.code}`;
    }
  }

  // The access token as the provider knows it.
  async find(value) {
    return (await this.provider.AccessToken.find(value)) ?? (await this.provider.ClientCredentials.find(value));
  }

  // Ends the access token without a word to the program.
  async end(value) {
    await (await this.find(value)).destroy();
  }

  // What the provider says of a token to somebody else (RFC 7662).
  async introspect(token) {
    return this.post("introspect", { token }, "inspector:secret-of-the-inspector");
  }

  // A request of somebody who is not the program.
  async post(path, fields, credentials) {
    const headers = credentials && { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
    const answer = await fetch(`${this.url}/oauth2/v1/${path}`, {
      method: "POST",
      headers,
      body: new URLSearchParams(fields),
    });
    return answer.json();
  }

  stop() {
    this.recorder.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

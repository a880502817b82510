// An OpenID provider for the tests: oidc-provider with what a desk and a gateway need of it.
//
// Started with one argument, JSON: {"resources": {URI: {"audience", "format", "ttl", "alg"}}, "clients": [...],
// "requireNonce": bool}.
// Prints "oidc ISSUER" when it answers and ends with its standard input. Whoever is named by
// `login_hint` signs in without being asked: a test's stand-in for the person at the browser.
// POST /test/accounts {sub: claims} sets people, POST /test/end {sub} ends his sessions there.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const modules = createRequire(`${process.env.OIDC_PROVIDER_FOLDER}/package.json`);
const { Provider } = await import(pathToFileURL(modules.resolve('oidc-provider')).href);
const given = JSON.parse(process.argv[2]);
const accounts = new Map();

function key(kid, type, options) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig' };
}

const keys = [
  key('rsa', 'rsa', { modulusLength: 2048 }),
  key('ec', 'ec', { namedCurve: 'P-256' }),
  key('ed', 'ed25519'),
];

function settings() {
  return {
    clients: given.clients,
    jwks: { keys },
    cookies: { keys: ['of the tests alone'] },
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub', 'name', 'preferred_username', 'roles', 'groups'] },
    async findAccount(_, sub) {
      return accounts.has(sub)
        ? { accountId: sub, claims: async () => ({ sub, ...accounts.get(sub) }) }
        : undefined;
    },
    extraTokenClaims: (_, token) => accounts.get(token.accountId),
    issueRefreshToken: (_, client, code) => code.scopes.has('offline_access'),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    ttl: { AccessToken: (_, token) => token.resourceServer?.accessTokenTTL ?? 300,
      ClientCredentials: 300, RefreshToken: 3600, Grant: 3600,
      Session: 3600, Interaction: 600, IdToken: 300, AuthorizationCode: 60 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: (_, client) => client.clientId === 'gateway' },
      revocation: { enabled: true },
      dPoP: given.requireNonce
        ? { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true }
        : { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        useGrantedResource: () => true,
        getResourceServerInfo(_, resource) {
          const { format = 'jwt', ttl = 300, alg = 'ES256', audience = resource } =
            given.resources[resource] ?? {};
          return {
            scope: 'openid',
            audience,
            accessTokenTTL: ttl,
            accessTokenFormat: format,
            ...(format === 'jwt' ? { jwt: { sign: { alg } } } : {}),
          };
        },
      },
    },
  };
}

async function signIn(provider, request, response) {
  const { params, grantId } = await provider.interactionDetails(request, response);
  const accountId = params.login_hint;
  if (!accounts.has(accountId)) {
    return provider.interactionFinished(request, response, {
      error: 'access_denied', error_description: 'there is no such person',
    });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  for (const resource of [params.resource].flat().filter(Boolean)) {
    grant.addResourceScope(resource, 'openid');
  }
  grants.set(accountId, [...(grants.get(accountId) ?? []), await grant.save()]);
  return provider.interactionFinished(request, response, {
    login: { accountId }, consent: { grantId: grants.get(accountId).at(-1) },
  });
}

const grants = new Map();

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function steer(provider, request, response) {
  const said = await body(request);
  if (request.url === '/test/accounts') {
    for (const [sub, claims] of Object.entries(said)) accounts.set(sub, claims);
  } else {
    for (const id of grants.get(said.sub) ?? []) {
      await (await provider.Grant.find(id))?.destroy();
    }
  }
  response.end('{}');
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, settings());
  const answer = provider.callback();
  server.on('request', (request, response) => {
    const failed = (error) => { console.error(error); response.writeHead(500).end(); };
    if (request.url.startsWith('/test/')) steer(provider, request, response).catch(failed);
    else if (request.url.startsWith('/interaction/')) {
      signIn(provider, request, response).catch(failed);
    } else answer(request, response);
  });
  console.log(`oidc ${issuer}`);
});
process.stdin.on('end', () => process.exit(0)).resume();

// A real OpenID provider (oidc-provider of npm), as a process of its own: PORT, REDIRECTS (by
// blanks), ALG of its id_tokens, GROUPS_IN (token or userinfo), KEYS: a word its keys are made for.
// Whoever signs in with the name of an account below is that account; any password will do.
import { generateKeyPair, exportJWK } from 'jose';
import Provider from 'oidc-provider';

const { PORT, REDIRECTS, ALG = 'RS256', GROUPS_IN = 'token', KEYS = 'first' } = process.env;
const people = {
  'li.ming': { name: '李明', groups: ['collectors'] },
  'wang.fang': { name: '王芳', groups: ['leads', 'staff'] },
  'zhao.lei': { name: '赵磊', groups: ['canteen'] },
  admin: { name: '别处的管理员', groups: ['collectors'] },
};

const { privateKey } = await generateKeyPair(ALG, { extractable: true, ...(ALG === 'EdDSA' && { crv: 'Ed25519' }) });
const key = { ...(await exportJWK(privateKey)), alg: ALG, use: 'sig', kid: `${KEYS}-${ALG}` };
const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: [{
    client_id: 'evenhand',
    client_secret: 'secret/of+the:test',
    redirect_uris: REDIRECTS.split(' '),
    response_types: ['code'],
    grant_types: ['authorization_code'],
    id_token_signed_response_alg: ALG,
  }],
  jwks: { keys: [key] },
  pkce: { required: () => true },
  conformIdTokenClaims: GROUPS_IN === 'userinfo',
  claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
  findAccount: (_context, id) => people[id] && {
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, ...people[id] }),
  },
  cookies: { keys: ['cookies of the test'] },
  ttl: { AuthorizationCode: 60, IdToken: 300, AccessToken: 300, Session: 600, Interaction: 600, Grant: 600 },
});
provider.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));

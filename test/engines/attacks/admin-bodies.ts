import { callAdmin } from '../../support/admin-client.ts';
import { tried, type Attack, type World } from './attack.ts';

/** Signed rightly: what is wrong is in the body or in the path. */
const admin = (
  name: string,
  answer: string | RegExp,
  method: string,
  path: (world: World) => string,
  body?: unknown,
): Attack => ({
  name,
  answer,
  send: async (world) => tried(await callAdmin(world.endpoints, method, path(world), body)),
});

const applications = () => '/applications';
const authorizations = ({ game }: World) => `/applications/${game.applicationId}/authorizations`;
const authorization = ({ game }: World) => `${authorizations({ game } as World)}/${game.apiKeyId}`;
const bad = '400 InvalidRequest';
const token = { Name: 'a token' };

export const adminBodies: readonly Attack[] = [
  admin('an id of the own choice', bad, 'POST', applications, { Name: 'x', ApplicationId: '_accounts' }),
  admin('a studio of the own choice', bad, 'POST', applications, { Name: 'x', StudioId: 'bravo-studio' }),
  admin('a key id of the own choice', bad, 'POST', authorizations, { ...token, ApiKeyId: 'AAAAAAAAAAAAAAAAAAAA' }),
  admin('a digest of the own choice', bad, 'POST', authorizations, { ...token, token_digest: '0'.repeat(64) }),
  admin('a role that is none', bad, 'POST', authorizations, { ...token, Role: 'server' }),
  admin("the publisher's role for a game", bad, 'POST', authorizations, { ...token, Role: 'publisher' }),
  admin('a role changed afterwards', bad, 'PUT', authorization, { Enabled: true, Role: 'publisher' }),
  admin('an application changed afterwards', bad, 'PUT', authorization, { Enabled: true, ApplicationId: '_accounts' }),
  admin('enabled by a text', bad, 'PUT', authorization, { Enabled: 'false' }),
  admin('__proto__ in a body', bad, 'POST', applications, '{"Name":"x","__proto__":{"isAdmin":true}}'),
  admin(
    'constructor in a body',
    bad,
    'POST',
    applications,
    '{"Name":"x","constructor":{"prototype":{"isAdmin":true}}}',
  ),
  admin('a body nested 100,000 levels deep', bad, 'POST', applications, `{"Name":${'['.repeat(100_000)}`),
  admin('a name of 1,000,000 characters', '413 RequestTooLarge', 'POST', applications, { Name: 'x'.repeat(1_000_000) }),
  admin('a name that is a list', bad, 'POST', applications, { Name: ['x'] }),
  admin('a body that is no object', bad, 'POST', applications, '"x"'),
  admin('a body that is no JSON', bad, 'POST', applications, "Name='x'"),
  admin('an expiry in no form', bad, 'POST', authorizations, { ...token, ExpiresAt: '9'.repeat(400) }),
  admin(
    'a token for an application that is not there',
    '404 NotFound',
    'POST',
    () => '/applications/__proto__/authorizations',
    token,
  ),
  admin(
    "another game's key under the own game",
    '404 NotFound',
    'DELETE',
    ({ game, otherGame }) => `/applications/${game.applicationId}/authorizations/${otherGame.apiKeyId}`,
  ),
  admin('the reserved application deleted', /^(400|403|404|409)/, 'DELETE', () => '/applications/_accounts'),
  admin('a game with players deleted', '409 Conflict', 'DELETE', () => '/applications/bravo-game-1'),
];

import { noEvents, raw, type Attack, type World } from './attack.ts';

/** A path that goes out as it is, with the token of the attacker's game. */
const path = (name: string, answer: string | RegExp, make: (world: World) => string): Attack => ({
  name,
  answer,
  send: (world) => {
    const { endpoints, game } = world;
    return raw(
      world,
      [
        `POST ${make(world)} HTTP/1.1`,
        `Host: ${new URL(endpoints.apiUrl).host}`,
        `Authorization: ${game.token}`,
        'Content-Type: application/json',
        `Content-Length: ${noEvents.length}`,
      ],
      noEvents,
    );
  },
});

const forbidden = '403 AccessDenied';

export const paths: readonly Attack[] = [
  path(
    "another game's path",
    forbidden,
    ({ stage, otherGame }) => `${stage}/applications/${otherGame.applicationId}/events`,
  ),
  path(
    'up from the own path',
    forbidden,
    ({ stage, game, otherGame }) => `${stage}/applications/${game.applicationId}/../${otherGame.applicationId}/events`,
  ),
  path(
    'up, encoded',
    forbidden,
    ({ stage, game, otherGame }) =>
      `${stage}/applications/${game.applicationId}%2f..%2f${otherGame.applicationId}/events`,
  ),
  path(
    'up, encoded dots',
    forbidden,
    ({ stage, game, otherGame }) =>
      `${stage}/applications/${game.applicationId}/%2e%2e/${otherGame.applicationId}/events`,
  ),
  path(
    'up, encoded twice',
    forbidden,
    ({ stage, game, otherGame }) =>
      `${stage}/applications/${game.applicationId}%252f..%252f${otherGame.applicationId}/events`,
  ),
  path(
    'the own game behind an encoded slash',
    forbidden,
    ({ stage, game, otherGame }) => `${stage}/applications/${otherGame.applicationId}%2f${game.applicationId}/events`,
  ),
  path(
    'an encoded letter of another id',
    forbidden,
    ({ stage, otherGame: { applicationId: id } }) =>
      `${stage}/applications/%${id.charCodeAt(0).toString(16)}${id.slice(1)}/events`,
  ),
  path('two slashes', forbidden, ({ stage, game }) => `${stage}//applications/${game.applicationId}/events`),
  path('an empty id', forbidden, ({ stage }) => `${stage}/applications//events`),
  path('a star for an id', forbidden, ({ stage }) => `${stage}/applications/*/events`),
  path(
    'an id with a null byte',
    forbidden,
    ({ stage, game }) => `${stage}/applications/${game.applicationId}%00/events`,
  ),
  path(
    'an id with broken encoding',
    forbidden,
    ({ stage, game }) => `${stage}/applications/${game.applicationId}%/events`,
  ),
  path(
    'a parameter in the path',
    forbidden,
    ({ stage, game }) => `${stage}/applications/${game.applicationId};admin=true/events`,
  ),
  path('capitals in the path', forbidden, ({ stage, game }) => `${stage}/APPLICATIONS/${game.applicationId}/events`),
  path('an admin route', '403 InvalidSignature', ({ stage }) => `${stage}/applications`),
  path('another stage', /^403/, () => '/prod/applications'),
  path('no stage', /^403/, () => '/'),
  path('the reserved application', forbidden, ({ stage }) => `${stage}/applications/_accounts/events`),
  path(
    'an absolute address of a foreign host',
    /^(403|404)/,
    ({ stage, game }) => `http://evil.example${stage}/applications/${game.applicationId}/events`,
  ),
  path('an absolute address of the metadata service', /^(403|404)/, () => 'http://169.254.169.254/latest/meta-data/'),
  path('a file', /^403/, () => '/../../../../etc/passwd'),
  path('a file by backslashes', /^403/, () => '/..\\..\\..\\etc\\passwd'),
];

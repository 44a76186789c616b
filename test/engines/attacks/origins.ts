import { readAnswer } from '../../support/read-answer.ts';
import { noEvents, raw, tried, type Attack, type World } from './attack.ts';

const local = (
  name: string,
  answer: string | RegExp,
  line: string,
  more: (world: World) => readonly string[],
  body = '',
): Attack => ({
  name,
  answer,
  send: (world) => {
    const lines = more(world);
    const host = lines.some((one) => one.startsWith('Host:')) ? [] : [`Host: ${new URL(world.endpoints.apiUrl).host}`];
    return raw(world, [`${line} HTTP/1.1`, ...host, ...lines, `Content-Length: ${body.length}`], body);
  },
});

const foreign = '403 ForeignOrigin';
const sql = '{"sql":"SELECT * FROM players"}';
const own = ({ endpoints }: World): string => `Origin: ${new URL(endpoints.apiUrl).origin}`;

/** A page in the browser of somebody who runs the pipeline. */
export const origins: readonly Attack[] = [
  local('a query from a foreign page', foreign, 'POST /_local/query', () => ['Origin: https://evil.example'], sql),
  local('a query from a page without an origin', foreign, 'POST /_local/query', () => ['Origin: null'], sql),
  local('a query by a name that points here', foreign, 'POST /_local/query', () => ['Host: evil.example'], sql),
  local(
    'a query by a name that begins like this machine',
    foreign,
    'POST /_local/query',
    () => ['Host: localhost.evil.example'],
    sql,
  ),
  local(
    'a query by an address with a name behind it',
    foreign,
    'POST /_local/query',
    () => ['Host: 127.0.0.1.evil.example'],
    sql,
  ),
  local(
    'a query from another port of this machine',
    foreign,
    'POST /_local/query',
    () => ['Origin: http://localhost:1'],
    sql,
  ),
  local(
    'a query across sites',
    foreign,
    'POST /_local/query',
    (world) => [own(world), 'Sec-Fetch-Site: cross-site'],
    sql,
  ),
  local('events read from a foreign page', foreign, 'GET /_local/events', () => ['Origin: https://evil.example']),
  local('a reset from a foreign page', foreign, 'POST /_local/reset', () => ['Origin: https://evil.example']),
  local('a reset that nobody allowed', '403 NotAllowed', 'POST /_local/reset', () => []),
  local('a delivery from an image of a foreign page', foreign, 'POST /_local/flush', () => [
    'Sec-Fetch-Site: cross-site',
    'Sec-Fetch-Mode: no-cors',
  ]),
  local('metrics from a foreign page', foreign, 'GET /_local/metrics', () => ['Origin: https://evil.example']),
  local('a file beside the routes', '404 NotFound', 'GET /_local/../../etc/passwd', () => []),
  local(
    'a query under two names',
    foreign,
    'POST /_local/query',
    (world) => [`Host: ${new URL(world.endpoints.apiUrl).host}`, 'Host: evil.example'],
    sql,
  ),
  {
    name: 'a page without an origin, that wants cookies to be sent',
    answer: '401 Unauthorized, without credentials',
    send: async ({ endpoints }) => {
      const response = await fetch(`${endpoints.apiUrl}/studio`, { headers: { origin: 'null', cookie: 'a=b' } });
      const allowed = response.headers.get('access-control-allow-credentials');
      const { answer, text } = tried(await readAnswer(response));
      return { answer: `${answer}, ${allowed === null ? 'without' : 'with'} credentials`, text };
    },
  },
  {
    name: 'a preflight of a strange content type',
    answer: '415 UnsupportedMediaType',
    send: async ({ endpoints }) => {
      const headers = { 'content-type': '0', origin: 'https://evil.example' };
      return tried(await readAnswer(await fetch(`${endpoints.apiUrl}/studio`, { method: 'OPTIONS', headers })));
    },
  },
  {
    name: 'a preflight for a method that no route has',
    answer: /^(403|204) ?(AccessDenied)?, methods .*(?<!TRACE)$/,
    send: async ({ endpoints }) => {
      const asked = { origin: 'https://evil.example', 'access-control-request-method': 'TRACE' };
      const response = await fetch(`${endpoints.apiUrl}/studio`, { method: 'OPTIONS', headers: asked });
      const { answer, text } = tried(await readAnswer(response));
      return { answer: `${answer}, methods ${response.headers.get('access-control-allow-methods') ?? 'none'}`, text };
    },
  },
  {
    name: 'a form of a foreign page, sent as text',
    answer: '415 UnsupportedMediaType',
    send: (world) =>
      raw(
        world,
        [
          `POST ${world.stage}/applications/${world.game.applicationId}/events HTTP/1.1`,
          `Host: ${new URL(world.endpoints.apiUrl).host}`,
          'Origin: https://evil.example',
          `Authorization: ${world.game.token}`,
          'Content-Type: text/plain',
          `Content-Length: ${noEvents.length}`,
        ],
        noEvents,
      ),
  },
];

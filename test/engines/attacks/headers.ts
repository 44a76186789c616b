import { eventsHead, noEvents, raw, type Attack, type World } from './attack.ts';

const length = `Content-Length: ${noEvents.length}`;

/** A good request of no events, with more in its head. */
const head = (name: string, answer: string | RegExp, more: (world: World) => readonly string[]): Attack => ({
  name,
  answer,
  send: (world) => raw(world, [...eventsHead(world), length, ...more(world)], noEvents),
});

/** The same against another game: the forged header has to be what opens it. */
const foreign = (name: string, answer: string | RegExp, more: (world: World) => readonly string[]): Attack => ({
  name,
  answer,
  send: (world) => raw(world, [...eventsHead(world, world.otherGame.applicationId), length, ...more(world)], noEvents),
});

export const headers: readonly Attack[] = [
  foreign('a second token', '401 Unauthorized', ({ otherGame }) => [`Authorization: ${otherGame.token}`]),
  foreign('X-Original-URL', '403 AccessDenied', ({ stage, game }) => [
    `X-Original-URL: ${stage}/applications/${game.applicationId}/events`,
  ]),
  foreign('X-HTTP-Method-Override', '403 AccessDenied', () => ['X-HTTP-Method-Override: GET']),
  foreign('the stamps of the gateway', '403 AccessDenied', ({ otherGame }) => [
    `application_id: ${otherGame.applicationId}`,
    'role: publisher',
    `x-amzn-apigateway-api-id: ${otherGame.applicationId}`,
  ]),
  foreign('X-Forwarded-For of this machine', '403 AccessDenied', () => [
    'X-Forwarded-For: 127.0.0.1',
    'X-Real-IP: 127.0.0.1',
    'Forwarded: for=127.0.0.1',
  ]),
  head('a header of 100,000 bytes', '431 closed', () => [`X-Large: ${'x'.repeat(100_000)}`]),
  head('3,000 headers', '431 closed', () => Array.from({ length: 3_000 }, (_, at) => `x${at}: 1`)),
  head('a null byte in a header', '400 closed', () => ['X-Odd: a\0b']),
  head('a header without a colon', '400 closed', () => ['X-Odd']),
  head('a space before the colon', '400 closed', () => ['X-Odd : 1']),
  head('a bare carriage return in a header', '400 closed', () => ['X-Odd: a\rSet-Cookie: x=1']),
  head('a folded header', '400 closed', () => ['X-Odd: a', ' Authorization: x']),
  head('two hosts', '200', () => ['Host: evil.example']),
  head('a compressed body that is none', '200', () => ['Content-Encoding: gzip']),
  head('a country that is a script', '200', () => ['CloudFront-Viewer-Country: "},{"role":"server']),
  head('a header named __proto__', '200', () => ['__proto__: polluted', 'constructor: polluted']),
  head('an upgrade', '200', () => ['Connection: Upgrade', 'Upgrade: h2c']),
];

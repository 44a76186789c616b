import { eventsHead, noEvents, raw, type Attack, type World } from './attack.ts';

/** What is to be slipped in: a request that would be seen by its answer. */
const hidden = ({ stage }: World): string => `GET ${stage}/hidden HTTP/1.1\r\nHost: x\r\n\r\n`;

const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

const smuggle = (
  name: string,
  answer: string | RegExp,
  more: (world: World) => readonly string[],
  body: (world: World) => string,
): Attack => ({ name, answer, send: (world) => raw(world, [...eventsHead(world), ...more(world)], body(world)) });

const refused = '400 closed';

export const smuggling: readonly Attack[] = [
  smuggle(
    'CL.TE',
    refused,
    () => ['Content-Length: 6', 'Transfer-Encoding: chunked'],
    (world) => `0\r\n\r\n${hidden(world)}`,
  ),
  smuggle(
    'TE.CL',
    refused,
    () => ['Transfer-Encoding: chunked', 'Content-Length: 4'],
    (world) => chunked(hidden(world)),
  ),
  smuggle(
    'TE.TE, the second in disguise',
    refused,
    () => ['Transfer-Encoding: chunked', 'Transfer-Encoding: x'],
    (world) => `0\r\n\r\n${hidden(world)}`,
  ),
  smuggle(
    'TE with another coding behind',
    refused,
    () => ['Transfer-Encoding: chunked, identity'],
    (world) => `0\r\n\r\n${hidden(world)}`,
  ),
  smuggle(
    'TE with a space before the colon',
    refused,
    () => ['Transfer-Encoding : chunked', `Content-Length: ${noEvents.length}`],
    (world) => noEvents + hidden(world),
  ),
  smuggle(
    'TE behind a vertical tab',
    refused,
    () => ['Transfer-Encoding: \u000bchunked', `Content-Length: ${noEvents.length}`],
    (world) => noEvents + hidden(world),
  ),
  smuggle(
    'TE that is folded',
    refused,
    () => ['Transfer-Encoding:', ' chunked', `Content-Length: ${noEvents.length}`],
    (world) => noEvents + hidden(world),
  ),
  smuggle(
    'two lengths',
    refused,
    (world) => [`Content-Length: ${noEvents.length}`, `Content-Length: ${noEvents.length + hidden(world).length}`],
    (world) => noEvents + hidden(world),
  ),
  smuggle(
    'two lengths in one header',
    refused,
    () => [`Content-Length: ${noEvents.length}, 0`],
    (world) => noEvents + hidden(world),
  ),
  smuggle(
    'a length with a sign',
    refused,
    () => [`Content-Length: +${noEvents.length}`],
    () => noEvents,
  ),
  smuggle(
    'a length in hex',
    refused,
    () => ['Content-Length: 0xd'],
    () => noEvents,
  ),
  smuggle(
    'a negative length',
    refused,
    () => ['Content-Length: -1'],
    () => noEvents,
  ),
  smuggle(
    'a chunk size that overflows',
    refused,
    () => ['Transfer-Encoding: chunked'],
    () => `ffffffffffffffff1\r\n${noEvents}\r\n0\r\n\r\n`,
  ),
  smuggle(
    'a chunk that is longer than it says',
    refused,
    () => ['Transfer-Encoding: chunked'],
    () => `2\r\n${noEvents}\r\n0\r\n\r\n`,
  ),
  smuggle(
    'a huge chunk extension',
    '413 closed',
    () => ['Transfer-Encoding: chunked'],
    () => `d;${'x'.repeat(100_000)}\r\n${noEvents}\r\n0\r\n\r\n`,
  ),
  smuggle(
    'lines that end without a carriage return',
    refused,
    () => ['X: a\nContent-Length: 0', `Content-Length: ${noEvents.length}`],
    (world) => noEvents + hidden(world),
  ),
  smuggle(
    'a body behind no length',
    refused,
    () => [],
    () => noEvents,
  ),
];

import { crc32 } from 'node:zlib';
import { createToken } from '../../../business-logic/shared/token.ts';
import { postBody } from '../../support/send-events.ts';
import { noEvents, tried, type Attack, type World } from './attack.ts';

/** Of what tokens are made. */
export const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A token with a checksum that is right: whoever guesses can make one as well. */
export function withChecksum(body: string): string {
  let rest = crc32(body);
  let digits = '';
  for (let left = 6; left > 0; left -= 1) {
    digits = alphabet.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return body + digits;
}

/** Another character in the place of one. */
const changed = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

const withToken = async ({ endpoints, game }: World, authorization: string) =>
  tried(await postBody(endpoints, game, noEvents, { authorization }));

const guess = (name: string, answer: string, token: (game: World['game'], world: World) => string): Attack => ({
  name,
  answer,
  send: (world) => withToken(world, token(world.game, world)),
});

export const tokens: readonly Attack[] = [
  guess('a new token of the right form', '403 AccessDenied', () => createToken().token),
  guess('the right key with the first character of the secret guessed wrong', '403 AccessDenied', ({ token }) =>
    withChecksum(changed(token.slice(0, -6), 25)),
  ),
  guess('the right key with the last character of the secret guessed wrong', '403 AccessDenied', ({ token }) =>
    withChecksum(changed(token.slice(0, -6), 64)),
  ),
  guess('a wrong checksum', '403 AccessDenied', ({ token }) => changed(token, token.length - 1)),
  guess("the secret of one game under another's key", '403 AccessDenied', ({ token }, { otherGame }) =>
    withChecksum(`plk_${otherGame.apiKeyId}_${token.slice(25, -6)}`),
  ),
  guess('a token cut by one character', '401 Unauthorized', ({ token }) => token.slice(0, -1)),
  guess('a token with a character more', '401 Unauthorized', ({ token }) => `${token}A`),
  guess('the key id alone', '401 Unauthorized', ({ apiKeyId }) => apiKeyId),
  guess('a token in capitals', '401 Unauthorized', ({ token }) => token.toUpperCase()),
  guess('a secret in small letters', '403 AccessDenied', ({ token }) =>
    withChecksum(token.slice(0, 25) + token.slice(25, -6).toLowerCase()),
  ),
  guess('Bearer before the token', '401 Unauthorized', ({ token }) => `Bearer ${token}`),
  guess('two tokens', '401 Unauthorized', ({ token }, { otherGame }) => `${token},${otherGame.token}`),
  guess(
    'a Latin letter with an accent in it',
    '401 Unauthorized',
    ({ token }) => `${token.slice(0, 30)}\u00e1${token.slice(31)}`,
  ),
  guess('a percent-encoded token', '401 Unauthorized', ({ token }) => encodeURIComponent(token).replace('_', '%5F')),
  guess('a pattern that fits all', '401 Unauthorized', () => 'plk_*_*'),
  guess('a null byte as text', '401 Unauthorized', ({ token }) => `${token}%00`),
  guess("another game's good token", '403 AccessDenied', (_game, { otherGame }) => otherGame.token),
  guess("a studio's good token", '403 AccessDenied', (_game, { own }) => own.token),
  {
    name: 'the token in the query instead of the header',
    answer: '401 Unauthorized',
    send: async ({ endpoints, game }) =>
      tried(
        await postBody(endpoints, { ...game, applicationId: `${game.applicationId}` }, noEvents, {
          authorization: undefined,
          'x-api-key': game.token,
          cookie: `Authorization=${game.token}`,
        }),
      ),
  },
];

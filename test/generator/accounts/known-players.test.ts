import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { knownPlayers } from '../../../generator/accounts/known-players.ts';

const line = (application_id: string, player_id: string | undefined, event_timestamp: number) =>
  `${JSON.stringify({ application_id, event: { player_id, event_timestamp } })}\n`;
const game = (game_id: string) => ({ game_id, name: 'G', category: 'c', studio: 0 });

it('knows players by the games that they play, and when they do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'known-'));
  const file = join(folder, 'sent.ndjson');
  const lines = [
    line('x', 'ada', 1_700_000_100.25),
    line('x', 'ada', 1_700_000_000_000),
    line('y', 'ada', 1_700_000_050),
    line('y', 'bo', 1_700_000_060),
    line('y', undefined, 1_700_000_070),
    line('unknown', 'cy', 1_700_000_080),
  ];
  writeFileSync(file, lines.join(''));
  const catalogue = { studios: [{ studio_id: 's', name: 'S', location: 'Graz' }], games: ['x', 'y'].map(game) };
  const known = await knownPlayers(file, catalogue);
  rmSync(folder, { recursive: true });
  expect(known.players).toEqual([
    {
      playerId: 'ada',
      plays: [
        { game: 0, since: 1_700_000_000_000, until: 1_700_000_100_250 },
        { game: 1, since: 1_700_000_050_000, until: 1_700_000_050_000 },
      ],
    },
    { playerId: 'bo', plays: [{ game: 1, since: 1_700_000_060_000, until: 1_700_000_060_000 }] },
  ]);
});

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { generate } from '../../../generator/generate.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import { aStudio, type Studio } from '../../support/a-studio.ts';
import { createRoleToken, createToken, registerGame } from '../../support/admin-client.ts';
import { callWithToken } from '../../support/reports-client.ts';
import { runPipeline, type RunningPipeline } from '../../support/running-pipeline.ts';
import { runWorkflow } from '../../support/run-workflow.ts';
import { flush, postEvents } from '../../support/send-events.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** A pipeline with everything that a page may show. */
export interface ConsoleData {
  readonly pipeline: RunningPipeline;
  /** Address of the console. */
  readonly url: string;
  /** Of the reports, of which tests may add some. */
  readonly reportsFolder: string;
  readonly publisher: string;
  /** Two studios; no word of the second one is in what the first may see. */
  readonly alpha: Studio;
  readonly bravo: Studio;
  /** A studio whose names are attacks. */
  readonly mallory: string;
  readonly remove: () => Promise<void>;
}

/** What would show on the page if a text were taken for anything else. */
export const hostile = `<img src=x onerror="window.hacked=1">{{7*7}}<script>window.hacked=1</script>`;

/** Days of play of the generated game. */
const days = 40;

export async function makeConsoleData(): Promise<ConsoleData> {
  const folder = await temporaryFolder('console');
  const reportsFolder = join(folder, 'athena-queries');
  cpSync('athena-queries', reportsFolder, { recursive: true });
  const pipeline = await runPipeline({ reportsFolder });
  const { endpoints } = pipeline;
  const publisher = await createRoleToken(endpoints);
  const moss = { name: 'Moss Harbour', ...(await registerGame(endpoints, 'Moss Harbour')) };
  const run = { ...generatorDefaults, events: 4_000, days, end: Date.now() };
  await generate(run, { apiUrl: endpoints.apiUrl, games: [moss] });
  const alpha = await aStudio(endpoints, publisher, 'alpha', {
    players: 2,
    amount: 1.5,
    currency: 'EUR',
    country: 'NO',
  });
  const bravo = await aStudio(endpoints, publisher, 'bravo', {
    players: 3,
    amount: 7771.25,
    currency: 'XTS',
    country: 'BV',
  });
  const mallory = await aHostileStudio(pipeline, publisher);
  await flush(endpoints);
  await runWorkflow(endpoints);
  return {
    pipeline,
    url: new URL('/console/', endpoints.apiUrl).href,
    reportsFolder,
    publisher,
    alpha,
    bravo,
    mallory,
    remove: async () => {
      await pipeline.remove();
      await removeFolder(folder);
    },
  };
}

/** A studio that puts markup wherever it may put text; gives back its token. */
async function aHostileStudio({ endpoints }: RunningPipeline, publisher: string): Promise<string> {
  const send = async (path: string, body: unknown): Promise<void> => {
    const { status, text } = await callWithToken(endpoints, publisher, 'POST', path, { body });
    if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
  };
  const gameId = 'mallory-game';
  await send('/studio-ingest', {
    studio_id: 'mallory-studio',
    name: hostile,
    location: hostile,
    games: [{ game_id: gameId, name: hostile, category: hostile }],
  });
  await send('/player-ingest', [
    {
      player_id: hostile,
      user_id: 'mallory@example.com',
      player_name: hostile,
      country: 'NO',
      account_start_at: '2026-01-02T03:04:05Z',
      games: [{ game_id: gameId, subscription_start_at: '2026-02-03T04:05:06Z' }],
    },
  ]);
  const game = await createToken(endpoints, gameId);
  const event = (event_type: string, event_data: object): object => ({
    event_id: randomUUID(),
    event_type,
    event_name: hostile,
    event_timestamp: Math.floor(Date.now() / 1_000) - 86_400,
    app_version: hostile,
    player_id: hostile,
    event_data,
  });
  const { status } = await postEvents(endpoints, game, [
    event('level_started', { level_id: hostile, level_version: hostile }),
    event('currency_earned', { virtual_currency: hostile, virtual_amount: 1 }),
    event('level_started', { level_id: hostile }),
  ]);
  if (status !== 200) throw new Error(`events were answered ${status}`);
  return await createRoleToken(endpoints, 'mallory-studio');
}

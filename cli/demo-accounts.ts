import { accountsApplicationId } from '../business-logic/shared/reserved-applications.ts';
import { accountDefaults } from '../generator/accounts/account-options.ts';
import { accountWorld } from '../generator/accounts/account-stream.ts';
import { accountReports, type AccountTruth } from '../generator/accounts/account-truth.ts';
import type { Catalogue } from '../generator/accounts/catalogue.ts';
import { compareAccountTruth, momentOf } from '../generator/accounts/compare-account-truth.ts';
import { knownPlayers } from '../generator/accounts/known-players.ts';
import type { GeneratedGame } from '../generator/generate.ts';
import type { AdminClient } from './admin-client.ts';
import type { QueryResult } from './query-engine.ts';
import { formatResult } from './format-result.ts';
import { readReport } from './read-report.ts';
import { rowObjects } from './run-report.ts';
import { sendAccounts } from './send-accounts.ts';

/** The account side of the demo: studios of its games, and an account for each of its players. */
export interface DemoAccounts {
  readonly truth: AccountTruth;
  /** A token of the role publisher. */
  readonly publisherToken: string;
  /** Studios with a token of the role studio each. */
  readonly studios: readonly { readonly id: string; readonly name: string; readonly token: string }[];
}

export interface DemoAccountsOptions {
  readonly seed: string;
  readonly apiUrl: string;
  readonly admin: AdminClient;
  readonly games: readonly GeneratedGame[];
  /** What the players did: the generator's log. */
  readonly logFile: string;
}

const giveUpSeconds = 60;

/** Gives each game a studio and each player an account, through the API and with the tokens that each side has. */
export async function sendDemoAccounts(options: DemoAccountsOptions): Promise<DemoAccounts> {
  const { seed, apiUrl, admin, games, logFile } = options;
  const catalogue = catalogueOf(games);
  const known = await knownPlayers(logFile, catalogue);
  const world = accountWorld(
    {
      ...accountDefaults,
      seed,
      players: known.players.length,
      studios: catalogue.studios.length,
      games: games.length,
      registrations: Math.floor(known.players.length / 3),
      end: Date.now(),
    },
    known,
  );
  const publisherToken = await createToken(admin, { role: 'publisher' });
  await sendAccounts(`${apiUrl}/studio-ingest`, publisherToken, world.studios(), giveUpSeconds);
  await sendAccounts(`${apiUrl}/player-ingest`, publisherToken, world.players(), giveUpSeconds);
  const studios = [];
  for (const { studio_id: id, name } of catalogue.studios) {
    studios.push({ id, name, token: await createToken(admin, { role: 'studio', studioId: id }) });
  }
  return { truth: world.truth(), publisherToken, studios };
}

async function createToken(admin: AdminClient, details: { role: string; studioId?: string }): Promise<string> {
  const { ApiKeyValue } = await admin.createAuthorization(accountsApplicationId, 'demo', details);
  if (ApiKeyValue === undefined) throw new Error('the answer that created a token holds none');
  return ApiKeyValue;
}

const studioNames = ['Copper Otter', 'Night Thistle'] as const;

/** Every game is the only one of its studio. */
function catalogueOf(games: readonly GeneratedGame[]): Catalogue {
  return {
    studios: games.map((_, index) => ({
      studio_id: `studio-${index + 1}`,
      name: studioNames[index % studioNames.length]!,
      location: 'Graz',
    })),
    games: games.map(({ applicationId, name }, studio) => ({
      game_id: applicationId,
      name,
      category: 'adventure',
      studio,
    })),
  };
}

/** Asks the reports API for all that the truth can judge, with the token of each side; shows two of them. */
export async function showAccountReports(
  apiUrl: string,
  { truth, publisherToken, studios }: DemoAccounts,
  print: (line: string) => void,
): Promise<readonly string[]> {
  const publisher = { apiUrl, token: publisherToken, route: '/rg-owner' } as const;
  const asked = accountReports.filter((report) => report !== 'studio-title-popularity');
  const answers = await Promise.all(
    asked.map(async (report) => [report, await readReport(publisher, report, momentOf(report, truth))] as const),
  );
  const own = await Promise.all(
    studios.map(async ({ id, token }) => {
      const values = momentOf('studio-title-popularity', truth);
      return [id, await readReport({ apiUrl, token, route: '/studio' }, 'studio-title-popularity', values)] as const;
    }),
  );
  show(
    'Popularity of all titles, as the publisher sees it (GET /rg-owner)',
    new Map(answers).get('title-popularity')!,
    print,
  );
  const [studio] = studios;
  show(`The same for ${studio!.name} alone, with the studio’s own token (GET /studio)`, own[0]![1], print);
  return [
    ...answers.flatMap(([report, result]) => compareAccountTruth(report, rowObjects(result), truth)),
    ...own.flatMap(([id, result]) => compareAccountTruth('studio-title-popularity', rowObjects(result), truth, id)),
  ];
}

const shownColumns = new Set([
  'name',
  'studio_id',
  'active',
  'new_registrations',
  'closed_registrations',
  'popularity_rank',
]);

function show(title: string, { columns, rows }: QueryResult, print: (line: string) => void): void {
  const kept = columns.flatMap((column, index) => (shownColumns.has(column) ? [index] : []));
  const shown = {
    columns: kept.map((index) => columns[index]!),
    rows: rows.map((row) => kept.map((index) => row[index])),
  };
  print(`\n${title}\n`);
  print(formatResult(shown, { kind: 'bar', x: 'name', y: 'active' }));
}

import { createAdminClient } from '../../cli/admin-client.ts';
import { sendDemoAccounts, type DemoAccounts } from '../../cli/demo-accounts.ts';
import type { GeneratedGame } from '../../generator/generate.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { callWithToken } from './reports-client.ts';

const daysAgo = (days: number): string => new Date(Date.now() - days * 24 * 3600 * 1000).toISOString();

export interface OpenedAccounts {
  readonly seed: string;
  readonly games: readonly GeneratedGame[];
  /** The log of who played. */
  readonly logFile: string;
}

/**
 * A studio for each game, an account for each player, a request of the first studio, and enough closed accounts of a
 * time long past for statistics of them: every report on accounts has rows.
 */
export async function openAccounts(
  endpoints: Endpoints,
  { seed, games, logFile }: OpenedAccounts,
): Promise<DemoAccounts> {
  const { apiUrl, region, accessKeyId, secretAccessKey } = endpoints;
  const admin = createAdminClient(apiUrl, { region, credentials: { accessKeyId, secretAccessKey } });
  const opened = await sendDemoAccounts({ seed, apiUrl, admin, games, logFile });
  const body = { player_id: 'nobody', game_ids: [games[0]?.applicationId] };
  const token = opened.studios[0]?.token ?? '';
  const asked = await callWithToken(endpoints, token, 'POST', '/studio/unregistrations', { body });
  if (asked.status !== 202) throw new Error(`a request of a studio was answered with ${asked.status}`);
  const closed = Array.from({ length: 12 }, (_, index) => ({
    player_id: `closed-${index}`,
    user_id: `closed-${index}`,
    player_name: `Closed ${index}`,
    country: ['DE', 'FR', 'IT'][index % 3],
    account_start_at: daysAgo(300),
    close_account: true,
    account_end_at: daysAgo(200),
  }));
  const sent = await callWithToken(endpoints, opened.publisherToken, 'POST', '/player-ingest', { body: closed });
  if (sent.status !== 200) throw new Error(`closed accounts were answered with ${sent.status}`);
  return opened;
}

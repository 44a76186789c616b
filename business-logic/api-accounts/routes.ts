import type { Route } from '../shared/http/route.ts';
import type { AccountsDeps } from './accounts-deps.ts';
import { ingestPlayers } from './ingest-players.ts';
import { ingestStudios } from './ingest-studios.ts';
import { unregisterPlayer } from './unregister-player.ts';

/** The account routes at a glance: resources as the gateway's definition names them. */
export const routes: readonly Route<AccountsDeps>[] = [
  ['POST', '/player-ingest', ingestPlayers],
  ['POST', '/studio-ingest', ingestStudios],
  ['POST', '/studio/unregistrations', unregisterPlayer],
];

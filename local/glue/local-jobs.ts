import { forgetPlayers } from './forget-players.ts';
import type { LocalJob } from './job-runner.ts';
import { processAccounts } from './process-accounts.ts';
import { processEvents } from './process-events.ts';
import { processPlayerNames } from './process-player-names.ts';

/**
 * What stands in for each script of `glue-scripts/`, by its name without ending; where several jobs share a script, by the
 * end of each job's name.
 */
export const localJobs: Readonly<Record<string, LocalJob>> = {
  process_events: processEvents,
  process_players: processAccounts,
  process_studios: processAccounts,
  process_games: processAccounts,
  process_player_games: processAccounts,
  process_player_names: processPlayerNames,
  forget_players: forgetPlayers,
};

import type { LivedEvent } from './game-event.ts';
import { LifeRecord } from './life-record.ts';
import { createTallies } from './tallies.ts';
import { truthFromTallies, type CountedGame, type RunFacts } from './truth-from-tallies.ts';
import type { Truth } from './truth.ts';
import { dayNumber } from './utc-day.ts';

/** Keeps count while events are generated. Memory grows with days and players at play, not with events. */
export interface TruthRecorder {
  /** Begins a player's life; `accepted` events are that player's until `ended`. Many may go on side by side. */
  beginPlayer(game: number): PlayerRecord;
  duplicate(game: number): void;
  rejected(applicationId: string, reason: string): void;
  late(): void;
  /** The facts so far. */
  truth(run: RunFacts): Truth;
}

/** One player's life in one game: its events come in order of time. */
export interface PlayerRecord {
  accepted(lived: LivedEvent): void;
  ended(): void;
}

export function createTruthRecorder(games: readonly CountedGame[]): TruthRecorder {
  const tallies = createTallies();
  const totals = games.map(() => ({ accepted: 0, duplicates: 0, players: 0 }));
  let late = 0;
  let [firstDay, lastDay] = [Infinity, -Infinity];

  return {
    duplicate: (game) => {
      totals[game]!.duplicates += 1;
    },
    rejected: (applicationId, reason) => tallies.rejected.add([applicationId, reason]),
    late: () => {
      late += 1;
    },

    beginPlayer: (game) => {
      const life = new LifeRecord(tallies, games[game]!.applicationId);
      const total = totals[game]!;
      return {
        accepted: (lived) => {
          const day = dayNumber(lived.at);
          firstDay = Math.min(firstDay, day);
          lastDay = Math.max(lastDay, day);
          total.accepted += 1;
          life.accepted(lived);
        },
        ended: () => {
          if (life.ended()) total.players += 1;
        },
      };
    },

    truth: (run) => truthFromTallies(tallies, { ...run, games, totals, late, firstDay, lastDay }),
  };
}

import type { LivedEvent } from './game-event.ts';
import { createTallies, moneyUnits } from './tallies.ts';
import { truthFromTallies, type CountedGame, type RunFacts } from './truth-from-tallies.ts';
import type { Truth } from './truth.ts';
import { dayName, dayNumber, monthName } from './utc-day.ts';

/** Keeps count while events are generated. Memory grows with days and players at play, not with events. */
export interface TruthRecorder {
  /** Begins a player's life; `accepted` events are that player's until `ended`. */
  beginPlayer(game: number): PlayerRecord;
  duplicate(game: number): void;
  rejected(applicationId: string, reason: string): void;
  late(): void;
  /** The facts so far. */
  truth(run: RunFacts): Truth;
}

export interface PlayerRecord {
  accepted(lived: LivedEvent): void;
  ended(): void;
}

export function createTruthRecorder(games: readonly CountedGame[]): TruthRecorder {
  const tallies = createTallies();
  const totals = games.map(() => ({ accepted: 0, duplicates: 0, players: 0 }));
  let late = 0;
  let [firstDay, lastDay] = [Infinity, -Infinity];

  function countByType(app: string, lived: LivedEvent, day: number, payerMonths: Set<string>): void {
    const { event } = lived;
    const data = event.event_data ?? {};
    switch (event.event_type) {
      case 'iap_transaction': {
        const amount = Math.round(Number(data['currency_amount']) * moneyUnits);
        const key = [app, monthName(day), String(data['currency_type'])];
        tallies.revenue.add(key, amount);
        if (amount <= 0) break;
        tallies.purchases.add(key);
        payerMonths.add(key.slice(1).join(' '));
        break;
      }
      case 'level_started':
      case 'level_failed':
      case 'level_completed':
        tallies.levels.add([app, String(data['level_id']), String(data['level_version']), event.event_type]);
        break;
      case 'user_sentiment':
        tallies.ratings.add([app, dayName(day)]);
        tallies.ratingSums.add([app, dayName(day)], Number(data['user_rating']));
        break;
      case 'user_report':
        tallies.reports.add([app, String(data['report_reason'])]);
        break;
    }
  }

  return {
    duplicate: (game) => {
      totals[game]!.duplicates += 1;
    },
    rejected: (applicationId, reason) => tallies.rejected.add([applicationId, reason]),
    late: () => {
      late += 1;
    },

    beginPlayer: (game) => {
      const app = games[game]!.applicationId;
      const days = new Set<number>();
      const sessions = new Map<number, { first: number; last: number }>();
      const payerMonths = new Set<string>();

      return {
        accepted: (lived) => {
          const day = dayNumber(lived.at);
          firstDay = Math.min(firstDay, day);
          lastDay = Math.max(lastDay, day);
          totals[game]!.accepted += 1;
          tallies.eventsPerDay.add([app, dayName(day), lived.event.event_type]);
          countByType(app, lived, day, payerMonths);
          if (lived.session === undefined) return;
          days.add(day);
          const session = sessions.get(lived.session);
          if (session) session.last = lived.at;
          else sessions.set(lived.session, { first: lived.at, last: lived.at });
        },

        ended: () => {
          if (days.size === 0) return;
          totals[game]!.players += 1;
          const cohort = Math.min(...days);
          tallies.newPerDay.add([app, dayName(cohort)]);
          tallies.newPerMonth.add([app, monthName(cohort)]);
          for (const day of days) {
            tallies.activePerDay.add([app, dayName(day)]);
            tallies.returned.add([app, dayName(cohort), String(day - cohort)]);
          }
          for (const { first, last } of sessions.values()) {
            const key = [app, dayName(dayNumber(first))];
            tallies.sessions.add(key);
            tallies.sessionTime.add(key, last - first);
          }
          for (const month of payerMonths) tallies.payers.add([app, ...month.split(' ')]);
        },
      };
    },

    truth: (run) => truthFromTallies(tallies, { ...run, games, totals, late, firstDay, lastDay }),
  };
}

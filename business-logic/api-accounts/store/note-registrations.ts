import { RecentMap } from '../../shared/recent-map.ts';
import type { GameStore } from './game-store.ts';

/** Notes on their rows that games get registrations, so that none is deleted that the tables do not know of yet. */
export type NoteRegistrations = (gameIds: Iterable<string>, now: Date) => Promise<void>;

/** A row tells of its last registration give or take this. */
const noteEveryMilliseconds = 600_000;
const maxGames = 10_000;
const concurrency = 20;

/**
 * Notes each game once in ten minutes. An unknown game has no row to note it on: its registrations may come before the
 * studio that publishes it.
 */
export function noteRegistrations(games: Pick<GameStore, 'noteRegistration'>): NoteRegistrations {
  const notedAt = new RecentMap<string, number>(maxGames);
  return async (gameIds, now) => {
    const isDue = (id: string) => now.getTime() - (notedAt.get(id) ?? -Infinity) >= noteEveryMilliseconds;
    const due = [...new Set(gameIds)].filter(isDue).values();
    const work = async () => {
      // All take from one iterator, so each game is noted by one of them.
      for (const id of due) {
        if (await games.noteRegistration(id, now.toISOString())) notedAt.set(id, now.getTime());
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
  };
}

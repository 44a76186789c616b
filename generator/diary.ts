import type { GameEvent, LivedEvent } from './game-event.ts';
import type { Player } from './player.ts';
import type { Random } from './random.ts';
import { uuid4, uuid7 } from './uuid.ts';

/** What one player does, written down in order; time only moves on. */
export interface Diary {
  readonly random: Random;
  readonly player: Player;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Lets time pass, by a whole number of milliseconds between the two. */
  wait(leastSeconds: number, mostSeconds: number): void;
  /** Moves on to the next session, which begins at this time. */
  beginSession(at: number): void;
  /** Writes one event down, unless the period is over. */
  write(eventType: string, data: Readonly<Record<string, unknown>>, options?: WriteOptions): void;
  readonly entries: readonly LivedEvent[];
}

export interface WriteOptions {
  /** Leaves player_id and session_id out: sent before anyone logged in. */
  readonly anonymous?: boolean;
  readonly version?: string;
}

/**
 * Begins an empty diary.
 * @param idRandom source of ids, apart from the source of deeds: two games given one source use the same ids, as they may.
 * @param until nothing after this time is written down, in milliseconds since the epoch
 */
export function createDiary(player: Player, random: Random, idRandom: Random, until: number): Diary {
  const entries: LivedEvent[] = [];
  let now = player.installedAt;
  let session = 0;
  let sessionId = '';
  const appVersion = random.pick(['1.4.0', '1.4.2', '1.5.0-beta.1']);

  function eventId(): string {
    const id = player.sendsVersion7Ids ? uuid7(idRandom, now) : uuid4(idRandom);
    return player.sendsUpperCaseIds ? id.toUpperCase() : id;
  }

  return {
    random,
    player,
    entries,
    now: () => now,
    wait: (least, most) => {
      now += random.integer(least * 1000, most * 1000);
    },
    beginSession: (at) => {
      now = at;
      session += 1;
      sessionId = uuid4(random);
    },
    write: (eventType, data, { anonymous = false, version } = {}) => {
      const id = eventId();
      if (now > until) return;
      const event: GameEvent = {
        event_id: id,
        event_type: eventType,
        ...(version === undefined ? {} : { event_version: version }),
        event_timestamp: player.sendsMilliseconds ? now : now / 1000,
        app_version: appVersion,
        ...(anonymous ? {} : { player_id: player.id }),
        ...(anonymous || !player.sendsSessionId ? {} : { session_id: sessionId }),
        event_data: data,
      };
      entries.push({ event, at: now, session: anonymous ? undefined : session });
    },
  };
}

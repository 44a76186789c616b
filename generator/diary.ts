import type { GameEvent, LivedEvent } from './game-event.ts';
import type { Player } from './player.ts';
import type { Random } from './random.ts';
import { uuid4, uuid7 } from './uuid.ts';

/** What one player does, written down in order; time only moves on. */
export interface Diary {
  readonly random: Random;
  readonly player: Player;
  /** Where the session under way is played. */
  readonly place: SessionPlace;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Lets time pass, by a whole number of milliseconds between the two. */
  wait(leastSeconds: number, mostSeconds: number): void;
  /** Moves on to the next session, which begins at this time. */
  beginSession(at: number): void;
  /** Writes one event down, unless the period is over. */
  write(eventType: string, data: Readonly<Record<string, unknown>>, options?: WriteOptions): void;
  /** What was written since it was last asked, in order. */
  takeEntries(): readonly LivedEvent[];
}

/** Fields that many event types share; country_id is ISO 3166 alpha-2. */
export type SessionPlace = { readonly platform: string; readonly country_id: string };

export interface WriteOptions {
  /** Leaves player_id and session_id out: sent before anyone logged in. */
  readonly anonymous?: boolean;
  /** Leaves session_id out: sent by a server that knows none. */
  readonly withoutSession?: boolean;
}

/** Events without session_id make sessions of their own, which end after 30 minutes without one (facts of the KPIs). */
const longestPauseMs = 30 * 60 * 1000;

/**
 * Begins an empty diary.
 * @param idRandom source of ids, apart from the source of deeds: two games given one source use the same ids, as they may.
 * @param until nothing after this time is written down, in milliseconds since the epoch
 */
export function createDiary(player: Player, random: Random, idRandom: Random, until: number): Diary {
  return new PlayerDiary(player, random, idRandom, until);
}

/** A class, since tens of thousands are open at a time. */
class PlayerDiary implements Diary {
  readonly random: Random;
  readonly player: Player;
  readonly #idRandom: Random;
  readonly #until: number;
  #entries: LivedEvent[] = [];
  #now: number;
  #session = 0;
  #sessionId = '';
  #appVersion: string | undefined;
  /** The session that events without session_id make: its number, and when the last of them was. */
  #loose = { session: 0, at: -Infinity };
  #place: SessionPlace;

  constructor(player: Player, random: Random, idRandom: Random, until: number) {
    this.player = player;
    this.random = random;
    this.#idRandom = idRandom;
    this.#until = until;
    this.#now = player.installedAt;
    this.#place = { platform: player.platform, country_id: player.country.id };
  }

  get place(): SessionPlace {
    return this.#place;
  }

  now(): number {
    return this.#now;
  }

  wait(least: number, most: number): void {
    this.#now += this.random.integer(least * 1000, most * 1000);
  }

  beginSession(at: number): void {
    const { random, player } = this;
    this.#now = at;
    this.#session += 1;
    this.#sessionId = uuid4(random);
    this.#appVersion = player.updates.findLast((update) => update.at <= at)?.version;
    this.#place = {
      platform: player.otherPlatform !== undefined && random.chance(0.4) ? player.otherPlatform : player.platform,
      country_id: (player.otherCountry !== undefined && random.chance(0.3) ? player.otherCountry : player.country).id,
    };
  }

  write(eventType: string, data: Readonly<Record<string, unknown>>, options: WriteOptions = {}): void {
    const { anonymous = false, withoutSession = false } = options;
    const { player } = this;
    const now = this.#now;
    const id = this.#eventId();
    if (now > this.#until) return;
    const namesSession = !anonymous && !withoutSession && player.sendsSessionId;
    const event: GameEvent = {
      event_id: id,
      event_type: eventType,
      event_timestamp: player.sendsMilliseconds ? now : now / 1000,
      ...(this.#appVersion === undefined ? {} : { app_version: this.#appVersion }),
      ...(anonymous ? {} : { player_id: player.id }),
      ...(namesSession ? { session_id: this.#sessionId } : {}),
      event_data: data,
    };
    const isLoose = withoutSession && player.sendsSessionId;
    const session = anonymous ? undefined : isLoose ? this.#looseSession() : this.#session;
    this.#entries.push({ event, at: now, session, country: this.#place.country_id });
  }

  takeEntries(): readonly LivedEvent[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  #eventId(): string {
    const id = this.player.sendsVersion7Ids ? uuid7(this.#idRandom, this.#now) : uuid4(this.#idRandom);
    return this.player.sendsUpperCaseIds ? id.toUpperCase() : id;
  }

  #looseSession(): number {
    const isNew = this.#now - this.#loose.at > longestPauseMs;
    this.#loose = { session: this.#loose.session - (isNew ? 1 : 0), at: this.#now };
    return this.#loose.session;
  }
}

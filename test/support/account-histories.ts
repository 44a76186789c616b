import { createRandom, type Random } from '../../generator/random.ts';

/** An account event as the events table has it; a field that is left out is null. */
export interface StoredAccountEvent {
  readonly event_id: string;
  readonly event_type: string;
  /** `YYYY-MM-DD HH:MM:SS`, UTC. */
  readonly event_at: string;
  /** Null of studios and games. */
  readonly player_id?: string;
  readonly effective_at?: string;
  readonly account_country?: string;
  readonly user_id_digest?: string;
  /** In clear here; who stores it encrypts it. */
  readonly user_id?: string;
  readonly player_name?: string;
  readonly game_id?: string;
  readonly game_name?: string;
  readonly game_category?: string;
  readonly studio_id?: string;
  readonly studio_name?: string;
  readonly studio_location?: string;
}

const games = ['g1', 'g2', 'g3', 'g4'];
const studios = ['s1', 's2', "s'3"];

/**
 * Account events of so many players and of a few studios and games, in any order: many happen at one instant, some are
 * repeated under other ids, accounts are closed before they are created, games are left that were never joined.
 */
export function accountHistories(seed: string, players: number): StoredAccountEvent[] {
  const random = createRandom(seed);
  const events: StoredAccountEvent[] = [];
  for (let number = 0; number < players; number += 1) events.push(...playerHistory(random.fork(number), `p-${number}`));
  for (const studio_id of studios) {
    for (let times = random.integer(1, 3); times > 0; times -= 1) {
      const studio_name = `Studio ${random.integer(1, 2)}`;
      const place = random.chance(0.5) && { studio_location: random.pick(['Berlin', 'Århus']) };
      events.push({ ...moment(random), event_type: 'studio_registered', studio_id, studio_name, ...place });
    }
  }
  for (const game_id of games) {
    for (let times = random.integer(1, 3); times > 0; times -= 1) {
      const game_name = `Game ${random.integer(1, 2)}`;
      const kind = random.chance(0.5) && { game_category: random.pick(['puzzle', 'racing']) };
      const studio_id = random.pick(studios);
      events.push({ ...moment(random), event_type: 'game_published', game_id, game_name, studio_id, ...kind });
    }
  }
  return shuffled(random, events);
}

function playerHistory(random: Random, player_id: string): StoredAccountEvent[] {
  const events: StoredAccountEvent[] = [];
  const add = (event_type: string, fields: Partial<StoredAccountEvent> = {}): void => {
    const event = { ...moment(random), event_type, player_id, ...fields };
    events.push(event);
    // What is sent again is an event of its own unless its times are those of before.
    if (random.chance(0.15)) events.push({ ...event, event_id: eventId(random) });
  };
  for (let times = random.integer(0, 2); times > 0; times -= 1) {
    const who = `${player_id} ${random.hex8()}`;
    add('account_created', {
      user_id: `user ${who}`,
      user_id_digest: `digest ${who}`,
      player_name: `Zoë ${who}`,
      ...(random.chance(0.7) && { account_country: random.pick(['DE', 'FR', 'NO']) }),
    });
  }
  for (const game_id of games) {
    for (let times = random.integer(0, 4); times > 0; times -= 1) {
      add(random.chance(0.6) ? 'game_registered' : 'game_unregistered', { game_id });
    }
  }
  if (random.chance(0.3)) add('account_closed');
  return events;
}

/** One of twelve instants: by the event's own time, or by what it says of when it happened. */
function moment(random: Random): Pick<StoredAccountEvent, 'event_id' | 'event_at' | 'effective_at'> {
  const time = `${String(random.integer(8, 19)).padStart(2, '0')}:00:00`;
  const event_id = eventId(random);
  if (random.chance(0.5)) return { event_id, event_at: `2026-03-09 ${time}` };
  return {
    event_id,
    event_at: '2026-03-10 06:00:00',
    effective_at: `2026-03-09T${time}${random.pick(['', '.000000'])}Z`,
  };
}

const eventId = (random: Random): string => `${random.hex8()}-0000-4000-8000-${random.hex8()}0000`;

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

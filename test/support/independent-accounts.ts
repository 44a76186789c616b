import type { StoredAccountEvent } from './account-histories.ts';

/** A row of an account table; a time is milliseconds since the epoch. */
export type AccountRow = Readonly<Record<string, string | number | null>>;

export interface AccountTables {
  readonly players: readonly AccountRow[];
  readonly studios: readonly AccountRow[];
  readonly games: readonly AccountRow[];
  readonly player_games: readonly AccountRow[];
  /** Of those who have an open account, in clear. */
  readonly player_names: readonly AccountRow[];
}

/** What account events come to, replayed one by one in the order in which they happened: no SQL, no sets. */
export function independentAccounts(events: readonly StoredAccountEvent[]): AccountTables {
  const replayed = events.toSorted((a, b) => happenedAt(a) - happenedAt(b) || (a.event_id < b.event_id ? -1 : 1));
  const players = new Map<string, Account>();
  const studios = new Map<string, AccountRow>();
  const games = new Map<string, AccountRow>();
  // Of one instant, a creation counts before the closing, and registrations before unregistrations.
  const turns = replayed.toSorted((a, b) => happenedAt(a) - happenedAt(b) || rank(a) - rank(b));
  for (const event of turns) {
    const at = happenedAt(event);
    if (event.studio_id !== undefined && event.event_type === 'studio_registered') {
      const { studio_id, studio_name = null, studio_location = null } = event;
      studios.set(studio_id, { studio_id, name: studio_name, location: studio_location });
    } else if (event.game_id !== undefined && event.event_type === 'game_published') {
      const { game_id, game_name = null, game_category = null, studio_id = null } = event;
      games.set(game_id, { game_id, name: game_name, category: game_category, studio_id });
    } else if (event.player_id !== undefined) {
      const account = players.get(event.player_id) ?? new Account(event.player_id);
      players.set(event.player_id, account);
      account.take(event, at);
    }
  }
  const accounts = [...players.values()].map((account) => account.finish());
  return {
    players: accounts.flatMap((account) => account.row()),
    studios: [...studios.values()],
    games: [...games.values()],
    player_games: accounts.flatMap(({ registrations }) => registrations),
    player_names: accounts.flatMap((account) => account.names()),
  };
}

/** One player's account as it goes on. */
class Account {
  readonly registrations: AccountRow[] = [];
  readonly #id: string;
  readonly #open = new Map<string, number>();
  #start: number | null = null;
  #end: number | null = null;
  #newest: StoredAccountEvent | undefined;

  constructor(id: string) {
    this.#id = id;
  }

  take(event: StoredAccountEvent, at: number): void {
    // Closing is final.
    if (this.#end !== null) return;
    const game = event.game_id ?? '';
    if (event.event_type === 'account_created') {
      this.#start ??= at;
      this.#newest = event;
    } else if (event.event_type === 'game_registered') {
      if (!this.#open.has(game)) this.#open.set(game, at);
    } else if (event.event_type === 'game_unregistered') {
      this.#leave(game, at);
    } else {
      this.#end = at;
      for (const open of this.#open.keys()) this.#leave(open, at);
    }
  }

  row(): AccountRow[] {
    if (this.#start === null && this.#end === null) return [];
    return [
      {
        player_id: this.#id,
        user_id_digest: this.#newest?.user_id_digest ?? null,
        country: this.#newest?.account_country ?? null,
        account_start_at: this.#start,
        account_end_at: this.#end,
      },
    ];
  }

  names(): AccountRow[] {
    if (this.#newest === undefined || this.#end !== null) return [];
    const { user_id = null, player_name = null } = this.#newest;
    return [{ player_id: this.#id, user_id, player_name }];
  }

  #leave(game: string, at: number): void {
    const start = this.#open.get(game);
    if (start === undefined) return;
    this.#open.delete(game);
    // What began and ended at one instant never was.
    if (start < at) this.registrations.push(this.#registration(game, start, at));
  }

  /** Ends the replay: what is still open has no end. */
  finish(): this {
    for (const [game, start] of this.#open) this.registrations.push(this.#registration(game, start, null));
    this.#open.clear();
    return this;
  }

  #registration(game: string, start: number, end: number | null): AccountRow {
    return { player_id: this.#id, game_id: game, subscription_start_at: start, subscription_end_at: end };
  }
}

function happenedAt({ effective_at: effectiveAt, event_at: eventAt }: StoredAccountEvent): number {
  return Date.parse(effectiveAt ?? `${eventAt.replace(' ', 'T')}Z`);
}

const ranks: Readonly<Record<string, number>> = { account_created: 0, game_registered: 0, game_unregistered: 1 };

const rank = ({ event_type: type }: StoredAccountEvent): number => ranks[type] ?? 2;

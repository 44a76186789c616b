/** How large a world of accounts is, and how its records are told. Shares lie between 0 and 1. */
export interface AccountOptions {
  /** The same seed, sizes and end give the same files. */
  readonly seed: string;
  readonly players: number;
  readonly studios: number;
  readonly games: number;
  /** Registrations of all players together: rows of `player_games`. */
  readonly registrations: number;
  /** How many days back from `end` accounts are opened. */
  readonly days: number;
  /** The last moment at which anything happens, in milliseconds since the epoch. */
  readonly end: number;
  /** Records that come once more, unchanged. */
  readonly resent: number;
  /** Records that later ones overtake. */
  readonly late: number;
  /** The most records that overtake one. */
  readonly longestDelay: number;
}

export const accountDefaults: Omit<AccountOptions, 'end'> = {
  seed: 'playlake',
  players: 1_000,
  studios: 5,
  games: 20,
  registrations: 4_000,
  days: 730,
  resent: 0.03,
  late: 0.05,
  longestDelay: 5_000,
};

/** Two titles' players in common are counted for each pair of them, in memory. */
const mostGames = 5_000;

/** Throws a RangeError that names every option out of its bounds. */
export function checkAccountOptions(options: AccountOptions): void {
  const problems: string[] = [];
  const whole = (
    name: 'players' | 'studios' | 'games' | 'registrations' | 'longestDelay',
    least: number,
    most: number,
  ) => {
    const value = options[name];
    if (Number.isInteger(value) && value >= least && value <= most) return;
    problems.push(`${name} must be a whole number from ${least} to ${most}, got ${value}`);
  };
  whole('players', 1, 1e9);
  whole('studios', 1, mostGames);
  whole('games', options.studios, mostGames);
  // So that everybody can have twice as many as the mean, each for another game.
  whole('registrations', 0, Math.floor((options.players * options.games) / 2));
  whole('longestDelay', 1, 1e6);
  if (!(options.days >= 1 && options.days <= 10_000)) problems.push(`days must be 1 to 10000, got ${options.days}`);
  for (const name of ['resent', 'late'] as const) {
    if (!(options[name] >= 0 && options[name] <= 0.5))
      problems.push(`${name} must lie between 0 and 0.5, got ${options[name]}`);
  }
  if (problems.length > 0) throw new RangeError(`the accounts' options do not fit:\n  ${problems.join('\n  ')}`);
}

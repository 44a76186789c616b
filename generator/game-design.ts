/** A place that players come from, with what they pay in. */
export interface Country {
  /** ISO 3166 alpha-2, as CloudFront's header has it. */
  readonly id: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Price tiers in the currency's own units, cheapest first. */
  readonly prices: readonly number[];
}

const dollars = [0.99, 4.99, 9.99, 19.99, 49.99, 99.99];

/** Countries by share of players. */
export const countries: readonly (readonly [Country, number])[] = [
  [{ id: 'US', currency: 'USD', prices: dollars }, 28],
  [{ id: 'DE', currency: 'EUR', prices: dollars }, 16],
  [{ id: 'FR', currency: 'EUR', prices: dollars }, 10],
  [{ id: 'GB', currency: 'GBP', prices: [0.89, 4.49, 8.99, 17.99, 44.99, 89.99] }, 12],
  [{ id: 'JP', currency: 'JPY', prices: [160, 800, 1500, 3000, 8000, 15800] }, 14],
  [{ id: 'BR', currency: 'BRL', prices: [4.9, 24.9, 49.9, 99.9, 249.9, 499.9] }, 12],
  [{ id: 'SE', currency: 'SEK', prices: [12, 59, 119, 239, 599, 1195] }, 8],
  // A currency of three decimals.
  [{ id: 'KW', currency: 'KWD', prices: [0.305, 1.525, 3.055, 6.105, 15.255, 30.505] }, 3],
];

export const platforms = [
  ['ios', 40],
  ['android', 45],
  ['windows', 12],
  ['switch', 3],
] as const;

export const reportReasons = [
  ['cheating', 6],
  ['abusive chat', 5],
  ['idle', 3],
  ['offensive name', 1],
] as const;

export const maps = ['moss-harbour', 'glass-dunes', 'old-orchard', 'rain-market'] as const;
export const spells = ['ember', 'undertow', 'thistle', 'hush'] as const;
export const matchTypes = ['duel', 'team', 'royale'] as const;
export const items = ['lantern', 'paper-boat', 'brass-key', 'moon-cake', 'wind-harp', 'tin-crown'] as const;
export const rarities = [
  ['common', 70],
  ['rare', 24],
  ['legendary', 6],
] as const;
export const regions = ['eu-central-1', 'us-east-1', 'ap-northeast-1', 'sa-east-1'] as const;

/** Versions of every game, oldest first, and the part of the period after which each is offered. */
export const releases: readonly (readonly [string, number])[] = [
  ['1.4.0', 0],
  ['1.4.2', 0.12],
  ['1.5.0-beta.1', 0.4],
  ['1.5.0', 0.47],
  ['1.10.0', 0.75],
];

export const tutorialScreens = 6;

/** Levels a game has; level ids are '1' to '24', so that text order and numeric order differ. */
export const levelCount = 24;

/** Names for generated games, in order; more games are numbered. */
const gameNames = ['Lantern Keep', 'Turnip Rally', 'Orbit Bakers', 'Moss & Magic'];

export function gameName(index: number): string {
  const name = gameNames[index % gameNames.length]!;
  const round = Math.floor(index / gameNames.length);
  return round === 0 ? name : `${name} ${round + 1}`;
}

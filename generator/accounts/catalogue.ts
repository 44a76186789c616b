import type { Random } from '../random.ts';

/** A studio and what its games are. */
export interface CatalogueStudio {
  readonly studio_id: string;
  readonly name: string;
  readonly location: string;
}

export interface CatalogueGame {
  readonly game_id: string;
  readonly name: string;
  readonly category: string;
  /** Its studio's place in the list of studios. */
  readonly studio: number;
}

/** What the publisher publishes. */
export interface Catalogue {
  readonly studios: readonly CatalogueStudio[];
  readonly games: readonly CatalogueGame[];
}

const places = ['Graz', 'Malmö', 'Lyon', 'Recife', 'Sapporo', 'Leeds', 'Tucson', 'Kuwait City'] as const;
const firstNames = ['Copper', 'Paper', 'Winter', 'Salt', 'Amber', 'Night', 'Gravel', 'Velvet'] as const;
const lastNames = ['Otter', 'Lighthouse', 'Harbour', 'Meadow', 'Engine', 'Compass', 'Thistle'] as const;
const categories = ['puzzle', 'strategy', 'racing', 'role-playing', 'simulation', 'party'] as const;

/** Every studio has a game at least. Names repeat, of studios and of games of two studios: ids tell them apart. */
export function inventCatalogue(studios: number, games: number, random: Random): Catalogue {
  const name = () => `${random.pick(firstNames)} ${random.pick(lastNames)}`;
  return {
    studios: Array.from({ length: studios }, (_, index) => ({
      studio_id: `studio-${number(index)}`,
      name: `${name()} Games`,
      location: random.pick(places),
    })),
    games: Array.from({ length: games }, (_, index) => ({
      game_id: `game-${number(index)}`,
      name: name(),
      category: random.pick(categories),
      studio: index < studios ? index : random.integer(0, studios - 1),
    })),
  };
}

function number(index: number): string {
  return String(index + 1).padStart(4, '0');
}

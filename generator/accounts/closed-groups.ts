import type { AccountRow } from './account-truth.ts';
import type { AccountLife } from './account-life.ts';

const dayMs = 86_400_000;
/** People who must be in a group before it is told of. */
const leastPeople = 5;

/** Counts closed accounts by what is told of them. */
export interface ClosedGroups {
  add(life: AccountLife, endAt: number): void;
  readonly accounts: () => number;
  rows(): AccountRow[];
}

/** Spend is not known here: game events tell it. Where there are none, `spend_band` of all is `none`. */
export function createClosedGroups(): ClosedGroups {
  const counts = new Map<string, Map<string, number>>();
  let accounts = 0;
  const count = (breakdown: string, value: string) => {
    const groups = counts.get(breakdown) ?? new Map<string, number>();
    counts.set(breakdown, groups.set(value, (groups.get(value) ?? 0) + 1));
  };
  return {
    accounts: () => accounts,
    add: (life, endAt) => {
      accounts += 1;
      count('country', life.change?.country ?? life.country ?? 'unknown');
      count('month_of_joining', monthOf(life.startAt));
      count('month_of_closing', monthOf(endAt));
      count('games_played', gamesPlayed(life));
      count('tenure', tenureOf((endAt - life.startAt) / dayMs));
    },
    rows: () => [...counts].flatMap(([breakdown, groups]) => tellable(breakdown, groups)),
  };
}

function monthOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 7)}-01`;
}

function gamesPlayed({ registrations }: AccountLife): string {
  const games = new Set(registrations.map(({ game }) => game)).size;
  return games >= 5 ? '5 or more' : String(games);
}

function tenureOf(days: number): string {
  if (days < 30) return '0-29 days';
  if (days < 90) return '30-89 days';
  return days < 365 ? '90-364 days' : '365 days or more';
}

/** Small groups are told of together, with larger ones until neither can be taken from the sum of all. */
function tellable(breakdown: string, groups: ReadonlyMap<string, number>): AccountRow[] {
  const bySize = [...groups].toSorted(([a, left], [b, right]) => left - right || (a < b ? -1 : 1));
  const held: number[] = [];
  const told: AccountRow[] = [];
  const hasSmall = bySize.some(([, accounts]) => accounts < leastPeople);
  for (const [value, accounts] of bySize) {
    const heldPeople = held.reduce((sum, one) => sum + one, 0);
    const isHeld = hasSmall && (accounts < leastPeople || heldPeople < leastPeople || held.length < 2);
    if (isHeld) held.push(accounts);
    else told.push({ breakdown, value, accounts });
  }
  const other = held.reduce((sum, one) => sum + one, 0);
  return other >= leastPeople ? [...told, { breakdown, value: 'other', accounts: other }] : told;
}

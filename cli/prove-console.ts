import { spreadOf } from '../bench/spread-of.ts';
import { kpiSizes } from './prove-kpis.ts';
import type { Print } from './proofs.ts';

// Tests' helpers are loaded when a proof runs: the whole runtime would make --help wait.

export const firstViewSizes = kpiSizes;

/** From the address until nothing loads any more. */
export const longestFirstView = 2_000;

const rounds = 7;

/** The others are told, and held to nothing. */
const pages = ['overview', 'retention', 'monetisation', 'levels', 'economy', 'titles', 'accounts', 'events', 'reports'];

/** Opens each page in new profiles of Chromium and holds every view of Overview, the very first among them, to its time. */
export async function proveFirstView(print: Print): Promise<string> {
  const { measureFirstViews } = await import('../test/support/first-views/first-views.ts');
  const views = await measureFirstViews({ sizes: firstViewSizes, pages, rounds, print });
  for (const { page, milliseconds, requests } of views) {
    print(`${page}: ${described(milliseconds)}; ${requests.length} requests`);
  }
  const { milliseconds = [], requests = [] } = views[0] ?? {};
  const figures = `Overview ${described(milliseconds)}`;
  const repeated = requests.filter((request, index) => requests.indexOf(request) !== index);
  if (repeated.length > 0) throw new Error(`asked more than once: ${repeated.join(', ')}`);
  if (!(Math.max(...milliseconds) < longestFirstView)) throw new Error(`${longestFirstView} ms or more: ${figures}`);
  return figures;
}

function described(milliseconds: readonly number[]): string {
  const { median, high } = spreadOf(milliseconds);
  return `${seconds(milliseconds[0]!)} s the first time, ${seconds(median)} s as a rule, ${seconds(high)} s at most`;
}

const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(2);

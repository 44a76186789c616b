import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { LaptopApi } from '../data/laptop-api.ts';
import type { ReportInfo, Row } from '../data/report.ts';
import type { Source } from '../data/source.ts';
import type { Place } from '../data/route.ts';
import type { Formats } from '../format/format-value.ts';
import type { GameNames } from './game-names.ts';
import type { Deployment } from './session.ts';

export type Theme = 'light' | 'dark';

/** What every page works with. */
export interface ConsoleState {
  readonly deployment: Deployment;
  readonly source: Source;
  /** The reports that this caller may read. */
  readonly reports: readonly ReportInfo[];
  /** Query files that cannot be read, and why. */
  readonly problems: readonly string[];
  /** Absent unless the laptop's own admin looks. */
  readonly laptop: LaptopApi | undefined;
  readonly place: Place;
  readonly go: (change: Partial<Place>) => void;
  readonly games: GameNames;
  /** Takes the games of rows among those that are known. */
  readonly noteGames: (rows: readonly Row[]) => void;
  readonly formats: Formats;
  readonly theme: Theme;
  readonly now: () => number;
}

export const ConsoleContext = createContext<ConsoleState | undefined>(undefined);

export function useConsole(): ConsoleState {
  const state = useContext(ConsoleContext);
  if (!state) throw new Error('there is no console around this');
  return state;
}

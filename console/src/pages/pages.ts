import type { ComponentType } from 'preact';
import type { ConsoleState } from '../session/console-context.ts';
import { Events } from './events.tsx';
import { Monetisation } from './monetisation.tsx';
import { Overview } from './overview/overview.tsx';
import { QueryPage } from './query-page.tsx';
import { Reports } from './reports.tsx';
import { Retention } from './retention.tsx';
import { Accounts, Economy, Levels, Titles } from './simple-pages.tsx';

/** A page of the console, by its name in the address. */
export interface Page {
  readonly name: string;
  readonly title: string;
  readonly Content: ComponentType;
  /** Whether the pickers of period and game count for it. */
  readonly hasPickers: boolean;
  /** Whether this caller has it; default: everybody does. */
  readonly isFor?: (state: Pick<ConsoleState, 'laptop'>) => boolean;
}

/** All pages, in the order of the menu. */
export const pages: readonly Page[] = [
  { name: 'overview', title: 'Overview', Content: Overview, hasPickers: true },
  { name: 'retention', title: 'Retention', Content: Retention, hasPickers: true },
  { name: 'monetisation', title: 'Monetisation', Content: Monetisation, hasPickers: true },
  { name: 'levels', title: 'Levels', Content: Levels, hasPickers: true },
  { name: 'economy', title: 'Economy', Content: Economy, hasPickers: true },
  { name: 'titles', title: 'Titles and studios', Content: Titles, hasPickers: true },
  { name: 'accounts', title: 'Accounts', Content: Accounts, hasPickers: true },
  { name: 'events', title: 'Events', Content: Events, hasPickers: true },
  {
    name: 'query',
    title: 'Query',
    Content: QueryPage,
    hasPickers: false,
    isFor: ({ laptop }) => laptop !== undefined,
  },
  { name: 'reports', title: 'Reports', Content: Reports, hasPickers: true },
];

import type { ApplicationStore } from './store/application-store.ts';
import type { AuthorizationStore } from './store/authorization-store.ts';

/** What an action works with. */
export interface AdminDeps {
  readonly applications: ApplicationStore;
  readonly authorizations: AuthorizationStore;
  readonly now: () => Date;
  readonly newApplicationId: () => string;
  readonly newToken: () => { readonly keyId: string; readonly token: string };
}

/** A request that has found its route. */
export interface AdminRequest {
  /** The route's path parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** The parsed body; undefined when there is none. */
  readonly body: unknown;
}

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What one route does. */
export type Action = (request: AdminRequest, deps: AdminDeps) => Promise<AdminAnswer>;

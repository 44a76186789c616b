import type * as http from '../shared/http/route.ts';
import type { Registrations } from './registrations/registrations.ts';
import type { UsageKeys } from './usage-keys/usage-keys.ts';
import type { ApplicationStore } from './store/application-store.ts';
import type { AuthorizationStore } from './store/authorization-store.ts';

/** What an action works with. */
export interface AdminDeps {
  readonly applications: ApplicationStore;
  readonly authorizations: AuthorizationStore;
  readonly registrations: Registrations;
  readonly usageKeys: UsageKeys;
  readonly now: () => Date;
  readonly newApplicationId: () => string;
  readonly newToken: () => { readonly keyId: string; readonly token: string };
}

/** What one route of the admin API does. */
export type Action = http.Action<AdminDeps>;

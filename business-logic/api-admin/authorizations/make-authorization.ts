import { Conflict } from '../../shared/http/errors.ts';
import { accountsApplicationId } from '../../shared/reserved-applications.ts';
import { isTokenClass } from '../../shared/token-classes.ts';
import { digestToken } from '../../shared/token.ts';
import type { AdminDeps } from '../action.ts';
import type { AuthorizationItem } from '../store/authorization-store.ts';

/** What is known of an authorization before its token is made. */
export type AuthorizationDraft = Pick<
  AuthorizationItem,
  | 'application_id'
  | 'api_key_name'
  | 'api_key_description'
  | 'role'
  | 'studio_id'
  | 'token_class'
  | 'expires_at'
  | 'created_at'
>;

/**
 * Makes a token and stores its authorization; a game's token counts for the API key of its application and class.
 * @throws Conflict when the application is being deleted
 */
export async function makeAuthorization(
  draft: AuthorizationDraft,
  deps: AdminDeps,
): Promise<{ readonly item: AuthorizationItem; readonly token: string }> {
  const usageKey = isTokenClass(draft.token_class)
    ? await deps.usageKeys.ensure(draft.application_id, draft.token_class)
    : undefined;
  const { keyId, token } = deps.newToken();
  const pending: AuthorizationItem = {
    ...draft,
    api_key_id: keyId,
    enabled: false,
    token_digest: digestToken(token),
    ...(usageKey !== undefined && { usage_key: usageKey }),
    updated_at: draft.created_at,
  };
  return { item: await store(pending, deps), token };
}

/** The reserved application has no row and is never deleted: its authorizations cannot outlive it. */
async function store(pending: AuthorizationItem, deps: AdminDeps): Promise<AuthorizationItem> {
  if (pending.application_id !== accountsApplicationId) return addToApplication(pending, deps);
  const enabled = { ...pending, enabled: true };
  await deps.authorizations.create(enabled);
  return enabled;
}

/**
 * Stores an authorization so that none can outlive its application: first disabled; then its id is added to the
 * application, which fails once that is being deleted; enabled last. A deletion that begins after the second step finds
 * the id and deletes the item, and the third step fails. Died on the way, a disabled token is left, seen and deletable.
 */
async function addToApplication(
  pending: AuthorizationItem,
  { applications, authorizations, usageKeys }: AdminDeps,
): Promise<AuthorizationItem> {
  const { application_id: applicationId, api_key_id: keyId, created_at: createdAt } = pending;
  await authorizations.create(pending);
  const isAdded = await applications.addKey(applicationId, keyId);
  if (!isAdded) await authorizations.deleteAll([keyId]);
  const enabled = isAdded ? await authorizations.change(applicationId, keyId, { enabled: true }, createdAt) : undefined;
  if (enabled) return enabled;
  // The deletion may have been past the API keys when this one was made.
  await usageKeys.deleteAll(applicationId);
  throw new Conflict('the application is being deleted');
}

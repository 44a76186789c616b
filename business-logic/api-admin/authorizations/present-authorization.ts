import type { AuthorizationItem } from '../store/authorization-store.ts';

/** An authorization as the API answers it: never the token, nor its digest. */
export function presentAuthorization(item: Omit<AuthorizationItem, 'token_digest'>) {
  return {
    ApiKeyId: item.api_key_id,
    ApiKeyName: item.api_key_name,
    ApiKeyDescription: item.api_key_description,
    ApplicationId: item.application_id,
    Role: item.role,
    StudioId: item.studio_id,
    Enabled: item.enabled,
    CreatedAt: item.created_at,
    UpdatedAt: item.updated_at,
  };
}

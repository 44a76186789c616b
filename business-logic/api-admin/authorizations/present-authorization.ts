import { tokenClassOf } from '../../shared/token-classes.ts';
import type { AuthorizationItem } from '../store/authorization-store.ts';

/** An authorization as the API answers it: never the token, nor its digest. Only games' tokens have a class. */
export function presentAuthorization(item: Omit<AuthorizationItem, 'token_digest'>) {
  return {
    ApiKeyId: item.api_key_id,
    ApiKeyName: item.api_key_name,
    ApiKeyDescription: item.api_key_description,
    ApplicationId: item.application_id,
    Role: item.role,
    StudioId: item.studio_id,
    Class: item.role === 'game' ? tokenClassOf(item.token_class) : undefined,
    Enabled: item.enabled,
    ExpiresAt: item.expires_at,
    LastUsedDay: item.last_used_day,
    CreatedAt: item.created_at,
    UpdatedAt: item.updated_at,
  };
}

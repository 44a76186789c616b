import type { ApplicationItem } from '../store/application-store.ts';

/** An application as the API answers it. */
export function presentApplication(item: ApplicationItem) {
  return {
    ApplicationId: item.application_id,
    ApplicationName: item.application_name,
    Description: item.description,
    StudioId: item.studio_id,
    CreatedAt: item.created_at,
    UpdatedAt: item.updated_at,
  };
}

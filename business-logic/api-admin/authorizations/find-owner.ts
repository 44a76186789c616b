import { accountsApplicationId } from '../../shared/reserved-applications.ts';
import { findApplication } from '../applications/find-application.ts';
import type { ApplicationStore } from '../store/application-store.ts';

/**
 * Id of what the authorizations of a path belong to: an application, or the reserved one, which has no row.
 * @throws NotFound when there is no such application
 */
export async function findOwner(id: string | undefined, applications: ApplicationStore): Promise<string> {
  if (id === accountsApplicationId) return id;
  return (await findApplication(id, applications)).application_id;
}

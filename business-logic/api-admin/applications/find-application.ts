import { NotFound } from '../../shared/http/errors.ts';
import { accountsApplicationId } from '../../shared/reserved-applications.ts';
import type { ApplicationItem, ApplicationStore } from '../store/application-store.ts';

/** Ids that a table may hold; anything else (an over-long one would be an error to DynamoDB) belongs to nothing. */
const idShape = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/**
 * The application that a path names.
 * @throws NotFound when there is none; the reserved id of account events is none either
 */
export async function findApplication(
  id: string | undefined,
  applications: ApplicationStore,
): Promise<ApplicationItem> {
  const isPossible = id !== undefined && id !== accountsApplicationId && idShape.test(id);
  const found = isPossible ? await applications.find(id) : undefined;
  if (!found) throw new NotFound('there is no application with this id');
  return found;
}

import { Conflict } from '../../shared/http/errors.ts';
import type { Registrations } from '../registrations/registrations.ts';
import type { ApplicationItem } from '../store/application-store.ts';

/**
 * What lies at most between a row's `registered_at` and the delivery of a registration: ten minutes in which it is not
 * noted again, and what the stream takes to deliver, with room.
 */
const deliveryMilliseconds = 30 * 60_000;

/**
 * Sees to it that nobody is registered for a game (decision 0020).
 * @throws Conflict when somebody is, or when the tables may not know yet
 */
export async function checkUnregistered(
  { application_id, registered_at }: ApplicationItem,
  registrations: Registrations,
): Promise<void> {
  if (registered_at !== undefined) await checkTaken(registered_at, registrations);
  const open = await registrations.countOpen(application_id);
  if (open > 0) throw new Conflict(`players are registered for this game: ${open}; unregister them first`);
}

async function checkTaken(registeredAt: string, registrations: Registrations): Promise<void> {
  const settledAt = new Date(Date.parse(registeredAt) + deliveryMilliseconds);
  const lastRunAt = await registrations.lastRunAt();
  if (lastRunAt !== undefined && lastRunAt >= settledAt) return;
  throw new Conflict(
    `players registered for this game at about ${registeredAt}, and the tables may not hold that yet: delete it after ` +
      `a run of the workflow that begins at ${settledAt.toISOString()} or later and succeeds`,
  );
}

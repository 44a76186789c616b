import type * as z from 'zod';
import { InvalidRequest } from '../../shared/http/errors.ts';
import { accountsApplicationId } from '../../shared/reserved-applications.ts';
import type { Role } from '../../shared/roles.ts';
import type { TokenClass } from '../../shared/token-classes.ts';
import type { authorizationCreation } from '../request-bodies.ts';

/**
 * What a new token is for: a game's tokens belong to its application, all others to the reserved one.
 * @throws InvalidRequest when application, role, studio and class do not go together
 */
export function checkRole(
  applicationId: string,
  { Role, StudioId, Class }: z.output<typeof authorizationCreation>,
): { readonly role: Role; readonly studio_id?: string; readonly token_class?: TokenClass } {
  const isReserved = applicationId === accountsApplicationId;
  const allowed = isReserved ? ['studio', 'publisher'] : ['game'];
  const role = Role ?? (isReserved ? undefined : 'game');
  if (role === undefined || !allowed.includes(role)) {
    const given = role === undefined ? 'is missing' : `is ${role}`;
    throw new InvalidRequest(`Role: ${given}; under ${applicationId} it is ${allowed.join(' or ')}`);
  }
  if (role === 'studio' && StudioId === undefined) throw new InvalidRequest('StudioId: a studio role needs it');
  if (role !== 'studio' && StudioId !== undefined) {
    throw new InvalidRequest(`StudioId: goes with the role studio, not with ${role}`);
  }
  if (role !== 'game') checkNoClass(role, Class);
  return {
    role,
    ...(StudioId !== undefined && { studio_id: StudioId }),
    ...(role === 'game' && { token_class: Class ?? 'client' }),
  };
}

/**
 * Classes are limits of the events route, which takes games' tokens alone.
 * @throws InvalidRequest when a token of another role is given one
 */
export function checkNoClass(role: string, tokenClass: TokenClass | undefined): void {
  if (tokenClass !== undefined) throw new InvalidRequest(`Class: goes with the role game, not with ${role}`);
}

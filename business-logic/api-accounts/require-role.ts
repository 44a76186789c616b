import { AccessDenied } from '../shared/http/errors.ts';
import type { Caller, RouteRequest } from '../shared/http/route.ts';
import type { Role } from '../shared/roles.ts';

/**
 * The caller, if its token has this role. The authorizer's policy lets no other through; this holds when a policy is
 * ever too wide.
 */
export function requireRole({ caller }: RouteRequest, role: Role): Caller {
  if (caller?.role !== role) throw new AccessDenied(`this takes a token of the role ${role}`);
  return caller;
}

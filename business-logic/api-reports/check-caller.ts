import type { Audience } from '../../lib/queries/read-query.ts';
import { AccessDenied } from '../shared/http/errors.ts';
import type { Caller } from '../shared/http/route.ts';

/** For whom a report is run and a result is kept. */
export interface Reader {
  readonly audience: Audience;
  /** The studio of the caller's token; absent for the publisher. */
  readonly studioId?: string;
}

/**
 * Who reads, by the token alone. The gateway has refused other roles before: this is asked again here, so that one
 * mistake in a policy or a route opens nothing.
 * @throws AccessDenied
 */
export function checkCaller(caller: Caller | undefined, audience: Audience): Reader {
  if (caller?.role !== audience) throw new AccessDenied('the token may not read these reports');
  if (audience === 'publisher') return { audience };
  if (caller.studioId === undefined) throw new AccessDenied('the token belongs to no studio');
  return { audience, studioId: caller.studioId };
}

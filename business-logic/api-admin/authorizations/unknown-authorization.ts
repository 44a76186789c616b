import { NotFound } from '../../shared/http/errors.ts';

/** What a path is answered with that names no authorization of its application. */
export function unknownAuthorization(): NotFound {
  return new NotFound('there is no authorization with this id in this application');
}

/** An error that the caller can do something about: it is answered with its status, its code and its message. */
export abstract class ApiError extends Error {
  abstract readonly status: number;
  abstract readonly code: string;
}

/** The body is not what the route takes. */
export class InvalidRequest extends ApiError {
  override readonly name = 'InvalidRequest';
  readonly status = 400;
  readonly code = 'InvalidRequest';
}

/** There is nothing under this id. */
export class NotFound extends ApiError {
  override readonly name = 'NotFound';
  readonly status = 404;
  readonly code = 'NotFound';
}

/** It cannot be done as things stand. */
export class Conflict extends ApiError {
  override readonly name = 'Conflict';
  readonly status = 409;
  readonly code = 'Conflict';
}

/** The body is of another content type than JSON. */
export class UnsupportedMediaType extends ApiError {
  override readonly name = 'UnsupportedMediaType';
  readonly status = 415;
  readonly code = 'UnsupportedMediaType';
}

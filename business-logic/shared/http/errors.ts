/** An error that the caller can do something about: it is answered with its status, its code and its message. */
export abstract class ApiError extends Error {
  abstract readonly status: number;
  abstract readonly code: string;
  /** Headers of the answer besides the usual ones. */
  readonly headers: Readonly<Record<string, string>> = {};
}

/** The body or a parameter is not what the route takes. */
export class InvalidRequest extends ApiError {
  override readonly name = 'InvalidRequest';
  readonly status = 400;
  readonly code = 'InvalidRequest';
}

/** The caller's token may not do this. */
export class AccessDenied extends ApiError {
  override readonly name = 'AccessDenied';
  readonly status = 403;
  readonly code = 'AccessDenied';
}

/** There is nothing under this id. */
export class NotFound extends ApiError {
  override readonly name = 'NotFound';
  readonly status = 404;
  readonly code = 'NotFound';
}

/** None of the content types that the caller accepts can be answered. */
export class NotAcceptable extends ApiError {
  override readonly name = 'NotAcceptable';
  readonly status = 406;
  readonly code = 'NotAcceptable';
}

/** It cannot be done as things stand. */
export class Conflict extends ApiError {
  override readonly name = 'Conflict';
  readonly status = 409;
  readonly code = 'Conflict';
}

/** The body is larger than the route takes: it has to be sent in parts. */
export class RequestTooLarge extends ApiError {
  override readonly name = 'RequestTooLarge';
  readonly status = 413;
  readonly code = 'RequestTooLarge';
}

/** The body is of another content type than JSON. */
export class UnsupportedMediaType extends ApiError {
  override readonly name = 'UnsupportedMediaType';
  readonly status = 415;
  readonly code = 'UnsupportedMediaType';
}

/** Too much at the moment: the same request may be sent again a little later. */
export class Throttled extends ApiError {
  override readonly name = 'Throttled';
  override readonly headers = { 'Retry-After': '1' };
  readonly status = 429;
  readonly code = 'Throttled';
}

/** Something that is needed is about to change or to come: the same request may be sent again later. */
export class Unavailable extends ApiError {
  override readonly name = 'Unavailable';
  override readonly headers = { 'Retry-After': '30' };
  readonly status = 503;
  readonly code = 'Unavailable';
}
